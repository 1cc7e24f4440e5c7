"""Every type of message from everybody, made from the tables themselves.

What a message needs is in signalling.protocol.TABLE, who may do what to whom in
rooms.rights. Each cell is a test of its own, with the real consumer.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conference.rights import Who
from rooms.models import Membership, Role
from rooms.rights import CO_HOST, GUEST, LEAST, MEMBER, OWNER, Act, may
from rooms.signalling.protocol import TABLE, Order, Rank

from .cast import RANKS, CastTestCase, hear_out
from .meeting import Caller, Frame, Meeting, quiet
from .test_protocol import FROM_CLIENTS

ORDERS = {str(kind.__struct_config__.tag) for kind in Order.__args__}
REFUSALS = ("not-yet", "not-allowed")
OF_GUESTS, OF_ACCOUNTS = {"rename"}, {"promote", "transfer"}
"""Orders about guests alone, and about people with an account alone."""

Test = Callable[["Any"], Awaitable[None]]


def aimed(sample: dict[str, Any], sender: Caller, at: str) -> dict[str, Any]:
    """The sample, about somebody who is there, by somebody who could have said it."""
    message = dict(sample)
    for key in ("to", "seats"):
        if key in message:
            message[key] = [at] if isinstance(message[key], list) else at
    if message["type"] == "spotlight":
        message["seat"] = at
    if message["type"] == "chat":
        message["id"] = f"{sender.instance}-{message['count']}"
    if message["type"] == "hello":
        message |= {"ticket": None, "resume": None} | sender.token
    return message


def refusals(frames: list[Frame]) -> list[str]:
    return [frame["code"] for frame in frames if frame.get("code") in REFUSALS]


class Matrix(CastTestCase):
    """One test for each message and each of the people; see the end of this file."""

    async def one(self, sample: dict[str, Any], who: Who) -> None:
        needs, has = TABLE[sample["type"]].who, RANKS[who]
        expected = (
            None if has >= needs else "not-yet" if has < Rank.SEAT else "not-allowed"
        )
        async with Meeting() as meeting:
            watcher = await self.somebody_else(meeting, sample["type"], who)
            sender = await self.enters(meeting, who)
            await quiet(watcher)
            await sender.say(**aimed(sample, sender, watcher.seat))
            heard = [
                frame
                for frame in await self.answer(sender, has)
                if frame["type"] not in ("door", "knocks")
            ]
            if expected is None:
                assert refusals(heard) == [], heard
                return
            assert [frame.get("code") for frame in heard] == [expected], heard
            assert heard[0]["about"] == sample["type"]
            await watcher.silent()

    async def answer(self, sender: Caller, has: Rank) -> list[Frame]:
        return await (hear_out(sender) if has >= Rank.SEAT else sender.rest())

    async def somebody_else(self, meeting: Meeting, kind: str, who: Who) -> Caller:
        """Somebody in the same room whom such a message can be about."""
        if kind in OF_GUESTS and who is not Who.WAITING:
            return await meeting.joined(self.room_of(who), "June")
        user = self.users[Who.MEMBER]
        return await meeting.joined(self.room_of(who), user.display_name, user)


class WhoseOrders(CastTestCase):
    """One test for each order, each host and each role of whom it is about."""

    async def one(self, sample: dict[str, Any], who: Who, target: Who) -> None:
        kind = sample["type"]
        able = not (kind in OF_GUESTS and target is not Who.GUEST) and not (
            kind in OF_ACCOUNTS and target is Who.GUEST
        )
        allowed = able and may(ROLES[who], Act(kind), ROLES[target])
        async with Meeting() as meeting:
            sender = await self.enters(meeting, who)
            other = await self.enters(meeting, target)
            await quiet(sender, other)
            await sender.say(**aimed(sample, sender, other.seat))
            heard = await hear_out(sender)
            assert bool(refusals(heard)) == (not allowed), heard


class DemotedInBetween(CastTestCase):
    """The role is read at the moment of each order, not when its sender came in."""

    async def one(self, sample: dict[str, Any], who: Who) -> None:
        async with Meeting() as meeting:
            sender = await self.enters(meeting, who)
            member = self.users[Who.MEMBER]
            other = await meeting.joined(self.big_room, member.display_name, member)
            await quiet(sender, other)
            # Without a word to the call, as if the news of it were lost.
            await sync_to_async(self.demote)(who)
            await sender.say(**aimed(sample, sender, other.seat))
            while (frame := await sender.next())["type"] != "error":
                assert frame["type"] in ("knocks", "peer-standing"), frame
            assert frame["code"] == "not-allowed", frame
            await other.silent()

    def demote(self, who: Who) -> None:
        places = Membership.objects.filter(room=self.big_room)
        if who is Who.OWNER:
            # As a transfer leaves it.
            new = self.users[Who.STRANGER]
            places.filter(user=self.owner).update(role=Role.MEMBER)
            places.create(room=self.big_room, user=new, role=Role.OWNER)
            self.big_room.__class__.objects.filter(pk=self.big_room.pk).update(
                owner=new
            )
        else:
            places.filter(user=self.users[who]).update(role=Role.MEMBER)


ROLES = {
    Who.GUEST: GUEST,
    Who.MEMBER: MEMBER,
    Who.CO_HOST: CO_HOST,
    Who.OWNER: OWNER,
}
HOSTS = (Who.CO_HOST, Who.OWNER)


def of(case: type[CastTestCase], name: str, *cell: Any) -> None:
    """Give the case a test of this cell."""

    async def test(self: Any) -> None:
        await self.one(*cell)

    setattr(case, f"test_{name}".replace("-", "_"), test)


for _number, _sample in enumerate(FROM_CLIENTS):
    _kind = _sample["type"]
    for _who in Who:
        of(Matrix, f"{_kind}_{_number}_from_{_who}", _sample, _who)
    for _who in HOSTS:
        if _kind in ORDERS and RANKS[_who] >= TABLE[_kind].who:
            of(DemotedInBetween, f"{_kind}_{_number}_of_{_who}", _sample, _who)
            for _target in ROLES if "to" in _sample else ():
                _name = f"{_kind}_{_number}_of_{_who}_to_{_target}"
                of(WhoseOrders, _name, _sample, _who, _target)


def test_each_cell_is_a_test() -> None:
    made = [name for name in vars(Matrix) if name.startswith("test_")]
    assert len(made) == len(FROM_CLIENTS) * len(Who)
    assert {sample["type"] for sample in FROM_CLIENTS} == set(TABLE)
    assert len([name for name in vars(WhoseOrders) if "_to_" in name]) >= 40


def test_nothing_but_a_greeting_is_open_to_anyone() -> None:
    by_rank = {
        rank: {kind for kind, row in TABLE.items() if row.who is rank} for rank in Rank
    }
    assert by_rank[Rank.ANYONE] == {"hello", "ping"}
    assert by_rank[Rank.DOOR] == {"join", "leave"}


def test_both_tables_ask_for_the_same_role() -> None:
    """What a frame needs at the gate, and what the order needs when it is done."""
    ranks = {GUEST: Rank.SEAT, CO_HOST: Rank.HOST, OWNER: Rank.OWNER}
    for kind in ORDERS | {"report"}:
        assert TABLE[kind].who is ranks[LEAST[Act(kind)]], kind
    by_frame = {kind for kind, row in TABLE.items() if row.who >= Rank.HOST}
    assert by_frame == ORDERS


@pytest.mark.parametrize("kind", TABLE)
def test_every_type_has_limits(kind: str) -> None:
    row = TABLE[kind]
    assert 0 < row.rate <= row.burst
    assert 0 < row.size <= 65_536
