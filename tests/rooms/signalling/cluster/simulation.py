"""Several processes, a Redis and browsers, in one loop of virtual time.

The cluster, hub, calls and conversations are the product's own; the network is not: it
loses letters, delivers them twice, breaks for some or for all, and forgets.
"""

import asyncio
import contextlib
import importlib.util
import json
import random
import secrets
import time
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from rooms.signalling import tickets
from rooms.signalling.chat import Keeper
from rooms.signalling.cluster.attendance import Attendance
from rooms.signalling.cluster.cluster import Cluster
from rooms.signalling.cluster.parties import Party, Wire
from rooms.signalling.cluster.post import MailAway
from rooms.signalling.cluster.registry import (
    COPY_SECONDS,
    HOME_SECONDS,
    Home,
    Kept,
    RegistryAway,
)
from rooms.signalling.hub import Hub
from rooms.signalling.protocol import Join, Offer, ProtocolError, Rank, Slots
from rooms.signalling.queues import Queues
from rooms.signalling.seats import Clock
from rooms.signalling.tickets import Entry

SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"
SLOTS = Slots("on", "on", "off", "off")
BIND = "a browser"
MILLISECOND = 0.001


def now() -> float:
    return asyncio.get_running_loop().time()


class Redis:
    """Keys that end, letters that may get lost; can be killed, and is empty then."""

    def __init__(self, chance: random.Random) -> None:
        self.up = True
        self.loses = 0.0
        self.doubles = 0.0
        self.cut: set[str] = set()
        self.chance = chance
        self.commands = 0
        self._keys: dict[tuple[str, int], tuple[Any, float]] = {}
        self._listeners: dict[str, Cluster] = {}
        self._due: dict[str, float] = defaultdict(float)

    def restart(self) -> None:
        self._keys.clear()
        self.up = True

    def listen(self, cluster: Cluster) -> None:
        self._listeners[cluster.name] = cluster

    def forget(self, name: str) -> None:
        self._listeners.pop(name, None)

    def reaches(self, name: str) -> bool:
        return self.up and name not in self.cut and name in self._listeners

    async def trip(self, name: str) -> None:
        """A moment on the wire; raises ConnectionError if there is none."""
        await asyncio.sleep(self.chance.uniform(0.2, 3) * MILLISECOND)
        if not self.reaches(name):
            await asyncio.sleep(self.chance.uniform(0, 1))
            raise ConnectionError
        self.commands += 1

    def deliver(self, name: str, data: bytes, *, certain: bool) -> None:
        if not self.reaches(name):
            return
        if not certain and self.chance.random() < self.loses:
            return
        due = max(now() + self.chance.uniform(0.1, 5) * MILLISECOND, self._due[name])
        self._due[name] = due
        loop = asyncio.get_running_loop()
        loop.call_at(due, self._arrive, name, data)

    def names(self) -> list[str]:
        return list(self._listeners)

    def get(self, kind: str, room: int) -> Any:
        value, end = self._keys.get((kind, room), (None, 0.0))
        return value if end > now() else None

    def set(self, kind: str, room: int, value: Any, seconds: float) -> None:
        self._keys[kind, room] = (value, now() + seconds)

    def delete(self, kind: str, room: int) -> None:
        self._keys.pop((kind, room), None)

    def _arrive(self, name: str, data: bytes) -> None:
        if self.reaches(name):
            self._listeners[name].post.take_in(data)


class SimulatedMail:
    def __init__(self, redis: Redis, name: str) -> None:
        self.redis = redis
        self.name = name

    async def send(self, process: str, letter: bytes) -> None:
        await self._trip()
        self.redis.deliver(process, letter, certain=False)
        if self.redis.chance.random() < self.redis.doubles:
            # It was published, and the answer was lost.
            raise MailAway

    async def tell_all(self, letter: bytes) -> None:
        await self._trip()
        for name in self.redis.names():
            self.redis.deliver(name, letter, certain=True)

    async def _trip(self) -> None:
        try:
            await self.redis.trip(self.name)
        except ConnectionError as fault:
            raise MailAway from fault


