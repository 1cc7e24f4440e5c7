"""Rooms as those see them who look after running calls."""

from typing import Self

from django.db import models
from django.db.models import Count, Min, Q
from django.utils import timezone

from .room import Room
from .seat import FRESH


class LiveCallQuerySet(models.QuerySet["LiveCall"]):
    """Rooms by whether somebody sits there."""

    def now(self) -> Self:
        """Those with people in them; each carries `people` and `since`."""
        return self.counted().filter(people__gt=0)

    def counted(self) -> Self:
        fresh = Q(seats__seen__gt=timezone.now() - FRESH)
        return self.annotate(
            people=Count("seats", fresh), since=Min("seats__since", filter=fresh)
        )


class LiveCall(Room):
    """The same row as its room. Who may change one may act on the people in it."""

    calls = LiveCallQuerySet.as_manager()

    class Meta:
        proxy = True
        default_permissions = ("view", "change")
        verbose_name = "call"
        verbose_name_plural = "calls now"
