"""A place to meet, opened by its link."""

from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse

from accounts.models import User

from ..links import LINK_LENGTH, new_link
from ..names import NAME_LENGTH, clean_name
from .membership import Role

FEWEST_PEOPLE = 2
MOST_PEOPLE = 16
USUAL_PEOPLE = 8


class RoomQuerySet(models.QuerySet["Room"]):
    """Rooms by who has to do with them."""

    def of(self, user: User) -> Self:
        """The rooms this person owns or is a member of, last used first."""
        mine = self.filter(models.Q(owner=user) | models.Q(memberships__user=user))
        return mine.distinct().order_by(
            models.F("last_used_at").desc(nulls_last=True), "-created_at", "-pk"
        )

    def mark_used(self, room_id: int, at: datetime) -> None:
        """Note that somebody took a seat; no setting changed, so no version grows."""
        self.filter(pk=room_id).update(last_used_at=at)


class RoomManager(models.Manager.from_queryset(RoomQuerySet)):
    """Makes rooms whole: with link and owner's membership."""

    def make(self, *, owner: User, name: str, **fields: Any) -> "Room":
        """Make a room with a new link; its owner holds the role as a row.

        Raises BadName for a name that cannot be shown.
        """
        with transaction.atomic():
            room: Room = self.create(owner=owner, name=clean_name(name), **fields)
            room.memberships.create(user=owner, role=Role.OWNER)
        return room


class Room(models.Model):
    """Who may enter, how many, and whether what they write is kept.

    `version` grows with every save, so that processes which hold a copy know an older
    one from a newer. Every save and every deletion is told to the running call once it
    is committed, whichever way it came about.
    """

    class Access(models.TextChoices):
        ANYONE = "anyone", "Anyone with the link"
        SIGNED_IN = "signed-in", "People who are logged in"

    name = models.CharField(max_length=NAME_LENGTH)
    link = models.CharField(
        max_length=LINK_LENGTH, unique=True, default=new_link, editable=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="owned_rooms"
    )
    access = models.CharField(
        "who may enter", max_length=12, choices=Access, default=Access.ANYONE
    )
    people_limit = models.PositiveSmallIntegerField(
        "people at once",
        default=USUAL_PEOPLE,
        validators=[MinValueValidator(FEWEST_PEOPLE), MaxValueValidator(MOST_PEOPLE)],
    )
    keeps_chat = models.BooleanField("keep the chat", default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[RoomManager] = RoomManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    people_limit__gte=FEWEST_PEOPLE, people_limit__lte=MOST_PEOPLE
                ),
                name="rooms_room_people_limit",
            ),
        )
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where the call is; the administration shows it as "View on site"."""
        return reverse("call", args=[self.link])

    @property
    def url(self) -> str:
        """The whole address to send to people, on the site's own host."""
        return settings.SITE_URL.rstrip("/") + self.get_absolute_url()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            # Locked, so that two savers cannot both become the same version.
            stored = Room.objects.select_for_update().only("version").get(pk=self.pk)
            self.version = stored.version + 1
            if (fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*fields, "version"}
            super().save(*args, **kwargs)
            transaction.on_commit(partial(_tell_changed, self), robust=True)

    def change(self, **settings_: Any) -> None:
        """Take over new settings by field name; a running call follows at once.

        Raises BadName for a name that cannot be shown.
        """
        for field, value in settings_.items():
            setattr(self, field, clean_name(value) if field == "name" else value)
        self.save(update_fields=settings_.keys())

    def remove(self) -> None:
        """Delete the room with all that was kept of it; a running call ends."""
        self.delete()


@receiver(post_delete, sender=Room)
def _room_went(sender: type[Room], instance: Room, **_: object) -> None:
    # A signal, since rooms also go with their owner and by the administration's lists.
    transaction.on_commit(partial(_tell_deleted, instance.pk), robust=True)


def _tell_changed(room: Room) -> None:
    from ..signalling import bus

    bus.room_changed(room)


def _tell_deleted(room_id: int) -> None:
    from ..signalling import bus

    bus.room_deleted(room_id)
