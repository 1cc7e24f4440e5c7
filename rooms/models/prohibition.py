"""What hosts have forbidden to one person in a room."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from .room import Room

PERSON_LENGTH = 64
"""Of `u:<account>` and `g:<guest>`, as tickets name people."""


class ProhibitionQuerySet(models.QuerySet["Prohibition"]):
    """Prohibitions by whom they concern."""

    def of(self, room: "Room | int", person: str) -> list[str]:
        """The powers that this person does not have here."""
        found = self.filter(room=getattr(room, "pk", room), person=person)
        return list(found.values_list("powers", flat=True).first() or [])


class Prohibition(models.Model):
    """Lasts until a host allows it again, whatever pages the person opens."""

    room = models.ForeignKey(
        "rooms.Room", on_delete=models.CASCADE, related_name="prohibitions"
    )
    person = models.CharField(max_length=PERSON_LENGTH)
    powers = models.JSONField(default=list)

    objects = ProhibitionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("room", "person"), name="rooms_prohibition_once"
            ),
        )

    def __str__(self) -> str:
        return f"{', '.join(self.powers)} in {self.room}"
