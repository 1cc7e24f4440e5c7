"""A copy of who sits in the calls, for pages and the administration.

The truth is in the memory of the process that serves the seat, which writes its seats
here every few seconds and deletes them when people leave. A process that died leaves
rows behind: they count no longer once nobody has refreshed them.
"""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from ..names import NAME_LENGTH

FRESH = timedelta(seconds=15)
"""For how long after it was last written a row is believed."""


class SeatQuerySet(models.QuerySet["Seat"]):
    """Seats by whether somebody still sits there."""

    def live(self) -> Self:
        """The seats some process vouched for within the last 15 seconds."""
        return self.filter(seen__gt=timezone.now() - FRESH).order_by("since", "pk")


class Seat(models.Model):
    """One person's place in a running call."""

    room = models.ForeignKey(
        "rooms.Room", on_delete=models.CASCADE, related_name="seats"
    )
    seat = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=NAME_LENGTH)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    since = models.DateTimeField()
    person = models.CharField(max_length=64, default="", db_index=True)
    """As tickets name people: `u:<account>` or `g:<guest>`."""
    browser = models.CharField(max_length=64, default="")
    """The guest that their browser is known as, also where they are logged in."""
    role = models.CharField(max_length=12, default="guest")
    away = models.BooleanField(default=False)
    """Whether no socket serves it just now."""
    process = models.CharField(max_length=32, db_index=True)
    seen = models.DateTimeField(db_index=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ("room", "since", "pk")

    def __str__(self) -> str:
        return self.name

    def is_live(self) -> bool:
        """Whether some process vouched for this seat within the last 15 seconds."""
        return self.seen > timezone.now() - FRESH