class SimulatedRegistry:
    """The scripts of registry.py, said in Python."""

    def __init__(self, redis: Redis, name: str) -> None:
        self.redis = redis
        self.name = name

    async def claim(self, room: int, me: str, instead: str) -> Home:
        await self._trip()
        home = self.redis.get("home", room)
        if home is not None and home not in (me, instead):
            return Home(home, None)
        self.redis.set("home", room, me, HOME_SECONDS)
        return Home(me, self.redis.get("seats", room))

    async def renew(
        self, me: str, rooms: Mapping[int, bytes | None]
    ) -> Mapping[int, Kept]:
        await self._trip()
        kept = {}
        for room, copy in rooms.items():
            home = self.redis.get("home", room)
            if home is not None and home != me:
                kept[room] = Kept(home, True)
                continue
            self.redis.set("home", room, me, HOME_SECONDS)
            copy = copy or self.redis.get("seats", room)
            if copy is not None:
                self.redis.set("seats", room, copy, COPY_SECONDS)
            kept[room] = Kept(me, copy is not None)
        return kept

    async def release(self, room: int, me: str, *, keeps_copy: bool) -> None:
        await self._trip()
        if self.redis.get("home", room) == me:
            self.redis.delete("home", room)
            if not keeps_copy:
                self.redis.delete("seats", room)

    async def _trip(self) -> None:
        try:
            await self.redis.trip(self.name)
        except ConnectionError as fault:
            raise RegistryAway from fault


class Process:
    """One process: its wall clock is off by `skew` seconds."""

    def __init__(self, redis: Redis, name: str, skew: float = 0.0) -> None:
        self.redis = redis
        self.name = name
        self.alive = True
        loop = asyncio.get_running_loop()
        clock = Clock(loop.time, lambda: 1_795_000_000 + loop.time() + skew)
        self.hub = Hub(clock)
        # The product's own conversations, each with the hub of its process.
        spec = importlib.util.find_spec("rooms.signalling.conversation")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.__dict__.update(hub=self.hub, keeper=Keeper(Queues(), clock.wall))

        def converse(
            wire: Wire, entry: Entry, bind: str, instance: str, checked: bool
        ) -> Party:
            party: Party = module.Conversation(
                wire, entry, bind, instance, checked=checked
            )
            return party

        async def newest(room: int) -> int:
            raise AssertionError("no room here keeps its chat")

        self.cluster = Cluster(
            name,
            self.hub,
            SimulatedMail(redis, name),
            SimulatedRegistry(redis, name),
            converse,
            newest,
        )
        redis.listen(self.cluster)
        self.cluster.start()

    async def kill(self) -> None:
        """Be no more, from one moment to the next."""
        self.alive = False
        self.redis.forget(self.name)
        tasks = self.cluster.tasks
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.cluster.post.stop()
        self.hub._stop_timer()

    async def end(self) -> None:
        """Drain: give the homes away, send the sockets away, and stop."""
        await self.cluster.leave()

    async def finish(self) -> None:
        self.alive = False
        await self.cluster.stop()
        self.redis.forget(self.name)
        self.hub._stop_timer()


class Line:
    """One socket of a browser."""

    def __init__(self, browser: "Browser", process: Process, number: int) -> None:
        self.browser = browser
        self.process = process
        self.number = number
        self.open = True
        self.attendance: Attendance | None = None

    def post(self, frame: str) -> None:
        if self.open and self.process.alive:
            self.browser.hear(self, json.loads(frame))

    def close(self, code: int) -> None:
        if self.open and self.process.alive:
            self.open = False
            asyncio.get_running_loop().call_soon(self.over, code)

    def over(self, code: int) -> None:
        if self.attendance is not None and self.process.alive:
            self.attendance.depart("lost")
        self.browser.closed(self, code)

    def cut(self) -> None:
        """The network between is gone; the process notices at once."""
        if self.open:
            self.open = False
            if self.attendance is not None and self.process.alive:
                self.attendance.depart("lost")

    def refuse(self, fault: ProtocolError) -> None:
        self.browser.faults.append((fault.code, fault.about))
        if fault.code == "ticket-refused":
            self.close(4401)


