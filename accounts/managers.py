"""How accounts are made and found."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from .names import NAME_LENGTH, BadName, clean_name

if TYPE_CHECKING:
    from .models import User


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its case."""

    def create_user(
        self,
        email: str,
        password: str | None = None,
        *,
        display_name: str = "",
        **fields: Any,
    ) -> "User":
        """Make an account; without a name it is called like its address begins.

        Raises ValueError without an address and BadName for a name nobody can see.
        """
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(
            email=email,
            display_name=clean_name(display_name or name_from_address(email)),
            **fields,
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        """Make an administrator, for `manage.py createsuperuser`.

        The address counts as confirmed; ValidationError if another's is it.
        """
        # allauth's models need this manager's to be there first.
        from .addresses import vouch_for

        with transaction.atomic(using=self._db):
            user = self.create_user(
                email, password, **{**fields, "is_staff": True, "is_superuser": True}
            )
            vouch_for(user)
        return user

    def may_log_in(self) -> QuerySet["User"]:
        """Accounts that are neither closed nor suspended, as of now."""
        from .models import Suspension

        held = Suspension.objects.in_force().filter(user=OuterRef("pk"))
        return self.filter(~Exists(held), is_active=True)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")


def name_from_address(email: str) -> str:
    """A name to begin with, for accounts that are made without one."""
    try:
        return clean_name(email.partition("@")[0][:NAME_LENGTH])
    except BadName:
        return "Somebody"
