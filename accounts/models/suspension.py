"""Accounts that are closed for a while, or for good, by those who run the site."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

REASON_LENGTH = 500


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    """Suspensions by whether they hold."""

    def in_force(self) -> Self:
        """Those that are neither lifted nor over."""
        now = timezone.now()
        return self.filter(lifted_at=None).filter(
            models.Q(until=None) | models.Q(until__gt=now)
        )


class Suspension(models.Model):
    """One person who may not log in, until `until` or until it is lifted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="suspensions"
    )
    reason = models.CharField(max_length=REASON_LENGTH)
    """Shown to the person when they try to log in."""
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField("ends", null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return f"{self.user} since {self.made_at:%Y-%m-%d}"

    @property
    def holds(self) -> bool:
        """Whether the person cannot log in now because of it."""
        over = self.until is not None and self.until <= timezone.now()
        return self.lifted_at is None and not over
