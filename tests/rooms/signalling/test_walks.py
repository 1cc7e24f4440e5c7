"""Long random courses before a lobby, through pages, rows and sockets.

The model is that of test_courses.py; here a guest's browser opens the room's real page
for each ticket, and the owner decides over the wire, so that every act is a row first.
"""

import random
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from conference.audit.models import AuditEntry
from rooms.models import Ban, Room
from rooms.order import people
from rooms.order.actor import Actor
from rooms.signalling import bus, tickets
from rooms.signalling.lifecycle import hub, presence
from rooms.signalling.protocol import VERSION, Close
from tests.factories import make_room
from tests.people import Person
from tests.rooms.views.test_call import bind, call_data

from .meeting import Caller, CallTestCase, Frame, Meeting, quiet
from .test_courses import REFUSED, Model

WALKS, STEPS = 4, 30
LONG_WALKS, LONG_STEPS = 200, 60


class Walk:
    """One guest, Mira, with one browser and at most one page open; one owner."""

    def __init__(self, meeting: Meeting, room: Room, host: Caller) -> None:
        self.meeting = meeting
        self.room = room
        self.host = host
        self.model = Model()
        self.browser = Person()
        self.page: Caller | None = None
        self.seated: Caller | None = None
        """The page that was welcomed last: its token is the one she has."""
        self.steps: list[str] = []
        self.refused = 0

    @property
    def seat(self) -> str:
        return "" if self.page is None else self.page.entry.seat

    async def step(self, name: str) -> None:
        self.steps.append(name)
        await getattr(self, name)()
        await self.check()

    async def knock(self) -> None:
        if self.page is None:
            entry = await sync_to_async(self._ticket)()
            if entry is None:
                assert self.model.banned
                return
            assert not self.model.banned
            cookie = self.browser.cookies[settings.GUEST_COOKIE_NAME].value
            cookies = {settings.GUEST_COOKIE_NAME: cookie}
            self.page = await self.meeting.opened(Caller(entry, "Mira", cookies))
            assert (await self.page.hello())["people"] == []
            self.model.place, self.model.admitted = "door", False
        await self._asks()

    async def back(self) -> None:
        if self.seated is None:
            return
        model, before = self.model, self.seated
        await self._closes()
        again = await self.meeting.opened(before.again(same_page=False))
        seat = before.entry.seat
        if model.banned or seat in model.left | model.barred:
            await again.say(
                type="hello", protocol=VERSION, instance="anew", **again.token
            )
            await again.refused("kept-out" if model.banned else "ticket-refused")
            assert await again.closed() == (
                Close.REMOVED if model.banned else Close.REVOKED
            )
            return
        assert (await again.hello())["people"] != []
        self.page = again
        model.place, model.admitted = "door", True
        await self._asks()

    async def admit(self) -> None:
        await self.host.say(type="admit", seats=[self.seat or "nobody"])
        if self.model.place == "knocking":
            await self._is_seated()

    async def refuse(self) -> None:
        await self.host.say(type="refuse", seats=[self.seat or "nobody"])
        if self.model.place == "knocking":
            assert self.page is not None
            assert (await self._next(self.page))["type"] == "turned-away"
            self.model.place = "door"
            self.model.refused_until = self.meeting.time.since_1970 + REFUSED

    async def leave(self) -> None:
        if self.page is None:
            return
        await self.page.say(type="leave")
        await self.page.rest()
        if self.model.place == "seated":
            self.model.left.add(self.seat)
        self.model.place, self.model.admitted = "door", False

    async def lose(self) -> None:
        if self.page is None:
            return
        if self.model.place == "seated":
            self.model.away.add(self.seat)
        await self.page.go(1006)
        self.page, self.model.place = None, ""

    async def remove(self) -> None:
        """By the wire where she sits, by a page of the room else."""
        model = self.model
        inside = model.away | ({self.seat} if model.place == "seated" else set())
        person = await sync_to_async(self._person)()
        if not person:
            return
        if inside:
            await self.host.say(type="remove", to=min(inside), ban=False)
            while (await self.host.next())["type"] != "peer-revoked":
                pass
        else:
            ban = await sync_to_async(self._remove)(person)
            hub.hear(bus.KeptOut(ban.room_id, person, ban.reason, ban.browser))
        model.barred |= model.away | ({self.seat} if self.seat else set())
        if self.page is not None:
            while (frame := await self.page.next())["type"] != "error":
                assert frame["type"] in ("peer-revoked", "door"), frame
            assert frame["code"] == "kept-out"
            assert await self.page.closed() == Close.REMOVED
        self.page, model.place = None, ""
        model.away.clear()
        model.banned = True

    async def let_back(self) -> None:
        """All that keeps her out is lifted, and presence reads it."""
        for ban in [each async for each in Ban.objects.in_force()]:
            await sync_to_async(people.let_back)(
                ban, await sync_to_async(Actor.in_room)(self.room, self.room.owner)
            )
        await presence.copy()
        self.model.banned = False

    async def later(self) -> None:
        await self.meeting.some_time(61)
        self.model.away.clear()

    # What comes of it

    async def _asks(self) -> None:
        assert self.page is not None
        await self.page.ask()
        frame = await self._next(self.page)
        if frame["type"] == "error":
            # Who rings, or takes the seat anew, that often has to wait a little.
            assert frame["code"] == "too-fast", frame
            self.refused += 1
            await self._closes()
        elif self.model.place == "seated" or self.model.admitted:
            self._welcomed(frame)
        elif self.meeting.time.since_1970 < self.model.refused_until:
            assert frame["type"] == "turned-away", frame
        else:
            assert frame["type"] == "knocking", frame
            self.model.place = "knocking"

    async def _is_seated(self) -> None:
        assert self.page is not None
        self._welcomed(await self._next(self.page))

    def _welcomed(self, frame: Frame) -> None:
        assert frame["type"] == "welcome", frame
        assert self.page is not None
        self.page.welcome = frame
        self.seated = self.page
        self.model.place, self.model.admitted = "seated", True
        self.model.away.discard(self.seat)
        self.model.left.discard(self.seat)

    async def _next(self, caller: Caller) -> Frame:
        """What follows that is not about the inside, or about others."""
        while (frame := await caller.next())["type"] in OF_OTHERS:
            pass
        return frame

    async def _closes(self) -> None:
        if self.page is not None:
            await self.page.go()
        self.page, self.model.place = None, ""

    async def check(self) -> None:
        """The call, the rows and the two pages agree with the model."""
        model = self.model
        inside = model.away | ({self.seat} if model.place == "seated" else set())
        call = hub.get(self.room.pk)
        assert call is not None
        host = self.host.seat
        assert {seat.id for seat in call.seats} - {host} == inside, self.steps
        knocking = [self.seat] if model.place == "knocking" else []
        shown = [each.claim.seat for each in call.seats.waiting.knocks]
        assert shown == knocking, self.steps
        assert model.banned == await Ban.objects.in_force().aexists(), self.steps
        for frame in await self.host.rest():
            if frame["type"] == "peer-joined":
                assert frame["person"]["seat"] not in model.barred, self.steps
        if self.page is None or model.place == "seated":
            return
        for frame in await self.page.rest():
            assert frame["type"] == "door", self.steps
            assert frame["people"] == [] or model.admitted, self.steps

    def _ticket(self) -> tickets.Entry | None:
        """What the room's page gives her browser; None where it says no."""
        url = self.room.get_absolute_url()
        answer = self.browser.get(url)
        if answer.status_code == 403:
            assert self.browser.post(f"{url}ticket/").status_code == 403
            return None
        data: dict[str, Any] = call_data(self.browser, url)
        return tickets.read(data["ticket"], bind(self.browser))

    def _person(self) -> str:
        cookie = self.browser.cookies.get(settings.GUEST_COOKIE_NAME)
        return "" if cookie is None else f"g:{cookie.value.partition(':')[0]}"

    def _remove(self, person: str) -> Ban:
        actor = Actor.in_room(self.room, self.room.owner)
        return people.remove(self.room, person=person, name="Mira", actor=actor)


