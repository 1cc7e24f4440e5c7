"""A person with an account."""

import secrets
from functools import partial
from pathlib import PurePosixPath
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models.functions import Lower
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from ..managers import UserManager
from ..names import NAME_LENGTH, BadName, clean_name
from ..revoking import GONE, revoked

PICTURES = "pictures"


def picture_name(user: "User", filename: str) -> str:
    """A name nobody can guess, whatever the file was called; it is seen by guests."""
    return f"{PICTURES}/{secrets.token_hex(16)}.webp"


TAKEN = "There is an account with this address already."
PASSWORD_CHANGED = "The password of your account was changed. Log in again."
CLOSED = "Your account was closed by the people who run this site."


class Theme(models.TextChoices):
    """How pages look to a person."""

    SYSTEM = "system", "Like my device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class User(AbstractBaseUser, PermissionsMixin):
    """Logs in by e-mail address and is shown to others by display name.

    The address is kept in lower case, so that `Mira@…` and `mira@…` are one person; the
    database refuses a second one even from code that goes round this class.
    """

    email = models.EmailField(
        "e-mail address",
        unique=True,
        error_messages={"unique": TAKEN},
    )
    display_name = models.CharField("name", max_length=NAME_LENGTH)
    is_active = models.BooleanField(
        "active",
        default=True,
        help_text="Off: this person cannot log in. Better than deleting an account.",
    )
    is_staff = models.BooleanField(
        "staff", default=False, help_text="May log in to the administration."
    )
    may_create_rooms = models.BooleanField(
        "may create rooms",
        default=True,
        help_text="Off: this person can enter rooms, but not make one.",
    )
    room_quota = models.PositiveIntegerField(
        "most rooms",
        null=True,
        blank=True,
        help_text="Empty: as many as the site says (ROOMS_PER_PERSON).",
    )
    picture = models.FileField(upload_to=picture_name, blank=True, editable=False)
    theme = models.CharField(
        max_length=6, choices=Theme, default=Theme.SYSTEM, editable=False
    )
    language = models.CharField(max_length=12, blank=True, editable=False)
    vouched_by = models.CharField(max_length=64, blank=True, editable=False)
    """Who spoke for this account, until it logs in for the first time (see policy)."""
    revocation = models.PositiveIntegerField(default=0, editable=False)
    """Signed into whatever opens calls: a smaller number opens nothing any more."""
    date_joined = models.DateTimeField("joined", default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_any_case",
                violation_error_message=TAKEN,
            ),
        )
        ordering = ("display_name", "pk")

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it; a closed account, or one with another password, leaves all calls.

        What was taken back stays so, whatever number an older copy of the row has.
        """
        self.email = self.email.lower()
        if self._state.adding:
            super().save(*args, **kwargs)
            return
        fields = kwargs.get("update_fields")
        if fields is None:
            known = {field.attname for field in self._meta.concrete_fields}
            fields = known - {"id", "revocation"} - self.get_deferred_fields()
            kwargs["update_fields"] = fields
        if not {"password", "is_active"} & {*fields}:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            why = self._why_revoked({*fields})
            super().save(*args, **kwargs)
            if why:
                self.revoke(why)

    def revoke(self, why: str = "") -> None:
        """Let nothing that was signed for the account open anything any more.

        Whoever sits in a call with it leaves, and reads `why`.
        """
        with transaction.atomic():
            mine = User.objects.select_for_update(no_key=True).only("revocation")
            self.revocation = mine.get(pk=self.pk).revocation + 1
            User.objects.filter(pk=self.pk).update(revocation=self.revocation)
            revoked.send(User, account=self.pk, revocation=self.revocation, why=why)

    def _why_revoked(self, fields: set[str]) -> str:
        """What the person is told if these fields, once stored, shut anybody out."""
        has_password = self.has_usable_password()
        # What Django keeps from `set_password` on until it is stored.
        is_new = getattr(self, "_password", None) is not None
        if "password" in fields and has_password and is_new:
            return PASSWORD_CHANGED
        closes = "is_active" in fields and not self.is_active
        if not closes and ("password" not in fields or has_password):
            return ""
        stored = User.objects.only("is_active", "password").filter(pk=self.pk).first()
        if stored is None:
            return ""
        if closes and stored.is_active:
            return CLOSED
        if "password" in fields and not has_password and stored.has_usable_password():
            return PASSWORD_CHANGED
        return ""

    @property
    def is_suspended(self) -> bool:
        """Whether the person cannot log in just now; asks the database."""
        return self.suspensions.in_force().exists()

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()
        try:
            self.display_name = clean_name(self.display_name)
        except BadName as fault:
            raise ValidationError({"display_name": str(fault)}) from fault

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name.partition(" ")[0]

    def show_picture(self, webp: bytes) -> None:
        """Be shown with this picture from now on; the file of the old one goes."""
        with transaction.atomic():
            self._forget_picture()
            self.picture.save("", ContentFile(webp), save=False)
            self.save(update_fields=["picture"])

    def remove_picture(self) -> None:
        """Be shown with initials again; the file goes."""
        with transaction.atomic():
            self._forget_picture()
            self.picture = ""
            self.save(update_fields=["picture"])

    def _forget_picture(self) -> None:
        """Have the file deleted once the row no longer names it."""
        # Locked, so that of two changes at once neither leaves a file behind.
        stored = User.objects.select_for_update(no_key=True).only("picture")
        transaction.on_commit(partial(_delete_file, stored.get(pk=self.pk)))

    def look(self, theme: str, language: str) -> None:
        """See pages in this theme and language; "" is what the browser asks for."""
        self.theme, self.language = Theme(theme), language
        self.save(update_fields=["theme", "language"])

    @property
    def picture_url(self) -> str:
        """Where browsers find the picture; empty for people without one."""
        if not self.picture:
            return ""
        return reverse("picture", args=[PurePosixPath(str(self.picture.name)).stem])

    def rename(self, display_name: str) -> None:
        """Be shown under another name from now on; raises BadName."""
        self.display_name = clean_name(display_name)
        self.save(update_fields=["display_name"])


def _delete_file(user: User) -> None:
    if user.picture:
        user.picture.storage.delete(str(user.picture.name))


@receiver(post_delete, sender=User)
def _user_went(sender: type[User], instance: User, **_: object) -> None:
    # A signal, since accounts also go by the administration's lists.
    revoked.send(User, account=instance.pk, revocation=GONE, why="")
    transaction.on_commit(partial(_delete_file, instance))
