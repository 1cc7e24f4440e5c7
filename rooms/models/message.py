"""What was written in rooms that keep their chat."""

from datetime import datetime

from django.conf import settings
from django.db import models, transaction

from accounts.models import User

from ..names import NAME_LENGTH
from .room import Room

TEXT_LENGTH = 4000


class Message(models.Model):
    """One kept message; `number` is its place in the room's order, from 1 without gaps.

    A writer's browser names its messages (`message_id`) and may send one again; the
    same writer's same name is the same message. `person` is that writer: `u:<account>`
    or `g:<guest>`.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    message_id = models.CharField(max_length=64)
    person = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    name = models.CharField(max_length=NAME_LENGTH)
    text = models.TextField(max_length=TEXT_LENGTH)
    sent_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("room", "number"), name="rooms_message_number"
            ),
            # With the person: nobody can take the name of another's next message.
            models.UniqueConstraint(
                fields=("room", "person", "message_id"), name="rooms_message_once"
            ),
        )
        ordering = ("room", "number")

    def __str__(self) -> str:
        return f"{self.name}, {self.number}"

    @classmethod
    def keep(
        cls,
        *,
        room_id: int,
        message_id: str,
        person: str,
        user_id: int | None,
        name: str,
        text: str,
        sent_at: datetime,
    ) -> "Message":
        """Store a message under the room's next number, or find it if it is stored.

        Safe against any number of processes. Raises Room.DoesNotExist when the room
        has been deleted, User.DoesNotExist when the writer's account has been.
        """
        with transaction.atomic():
            # The room's row is the queue in which its messages get their numbers.
            # (SQLite has one writer at a time anyway and takes no row locks.)
            Room.objects.select_for_update(no_key=True).only("pk").get(pk=room_id)
            if user_id is not None:
                # Nor does the writer go before the message is stored.
                User.objects.select_for_update(no_key=True).only("pk").get(pk=user_id)
            kept = cls.objects.filter(room_id=room_id)
            if known := kept.filter(person=person, message_id=message_id).first():
                return known
            newest = kept.aggregate(newest=models.Max("number"))["newest"] or 0
            return cls.objects.create(
                room_id=room_id,
                number=newest + 1,
                message_id=message_id,
                person=person,
                user_id=user_id,
                name=name,
                text=text,
                sent_at=sent_at,
            )

    @classmethod
    def page(cls, room_id: int, after: int, limit: int) -> list["Message"]:
        """At most `limit` messages that follow number `after`, in their order."""
        later = cls.objects.filter(room_id=room_id, number__gt=after)
        return list(later.order_by("number")[:limit])

    @classmethod
    def newest_number(cls, room_id: int) -> int:
        """The number of the room's latest message, 0 if it has none."""
        newest = cls.objects.filter(room_id=room_id).aggregate(n=models.Max("number"))
        return newest["n"] or 0
