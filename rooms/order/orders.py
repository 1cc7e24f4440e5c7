"""The orders of the wire, as the acts that they are."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, assert_never

from accounts.models import User
from conference.audit import Action

from ..models import Role, Room
from ..rights import Act
from ..signalling import bus
from ..signalling.protocol import (
    Admit,
    Allow,
    Ask,
    End,
    GoOn,
    Lobby,
    Lock,
    Mute,
    Order,
    Promote,
    Refuse,
    Remove,
    Rename,
    Spotlight,
    Transfer,
)
from ..signalling.seats import Claim
from . import moments, people
from . import room as rooms
from .actor import Actor, Refused, user_of

CALL = "call"
"""Stands for the whole call, where it is said of whom an order changes nothing."""


class Done(NamedTuple):
    """What the call is to follow, and whom the order turned out to be about."""

    news: list[bus.News]
    people: frozenset[str]


def obey(
    room: int,
    order: Order,
    about: Mapping[str, Claim],
    actor: Actor,
    now: float,
    moot: Collection[str] = (),
) -> Done:
    """Do it to the rows and write it down; raises Refused, and Room.DoesNotExist.

    `about` are those whom it is about, by their seats; `now` is in seconds since 1970.
    `moot` are the people for whom it changes nothing, and `CALL` if it is so for all.
    What has to be told to whoever runs the call is in the answer, and told to nobody.
    """
    with bus.collecting() as news:
        concerned = _act(Room.objects.get(pk=room), order, about, actor, now, moot)
    return Done(news, concerned)


def _act(
    room: Room,
    order: Order,
    about: Mapping[str, Claim],
    actor: Actor,
    now: float,
    moot: Collection[str],
) -> frozenset[str]:
    concerned = frozenset(claim.person for claim in about.values())
    match order:
        case Mute(slot=slot, seats=None):
            others = concerned - {actor.person}
            return moments.mute_all(room, slot, others, actor, moot=moot)
        case Mute(slot=slot):
            moments.on_people(
                room, Act.MUTE, Action.MUTE, concerned, actor, moot=moot, slot=slot
            )
        case Ask(slot=slot):
            moments.on_people(room, Act.ASK, Action.ASK, concerned, actor, slot=slot)
        case Admit():
            moments.on_people(room, Act.ADMIT, Action.ADMIT, concerned, actor)
        case Refuse():
            moments.on_people(room, Act.REFUSE, Action.REFUSE, concerned, actor)
        case Rename():
            if not all(claim.guest for claim in about.values()):
                raise Refused("People with an account have the name of their account.")
            moments.on_people(
                room, Act.RENAME, Action.RENAME, concerned, actor, moot=moot
            )
        case Spotlight(seat=""):
            moments.darken(room, actor, moot=CALL in moot)
        case Spotlight():
            moments.on_people(
                room, Act.SPOTLIGHT, Action.SPOTLIGHT, concerned, actor, moot=moot
            )
        case Allow(to=None, power=power, allowed=allowed):
            rooms.forbid_all(room, power, allowed=allowed, actor=actor)
        case Allow(power=power, allowed=allowed):
            for claim in about.values():
                people.forbid(
                    room,
                    claim.person,
                    power,
                    allowed=allowed,
                    actor=actor,
                    browser=claim.browser,
                )
        case Remove(ban=ban, reason=reason):
            for claim in about.values():
                people.remove(
                    room,
                    person=claim.person,
                    name=claim.name,
                    actor=actor,
                    ban=ban,
                    reason=reason,
                    browser=claim.browser,
                )
        case Promote(role=role):
            given = Role(role) if role in Role.values else None
            for user in _accounts(about):
                people.set_role(room, user, given, actor)
        case Transfer():
            for user in _accounts(about):
                people.transfer(room, user, actor)
        case Lock(locked=locked):
            rooms.lock(room, locked, actor)
        case Lobby(lobby=on):
            rooms.lobby(room, on, actor)
        case End(seconds=seconds):
            rooms.end(room, seconds, actor, now=now)
        case GoOn():
            rooms.go_on(room, actor, moot=CALL in moot)
        case _:
            assert_never(order)
    return concerned


def _accounts(about: Mapping[str, Claim]) -> list[User]:
    """The accounts of these; roles are for nobody else."""
    found = [user_of(claim.person) for claim in about.values()]
    users = [user for user in found if user is not None]
    if len(users) < len(found):
        raise Refused("Only people with an account can have a role.")
    return users
