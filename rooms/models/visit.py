"""Which rooms people with an account were in lately."""

from django.conf import settings
from django.db import models

from .room import Room


class Visit(models.Model):
    """The last time this person sat in this room."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="visits")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visits"
    )
    last_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("room", "user"), name="rooms_visit_once"),
        )
        ordering = ("-last_at", "-pk")

    def __str__(self) -> str:
        return f"{self.user} in {self.room}"
