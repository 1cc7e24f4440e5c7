"""What the buttons on a call's page do."""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from accounts.admin.reach import out_of_reach
from accounts.models import User
from conference.audit import Action

from ..models import LiveCall, Seat
from ..models.ban import REASON_LENGTH
from ..models.prohibition import PERSON_LENGTH
from ..names import NAME_LENGTH, visible_line
from ..order import people
from ..order import room as order
from ..order.actor import Actor, Refused, user_of, write
from ..signalling import bus
from .acting import UNTOLD, actor_of, is_told

PERSON = re.compile(r"\A(?:u:[0-9]{1,18}|g:[0-9a-zA-Z_-]{1,60})\Z")
BROWSER = re.compile(r"\A[0-9a-zA-Z:_-]{0,64}\Z")
NOTICE_LENGTH = 500
CLOSED = "The people who run this site have closed your connections."


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it, in words."""

    words: str
    level: int = messages.SUCCESS


NOT_DONE = Done(UNTOLD, messages.ERROR)


class ActForm(forms.Form):
    """One button. `person` and `name` are as the page showed them: who has left
    meanwhile can be kept out as well.
    """

    ON_PERSON = ("remove", "ban", "close")
    ON_CALL = ("notice", "lock", "unlock", "end")

    act = forms.ChoiceField(
        choices=[(each, each) for each in (*ON_CALL, *ON_PERSON)],
        error_messages={"required": "Nothing was chosen."},
    )
    text = forms.CharField(
        max_length=NOTICE_LENGTH,
        required=False,
        error_messages={"max_length": "A message has 500 characters at most."},
    )
    seconds = forms.IntegerField(min_value=0, max_value=60, required=False)
    person = forms.RegexField(PERSON, max_length=PERSON_LENGTH, required=False)
    browser = forms.RegexField(BROWSER, max_length=PERSON_LENGTH, required=False)
    name = forms.CharField(max_length=NAME_LENGTH, required=False)
    reason = forms.CharField(max_length=REASON_LENGTH, required=False)

    def clean_text(self) -> str:
        return visible_line(self.cleaned_data["text"])[:NOTICE_LENGTH].rstrip()

    def clean_name(self) -> str:
        return visible_line(self.cleaned_data["name"])[:NAME_LENGTH].rstrip()

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("act") in self.ON_PERSON and not found.get("person"):
            raise forms.ValidationError("Nobody was chosen.")
        if found.get("act") == "notice" and not found.get("text"):
            raise forms.ValidationError("There is nothing to say in this message.")
        return found


def act(call: LiveCall, told: dict[str, Any], request: HttpRequest) -> Done:
    """Do what a valid form asks for."""
    actor = actor_of(request)
    match told["act"]:
        case "notice":
            said = is_told(partial(order.notice, call, told["text"], actor))
            return Done("Everybody in the call reads it.") if said else NOT_DONE
        case "lock":
            order.lock(call, True, actor)
            return Done("Locked: nobody new comes in but hosts.")
        case "unlock":
            order.lock(call, False, actor)
            return Done("Unlocked.")
        case "end":
            ends = is_told(partial(order.end, call, told["seconds"] or 0, actor))
            return Done("The call ends for everybody.") if ends else NOT_DONE
        case "close":
            return _close(call, told["person"], actor, request)
    return _remove(call, told, actor)


def _remove(call: LiveCall, told: dict[str, Any], actor: Actor) -> Done:
    """Send somebody away, and keep them out."""
    ban, name = told["act"] == "ban", told["name"] or "Somebody"
    try:
        people.remove(
            call,
            person=told["person"],
            name=name,
            actor=actor,
            ban=ban,
            reason=told["reason"],
            browser=told["browser"],
        )
    except Refused as refusal:
        return Done(str(refusal), messages.ERROR)
    if ban:
        return Done(f"{name} is banned from this room, until somebody lifts it.")
    return Done(f"{name} is sent away, and kept out for 12 hours.")


def _close(call: LiveCall, person: str, actor: Actor, request: HttpRequest) -> Done:
    """Close every socket of somebody, in every room; they may come back."""
    user = user_of(person)
    if user is not None and (why := out_of_reach(request, user)):
        return Done(why, messages.ERROR)
    write(Action.CLOSE_SOCKETS, actor, call, person)
    if isinstance(user, User):
        user.revoke(CLOSED)
    elif not _close_guest(person):
        return NOT_DONE
    return Done("Every connection of theirs is closed. They may come back.")


def _close_guest(person: str) -> bool:
    """A guest has nothing that could be taken back, so each room lets them go.

    Whether all of them were told.
    """
    seats = Seat.objects.live().filter(person=person)
    news: list[bus.News] = []
    for room in set(seats.values_list("room", flat=True)):
        news += bus.KeptOut(room, person, CLOSED), bus.LetBack(room, person)
    return all([bus.tell(each) for each in news])
