"""What belongs to the site as a whole: mail that waits, and texts of its own."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class OutgoingMail(models.Model):
    """A mail that its server has not taken yet; gone once it has.

    `sealed` is the whole message (RFC 5322), encrypted with a key made from
    SECRET_KEY, since it may hold links that open something. `reference` says what it
    is about, to whoever handed it in.
    """

    sealed = models.BinaryField()
    reference = models.CharField(max_length=80, blank=True, db_index=True)
    recipient_hash = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now, db_index=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("next_at", "pk")
        verbose_name = "mail that waits"
        verbose_name_plural = "mails that wait"

    def __str__(self) -> str:
        return f"Mail {self.pk}, {self.attempts} tries"


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
