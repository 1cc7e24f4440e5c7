"""What clients say to have heard, at the real application's sockets."""

from unittest import mock

from rooms.models import Room
from rooms.signalling import socket as sockets
from rooms.signalling.protocol import Close
from tests.factories import make_room

from .meeting import SDP, Caller, CallTestCase, Meeting, quiet

BIG_SDP = SDP + ("a=" + "x" * 1000 + "\r\n") * 45
LOT = 64 * 1024


async def flood(meeting: Meeting, sender: Caller, target: Caller, offers: int) -> None:
    for number in range(offers):
        meeting.time.pass_by(1)
        await sender.say(
            **{"type": "offer", "to": target.seat, "epoch": 1},
            **{"number": number, "sdp": BIG_SDP},
        )
    await quiet(sender)


class Behind(CallTestCase):
    async def test_a_seat_that_was_behind_is_welcomed_anew(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            await quiet(amara)
            await flood(meeting, mira, amara, 20)
            # Said while nothing is told to Amara.
            elias = await meeting.joined(self.big_room, "Elias")
            while (frame := await amara.next())["type"] == "peer-offer":
                pass
            assert frame == {"type": "resync"}
            assert 5 < len(amara.frames) < 20
            await amara.say(type="ping", heard=len(amara.frames))
            again = await amara.hears("welcome")
            assert again["seat"] == amara.seat
            assert again["since"] == amara.welcome["since"]
            people = {person["seat"] for person in again["people"]}
            assert people == {mira.seat, elias.seat}
            await amara.hears("pong")
            # Nobody has noticed, and all goes on.
            await elias.silent()
            await mira.say(type="restart", to=amara.seat, epoch=1, kind="ice")
            await amara.hears("peer-restart")
            assert [m["type"] for m in mira.frames if m["type"] == "error"] == []

    async def test_who_waits_at_the_door_is_shown_it_anew(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.room, "Amara")
            await meeting.joined(self.room)
            waiter = await meeting.at_door(self.room, "Elias")
            await waiter.ask()
            assert (await waiter.hears("waiting"))["ahead"] == 0
            with mock.patch("rooms.signalling.backlog.BACKLOG_CHARACTERS", 0):
                await waiter.say(type="state", version=1, slots={})
                assert await waiter.next() == {"type": "resync"}
            await waiter.say(type="ping", heard=len(waiter.frames))
            assert (await waiter.hears("door"))["full"]
            assert (await waiter.hears("waiting"))["ahead"] == 0
            await waiter.hears("pong")

    async def test_who_stays_behind_is_closed_and_keeps_the_seat_for_a_while(
        self,
    ) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await quiet(amara)
            with mock.patch.object(sockets, "RESYNC_SECONDS", 0.0):
                await flood(meeting, mira, amara, 20)
                while (await amara.next())["type"] != "resync":
                    pass
                assert await amara.closed() == Close.SLOW_READER
            await amara.go(Close.SLOW_READER)
            assert await mira.hears("peer-away") == {
                **{"type": "peer-away", "seat": amara.seat, "away": True}
            }
            back = await meeting.back(amara, same_page=True)
            await back.join()
            assert back.seat == amara.seat
            assert (await mira.hears("peer-away"))["away"] is False


class Lies(CallTestCase):
    async def test_a_lie_about_what_was_heard_gains_nothing(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await quiet(amara)
            # More than was sent, so that all that follows would count as heard.
            for heard in (len(amara.frames) + 1, 1_000_000, 2**31 - 1):
                await amara.say(type="ping", heard=heard)
                assert (await amara.refused("bad-message"))["about"] == "ping"
            await amara.silent()
            # Less than before.
            await amara.say(type="ping", heard=0)
            await amara.refused("bad-message")
            await flood(meeting, mira, amara, 20)
            while (await amara.next())["type"] != "resync":
                pass
            # What was thrown away was not heard either.
            await amara.say(type="ping", heard=len(amara.frames) + 1)
            await amara.say(type="ping", heard=len(amara.frames))
            assert (await amara.next())["type"] == "welcome"

    async def test_liars_are_closed_for_abuse(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            for _ in range(30):
                await mira.say(type="ping", heard=1_000_000)
                await mira.refused("bad-message")
            assert await mira.closed() == Close.ABUSE


class Honest(CallTestCase):
    full_room: Room

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.full_room = make_room(cls.owner, "Full", people_limit=16)

    async def test_ten_thousand_messages_are_read_by_a_client_that_answers(
        self,
    ) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await quiet(amara)
            unsaid = came = 0
            for count in range(1, 10_001):
                meeting.time.pass_by(0.2)
                await mira.say(
                    **{"type": "chat", "id": f"{mira.instance}-{count}"},
                    **{"count": count, "text": "Hello" * 8, "at": 1},
                    to=[amara.seat],
                )
                if count % 50:
                    continue
                await quiet(mira)
                for _ in range(50):
                    frame = await amara.hears("peer-chat")
                    came += 1
                    assert frame["count"] == came
                    unsaid += len(str(frame))
                if unsaid > LOT:
                    unsaid = 0
                    await quiet(amara)
            assert came == 10_000

    async def test_sixteen_who_join_at_once_are_never_behind(self) -> None:
        async with Meeting() as meeting:
            people = [
                await meeting.at_door(self.full_room, f"Person {n}") for n in range(16)
            ]
            for person in people:
                await person.ask()
            for person in people:
                while (frame := await person.next())["type"] != "welcome":
                    assert frame["type"] == "door"
                person.welcome = frame
            sdp = SDP + "a=filler:" + "x" * 6000 + "\r\n"
            for person in people:
                for other in person.welcome["people"]:
                    for kind in ("offer", "answer"):
                        await person.say(
                            **{"type": kind, "to": other["seat"], "epoch": 1},
                            **{"number": 0, "sdp": sdp},
                        )
            for person in people:
                told = [frame["type"] for frame in await person.rest()]
                assert "resync" not in told
                assert "error" not in told
