"""Minutes and peaks of the day, as presence adds them."""

from datetime import timedelta

from django.utils import timezone

from rooms.models import Day
from rooms.signalling.figures import LONGEST, Figures
from rooms.signalling.lifecycle import presence
from tests.factories import make_seat

from .meeting import CallTestCase, Meeting


class Reckoned(CallTestCase):
    def test_people_count_for_as_long_as_they_sit(self) -> None:
        figures, now = Figures(), timezone.now()
        make_seat(self.room)
        figures.add(2, now)
        figures.add(3, now + timedelta(seconds=5))
        figures.add(0, now + timedelta(seconds=7.5))
        figures.add(0, now + timedelta(seconds=500))

        day = Day.objects.get()
        # Two for 5 s, three for 2.5 s; the half is kept for the next time.
        assert day.seconds == 17
        assert (day.people, day.calls) == (1, 1)

    def test_fractions_are_not_lost(self) -> None:
        figures, now = Figures(), timezone.now()
        for number in range(11):
            figures.add(1, now + timedelta(seconds=0.5 * number))
        assert Day.objects.get().seconds == 5

    def test_nobody_writes_nothing(self) -> None:
        figures = Figures()
        figures.add(0, timezone.now())
        figures.add(0, timezone.now())
        assert not Day.objects.exists()

    def test_a_process_that_stood_still_vouches_for_a_minute_at_most(self) -> None:
        figures, now = Figures(), timezone.now()
        figures.add(1, now)
        figures.add(1, now + timedelta(hours=8))
        assert Day.objects.get().seconds == LONGEST.total_seconds()

    def test_a_clock_that_is_set_back_takes_nothing_away(self) -> None:
        figures, now = Figures(), timezone.now()
        figures.add(1, now)
        figures.add(1, now - timedelta(hours=1))
        assert Day.objects.get().seconds == 0

    def test_peaks_are_those_of_all_processes(self) -> None:
        make_seat(self.room)
        make_seat(self.other_room)
        make_seat(self.other_room, seconds_ago=60)
        Figures().add(1, timezone.now())
        day = Day.objects.get()
        assert (day.people, day.calls) == (2, 2)


class Copied(CallTestCase):
    async def test_presence_adds_what_it_copies(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara", self.owner)
            await meeting.joined(self.big_room, "June")
            await meeting.joined(self.other_room, "Noor")
            await presence.copy()
            day = await Day.objects.aget()
            assert (day.people, day.calls) == (3, 2)
