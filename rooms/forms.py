"""What people type about rooms."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.forms import NameField

from .ice import NO_RELAY, can_relay
from .links import read_link
from .models import Role, Room
from .models.room import FEWEST_PEOPLE, MOST_PEOPLE, USUAL_PEOPLE
from .passwords import LONGEST as LONGEST_PASSWORD
from .rights import Act, may
from .signalling.protocol import Power

SETTINGS = ("name", "access", "people_limit", "keeps_chat", "relay_only")
POWERS: dict[Power, str] = {
    "microphone": "Use the microphone",
    "camera": "Use the camera",
    "screen": "Share a screen",
    "chat": "Write in the chat",
}
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


class OrderForm(forms.Form):
    """Who comes in at once, and what people may do who are no hosts.

    `seen` names what was on when the page was shown: what differs from it is what the
    person wants, whatever somebody else has changed since. What the role does not allow
    is no field of it.
    """

    LOBBY, LOCKED = "lobby", "locked"

    lobby = forms.BooleanField(
        label="Ask a host before somebody comes in",
        help_text="They wait, and hosts see their names. Members come in at once.",
        required=False,
    )
    locked = forms.BooleanField(
        label="Lock the room",
        help_text="Nobody new comes in. Hosts still do.",
        required=False,
    )
    powers = forms.MultipleChoiceField(
        label="What people may do",
        choices=list(POWERS.items()),
        help_text="Hosts may always do all of it.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    seen = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)

    def __init__(self, role: str, room: Room, data: Any = None) -> None:
        on = [power for power in POWERS if power not in room.forbidden]
        initial: dict[str, Any] = {"lobby": room.lobby, "locked": room.locked}
        seen = [name for name, is_on in initial.items() if is_on] + on
        super().__init__(
            data, initial={**initial, "powers": on, "seen": " ".join(seen)}
        )
        for field, act in _ORDERS.items():
            if not may(role, act):
                del self.fields[field]

    def changes(self) -> Iterator[tuple[str, bool]]:
        """What the person has turned on (True) or off on the page that they saw."""
        cleaned = self.cleaned_data
        on = {name for name in (self.LOBBY, self.LOCKED) if cleaned.get(name)}
        on |= set(cleaned.get("powers", ()))
        seen = set(cleaned["seen"].split())
        asked = [name for name in (self.LOBBY, self.LOCKED) if name in self.fields]
        asked += list(POWERS) if "powers" in self.fields else []
        for name in asked:
            if (name in on) != (name in seen):
                yield name, name in on


_ORDERS = {"lobby": Act.LOBBY, "locked": Act.LOCK, "powers": Act.ALLOW}


class RoomPasswordForm(forms.Form):
    """A password that the room asks for from now on."""

    password = forms.CharField(
        label="New password",
        help_text="Six characters at least. We keep it so that nobody can read it.",
        min_length=6,
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={
            "required": "Type a password.",
            "min_length": "Use six characters at least.",
        },
    )


class PasswordForm(forms.Form):
    """A room's password, given by who wants to come in."""

    password = forms.CharField(
        label="Password",
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Type the password."},
    )


class PlaceForm(forms.Form):
    """What becomes of somebody in a room; sent by buttons alone.

    They are named by their role's row, or by the seat they have now.
    """

    GUEST, TRANSFER, REMOVE = "guest", "transfer", "remove"
    ASKED = (GUEST, TRANSFER)
    """Acts that a page of their own asks about."""

    membership = forms.IntegerField(required=False)
    seat = forms.CharField(max_length=32, required=False)
    act = forms.ChoiceField(
        choices=[
            (act, "") for act in (Role.MEMBER, Role.CO_HOST, GUEST, TRANSFER, REMOVE)
        ]
    )
    ban = forms.BooleanField(required=False)


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
