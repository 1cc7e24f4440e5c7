"""Signed slips that let a browser take a seat without a look into the database.

A *ticket* is made by the page view, lives for a minute and names the seat it takes, so
that using it twice never makes two seats. A *resume token* is handed out with every
welcome and gives the same seat back until twelve hours after the page view, however
often it was renewed. Both are bound to the browser they were made for and travel inside
messages, never in an address.
"""

import base64
import binascii
import functools
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings
from django.core import signing
from django.utils.encoding import force_bytes

from ..passwords import mark_of
from .protocol import Access, Picture, Power, Role

if TYPE_CHECKING:
    from accounts.models import User

    from ..models import Room

TICKET_SECONDS = 60
RESUME_SECONDS = 12 * 60 * 60
RUNNING_SECONDS = 60
"""Whoever was in the room so long ago may be on their way back to it."""

_TICKET_SALT = "rooms.signalling.ticket"
_RESUME_SALT = "rooms.signalling.resume"
_BIND_SALT = "rooms.signalling.bind"


class TicketRefused(Exception):
    """The token is forged, too old, or was made for another browser."""


class Entry(msgspec.Struct, frozen=True):
    """Who may take which seat, and what the room was like when that was decided.

    `person` is `u:<account>` or `g:<guest>`; it never leaves the server.
    `room_version` tells older facts about the room from newer ones. `issued` is when a
    page view decided it, in seconds since 1970; no later token makes it younger.
    `since` is when the page instance `instance` took the seat, as a welcome said, and 0
    in a ticket. `revocations` are those of the account and of the room when a page view
    decided; a larger one in their rows takes the right back.
    `forbidden` is what is forbidden to this person alone. `admitted`: a host, or the
    room as it was, has let the person in once; signed with a welcome.
    `invited`: a role or an accepted invitation let the person in then, link or not.
    `link` is the one that the person came by, `room_link` the room's as far as it is
    known to be another since.
    `login` names the log-in of the browser (accounts.sessions), 0 where there is none.
    `browser` is the guest cookie of the browser, also where somebody is logged in.
    `password` stands for the room's password as it was, `proved` for the one that the
    person knew; neither leads back to it. `running`: people were in the room then.
    `address` is where the socket came from, for the log of acts, and never signed.
    """

    room: int
    link: str
    room_name: str
    limit: int
    keeps_chat: bool
    access: Access
    room_version: int
    person: str
    user: int | None
    role: Role
    guest: bool
    seat: str
    issued: int
    chat_number: int = 0
    invited: bool = False
    picture: Picture = ""
    since: int = 0
    instance: str = ""
    revocations: tuple[int, int] = (0, 0)
    relay_only: bool = False
    locked: bool = False
    lobby: bool = False
    room_forbidden: tuple[Power, ...] = ()
    forbidden: tuple[Power, ...] = ()
    admitted: bool = False
    room_link: str = ""
    browser: str = ""
    password: str = ""
    proved: str = ""
    running: bool = True
    login: int = 0
    address: str = ""


class _Slip(msgspec.Struct):
    entry: Entry
    bind: str


_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(_Slip)


def entry_for(
    room: "Room",
    user: "User | None",
    guest_id: str,
    role: Role | str,
    *,
    invited: bool = False,
    login: int = 0,
) -> Entry:
    """An entry with a fresh seat id; reads the newest message's number.

    Whether the person may enter, is invited, and knows the password, was decided by
    rooms.access before. `guest_id` is their browser, whether or not they are logged in.
    """
    from ..models import Message, Prohibition

    person = f"g:{guest_id}" if user is None else f"u:{user.pk}"
    powers = Prohibition.objects.of(room, person)
    return Entry(
        room=room.pk,
        link=room.link,
        room_name=room.name,
        limit=room.people_limit,
        keeps_chat=room.keeps_chat,
        access=msgspec.convert(room.access, Access),
        room_version=room.version,
        person=person,
        user=None if user is None else user.pk,
        role=msgspec.convert(str(role), Role),
        guest=user is None,
        seat=secrets.token_urlsafe(12),
        issued=int(time.time()),
        chat_number=Message.newest_number(room.pk) if room.keeps_chat else 0,
        invited=invited,
        picture="" if user is None else msgspec.convert(user.picture_url, Picture),
        revocations=(0 if user is None else user.revocation, room.revocation),
        relay_only=room.relay_only,
        locked=room.locked,
        lobby=room.lobby,
        room_forbidden=msgspec.convert(room.forbidden, tuple[Power, ...]),
        forbidden=msgspec.convert(powers, tuple[Power, ...]),
        login=login,
        browser=guest_id,
        password=mark_of(room),
        proved=mark_of(room),
        running=was_running(room),
    )


