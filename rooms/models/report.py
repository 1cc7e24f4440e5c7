"""What people tell those who run the site about somebody, or about a room."""

from django.conf import settings
from django.db import models

from ..names import NAME_LENGTH
from .ban import new_public_id
from .prohibition import PERSON_LENGTH

WORDS_LENGTH = 1000


class Report(models.Model):
    """Never a picture or a sound of anybody. It outlives the room it is about."""

    class Reason(models.TextChoices):
        ABUSE = "abuse", "Insults or threats"
        HATE = "hate", "Hate"
        NUDITY = "nudity", "Nudity or violence"
        SPAM = "spam", "Advertising or fraud"
        IMPERSONATION = "impersonation", "Pretends to be somebody else"
        RECORDING = "recording", "Records without consent"
        OTHER = "other", "Something else"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACTING = "acting", "Being acted on"
        CLOSED = "closed", "Closed"

    public_id = models.CharField(
        max_length=32, unique=True, default=new_public_id, editable=False
    )
    room = models.ForeignKey(
        "rooms.Room",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
    )
    room_name = models.CharField(max_length=NAME_LENGTH)
    reporter = models.CharField(max_length=PERSON_LENGTH)
    reporter_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    about = models.CharField(max_length=PERSON_LENGTH, blank=True)
    """Empty: about the room."""
    about_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reports",
    )
    about_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    reason = models.CharField(max_length=16, choices=Reason)
    words = models.CharField(max_length=WORDS_LENGTH, blank=True)
    state = models.CharField(
        max_length=8, choices=State, default=State.OPEN, db_index=True
    )
    made_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.about_name or self.room_name}"


class ReportNote(models.Model):
    """What those who work on a report write down for each other."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    text = models.CharField(max_length=WORDS_LENGTH)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text[:60]
