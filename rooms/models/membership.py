"""What a person with an account is in a room."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from accounts.models import User

if TYPE_CHECKING:
    from .room import Room


class Role(models.TextChoices):
    """Roles are rows: nobody gets one by being first, or loses one by reloading."""

    OWNER = "owner", "Owner"
    CO_HOST = "co-host", "Co-host"
    MEMBER = "member", "Member"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Grants roles and finds them."""

    def grant(self, room: "Room", user: User, role: Role) -> "Membership":
        """Give this person this role in the room, in place of any other."""
        membership, _ = self.update_or_create(
            room=room, user=user, defaults={"role": role}
        )
        return membership

    def role_of(self, room: "Room", user: User) -> Role | None:
        """The person's role in the room now, read from the database."""
        role = self.filter(room=room, user=user).values_list("role", flat=True).first()
        return None if role is None else Role(role)


class Membership(models.Model):
    """One role of one person in one room."""

    room = models.ForeignKey(
        "rooms.Room", on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    since = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("room", "user"), name="rooms_membership_once"
            ),
            models.UniqueConstraint(
                fields=("room",),
                condition=models.Q(role="owner"),
                name="rooms_membership_one_owner",
            ),
        )
        ordering = ("room", "user")

    def __str__(self) -> str:
        return f"{self.user} in {self.room}"

    def revoke(self) -> None:
        """Take the role away; the room's link may still let the person in."""
        self.delete()
