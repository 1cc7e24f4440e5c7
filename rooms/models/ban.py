"""Whom a room keeps out."""

import secrets
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from ..names import NAME_LENGTH
from .prohibition import PERSON_LENGTH

if TYPE_CHECKING:
    from ..visitors import Visitor

REASON_LENGTH = 200


def new_public_id() -> str:
    """128 random bits, for addresses: nobody finds one by counting."""
    return secrets.token_hex(16)


class BanQuerySet(models.QuerySet["Ban"]):
    """Bans by whether they hold, and for whom."""

    def in_force(self) -> Self:
        """Those that are neither lifted nor over."""
        now = timezone.now()
        return self.filter(lifted_at=None).filter(
            models.Q(until=None) | models.Q(until__gt=now)
        )

    def of(self, visitor: "Visitor") -> Self:
        """Those of this account, or of this browser where nobody is logged in.

        Somebody who was sent away as a guest and then logs in is still the one whom
        their browser's cookie names; and who was sent away with an account does not
        come back without it in the same browser.
        """
        whose = models.Q(person=f"g:{visitor.guest}")
        if visitor.guest:
            whose |= models.Q(browser=visitor.guest)
        if visitor.user is not None:
            whose |= models.Q(user=visitor.user) | models.Q(
                person=f"u:{visitor.user.pk}"
            )
        return self.filter(whose)


class Ban(models.Model):
    """One person who may not come into one room, until `until` or a host lifts it.

    A removal is a ban that ends by itself. `name` is as others saw the person,
    `browser` the guest cookie of the browser that they sat at, where it is known.
    `by_site`: the people who run the site made it, and no host lifts it.
    """

    public_id = models.CharField(
        max_length=32, unique=True, default=new_public_id, editable=False
    )
    room = models.ForeignKey(
        "rooms.Room", on_delete=models.CASCADE, related_name="bans"
    )
    person = models.CharField(max_length=PERSON_LENGTH, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    browser = models.CharField(max_length=PERSON_LENGTH, blank=True, db_index=True)
    name = models.CharField(max_length=NAME_LENGTH)
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    suspension = models.ForeignKey(
        "accounts.Suspension",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    """That it came with, and is lifted with."""
    by_site = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = BanQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return self.name

    @property
    def holds(self) -> bool:
        """Whether the person is kept out now."""
        over = self.until is not None and self.until <= timezone.now()
        return self.lifted_at is None and not over

    @property
    def marks(self) -> frozenset[str]:
        """All by which the person is known again, as tickets name people."""
        marks = {self.person}
        if self.user_id is not None:
            marks.add(f"u:{self.user_id}")
        if self.browser:
            marks.add(f"g:{self.browser}")
        return frozenset(marks)
