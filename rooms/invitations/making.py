"""Making invitations: all of a form or none, once, with their mails.

A form that is sent twice (a double click, a page loaded again) makes one set. So that
nothing secret has to be kept for its second answer, tokens are made from what the form
posted, which holds 128 random bits of its own, and from SECRET_KEY: for ten minutes who
has the one can be shown the links again, and nobody else, ever.
"""

import base64
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User

from .. import qr
from ..models import Invitation, Room, State
from ..models.invitation import TOKEN_BYTES
from . import post
from .terms import Terms

MOST_OPEN = 200
"""How many invitations of one room may be open at a time."""

SHOWN_AGAIN = timedelta(minutes=10)


class InvitingRefused(Exception):
    """Nothing was made; the message says why, to its maker."""


class TooManyOpen(InvitingRefused):
    """The room has so many open invitations that it gets no further."""

    def __init__(self) -> None:
        super().__init__(
            f"A room has at most {MOST_OPEN} open invitations. Revoke some, or make "
            "one link that several people can use."
        )


class MadeBefore(InvitingRefused):
    """The same form came earlier; its links are shown no more."""

    def __init__(self) -> None:
        super().__init__(
            "These invitations were made before. Links are shown once: if you lost "
            "one, revoke it and invite again."
        )


class StillGood(InvitingRefused):
    """It has neither ended nor failed, so there is nothing to do again."""

    def __init__(self) -> None:
        super().__init__("This invitation still works.")


class StillTooMany(InvitingRefused):
    """What kept the mail back keeps it back still."""

    def __init__(self, words: str) -> None:
        super().__init__(f"{words} Try again tomorrow. The link that you have works.")


_KEPT_BACK = {
    Invitation.Mail.TOO_MANY: "You have sent as many mails today as this site allows.",
    Invitation.Mail.ENOUGH: "This address has got enough invitations by mail today.",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A new invitation and the link that opens it, this once."""

    invitation: Invitation
    token: str

    @property
    def url(self) -> str:
        """The whole address, on the site's own host."""
        path = reverse("invitation", args=[self.token])
        return settings.SITE_URL.rstrip("/") + path

    @property
    def code(self) -> str:
        """The link for a phone's camera, as the address of a picture."""
        return qr.data_url(self.url)


def invite(
    room: Room, maker: User, addresses: Sequence[str], terms: Terms, form: str
) -> list[Made]:
    """One invitation for each address, or one link if there is none.

    `form` is everything the form posted. Mails leave once all is stored. Raises
    InvitingRefused.
    """
    with transaction.atomic():
        _hold(room)
        batch = _hash("batch", room, form)
        known = room.invitations.filter(batch=batch).order_by("pk")
        if known:
            return [_again(each, form, n) for n, each in enumerate(known)]
        _ask_for(room, max(1, len(addresses)))
        made = [
            _issue(room, maker, address, terms, batch, _token(room, form, number))
            for number, address in enumerate(addresses or [""])
        ]
        _post(made, maker)
    return made


def send_again(old: Invitation, maker: User, form: str) -> list[Made]:
    """A new invitation on the terms of one that ended or never arrived.

    The old one opens nothing any more, wherever its link is. Raises InvitingRefused,
    and leaves the old one as it was, also where too many mails of today keep it back
    again.
    """
    with transaction.atomic():
        _hold(old.room)
        batch = _hash("batch", old.room, form)
        known = old.room.invitations.filter(batch=batch).order_by("pk")
        if known:
            return [_again(each, form, n) for n, each in enumerate(known)]
        old.refresh_from_db()
        if not can_be_sent_again(old):
            raise StillGood
        waited = old.state is State.OPEN and old.mail in _KEPT_BACK
        old.revoke()
        _ask_for(old.room, 1)
        token = _token(old.room, form, 0)
        new = _issue(old.room, maker, old.address, Terms.of(old), batch, token)
        _post([new], maker)
        if waited and (words := _KEPT_BACK.get(Invitation.Mail(new.invitation.mail))):
            raise StillTooMany(words)
    return [new]


def can_be_sent_again(invitation: Invitation) -> bool:
    """Whether it expired, or its mail failed or was kept back for that day."""
    state = invitation.state
    if state is State.OPEN:
        return invitation.mail in (Invitation.Mail.FAILED, *_KEPT_BACK)
    return state is State.EXPIRED


def _hold(room: Room) -> None:
    # The room's row is the queue in which its invitations are made.
    # (SQLite has one writer at a time anyway and takes no row locks.)
    Room.objects.select_for_update(no_key=True).only("pk").get(pk=room.pk)


def _ask_for(room: Room, more: int) -> None:
    if room.invitations.open().count() + more > MOST_OPEN:
        raise TooManyOpen


def _issue(
    room: Room, maker: User, address: str, terms: Terms, batch: str, token: str
) -> Made:
    invitation, token = Invitation.objects.issue(
        room=room,
        made_by=maker,
        address=address,
        batch=batch,
        token=token,
        **asdict(terms),
    )
    return Made(invitation, token)


def _again(invitation: Invitation, form: str, number: int) -> Made:
    if invitation.created_at < timezone.now() - SHOWN_AGAIN:
        raise MadeBefore
    return Made(invitation, _token(invitation.room, form, number))


def _post(made: list[Made], maker: User) -> None:
    addressed = [each for each in made if each.invitation.address]
    post.decide([each.invitation for each in addressed], maker)
    for each in addressed:
        post.send(each.invitation, each.url)


def _token(room: Room, form: str, number: int) -> str:
    digest = salted_hmac(
        "rooms.invitations.token", f"{room.pk}:{number}:{form}", algorithm="sha256"
    ).digest()
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()


def _hash(what: str, room: Room, form: str) -> str:
    return salted_hmac(
        f"rooms.invitations.{what}", f"{room.pk}:{form}", algorithm="sha256"
    ).hexdigest()
