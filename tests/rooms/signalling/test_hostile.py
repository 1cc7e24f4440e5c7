"""Hostile names, messages and reports at the real application's sockets."""

from rooms.models import Message, Room, Seat
from rooms.names import visible_line
from rooms.signalling import lifecycle
from rooms.signalling.protocol import TABLE
from tests.factories import make_room
from tests.site.hostile import HOSTILE, as_name

from .meeting import Caller, CallTestCase, Meeting, quiet

APART = 100.0
"""Seconds of the tests' own clock, so that nobody is too fast."""


class Hostile(CallTestCase):
    kept_room: Room

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.kept_room = make_room(cls.owner, "Kept", keeps_chat=True)

    async def test_names_are_cleaned_or_refused(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            taken = 0
            for text in HOSTILE:
                await meeting.some_time(APART)
                caller = await meeting.at_door(self.room, text)
                await caller.ask()
                answer = await caller.next()
                if answer["type"] == "error":
                    assert answer["code"] == "bad-name", (text, answer)
                    assert (
                        not visible_line(text)
                        or len(visible_line(text)) > 60
                        or (as_name(text) == "x")
                    ), text
                else:
                    taken += 1
                    told = [each for each in await amara.rest() if "person" in each]
                    assert told[0]["person"]["name"] == as_name(text), text
                await caller.go()
                await quiet(amara)
            assert taken > 150
            assert await Seat.objects.filter(name__contains="\u202e").acount() == 0

    async def test_messages_arrive_as_they_were_written(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.kept_room, "Amara")
            mira = await meeting.joined(self.kept_room)
            await quiet(amara, mira)
            for count, text in enumerate(HOSTILE, 1):
                await meeting.some_time(1)
                await self.write(mira, count, text)
                if "\0" in text:
                    await mira.refused("bad-message")
                    continue
                for hearer in (mira, amara):
                    assert (await hearer.hears("peer-chat"))["text"] == text
        kept = Message.objects.filter(room=self.kept_room)
        assert {row.text async for row in kept} == {
            text for text in HOSTILE if "\0" not in text
        }

    async def write(self, writer: Caller, count: int, text: str) -> None:
        await writer.say(
            type="chat",
            id=f"{writer.instance}-{count}",
            count=count,
            text=text,
            at=1_700_000_000_000,
        )


class Reports(CallTestCase):
    """`unheard` takes nobody's place who is there, and none alone."""

    async def test_who_has_a_socket_is_not_removed_whoever_says_so(self) -> None:
        async with Meeting() as meeting:
            victim = await meeting.joined(self.big_room, "Amara")
            gang = [await meeting.joined(self.big_room, f"Eve {n}") for n in range(4)]
            await quiet(victim, *gang)
            everybody = [victim.seat, *(eve.seat for eve in gang)]
            for _ in range(20):
                for eve in gang:
                    await eve.say(type="unheard", seats=everybody)
                    await eve.silent()
                await meeting.some_time(10.1)
            for person in (victim, *gang):
                await person.silent()

    async def test_one_who_still_hears_somebody_keeps_their_place(self) -> None:
        async with Meeting() as meeting:
            victim = await meeting.joined(self.big_room, "Amara")
            honest = await meeting.joined(self.big_room)
            gang = [await meeting.joined(self.big_room, f"Eve {n}") for n in range(3)]
            for eve in gang:
                await eve.say(type="unheard", seats=[victim.seat, honest.seat])
            await quiet(honest, *gang)
            await victim.go(1006)
            await meeting.some_time(29)
            told = [m for m in await honest.rest() if m["type"] != "peer-joined"]
            assert told == [
                {"type": "peer-away", "seat": victim.seat, "away": True},
            ]
            back = await meeting.back(victim, same_page=True)
            await back.join()
            assert back.welcome["since"] == victim.welcome["since"]

    async def test_those_at_the_door_have_no_say(self) -> None:
        async with Meeting() as meeting:
            victim = await meeting.joined(self.big_room, "Amara")
            await meeting.joined(self.big_room)
            eve = await meeting.at_door(self.big_room, "Eve")
            await eve.say(type="unheard", seats=[victim.seat])
            await eve.refused("not-yet")
            await victim.go(1006)
            await meeting.some_time(29)
            call = lifecycle.hub.get(self.big_room.pk)
            assert call is not None
            assert call.seats.get(victim.seat) is not None

    async def test_a_report_is_short_and_costs_little(self) -> None:
        async with Meeting() as meeting:
            eve = await meeting.joined(self.room, "Eve")
            names = [f"nobody-{number}" for number in range(33)]
            await eve.say(type="unheard", seats=names)
            await eve.refused("bad-message")
            await eve.say(type="unheard", seats=["a" * 33])
            await eve.refused("bad-message")
            await eve.say(type="unheard", seats=[eve.seat] * 32)
            await eve.say(type="unheard", seats=names[:32])
            await eve.silent()
            await meeting.some_time(100)
            for _ in range(TABLE["unheard"].burst):
                await eve.say(type="unheard", seats=[])
            await eve.silent()
            await eve.say(type="unheard", seats=[])
            await eve.refused("too-fast")