class Browser:
    """A page that stays in its call, whatever happens to its socket."""

    def __init__(self, world: "World", room: int, name: str) -> None:
        self.world = world
        self.name = name
        self.instance = secrets.token_urlsafe(6)
        self.entry = entry(room, name)
        self.line: Line | None = None
        self.lines = 0
        self.welcome: dict[str, Any] = {}
        self.since = 0
        self.people: dict[str, int] = {}
        """Who is shown, and since when they are there, as in mesh.js."""
        self.pairs: dict[str, tuple[int, str, int]] = {}
        """The lives each pair was made for: own `since` (0: not told), theirs."""
        self.away: set[str] = set()
        self.leavings: list[tuple[str, str]] = []
        self.faults: list[tuple[str, str]] = []
        self.heard: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.sent: dict[str, int] = defaultdict(int)
        self.undeliverable = 0
        self.interrupted = False
        """Whether its own socket was ever lost."""

    @property
    def seat(self) -> str:
        return self.entry.seat

    @property
    def connected(self) -> bool:
        return self.line is not None and self.line.open and self.line.process.alive

    def connect(self, process: Process) -> None:
        self.lines += 1
        line = self.line = Line(self, process, self.lines)
        line.attendance = Attendance(
            process.cluster,
            line,
            self.entry,
            BIND,
            self.instance,
            checked=True,
            refuse=line.refuse,
        )
        process.cluster.arrive(line.attendance)

    def drop(self) -> None:
        """Lose the socket."""
        self.interrupted = True
        if self.line is not None:
            self.line.cut()

    def leave(self) -> None:
        """Close the tab."""
        line, self.line = self.line, None
        if line is not None and line.open:
            line.open = False
            assert line.attendance is not None
            if line.process.alive:
                line.attendance.depart("closed")

    def hear(self, line: Line, frame: dict[str, Any]) -> None:
        if line is not self.line:
            return
        match frame["type"]:
            case "door":
                self.join()
            case "welcome":
                self.take_welcome(frame)
            case "peer-joined":
                self.meet(frame["person"])
            case "peer-left":
                self.miss(frame["seat"])
                self.leavings.append((frame["seat"], frame["reason"]))
            case "peer-away" if frame["seat"] in self.people:
                self.mark(frame["seat"], away=frame["away"])
            case "peer-offer" if frame["from"] in self.people:
                self.heard[frame["from"], frame["epoch"]].append(frame["number"])
            case "error":
                self.undeliverable += frame["code"] == "undeliverable"

    def take_welcome(self, frame: dict[str, Any]) -> None:
        self.welcome = frame
        self.entry = tickets.read_resume(frame["resume"], BIND)
        is_anew = self.since not in (0, frame["since"])
        self.since = frame["since"]
        seats = {each["seat"] for each in frame["people"]}
        if is_anew or not frame["partial"]:
            for seat in self.people.keys() - seats:
                self.miss(seat)
        for each in frame["people"]:
            self.meet(each, is_anew=is_anew)

    def meet(self, person: dict[str, Any], *, is_anew: bool = False) -> None:
        """Show somebody; a pair is made anew for another life only, as in mesh.js."""
        seat, instance, since = person["seat"], person["instance"], person["since"]
        if instance == self.instance:
            return
        pair = self.pairs.get(seat)
        if is_anew or pair is None or pair[1:] != (instance, since) or not pair[0]:
            self.pairs[seat] = (self.since, instance, since)
        self.people[seat] = since
        self.mark(seat, away=person["away"])

    def mark(self, seat: str, *, away: bool) -> None:
        (self.away.add if away else self.away.discard)(seat)

    def miss(self, seat: str) -> None:
        self.people.pop(seat, None)
        self.pairs.pop(seat, None)
        self.away.discard(seat)

    def closed(self, line: Line, code: int) -> None:
        if line is self.line and code != 4409:
            self.interrupted = True
            self.world.send_back(self)

    def join(self) -> None:
        self.act(Join(name=self.name, version=1, slots=SLOTS))

    def offer(self, to: str) -> None:
        """Say something numbered to one other seat."""
        assert self.line is not None
        self.sent[to] += 1
        self.act(
            Offer(to=to, epoch=self.line.number, number=self.sent[to], sdp=SDP),
        )

    def act(self, message: Any) -> None:
        line = self.line
        if line is None or not self.connected or line.attendance is None:
            return
        if isinstance(message, Offer) and line.attendance.rank < Rank.SEAT:
            return
        # The client that drives this is inside the server's own call: not at once.
        asyncio.get_running_loop().call_soon(self._act, line, message)

    def _act(self, line: Line, message: Any) -> None:
        if line.open and line.process.alive and line.attendance is not None:
            try:
                line.attendance.act(message)
            except ProtocolError as fault:
                line.refuse(fault)


