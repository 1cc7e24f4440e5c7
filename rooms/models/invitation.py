"""An invitation: a secret link that lets somebody into one room, in one role."""

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User

from ..visitors import Visitor
from .membership import Membership, Role
from .room import Room

NOTE_LENGTH = 200
TOKEN_BYTES = 24
"""192 random bits: nobody guesses one, so a plain hash of it is enough to keep."""


class InvitationRefused(Exception):
    """The invitation is real but opens nothing (any more); `state` says why."""

    def __init__(self, state: "State") -> None:
        super().__init__(state)
        self.state = state


class AccountNeeded(Exception):
    """The role is for people with an account, and this one has none."""

    code = "account-needed"


class State(StrEnum):
    """What has become of an invitation."""

    OPEN = "open"
    ACCEPTED = "accepted"
    USED_UP = "used-up"
    EXPIRED = "expired"
    REVOKED = "revoked"


def new_public_id() -> str:
    """128 random bits: names an invitation to its maker, and opens nothing."""
    return secrets.token_urlsafe(16)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Makes invitations and finds them."""

    def issue(
        self, *, room: Room, made_by: User, role: str, **fields: object
    ) -> "tuple[Invitation, str]":
        """A new invitation and its token, which is known now and never again."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        made = self.create(
            room=room, made_by=made_by, role=role, token_hash=hash_of(token), **fields
        )
        return made, token

    def by_token(self, token: str) -> "Invitation | None":
        """The invitation this token belongs to, whatever has become of it."""
        found = self.select_related("room", "made_by")
        return found.filter(token_hash=hash_of(token)).first()

    def in_force(self) -> Self:
        """Neither revoked nor expired; may be used up."""
        unexpired = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at=None)


class Invitation(models.Model):
    """Who holds its token may enter the room, in this role, while it is in force.

    A use is one person's acceptance, however often they come back. A role above guest
    becomes a membership and stays when the invitation ends; what a guest accepted ends
    with it.
    """

    class Role(models.TextChoices):
        GUEST = "guest", "Guest"
        MEMBER = "member", "Member"
        CO_HOST = "co-host", "Co-host"

    public_id = models.CharField(
        max_length=22, unique=True, default=new_public_id, editable=False
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="invitations")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="invitations_made",
    )
    role = models.CharField(max_length=12, choices=Role, default=Role.GUEST)
    address = models.EmailField("sent to", blank=True)
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    expires_at = models.DateTimeField("ends", null=True, blank=True)
    uses_limit = models.PositiveIntegerField("most uses", null=True, blank=True)
    starts_at = models.DateTimeField("meeting begins", null=True, blank=True)
    duration = models.DurationField(default=timedelta(hours=1))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    mail_fault = models.CharField(max_length=200, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.address or self.note or f"Invitation to {self.room}"

    @property
    def state(self) -> State:
        """What has become of it; one query where acceptances were not fetched."""
        uses = self.acceptances.count()
        if self.revoked_at is not None:
            return State.REVOKED
        if self.uses_limit is not None and uses >= self.uses_limit:
            return State.ACCEPTED if self.address else State.USED_UP
        if self.expires_at is not None and self.expires_at <= timezone.now():
            return State.EXPIRED
        return State.OPEN

    def accept(self, visitor: Visitor) -> None:
        """Count a use for this person, once, and give the role.

        Safe against any number of simultaneous acceptances. Raises InvitationRefused,
        and AccountNeeded where the role needs an account.
        """
        with transaction.atomic():
            mine = Invitation.objects.select_for_update().get(pk=self.pk)
            known = mine.acceptances.filter(person=visitor.person).exists()
            state = mine.state
            ended = state in (State.REVOKED, State.EXPIRED)
            if ended or (state is not State.OPEN and not known):
                raise InvitationRefused(state)
            if mine.role != Invitation.Role.GUEST:
                if visitor.user is None:
                    raise AccountNeeded
                mine._give_role(visitor.user, known)
            if not known:
                mine.acceptances.create(person=visitor.person, user=visitor.user)

    def _give_role(self, user: User, known: bool) -> None:
        """Raise the person to this role; never lower, and never again once taken."""
        now = Membership.objects.role_of(self.room, user)
        if known or now in (Role.OWNER, Role.CO_HOST):
            return
        Membership.objects.grant(self.room, user, Role(self.role))

    def revoke(self) -> None:
        """End it at once, also for guests who accepted it; members stay members."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])


class Acceptance(models.Model):
    """One person's use of an invitation; `person` is `u:<account>` or `g:<guest>`."""

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="acceptances"
    )
    person = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="acceptances",
    )
    accepted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("invitation", "person"), name="rooms_acceptance_once"
            ),
        )
        indexes = (models.Index(fields=("person",), name="rooms_acceptance_person"),)
        ordering = ("accepted_at", "pk")

    def __str__(self) -> str:
        return f"{self.person}, {self.accepted_at:%Y-%m-%d}"


class NoMail(models.Model):
    """An address, as a keyed hash, whose owner wants no invitations by mail."""

    address_hash = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.address_hash[:8]
