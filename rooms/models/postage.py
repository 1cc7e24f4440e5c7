"""Who wants no invitations by mail, and how many were sent today.

Addresses stand here as keyed hashes only: a copy of the database tells nobody who was
invited or who said no.
"""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from conference.mail.spelling import canonical


def address_hash(address: str) -> str:
    """The same for every spelling of one address; made with SECRET_KEY."""
    mine = salted_hmac("rooms.postage", canonical(address), algorithm="sha256")
    return mine.hexdigest()


class NoMail(models.Model):
    """An address, as a keyed hash, whose owner wants no invitations by mail."""

    address_hash = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "address that wants no mail"
        verbose_name_plural = "addresses that want no mail"

    def __str__(self) -> str:
        return self.address_hash[:8]


class PostageQuerySet(models.QuerySet["Postage"]):
    """Counts of a day."""

    def of(self, payer: str) -> "Postage":
        """Today's count, held until the transaction ends: nobody else counts on it.

        Who takes several takes a person's before those of addresses, and these in
        their order, so that two who take the same never wait for each other.
        """
        day = timezone.now().date()
        count, _ = self.select_for_update().get_or_create(payer=payer, day=day)
        return count

    def forget_old(self) -> None:
        """Delete what counts no longer."""
        self.filter(day__lt=timezone.now().date() - timedelta(days=1)).delete()

    def of_person(self, user: User) -> "Postage":
        return self.of(f"u:{user.pk}")

    def of_address(self, hashed: str) -> "Postage":
        return self.of(f"a:{hashed}")


class Postage(models.Model):
    """How many mails one person sent, or one address got, on one day (of UTC).

    Rows of their own: they outlive the invitations, which go with their room.
    """

    payer = models.CharField(max_length=80)
    day = models.DateField(db_index=True)
    mails = models.PositiveIntegerField(default=0)

    objects = PostageQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("payer", "day"), name="rooms_postage_once"),
        )

    def __str__(self) -> str:
        return f"{self.mails} on {self.day}"

    def take(self, most: int) -> bool:
        """Count one more mail, if that makes no more than `most`."""
        if self.mails >= most:
            return False
        self.mails += 1
        self.save(update_fields=["mails"])
        return True

    def give_back(self) -> None:
        """Count one fewer: the mail was not sent after all."""
        self.mails -= 1
        self.save(update_fields=["mails"])
