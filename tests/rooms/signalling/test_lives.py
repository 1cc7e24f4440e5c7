"""What outlives a socket, a process and a pause of one, and what ends with a wish."""

from typing import Any
from unittest import mock

from asgiref.sync import sync_to_async

from rooms.signalling import lifecycle
from rooms.signalling.protocol import VERSION, Close
from rooms.signalling.seats import GRACE_SECONDS, SILENT_SECONDS

from .meeting import SDP, Caller, CallTestCase, Closed, Frame, Meeting, quiet


def people(caller: Caller) -> dict[str, Frame]:
    """The others of a welcome, by their seats."""
    return {person["seat"]: person for person in caller.welcome["people"]}


async def process_is_killed(*sockets: Caller) -> None:
    """Nothing is left of the process but what its clients have."""
    lifecycle.hub.close_all(Close.RESTART)
    for socket in sockets:
        while True:
            try:
                await socket.next()
            except Closed:
                break
        await socket.go(1006)


class Restarted(CallTestCase):
    async def test_everybody_goes_on_in_the_same_seat(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.joined(self.big_room)
            june = await meeting.joined(self.big_room, "June")
            await process_is_killed(amara, mira, june)
            assert list(lifecycle.hub) == []
            meeting.time.pass_by(7)
            back = await meeting.back(mira, same_page=True)
            await back.join()
            # Nobody who is missing here is gone.
            assert back.welcome["partial"]
            assert (back.seat, people(back)) == (mira.seat, {})
            assert back.welcome["since"] == mira.welcome["since"]
            amara_back = await meeting.back(amara, same_page=True)
            await amara_back.join()
            assert amara_back.welcome["role"] == "owner"
            assert amara_back.welcome["since"] == amara.welcome["since"]
            person = (await back.hears("peer-joined"))["person"]
            assert person["instance"] == amara.instance
            assert person["since"] == amara.welcome["since"]
            # June does not come; after the time everybody has, that is certain.
            await meeting.some_time(GRACE_SECONDS)
            whole = await back.hears("welcome")
            assert not whole["partial"]
            assert [person["seat"] for person in whole["people"]] == [amara.seat]
            await amara_back.hears("welcome")
            june_back = await meeting.back(june, same_page=True)
            await june_back.join()
            assert june_back.seat == june.seat
            assert june_back.welcome["since"] > june.welcome["since"]
            assert not june_back.welcome["partial"]

    async def test_the_place_in_the_chat_is_kept(self) -> None:
        await sync_to_async(self.big_room.change)(keeps_chat=True)
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.joined(self.big_room)
            said = {"id": f"{mira.instance}-1", "count": 1, "text": "Hello", "at": 0}
            await mira.say(type="chat", **said)
            assert (await mira.hears("peer-chat"))["number"] == 1
            await mira.join()
            await process_is_killed(amara, mira)
            back = await meeting.back(mira, same_page=True)
            await back.join()
            assert back.welcome["chatNumber"] == 1

    async def test_who_is_welcomed_anew_misses_nobody_yet(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            june = await meeting.joined(self.big_room, "June")
            await process_is_killed(mira, june)
            back = await meeting.back(mira, same_page=True)
            await back.join()
            june_back = await meeting.back(june, same_page=True)
            await june_back.join()
            await meeting.some_time(GRACE_SECONDS - 1)
            await back.say(type="unheard", seats=[june.seat])
            await quiet(back)
            await june_back.go(1006)
            await meeting.some_time(1)
            await back.hears("peer-away")
            await back.hears("welcome")
            await meeting.some_time(SILENT_SECONDS + 1)
            await back.silent()

    async def test_somebody_new_there_first_is_told_all(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            await process_is_killed(mira)
            meeting.time.pass_by(1)
            elias = await meeting.joined(self.big_room, "Elias")
            assert not elias.welcome["partial"]
            back = await meeting.back(mira, same_page=True)
            await back.join()
            assert back.welcome["partial"]
            assert back.welcome["since"] == mira.welcome["since"]
            assert people(back)[elias.seat]["since"] > mira.welcome["since"]

    async def test_a_reload_meanwhile_is_a_new_life(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            await process_is_killed(mira)
            meeting.time.pass_by(1)
            back = await meeting.back(mira, same_page=False)
            await back.join()
            assert back.seat == mira.seat
            assert back.welcome["since"] > mira.welcome["since"]


class Paused(CallTestCase):
    """The process stands still: nobody could have come back in that time."""

    async def test_time_in_which_nothing_ran_counts_for_nobody(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            june = await meeting.joined(self.big_room, "June")
            await quiet(amara, june)
            await mira.go(1006)
            await june.go(1001)
            await quiet(amara)
            await meeting.some_time(2)
            meeting.time.pass_by(60)
            with self.assertLogs("rooms.signalling.hub", "WARNING"):
                lifecycle.hub.tick()
            await amara.silent()
            await meeting.some_time(GRACE_SECONDS - 2.5)
            await amara.silent()
            await meeting.some_time(3)
            assert (await amara.hears("peer-left"))["reason"] == "lost"

    async def test_who_is_lost_as_it_goes_on_has_all_the_time(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            june = await meeting.joined(self.big_room, "June")
            await mira.go(1006)
            await meeting.some_time(1)
            meeting.time.pass_by(60)
            with self.assertLogs("rooms.signalling.hub", "WARNING"):
                await june.go(1006)
            call = lifecycle.hub.get(self.big_room.pk)
            assert call is not None
            june_sits = call.seats.get(june.seat)
            assert june_sits is not None
            assert june_sits.lost == meeting.time.seconds + GRACE_SECONDS
            await quiet(amara)

    async def test_short_pauses_are_everyday(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            await quiet(amara)
            await mira.go(1006)
            for _ in range(int(GRACE_SECONDS)):
                await meeting.some_time(1)
            await amara.hears_only("peer-away", "peer-left")


class Unheard(CallTestCase):
    async def test_whom_all_others_miss_goes_after_ten_seconds(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            june = await meeting.joined(self.big_room, "June")
            mira = await meeting.joined(self.big_room)
            await quiet(amara, june)
            await mira.go(1006)
            for person in (amara, june):
                await person.hears("peer-away")
                await person.say(type="unheard", seats=[mira.seat])
                await person.silent()
            await meeting.some_time(SILENT_SECONDS - 0.1)
            await amara.silent()
            await meeting.some_time(0.2)
            left = {"type": "peer-left", "seat": mira.seat, "reason": "lost"}
            for person in (amara, june):
                assert await person.rest() == [left]
            # The tile has ended, and not the right to the seat.
            back = await meeting.back(mira, same_page=True)
            await back.join()
            assert back.seat == mira.seat
            assert back.welcome["since"] > mira.welcome["since"]


class FastReturn(CallTestCase):
    """A second socket of the same page, beside the first."""

    async def test_nobody_hears_of_it(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            await quiet(amara)
            beside = await meeting.back(mira, same_page=True)
            # Until it is welcomed, the first one serves the seat.
            offer = {"to": mira.seat, "epoch": 1, "number": 0, "sdp": SDP}
            await amara.say(type="offer", **offer)
            await mira.hears("peer-offer")
            await beside.join()
            assert await mira.closed() == Close.MOVED
            assert beside.welcome["since"] == mira.welcome["since"]
            await amara.say(type="offer", **offer)
            await beside.hears("peer-offer")
            await mira.go(1006)
            await meeting.some_time(GRACE_SECONDS + 1)
            await amara.silent()

    async def test_of_two_that_race_the_last_one_stays(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            await quiet(amara)
            second = await meeting.back(mira, same_page=True)
            third = await meeting.back(mira, same_page=True)
            await second.ask()
            await third.ask()
            await second.is_welcome()
            await third.is_welcome()
            assert await mira.closed() == Close.MOVED
            assert await second.closed() == Close.MOVED
            for socket in (second, mira):
                await socket.go(1006)
            await amara.silent()
            await third.silent()

    async def test_the_first_may_end_before(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            await quiet(amara)
            beside = await meeting.back(mira, same_page=True)
            await mira.go(1006)
            await beside.join()
            assert beside.welcome["since"] == mira.welcome["since"]
            await amara.hears_only("peer-away", "peer-away")


class Left(CallTestCase):
    """Whoever leaves gives up the right to the seat."""

    def hello(self, caller: Caller) -> dict[str, Any]:
        own = {"instance": caller.instance, **caller.token}
        return {"type": "hello", "protocol": VERSION, **own}

    async def refused(self, meeting: Meeting, caller: Caller) -> None:
        again = await meeting.opened(caller.again(same_page=True))
        await again.say(**self.hello(again))
        assert (await again.refused("ticket-refused"))["about"] == "hello"
        assert await again.closed() == Close.REVOKED

    async def test_the_token_of_a_seat_that_was_left_is_void(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            await mira.say(type="leave")
            await mira.hears("door")
            await quiet(amara)
            await self.refused(meeting, mira)
            await amara.silent()

    async def test_who_sits_down_again_has_a_new_one(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            first = mira.welcome
            await mira.say(type="leave")
            await mira.hears("door")
            await mira.join()
            assert mira.welcome["since"] > first["since"]
            again = await meeting.back(mira, same_page=True)
            await again.join()
            assert again.welcome["since"] == mira.welcome["since"]
            await again.go(1006)
            # The one from before stays void.
            mira.welcome = first
            await self.refused(meeting, mira)

    async def test_a_ticket_that_names_the_seat_still_holds(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            await mira.say(type="leave")
            await mira.hears("door")
            await mira.go()
            again = Caller(mira.entry, "Mira", mira.cookies, mira.token, mira.instance)
            await meeting.opened(again)
            await again.hello()
            await again.join()
            assert again.seat == mira.seat

    async def test_giving_up_a_place_in_the_queue_ends_nothing(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await mira.go(1001)
            await meeting.some_time(4)
            elias = await meeting.joined(self.room, "Elias")
            again = await meeting.back(mira, same_page=True)
            await again.ask()
            await again.hears("waiting")
            await again.say(type="leave")
            await again.hears("door")
            await again.go()
            await elias.say(type="leave")
            await quiet(amara, elias)
            third = await meeting.back(mira, same_page=True)
            await third.join()

    async def test_many_who_left_are_not_all_remembered(self) -> None:
        with mock.patch("rooms.signalling.call.LEFT_AT_MOST", 2):
            async with Meeting() as meeting:
                await meeting.joined(self.big_room, "Amara")
                gone = [await meeting.joined(self.big_room, f"P{n}") for n in range(3)]
                for person in gone:
                    await person.say(type="leave")
                    await quiet(person)
                await meeting.back(gone[0], same_page=True)
                for person in gone[1:]:
                    await self.refused(meeting, person)
