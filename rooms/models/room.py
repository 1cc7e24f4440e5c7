"""A place to meet, opened by its link."""

from functools import partial
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse

from accounts.models import User

from ..ice import NO_RELAY, can_relay
from ..links import LINK_LENGTH, new_link
from ..names import NAME_LENGTH, BadName, clean_name
from ..signalling import bus
from .membership import Role
from .seat import Seat

FEWEST_PEOPLE = 2
MOST_PEOPLE = 16
# Measured, see docs/decisions/0010-people-limit.md; nobody has to think of the number.
USUAL_PEOPLE = MOST_PEOPLE


class RoomRefused(PermissionDenied):
    """No room is made for this person; its text says why, and what to do."""


class MayNotCreate(RoomRefused):
    """The person may enter rooms, but not make one."""

    def __init__(self) -> None:
        super().__init__(
            "Your account enters rooms and makes none. "
            "Ask the people who run this site for a room."
        )


class NoMoreRooms(RoomRefused):
    """The person owns as many rooms as they may."""

    def __init__(self, owned: int) -> None:
        super().__init__(
            f"You own {owned} room{'' if owned == 1 else 's'}, and no more are allowed "
            "here. Delete one, or ask the people who run this site."
        )


class RoomQuerySet(models.QuerySet["Room"]):
    """Rooms by who has to do with them."""

    def owned_by(self, user: User) -> Self:
        """This person's rooms, last used first."""
        return self.filter(owner=user).order_by(
            models.F("last_used_at").desc(nulls_last=True), "-created_at", "-pk"
        )

    def with_people_now(self) -> Self:
        """Fetch who sits in each, with their accounts, in one query for all."""
        live = Seat.objects.live().select_related("user")
        seats = models.Prefetch("seats", live, to_attr="live_seats")
        return self.prefetch_related(seats)

    def make(self, *, owner: User, name: str, **settings_: Any) -> "Room":
        """Make a room with a new link, for its owner to give away.

        Raises BadName for a name that cannot be shown, and RoomRefused if the owner
        may have no further room, however many are made at once. (The administration
        saves rooms without asking here: who runs the site may go beyond its limits.)
        """
        name = clean_name(name)
        with transaction.atomic():
            # The owner's row is the queue in which their rooms are counted and made.
            # (SQLite has one writer at a time anyway and takes no row locks.)
            people = User.objects.select_for_update(no_key=True)
            self.ask_for_one_more(people.get(pk=owner.pk))
            return self.create(owner=owner, name=name, **settings_)

    def ask_for_one_more(self, owner: User) -> None:
        """Raise RoomRefused if `make` would refuse this person a room now."""
        quota = owner.room_quota
        if quota is None:
            quota = settings.ROOMS_PER_PERSON
        if not owner.may_create_rooms or quota == 0:
            raise MayNotCreate
        owned = self.model.objects.filter(owner=owner).count()
        if owned >= quota:
            raise NoMoreRooms(owned)


class Room(models.Model):
    """Who may enter, how many, and whether what they write is kept.

    `version` grows with every save, so that processes which hold a copy know an older
    one from a newer. Every save and every deletion is told to the running call once it
    is committed, whichever way it came about. `revocation` is signed into every ticket:
    one with a smaller number opens nothing any more.
    """

    class Access(models.TextChoices):
        ANYONE = "anyone", "Anyone with the link"
        SIGNED_IN = "signed-in", "People who are logged in"
        INVITED = "invited", "Invited people only"

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
    relay_only = models.BooleanField(
        "hide network addresses",
        default=False,
        help_text="Sound and pictures go through the TURN server alone.",
    )
    lobby = models.BooleanField(
        "people wait until a host lets them in",
        default=False,
        help_text="Hosts and members come in at once.",
    )
    locked = models.BooleanField(
        "nobody new comes in", default=False, help_text="Hosts still do."
    )
    forbidden = models.JSONField(default=list, blank=True, editable=False)
    """What nobody but hosts may do: some of `Power` (rooms.signalling.protocol)."""
    password = models.CharField(max_length=128, blank=True, editable=False)
    """Hashed; empty: none is asked for. Hosts and members are never asked."""
    version = models.PositiveIntegerField(default=1, editable=False)
    revocation = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RoomQuerySet.as_manager()

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

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            with transaction.atomic():
                super().save(*args, **kwargs)
                # Ownership is a row like any role, never "whoever came first".
                self.memberships.create(user=self.owner, role=Role.OWNER)
            return
        with transaction.atomic():
            # Locked, so that two savers cannot both become the same version.
            rows = Room.objects.select_for_update().only("version", "revocation")
            stored = rows.get(pk=self.pk)
            self.version = stored.version + 1
            # What was taken back stays so, whatever an older copy says.
            self.revocation = max(self.revocation, stored.revocation)
            if (fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*fields, "version"}
            super().save(*args, **kwargs)
            bus.tell_after_commit(bus.changed(self))

    def get_absolute_url(self) -> str:
        """Where the call is; the administration shows it as "View on site"."""
        return reverse("call", args=[self.link])

    def clean(self) -> None:
        super().clean()
        try:
            self.name = clean_name(self.name)
        except BadName as fault:
            raise ValidationError({"name": str(fault)}) from fault
        if self.relay_only and not can_relay():
            raise ValidationError({"relay_only": NO_RELAY})

    @property
    def url(self) -> str:
        """The whole address to send to people, on the site's own host."""
        return settings.SITE_URL.rstrip("/") + self.get_absolute_url()

    @property
    def seats_now(self) -> list[Seat]:
        """Who sits in the room's call, in the order they came."""
        fetched: list[Seat] | None = getattr(self, "live_seats", None)
        if fetched is None:
            return list(self.seats.live().select_related("user"))
        return fetched

    @property
    def people_now(self) -> list[str]:
        """The names of those who sit in the room's call, in the order they came."""
        return [seat.name for seat in self.seats_now]

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
    transaction.on_commit(partial(bus.room_deleted, instance.pk))