class World:
    """All of it. `seed` decides what happens."""

    def __init__(self, seed: int, processes: int) -> None:
        self.chance = random.Random(seed)
        self.redis = Redis(self.chance)
        self.processes: list[Process] = []
        self.browsers: list[Browser] = []
        self.born = 0
        for _ in range(processes):
            self.start_process()

    def start_process(self, skew: float = 0.0) -> Process:
        self.born += 1
        process = Process(self.redis, f"process-{self.born}", skew)
        self.processes.append(process)
        return process

    def living(self) -> list[Process]:
        return [process for process in self.processes if process.alive]

    def browser(self, room: int, process: Process | None = None) -> Browser:
        browser = Browser(self, room, f"Person {len(self.browsers) + 1}")
        self.browsers.append(browser)
        browser.connect(process or self.chance.choice(self.living()))
        return browser

    def send_back(self, browser: Browser, seconds: float | None = None) -> None:
        """Let the page open its next socket after a while."""
        wait = self.chance.uniform(0.1, 3) if seconds is None else seconds
        asyncio.get_running_loop().call_later(wait, self._back, browser)

    def _back(self, browser: Browser) -> None:
        if browser in self.browsers and not browser.connected:
            browser.connect(self.chance.choice(self.living()))

    def lose(self, browser: Browser) -> None:
        browser.drop()
        self.send_back(browser)

    def remove(self, browser: Browser) -> None:
        self.browsers.remove(browser)
        browser.leave()

    async def kill(self, process: Process) -> None:
        await process.kill()
        for browser in self.browsers:
            if browser.line is not None and browser.line.process is process:
                browser.interrupted = True
                self.send_back(browser)

    async def talk(self, seconds: float) -> None:
        """Let time pass, in which people say things to each other."""
        end = now() + seconds
        while now() < end:
            await asyncio.sleep(self.chance.uniform(0.01, 0.2))
            talkers = [each for each in self.browsers if each.people]
            if talkers:
                talker = self.chance.choice(talkers)
                talker.offer(self.chance.choice(list(talker.people)))

    async def end(self) -> None:
        for process in self.living():
            with contextlib.suppress(Exception):
                await process.kill()

    # What has to be true when all is quiet

    def check(self) -> None:
        rooms = {browser.entry.room for browser in self.browsers}
        for room in rooms:
            self.check_room(room)
        attached = sum(
            attendance.number != 0
            for process in self.living()
            for room in process.cluster.rooms
            for attendance in room.attendances
        )
        served = sum(len(process.cluster.remotes) for process in self.living())
        assert served == attached, "a socket is served that is no more"
        for browser in self.browsers:
            for (_, _), numbers in browser.heard.items():
                assert numbers == sorted(set(numbers)), "reordered, or came twice"
            refused = [fault for fault in browser.faults if fault[0] in FINAL]
            assert not refused, refused

    def check_room(self, room: int) -> None:
        here = [each for each in self.browsers if each.entry.room == room]
        assert all(each.connected for each in here), "somebody has no socket"
        homes = {
            process.cluster.home_of(room)
            for process in self.living()
            if any(each.line and each.line.process is process for each in here)
        }
        assert len(homes) == 1, f"homes of room {room}: {homes}"
        (home,) = homes
        assert self.redis.get("home", room) == home
        running = [each for each in self.living() if each.hub.get(room) is not None]
        assert [each.name for each in running] == [home]
        call = running[0].hub.get(room)
        assert call is not None
        seats = {seat.id: seat for seat in call.seats}
        assert seats.keys() == {each.seat for each in here}
        assert all(seat.holder is not None for seat in seats.values()), "away"
        for browser in here:
            others = {
                seat.id: seat.since
                for seat in seats.values()
                if seat.id != browser.seat
            }
            assert browser.people == others, f"{browser.name} sees another room"
            assert not browser.away, f"{browser.name} thinks somebody away"
            for other in here:
                if other is browser:
                    continue
                pair = (browser.since, other.instance, other.since)
                assert browser.pairs[other.seat] == pair, "half a pair"
            assert not browser.welcome["partial"] or call.seats.partial


FINAL = ("ticket-refused", "bad-protocol", "not-yet")


def entry(room: int, name: str) -> Entry:
    person = secrets.token_hex(8)
    return Entry(
        room=room,
        link=f"room-{room}",
        room_name="Friday",
        limit=16,
        keeps_chat=False,
        access="anyone",
        room_version=1,
        person=f"g:{person}",
        user=None,
        role="guest",
        guest=True,
        seat=f"{name.replace(' ', '')}-{person[:6]}",
        issued=int(time.time()),
    )
