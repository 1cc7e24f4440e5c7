"""What one process adds to the figures of the day, as presence copies its seats."""

from datetime import datetime, timedelta

from django.db.models import Count

from ..models import Day, Seat

LONGEST = timedelta(minutes=1)
"""Who stood still for longer cannot say that people were here all the time."""


class Figures:
    """Reckons the time that people spend in this process's calls."""

    def __init__(self) -> None:
        self._people = 0
        self._at: datetime | None = None
        self._rest = 0.0

    def add(self, people: int, now: datetime) -> None:
        """So many sit here now: those from before did so until now.

        The most at one moment are counted over all processes, by their rows.
        """
        since = timedelta(0) if self._at is None else min(now - self._at, LONGEST)
        seconds = self._people * max(since.total_seconds(), 0.0) + self._rest
        before, self._people, self._at = self._people, people, now
        self._rest = seconds % 1
        if not people and not before:
            return
        here = Seat.objects.live().order_by()
        most = here.aggregate(people=Count("pk"), calls=Count("room", distinct=True))
        Day.objects.add(int(seconds), most["people"], most["calls"])
