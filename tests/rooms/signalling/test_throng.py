"""How many stand at a door, and how often a seat is taken anew."""

from rooms.signalling import throng

from .meeting import Caller, CallTestCase, Meeting, quiet


async def next_socket(meeting: Meeting, of: Caller) -> Caller:
    """Another page of the same ticket, at the door."""
    other = await meeting.opened(Caller(of.entry, of.name, of.cookies, of.token))
    await other.hello()
    return other


class TooMany(CallTestCase):
    async def test_one_ticket_holds_few_sockets_at_the_door(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.at_door(self.big_room, "Amara")
            first = await meeting.at_door(self.big_room)
            others = [
                await next_socket(meeting, first)
                for _ in range(throng.SOCKETS_OF_A_SEAT - 1)
            ]
            await quiet(amara, first, *others)
            last = await next_socket(meeting, first)
            assert await first.closed() == 4408
            await quiet(amara, *others)
            await last.join()

    async def test_a_full_door_sends_the_oldest_away_and_lets_waiters_wait(
        self,
    ) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            waits = await meeting.at_door(self.room, "Waits")
            await waits.ask()
            await waits.hears("waiting")
            looks = await meeting.at_door(self.room, "Looks")
            most = throng.SOCKETS_BESIDE + throng.SOCKETS_PER_PLACE * 2
            for number in range(most - 2):
                await meeting.at_door(self.room, f"P{number}")
            await quiet(looks)
            await meeting.at_door(self.room, "One more")
            assert await looks.closed() == 4408
            await waits.silent()
            await mira.say(type="leave")
            # Who leaves goes back to the door, and the first who waits sits down.
            await quiet(amara)
            assert "welcome" in [each["type"] for each in await waits.rest()]

    async def test_a_seat_is_not_taken_anew_without_end(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            mira = await meeting.at_door(self.big_room)
            for _ in range(throng.LIVES_AT_ONCE):
                await mira.join()
                mira = await next_socket(meeting, mira)
            await mira.ask()
            await mira.refused("too-fast")
            told = [each["type"] for each in await amara.rest()]
            assert told.count("peer-joined") == throng.LIVES_AT_ONCE
            await meeting.some_time(1)
            await mira.join()

    async def test_who_goes_on_is_never_too_fast(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            for _ in range(3 * throng.LIVES_AT_ONCE):
                mira = await meeting.back(mira, same_page=True)
                await mira.join()

    async def test_seats_and_rooms_have_bounds_of_their_own(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.at_door(self.big_room)
            for _ in range(throng.LIVES_AT_ONCE):
                await mira.join()
                mira = await next_socket(meeting, mira)
            await mira.ask()
            await mira.refused("too-fast")
            await meeting.joined(self.big_room, "Elias")
            await meeting.joined(self.other_room)
