"""What people type about rooms."""

from datetime import date, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import NameField

from .ice import NO_RELAY, can_relay
from .links import read_link
from .models import Role, Room
from .models.room import FEWEST_PEOPLE, MOST_PEOPLE, USUAL_PEOPLE

SETTINGS = ("name", "access", "people_limit", "keeps_chat", "relay_only")
A_DAY = timedelta(days=1)


class RoomForm(forms.Form):
    """A room's settings, for a new room and for one that exists."""

    name = NameField(
        label="Name of the room",
        error_messages={"required": "Give the room a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    access = forms.ChoiceField(
        label="Who may come in",
        choices=[
            (Room.Access.ANYONE, "Anyone with the link"),
            (Room.Access.SIGNED_IN, "People with an account"),
            (Room.Access.INVITED, "Invited people only"),
        ],
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
        help_text=(
            "Everybody hears everybody. With more than ten, each sees the nine who "
            "spoke last, in smaller pictures."
        ),
        error_messages={
            "invalid_choice": f"Choose from {FEWEST_PEOPLE} to {MOST_PEOPLE} people."
        },
    )
    keeps_chat = forms.BooleanField(
        label="Keep the chat",
        help_text="Who comes later, or comes back, can read it.",
        required=False,
    )
    relay_only = forms.BooleanField(
        label="Hide network addresses",
        help_text=(
            "Nobody learns the network address of anybody else. Sound and pictures "
            "go a longer way for it, through a TURN server."
        ),
        required=False,
    )

    def clean_relay_only(self) -> bool:
        wanted: bool = self.cleaned_data["relay_only"]
        if wanted and not can_relay():
            raise ValidationError(NO_RELAY)
        return wanted


class PlaceForm(forms.Form):
    """What becomes of somebody's place in a room; sent by buttons alone."""

    REMOVE = "remove"

    membership = forms.IntegerField()
    act = forms.ChoiceField(
        choices=[(Role.MEMBER, ""), (Role.CO_HOST, ""), (REMOVE, "")]
    )


class MeetingForm(forms.Form):
    """When a meeting begins: now, which is another day elsewhere."""

    day = forms.DateField(required=False)

    def today(self) -> date:
        """The day where the browser is, or here, where that cannot be today."""
        here = timezone.localdate()
        there = self.cleaned_data["day"] if self.is_valid() else None
        return here if there is None or abs(there - here) > A_DAY else there


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