def was_running(room: "Room") -> bool:
    """Whether somebody was in the room's call a moment ago, as its row knows."""
    used = room.last_used_at
    return used is not None and time.time() - used.timestamp() < RUNNING_SECONDS


def issue(entry: Entry, bind: str) -> str:
    """A ticket for the browser that `bind` stands for."""
    return _issue(_TICKET_SALT, entry, bind)


def read(token: str, bind: str, max_age: int = TICKET_SECONDS) -> Entry:
    """The entry of a ticket; raises TicketRefused."""
    return _read(_TICKET_SALT, token, bind, max_age)


def issue_resume(entry: Entry, bind: str) -> str:
    """A token that gives this seat back to the same browser."""
    return _issue(_RESUME_SALT, entry, bind)


def read_resume(token: str, bind: str, max_age: int = RESUME_SECONDS) -> Entry:
    """The entry of a resume token; raises TicketRefused."""
    entry = _read(_RESUME_SALT, token, bind, max_age)
    if time.time() - entry.issued > max_age:
        raise TicketRefused
    return entry


def bind_of(cookies: Mapping[str, str]) -> str:
    """What stands for a browser: a keyed hash of its session or its guest cookie."""
    session = cookies.get(settings.SESSION_COOKIE_NAME, "")
    guest = cookies.get(settings.GUEST_COOKIE_NAME, "")
    known_by = f"s:{session}" if session else f"g:{guest}"
    key = _key(_BIND_SALT, settings.SECRET_KEY)
    return hmac.digest(key, known_by.encode(), "sha256").hex()


def _issue(salt: str, entry: Entry, bind: str) -> str:
    slip = _encode(_Slip(entry, bind))
    value = base64.urlsafe_b64encode(slip).rstrip(b"=").decode()
    stamped = f"{value}:{signing.b62_encode(int(time.time()))}"
    return f"{stamped}:{_signature(salt, stamped, settings.SECRET_KEY)}"


def _read(salt: str, token: str, bind: str, max_age: int) -> Entry:
    try:
        value, stamp, signature = token.split(":")
        _check(salt, f"{value}:{stamp}", signature)
        if time.time() - signing.b62_decode(stamp) > max_age:
            raise TicketRefused
        padded = value.encode() + b"=" * (-len(value) % 4)
        slip = _decoder.decode(base64.urlsafe_b64decode(padded))
    except (binascii.Error, msgspec.DecodeError, UnicodeError, ValueError) as fault:
        raise TicketRefused from fault
    if not hmac.compare_digest(slip.bind, bind):
        raise TicketRefused
    return slip.entry


# The format is that of Django's TimestampSigner, which derives its key anew for each
# token: ten times the work.


def _check(salt: str, stamped: str, signature: str) -> None:
    """Raise TicketRefused unless it was signed with our secret, or one before it."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        ours = _signature(salt, stamped, secret)
        if hmac.compare_digest(ours.encode(), signature.encode()):
            return
    raise TicketRefused


def _signature(salt: str, stamped: str, secret: str | bytes) -> str:
    digest = hmac.digest(_key(f"{salt}signer", secret), stamped.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@functools.lru_cache(maxsize=16)
def _key(salt: str, secret: str | bytes) -> bytes:
    return hashlib.sha256(salt.encode() + force_bytes(secret)).digest()
