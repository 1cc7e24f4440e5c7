"""Addresses that count as confirmed because somebody who may say so says so.

allauth keeps a person's addresses in rows of their own (`EmailAddress`), beside the one
on the account. Whoever is asked to confirm an address needs a mail server that works;
those who would mend it must not wait for its mail.
"""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction

from conference.mail.spelling import canonical

from .models import User

TAKEN = "Somebody else has confirmed this address as theirs."


def whose(email: str) -> User | None:
    """Who has confirmed this address as theirs; the database allows only one."""
    rows = EmailAddress.objects.filter(email=email.lower(), verified=True)
    row = rows.select_related("user").first()
    return row.user if row else None


def addresses_of(user: User) -> list[str]:
    """Every e-mail address the site knows of them, each once, in lower case.

    As they wrote it, and as `canonical` spells it where that differs.
    """
    further = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    known = [user.email, *further]
    return list(dict.fromkeys([*map(str.lower, known), *map(canonical, known)]))


def is_theirs(email: str, user: User) -> bool:
    """Whether this address stands for that person, whoever else may have noted it.

    One that is not confirmed does so for the account that was made with it alone.
    """
    owner = whose(email)
    return owner == user or (owner is None and email.lower() == user.email)


def refuse_taken(email: str, user: User) -> None:
    """Raise ValidationError if anybody but `user` has confirmed this address."""
    if whose(email) not in (None, user):
        raise ValidationError(TAKEN, code="taken")


@transaction.atomic
def vouch_for(user: User) -> None:
    """Let the address on the account count as confirmed, and as the main one.

    The one that was main before, if another, no longer opens the account. Doing it
    again changes nothing. Raises ValidationError where the address is another's.
    """
    refuse_taken(user.email, user)
    addresses = EmailAddress.objects.filter(user_id=user.pk)
    addresses.filter(primary=True).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
