"""What belongs to the site as a whole: mail that waits, and texts of its own."""

from datetime import timedelta
from random import uniform
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from .audit.models import AuditEntry

__all__ = [
    "AuditEntry",
    "OutgoingMail",
    "OutgoingMailQuerySet",
    "ServingProcess",
    "SiteText",
]

FAULT_LENGTH = 200
FIRST_WAIT = timedelta(seconds=10)
LAST_WAIT = timedelta(hours=1)
PATIENCE = timedelta(days=3)
LEASE = timedelta(minutes=10)
"""Longer than one mail can take on a line that answers slowly."""
KEPT = timedelta(days=14)
"""For the administration to look at what was given up."""


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    """Finds the mails that wait, and hands each to one sender alone."""

    def waiting(self) -> Self:
        return self.filter(given_up_at=None)

    def claim_next(self) -> "OutgoingMail | None":
        """The mail that is due for longest, claimed; None where none is due."""
        while mail := self.due().first():
            if mail.claim():
                return mail
        return None

    def due(self) -> Self:
        now = timezone.now()
        unclaimed = models.Q(claimed_until=None) | models.Q(claimed_until__lte=now)
        return self.waiting().filter(unclaimed, next_at__lte=now)

    def hurry(self) -> int:
        """Let everything that an absent server put off be due now."""
        waits = self.waiting().filter(server_away=True)
        return waits.update(server_away=False, next_at=timezone.now())

    def try_now(self) -> int:
        """Let these be due now, also what was given up; returns how many."""
        return self.update(given_up_at=None, next_at=timezone.now())

    def forget_old(self) -> int:
        """Drop what was given up KEPT ago."""
        old = self.filter(given_up_at__lte=timezone.now() - KEPT)
        return old.delete()[0]


class OutgoingMail(models.Model):
    """A mail that its server has not taken yet; gone once it has.

    `sealed` is envelope and message (mail/letter.py), encrypted with a key made from
    SECRET_KEY, since it may hold links that open something. `reference` says what it
    is about, to whoever handed it in. What was given up waits for the administration.
    """

    sealed = models.BinaryField()
    reference = models.CharField(max_length=80, blank=True, db_index=True)
    recipient_hash = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField("handed in", default=timezone.now)
    attempts = models.PositiveSmallIntegerField("tries", default=0)
    next_at = models.DateTimeField("next try", default=timezone.now, db_index=True)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)
    server_away = models.BooleanField(default=False)
    fault = models.CharField(max_length=FAULT_LENGTH, blank=True)
    given_up_at = models.DateTimeField("given up", null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ("next_at", "pk")
        verbose_name = "mail that waits"
        verbose_name_plural = "mails that wait"

    def __str__(self) -> str:
        return f"Mail {self.pk}"

    @property
    def state(self) -> str:
        """In a word or three, for people."""
        if self.given_up_at is not None:
            return "given up"
        if self.claimed_until is not None and self.claimed_until > timezone.now():
            return "being sent"
        return "waits"

    def claim(self) -> bool:
        """Take it for one try; False where somebody else was faster.

        Nobody else gets it for LEASE: a sender that died holds no mail back for ever.
        """
        lease = timezone.now() + LEASE
        if not self._mine().update(claimed_until=lease, attempts=self.attempts + 1):
            return False
        self.claimed_until = lease
        self.attempts += 1
        return True

    def put_off(self, fault: str, server_away: bool) -> bool:
        """Wait for the next try: 10 s after the first, at last an hour.

        Gives it up, and returns False, where that would be too late.
        """
        wait = min(FIRST_WAIT * 2 ** min(self.attempts - 1, 10), LAST_WAIT)
        next_at = timezone.now() + wait * uniform(0.8, 1.2)  # noqa: S311
        if next_at > self.created_at + PATIENCE:
            self.give_up(fault)
            return False
        self._release(next_at=next_at, server_away=server_away, fault=fault)
        return True

    def give_up(self, fault: str) -> None:
        self._release(given_up_at=timezone.now(), server_away=False, fault=fault)

    def _release(self, fault: str, **changes: object) -> None:
        self._mine().update(claimed_until=None, fault=fault[:FAULT_LENGTH], **changes)

    def _mine(self) -> models.QuerySet["OutgoingMail"]:
        """This row, if nobody has taken it over since it was read."""
        return OutgoingMail.objects.waiting().filter(
            pk=self.pk, claimed_until=self.claimed_until
        )


class SiteText(models.Model):
    """A page of the site's own words: who runs it, and what becomes of data."""

    class Place(models.TextChoices):
        PRIVACY = "privacy", "Privacy"
        LEGAL = "legal", "Legal notice"

    place = models.CharField(max_length=12, choices=Place, unique=True)
    text = models.TextField(help_text="Empty lines end paragraphs; # begins a heading.")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar[tuple[str, ...]] = ("place",)

    def __str__(self) -> str:
        return self.get_place_display()


class ServingProcess(models.Model):
    """A process that serves the site, as it says of itself a few times a minute."""

    HEARD = timedelta(seconds=45)
    """One that was silent for so long is stuck, or died without a word."""
    LATE_MS = 250
    """Whoever waits so long for an answer feels it."""

    name = models.CharField(max_length=32, unique=True)
    machine = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    address = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    draining = models.BooleanField(default=False)
    sockets = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    late_ms = models.PositiveIntegerField(default=0)
    redis = models.BooleanField(null=True)
    """Whether it reaches Redis; None where the site has none."""

    class Meta:
        ordering = ("started_at", "pid")
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"{self.machine}, pid {self.pid}"

    @property
    def health(self) -> str:
        """In a few words; empty: all is well."""
        if self.seen_at < timezone.now() - self.HEARD:
            return "silent"
        if self.redis is False:
            return "does not reach Redis"
        if self.draining:
            return "draining"
        if self.late_ms >= self.LATE_MS:
            return f"answers late, by {self.late_ms} ms"
        return ""
