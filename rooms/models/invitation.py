"""An invitation: a secret link that lets somebody into one room, in one role."""

import hashlib
import secrets
from datetime import UTC, timedelta, tzinfo
from enum import StrEnum
from functools import partial
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from conference.mail import queue

from .. import places
from ..visitors import Visitor
from .ban import Ban
from .membership import Membership, Role
from .room import Room

NOTE_LENGTH = 200
REFERENCE = "invitation"
SIGN_UPS_FOR_A_USE = 5
MOST_SIGN_UPS = 1000
"""How many sign-ups an invitation speaks for, by its uses and in any case.

More than one for a use, since an address may be misspelt; all that are tried count,
since only the mail to an address may tell whether it had an account already.
"""

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
    """What has become of an invitation; WITHDRAWN: for one person alone."""

    OPEN = "open"
    ACCEPTED = "accepted"
    USED_UP = "used-up"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


def new_public_id() -> str:
    """128 random bits: names an invitation to its maker, and opens nothing."""
    return secrets.token_urlsafe(16)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Makes invitations and finds them."""

    def issue(
        self,
        *,
        room: Room,
        made_by: User,
        role: str,
        token: str = "",
        **fields: object,
    ) -> "tuple[Invitation, str]":
        """A new invitation and its token, which is known now and never again.

        `token` is for those who have drawn one of as many random bits themselves.
        """
        token = token or secrets.token_urlsafe(TOKEN_BYTES)
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

    def open(self) -> Self:
        """In force, and with a use left."""
        uses = self.in_force().annotate(used=models.Count("acceptances"))
        return uses.filter(
            models.Q(uses_limit=None) | models.Q(used__lt=models.F("uses_limit"))
        )


class Invitation(models.Model):
    """Who holds its token may enter the room, in this role, while it is in force.

    A use is one person's acceptance, however often they come back, and stays used when
    they give up their place. A role above guest becomes a membership and stays when the
    invitation ends; what a guest accepted ends with it. `mail` is what became of the
    mail to `address`, `batch` a hash of the form that it was made by, `zone` where the
    clock of its maker hangs, `sign_ups` how many times it spoke for somebody who wanted
    an account.
    """

    class Role(models.TextChoices):
        GUEST = "guest", "Guest"
        MEMBER = "member", "Member"
        CO_HOST = "co-host", "Co-host"

    class Mail(models.TextChoices):
        NONE = "none", "None"
        WAITING = "waiting", "Waiting for the mail server"
        SENT = "sent", "Sent"
        FAILED = "failed", "Could not be sent"
        PRINTED = "printed", "Printed: there is no mail server"
        UNWANTED = "unwanted", "Withheld: the address wants none"
        TOO_MANY = "too-many", "Withheld: too many by one person today"
        ENOUGH = "enough", "Withheld: too many to one address today"

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
    zone = models.CharField("time zone", max_length=64, default="UTC")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    batch = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    mail = models.CharField(
        max_length=8, choices=Mail, default=Mail.NONE, editable=False
    )
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    mail_fault = models.CharField(max_length=200, blank=True, editable=False)
    sign_ups = models.PositiveIntegerField(default=0, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.address or self.note or f"Invitation to {self.room}"

    @property
    def reference(self) -> str:
        """What the queue of mails knows its mail by."""
        return f"{REFERENCE}:{self.public_id}"

    @property
    def time_zone(self) -> tzinfo:
        """Where the clock of its maker hangs; UTC where that is not known here."""
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return UTC

    @property
    def ending(self) -> State | None:
        """How it ended for everybody, those who accepted it included; None: not yet."""
        if self.revoked_at is not None:
            return State.REVOKED
        if self.expires_at is not None and self.expires_at <= timezone.now():
            return State.EXPIRED
        return None

    @property
    def state(self) -> State:
        """What has become of it; one query where acceptances were not fetched."""
        if self.revoked_at is not None:
            return State.REVOKED
        if self.uses_limit is not None and self.uses >= self.uses_limit:
            return State.ACCEPTED if self.address else State.USED_UP
        return self.ending or State.OPEN

    @property
    def uses(self) -> int:
        """How many people have accepted it, whether or not they are still there."""
        return self.acceptances.count()

    def accept(self, visitor: Visitor) -> None:
        """Count a use for this person, once, and give the role.

        Whoever has that role or a higher one uses nothing. Who gave their place up is
        back, as what they were then. Safe against any number of simultaneous
        acceptances. Raises InvitationRefused, and AccountNeeded where the role needs an
        account.
        """
        if self.adds_nothing(visitor):
            return
        with transaction.atomic():
            locked = Invitation.objects.select_for_update(no_key=True)
            mine = locked.get(pk=self.pk)
            if refusal := mine.refusal(visitor):
                raise InvitationRefused(refusal)
            if mine.role != Invitation.Role.GUEST and visitor.user is None:
                raise AccountNeeded
            if visitor.user is not None:
                mine._raise_to(mine.role_for(visitor), visitor.user)
            if mine.is_accepted_by(visitor):
                left = mine.acceptances.by(visitor).exclude(ended_at=None)
                left.update(ended_at=None, left_as="")
            else:
                mine.acceptances.create(person=visitor.person, user=visitor.user)

    def refusal(self, visitor: Visitor) -> State | None:
        """Why it does not let this person in (any more); None: it does.

        The room's hosts have taken it from everybody whom they removed after it was
        made, and keep out, however many others may still use it.
        """
        if self.ending:
            return self.ending
        if Ban.objects.in_force().of(visitor).filter(room=self.room_id).exists():
            return State.WITHDRAWN
        removed = Acceptance.objects.by(visitor).filter(
            invitation__room=self.room_id, by_owner=True, ended_at__gte=self.created_at
        )
        if removed.exists():
            return State.WITHDRAWN
        state = self.state
        return None if state is State.OPEN or self.is_accepted_by(visitor) else state

    def role_for(self, visitor: Visitor) -> str:
        """The role it would give this person now: none is given back once it was lost.

        "guest" is none.
        """
        mine = list(self.acceptances.by(visitor))
        if not mine:
            return self.role
        if any(each.ended_at is None for each in mine):
            return Invitation.Role.GUEST.value
        last = max(mine, key=lambda each: each.ended_at or each.accepted_at)
        return min(self.role, last.left_as or Invitation.Role.GUEST, key=_RANK.index)

    @property
    def may_vouch(self) -> bool:
        """Whether it speaks for one more sign-up, as far as these are counted."""
        return self.sign_ups < self._most_sign_ups

    def vouch(self) -> bool:
        """Speak for one sign-up; False: it spoke for enough, whatever runs at once."""
        mine = Invitation.objects.filter(pk=self.pk, sign_ups__lt=self._most_sign_ups)
        return bool(mine.update(sign_ups=models.F("sign_ups") + 1))

    @property
    def _most_sign_ups(self) -> int:
        if self.uses_limit is None:
            return MOST_SIGN_UPS
        return min(MOST_SIGN_UPS, self.uses_limit * SIGN_UPS_FOR_A_USE)

    def is_accepted_by(self, visitor: Visitor) -> bool:
        """Whether the person has used it, also if they gave up their place since."""
        return self.acceptances.by(visitor).exists()

    def adds_nothing(self, visitor: Visitor) -> bool:
        """Whether the person has this role in the room already, or a higher one."""
        if visitor.user is None:
            return False
        now = Membership.objects.role_of(self.room, visitor.user)
        return now is not None and _RANK.index(now) >= _RANK.index(self.role)

    def _raise_to(self, role: str, user: User) -> None:
        """Give the person this role, unless they have it or a higher one."""
        now = Membership.objects.role_of(self.room, user) or Invitation.Role.GUEST
        if _RANK.index(now) < _RANK.index(role):
            Membership.objects.grant(self.room, user, Role(role))

    def revoke(self) -> None:
        """End it at once, also for guests who accepted it; members stay members.

        A mail that still waits is not sent any more.
        """
        if self.revoked_at is not None:
            return
        with transaction.atomic():
            self.revoked_at = timezone.now()
            if self.mail == Invitation.Mail.WAITING:
                self.mail = Invitation.Mail.NONE
            self.save(update_fields=["revoked_at", "mail"])
            for room, people in self.acceptances.all()._by_room().items():
                places.look_after_commit(room, people)
            transaction.on_commit(partial(queue.forget, self.reference))


_RANK = (
    Invitation.Role.GUEST.value,
    Role.MEMBER.value,
    Role.CO_HOST.value,
    Role.OWNER.value,
)


@receiver(post_delete, sender=Invitation)
def _invitation_went(
    sender: type[Invitation], instance: Invitation, **_: object
) -> None:
    # A signal, since invitations also go with their room.
    if instance.mail == Invitation.Mail.WAITING:
        transaction.on_commit(partial(queue.forget, instance.reference))


class AcceptanceQuerySet(models.QuerySet["Acceptance"]):
    """Uses of invitations, by who made them."""

    def by(self, visitor: Visitor) -> Self:
        """What this browser or this account accepted."""
        whose = models.Q(person=visitor.person)
        if visitor.user is not None:
            whose |= models.Q(user=visitor.user)
        return self.filter(whose)

    def in_force(self) -> Self:
        """Those that let somebody in: not ended, nor has their invitation."""
        unended = self.filter(ended_at=None)
        return unended.filter(invitation__in=Invitation.objects.in_force())

    def untaken(self) -> Self:
        """Those that nobody has ended, nor revoked their invitation; it may be over."""
        return self.filter(ended_at=None, invitation__revoked_at=None)

    def adopt(self, guest: str, user: User) -> None:
        """Let what this guest accepted be the account's; no use counts again.

        Where the account was removed from the room, the guest is, too.
        """
        self.filter(person=f"g:{guest}", user=None).update(user=user)
        removed = Acceptance.objects.filter(
            user=user,
            by_owner=True,
            invitation__room=models.OuterRef("invitation__room"),
            ended_at__gte=models.OuterRef("invitation__created_at"),
        )
        adopted = self.filter(person=f"g:{guest}", user=user, ended_at=None)
        adopted.filter(models.Exists(removed)).end(by_owner=True)

    def end(self, *, left_as: str = "", by_owner: bool = False) -> None:
        """End the places that were taken by these; their uses stay used."""
        for room, people in self._by_room().items():
            places.look_after_commit(room, people)
        self.update(ended_at=timezone.now(), left_as=left_as, by_owner=by_owner)

    def _by_room(self) -> dict[int, list[str]]:
        """Whom these let in, as tickets name them, by their rooms."""
        found: dict[int, list[str]] = {}
        rows = self.values_list("invitation__room_id", "person", "user_id")
        for room, person, user in rows:
            found.setdefault(room, []).append(person)
            if user is not None:
                found[room].append(f"u:{user}")
        return found


class Acceptance(models.Model):
    """One person's use of an invitation; `person` is `u:<account>` or `g:<guest>`.

    `user` is their account, also that which a guest made later: then it is one use, and
    opens the room for the browser as well as for the account. `ended_at` is when the
    place ended that it gave: because they gave it up, being `left_as` in the room, or
    `by_owner`. The row stays, or the use would be another's.
    """

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="acceptances"
    )
    person = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        # A use stays used, or the invitation would be open again.
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="acceptances",
    )
    accepted_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    by_owner = models.BooleanField("ended by the owner", default=False, editable=False)
    left_as = models.CharField(max_length=12, choices=Role, blank=True, editable=False)

    objects = AcceptanceQuerySet.as_manager()

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
