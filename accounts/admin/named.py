"""How the log calls people, as long as they have an account."""

from collections.abc import Mapping

from django.db.models import Q
from django.urls import reverse

from conference.audit.names import MARKS_AT_MOST, Named

from ..models import User


def people_by_number(numbers: set[str]) -> Mapping[str, Named]:
    found = User.objects.filter(pk__in=[each for each in numbers if each.isdecimal()])
    return {
        str(user.pk): Named(
            user.display_name, reverse("admin:accounts_user_change", args=[user.pk])
        )
        for user in found
    }


def marks_of_people(word: str) -> list[str]:
    """Of those who are called so, or have an address with this in it."""
    named = Q(display_name__icontains=word) | Q(email__icontains=word)
    found = User.objects.filter(named).order_by("-pk").values_list("pk", flat=True)
    return [f"u:{number}" for number in found[:MARKS_AT_MOST]]
