"""What people type about rooms."""

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import NameField

from .links import read_link
from .models import Room
from .models.room import FEWEST_PEOPLE, MOST_PEOPLE, USUAL_PEOPLE

SETTINGS = ("name", "access", "people_limit", "keeps_chat")


class RoomForm(forms.Form):
    """A room's settings, for a new room and for one that exists."""

    name = NameField(
        label="Name of the room",
        error_messages={"required": "Give the room a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    access = forms.ChoiceField(
        label="Who may come in",
        choices=Room.Access.choices,
        initial=Room.Access.ANYONE,
        widget=forms.RadioSelect,
    )
    people_limit = forms.TypedChoiceField(
        label="People at once",
        choices=[
            (number, f"{number} people")
            for number in range(FEWEST_PEOPLE, MOST_PEOPLE + 1)
        ],
        coerce=int,
        initial=USUAL_PEOPLE,
        error_messages={
            "invalid_choice": f"Choose from {FEWEST_PEOPLE} to {MOST_PEOPLE} people."
        },
    )
    keeps_chat = forms.BooleanField(
        label="Keep the chat",
        help_text="Who comes later, or comes back, can read it.",
        required=False,
    )


class LinkForm(forms.Form):
    """A link that somebody was sent, however they give it."""

    link = forms.CharField(
        label="Join with a link",
        error_messages={"required": "Paste the link you were sent."},
        widget=forms.TextInput(
            attrs={
                "placeholder": "Paste the link you were sent",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )

    def clean_link(self) -> str:
        """The code of the link in its true form."""
        link = read_link(self.cleaned_data["link"])
        if link is None:
            raise ValidationError(
                "This is not a link to a room. One ends like /r/abcd-efgh-jkmn-pqrs."
            )
        return link
