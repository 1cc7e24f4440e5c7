"""Who knocked, was admitted or refused, when another process goes on with the call."""

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from rooms.signalling.call import Call
from rooms.signalling.cluster.copies import copy_of, restore
from rooms.signalling.cluster.packets import pack, unpack_copy
from rooms.signalling.conversation import Conversation
from rooms.signalling.lifecycle import hub
from rooms.signalling.protocol import Close, Join, Slots
from rooms.signalling.seats import Threshold
from rooms.signalling.tickets import Entry
from tests.rooms.signalling.meeting import Time
from tests.rooms.signalling.test_courses import BIND, ROOM, Line, entry_of

from .simulation import Browser, World
from .simulation import Line as Socket
from .virtual_time import run

SLOTS = Slots("on", "on", "off", "off")


@pytest.fixture
def time() -> Iterator[Time]:
    time = Time()
    clock, hub.clock = hub.clock, time.clock
    yield time
    hub.close_all(Close.RESTART)
    hub.clock = clock


class Guest:
    """Somebody at the door of the call that is run here."""

    def __init__(self, entry: Entry, instance: str = "page") -> None:
        self.line = Line()
        self.at = Conversation(self.line, entry, BIND, instance)
        self.at.enter()
        self.line.took()

    def asks(self) -> str:
        """The first that is said to "Join"."""
        self.at.act(Join("Somebody", 1, SLOTS))
        said = [frame["type"] for frame in self.line.took()]
        return str(next(kind for kind in said if kind != "door"))


def written(call: Call) -> bytes:
    return pack(copy_of(call))


def test_it_goes_on_as_it_was(time: Time) -> None:
    async def story() -> None:
        owner = Guest(entry_of("u:1", "amara"))
        assert owner.asks() == "welcome"
        people = {
            name: Guest(entry_of(f"g:{name}", name), name)
            for name in ("mira", "june", "elias", "zoe")
        }
        for guest in people.values():
            assert guest.asks() == "knocking"
            time.pass_by(1)
        call = hub.get(ROOM)
        assert call is not None
        version = call.facts.version + 1
        call.change(msgspec.structs.replace(call.facts, limit=1, version=version))
        call.admit(["mira"])
        call.refuse(["june"])
        copy = written(call)

        # Another process, to which all their sockets come.
        hub.close_all(Close.RESTART)
        restored = hub.open(entry_of("u:1", "amara"))
        restore(restored, unpack_copy(copy))
        assert Guest(entry_of("u:1", "amara")).asks() == "welcome"
        time.pass_by(1)
        assert Guest(entry_of("g:zoe", "zoe")).asks() == "knocking"
        assert Guest(entry_of("g:mira", "mira")).asks() == "waiting"
        assert Guest(entry_of("g:june", "june")).asks() == "turned-away"
        assert Guest(entry_of("g:elias", "elias")).asks() == "knocking"
        shown = [each.claim.seat for each in restored.seats.waiting.knocks]
        assert shown == ["elias", "zoe"]

    asyncio.run(story())


def test_a_room_without_a_lobby_has_nothing_to_hand_on(time: Time) -> None:
    async def story() -> None:
        Guest(entry_of("u:1", "amara"))
        call = hub.get(ROOM)
        assert call is not None
        copy = unpack_copy(written(call))
        assert copy.threshold == Threshold()

    asyncio.run(story())


class Visitor(Browser):
    """A page before a room with a lobby; asks once, and again where it is told to."""

    def __init__(self, world: World, name: str, *, owns: bool = False) -> None:
        super().__init__(world, ROOM, name)
        self.entry = msgspec.structs.replace(
            self.entry, lobby=True, role="owner" if owns else "guest"
        )
        self.said: list[str] = []
        self.knockers: list[str] = []
        world.browsers.append(self)

    def hear(self, line: Socket, frame: dict[str, Any]) -> None:
        self.said.append(frame["type"])
        if frame["type"] == "knocks":
            self.knockers = [each["seat"] for each in frame["people"]]
        super().hear(line, frame)


def test_whoever_waits_goes_on_waiting_when_the_home_dies() -> None:
    async def story() -> None:
        world = World(1, 3)
        await asyncio.sleep(2)
        one, two, three = world.living()
        amara = Visitor(world, "Amara", owns=True)
        amara.connect(one)
        await asyncio.sleep(1)
        mira, june = Visitor(world, "Mira"), Visitor(world, "June")
        for visitor, process in ((mira, two), (june, three)):
            visitor.connect(process)
            await asyncio.sleep(1)
        assert amara.knockers == [mira.seat, june.seat]
        call = one.hub.get(ROOM)
        assert call is not None
        call.admit([mira.seat])
        one.hub.settle(call)
        await asyncio.sleep(3)
        assert amara.people.keys() == {mira.seat}

        await world.kill(one)
        await asyncio.sleep(20)

        assert amara.knockers == [june.seat]
        assert june.said[-1] == "knocking"
        assert not june.welcome
        assert set(june.said) <= {"door", "knocking"}
        # Whoever was let in is not asked to knock again, and nobody saw her leave.
        assert mira.said.count("knocking") == 1
        assert amara.people.keys() == {mira.seat}
        assert amara.leavings == mira.leavings == []
        home = next(each for each in world.living() if each.hub.get(ROOM) is not None)
        moved = home.hub.get(ROOM)
        assert moved is not None
        moved.admit([june.seat])
        home.hub.settle(moved)
        await asyncio.sleep(3)
        world.check()
        await world.end()

    run(story())
