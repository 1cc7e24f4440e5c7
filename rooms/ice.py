"""Which STUN and TURN servers a browser may use, and with what credentials.

TURN passwords are made for one person in one room and die by themselves, by the scheme
that coturn calls `use-auth-secret` (draft-uberti-behave-turn-rest-00): the name begins
with the second of its end, and the password is the name's HMAC-SHA1 under the secret
that the TURN server also has. Whoever calls has let the person in before.
"""

import base64
import functools
import hashlib
import hmac
from dataclasses import dataclass, field

from django.conf import settings

LIFETIME_SECONDS = 300
SKEW_SECONDS = 300
"""So far the TURN server's clock may be from ours: for as much longer it takes what we
give, and browsers do not know. It asks for the time when a relay is allocated alone."""

ENDS_SECONDS = LIFETIME_SECONDS + SKEW_SECONDS
"""After so long it takes them from nobody: ten minutes, by its own clock."""

NO_RELAY = (
    "This needs a TURN server, and the site has none: nobody would see or hear "
    "anybody. Ask the people who run the site."
)

IceServer = dict[str, str | list[str]]
"""An RTCIceServer as browsers take it."""


@dataclass(frozen=True, slots=True)
class IceServers:
    """`expires_ms` is when the credentials end, in ms since 1970; 0: there are none."""

    servers: list[IceServer] = field(default_factory=list)
    expires_ms: int = 0


def can_relay() -> bool:
    """Whether a room that hides network addresses can work."""
    return bool(settings.TURN_URLS)


def ice_servers(person: str, room_id: int, now: float) -> IceServers:
    """What `person` may use in the room from `now` (seconds since 1970) on.

    `person` is as in a ticket, or a word and a number for a program that takes part:
    `program:recorder-7`. Programs speak to aiortc as `RTCIceServer(**server)`, and ask
    again before `expires_ms` whenever they search for a path anew.
    Empty when neither STUN_URLS nor TURN_URLS is set: then only addresses that reach
    each other directly connect, which is enough on one LAN.
    """
    servers: list[IceServer] = []
    if settings.STUN_URLS:
        servers.append({"urls": list(settings.STUN_URLS)})
    if not can_relay():
        return IceServers(servers)
    expiry = int(now) + LIFETIME_SECONDS
    username = f"{expiry + SKEW_SECONDS}{name_of(person, room_id)}"
    servers.append(
        {
            "urls": list(settings.TURN_URLS),
            "username": username,
            "credential": _credential(username),
        }
    )
    return IceServers(servers, expiry * 1000)


def name_of(person: str, room_id: int) -> str:
    """How every name ends that this person gets at the TURN server for this room."""
    return f":{room_id}:{_pseudonym(person)}"


def _pseudonym(person: str) -> str:
    """Tells people apart in the TURN server's log without naming them."""
    digest = hmac.digest(_key(settings.SECRET_KEY), person.encode(), "sha256")
    return digest.hex()[:16]


@functools.lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"rooms.ice" + secret.encode()).digest()


def _credential(username: str) -> str:
    secret: str = settings.TURN_SECRET
    digest = hmac.digest(secret.encode(), username.encode(), "sha1")
    return base64.b64encode(digest).decode()
