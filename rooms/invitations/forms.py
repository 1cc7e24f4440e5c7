"""What people type to invite somebody."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from ..models import Invitation
from ..models.invitation import NOTE_LENGTH
from ..names import visible_line
from .addresses import BadAddresses, read_addresses
from .terms import Terms

MOST_ADDRESSES = 30
MOST_USES = 1000
ADDRESSES_LENGTH = 10_000
_RAW_NOTE_LENGTH = 2000

ENDS = {
    "day": ("After 1 day", timedelta(days=1)),
    "week": ("After 1 week", timedelta(weeks=1)),
    "month": ("After 30 days", timedelta(days=30)),
    "never": ("Never", None),
}
DURATIONS = {
    "30": "30 minutes",
    "60": "1 hour",
    "90": "1\u00bd hours",
    "120": "2 hours",
    "180": "3 hours",
    "480": "8 hours",
}
ROLES = {
    "guest": "Guest \u2013 needs no account",
    "member": "Member \u2013 keeps the room in \u201cMy rooms\u201d",
    "co-host": "Co-host \u2013 a member, named as co-host in the call",
}


def new_key() -> str:
    """Tells one form that was shown from every other; see rooms.invitations.making."""
    return secrets.token_urlsafe(16)


class InvitationForm(forms.Form):
    """Whom to invite, as what, and for how long.

    `people` and `terms` are what a valid form says: their addresses, none of them
    for a link.
    """

    prefix = "invite"
    BY_MAIL, BY_LINK = "mail", "link"

    way = forms.ChoiceField(
        label="How",
        choices=((BY_MAIL, "By e-mail"), (BY_LINK, "With a link that I send myself")),
        initial=BY_MAIL,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how."},
    )
    addresses = forms.CharField(
        label="E-mail addresses",
        required=False,
        max_length=ADDRESSES_LENGTH,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "inputmode": "email",
            }
        ),
        error_messages={"max_length": "That is too much text. Invite fewer at once."},
    )
    uses_limit = forms.IntegerField(
        label="How many people may use the link",
        help_text="Empty: as many as get it.",
        required=False,
        min_value=1,
        max_value=MOST_USES,
        initial=1,
        error_messages={
            "invalid": "Type a number.",
            "min_value": "Type 1 or more.",
            "max_value": f"Type {MOST_USES} or less, or leave it empty.",
        },
    )
    role = forms.ChoiceField(
        label="They come in as", choices=list(ROLES.items()), initial="guest"
    )
    ends = forms.ChoiceField(
        label="The invitation ends",
        choices=[(name, words) for name, (words, _) in ENDS.items()],
        initial="week",
    )
    note = forms.CharField(
        label="Note",
        help_text=f"Comes with the invitation. At most {NOTE_LENGTH} characters.",
        required=False,
        max_length=_RAW_NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": NOTE_LENGTH}),
        error_messages={"max_length": f"Use at most {NOTE_LENGTH} characters."},
    )
    starts_at = forms.DateTimeField(
        label="When you meet",
        help_text="Leave it empty if there is no time. With one, mails bring a "
        "calendar entry.",
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
        error_messages={"invalid": "Give day and time, as in 2027-03-31 19:00."},
    )
    duration = forms.ChoiceField(
        label="How long", choices=list(DURATIONS.items()), initial="60", required=False
    )
    zone = forms.CharField(
        required=False,
        max_length=64,
        widget=forms.HiddenInput(attrs={"data-part": "zone"}),
    )
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        initial = {"key": new_key(), **options.pop("initial", {})}
        super().__init__(data, prefix=self.prefix, initial=initial, **options)
        self.fields["addresses"].help_text = _numbers()
        self.people: list[str] = []

    def clean_addresses(self) -> str:
        text: str = self.cleaned_data["addresses"]
        if self.cleaned_data.get("way") != self.BY_MAIL:
            return text
        try:
            self.people = read_addresses(text)
        except BadAddresses as fault:
            raise ValidationError(str(fault)) from fault
        if not self.people:
            raise ValidationError("Type whom to invite, or choose a link.")
        if len(self.people) > MOST_ADDRESSES:
            raise ValidationError(
                f"These are {len(self.people)}. Invite at most {MOST_ADDRESSES} "
                "at once."
            )
        return text

    def clean_note(self) -> str:
        note = visible_line(self.cleaned_data["note"])
        if len(note) > NOTE_LENGTH:
            raise ValidationError(f"Use at most {NOTE_LENGTH} characters.")
        return note

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"]
        return zone if zone in available_timezones() else "UTC"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if typed := cleaned.get("starts_at"):
            self._clean_time(typed, cleaned)
        return cleaned

    def _clean_time(self, typed: datetime, cleaned: dict[str, Any]) -> None:
        """Read the time by the clock of the one who typed it."""
        zone = ZoneInfo(cleaned.get("zone") or "UTC")
        starts_at = typed.replace(tzinfo=zone)
        back = starts_at.astimezone(ZoneInfo("UTC")).astimezone(zone)
        ends_at = _end(cleaned.get("ends", "never"))
        if back.replace(tzinfo=None) != starts_at.replace(tzinfo=None):
            self.add_error("starts_at", "Clocks skip this time on that day.")
        elif starts_at <= timezone.now():
            self.add_error("starts_at", "This time has passed.")
        elif ends_at is not None and starts_at >= ends_at:
            self.add_error(
                "ends", "The invitation would end before you meet. Let it end later."
            )
        cleaned["starts_at"] = starts_at

    @property
    def shows_more(self) -> bool:
        """Whether the fields that are folded away hold anything to look at."""
        folded = ("note", "starts_at", "duration")
        return any(self[name].errors for name in folded) or any(
            self[name].value() for name in ("note", "starts_at")
        )

    @property
    def terms(self) -> Terms:
        """Of every invitation that a valid form makes."""
        said = self.cleaned_data
        by_link = said["way"] == self.BY_LINK
        return Terms(
            role=Invitation.Role(said["role"]),
            note=said["note"],
            expires_at=_end(said["ends"]),
            uses_limit=said["uses_limit"] if by_link else 1,
            starts_at=said["starts_at"],
            duration=timedelta(minutes=int(said["duration"] or "60")),
            zone=said["zone"],
        )


def _numbers() -> str:
    """How many may be invited, and how many of them by mail."""
    at_once = f"Up to {MOST_ADDRESSES} at once. Each gets a link of their own."
    if settings.EMAIL_URL is None:
        return at_once
    daily = settings.INVITATIONS_PER_DAY
    return f"{at_once} We mail {daily} a day for you; other links you send yourself."


def _end(name: str) -> datetime | None:
    _, length = ENDS[name]
    return None if length is None else timezone.now() + length