OF_OTHERS = {"door", "peer-joined", "peer-left", "peer-revoked", "peer-away"}

ORDERS = ("knock", "admit", "refuse", "leave", "lose", "back", "remove", "let_back")
LIKELY = {"": ("knock", "back"), "door": ("knock",), "knocking": ("admit", "admit")}
"""What comes most of the time, by where she is; or little would ever happen."""


def next_step(walk: Walk, chance: random.Random) -> str:
    if walk.model.banned and chance.random() < 0.5:
        return "let_back"
    likely = LIKELY.get(walk.model.place, ())
    return chance.choice((*ORDERS, "later", *likely * 4))


@pytest.mark.usefixtures("long")
class Walks(CallTestCase):
    walks, steps = WALKS, STEPS

    @pytest.fixture
    def long(self, soak: bool) -> None:
        if soak:
            type(self).walks, type(self).steps = LONG_WALKS, LONG_STEPS

    async def test_every_step_is_as_the_model_says(self) -> None:
        seated = banned = refused = 0
        for seed in range(self.walks):
            chance = random.Random(seed)
            room = await sync_to_async(make_room)(
                self.owner, f"Lobby {seed}", people_limit=8, lobby=True
            )
            async with Meeting() as meeting:
                host = await meeting.joined(room, "Amara", self.owner)
                await quiet(host)
                walk = Walk(meeting, room, host)
                for _ in range(self.steps):
                    await walk.step(next_step(walk, chance))
                    seated += walk.model.place == "seated"
                    banned += walk.model.banned
                refused += walk.refused
            await Ban.objects.all().adelete()
        assert seated > 3 * self.walks
        assert banned > self.walks
        assert refused < seated
        # Each removal and each admission is in the log.
        acts = AuditEntry.objects.filter(actor=f"u:{self.owner.pk}")
        found = {each.action async for each in acts}
        assert {"admit", "refuse", "remove", "let-back"} <= found
