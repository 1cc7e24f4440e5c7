"""Hostile names and messages at the real application's sockets."""

from rooms.models import Message, Room, Seat
from rooms.names import visible_line
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
