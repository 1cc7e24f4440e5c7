"""Seats to which the right was taken back, for processes that cannot be told."""

from datetime import timedelta

from django.db import models

KEPT = timedelta(minutes=10)
"""Longer than anybody who reads it is late."""


class Barred(models.Model):
    """One seat of a running call; `reason` is what the others in it are told."""

    room = models.BigIntegerField(db_index=True)
    """Its number: the row may outlive the room by a while."""
    seat = models.CharField(max_length=32, unique=True)
    reason = models.CharField(max_length=8)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.reason} at {self.at:%H:%M:%S}"
