"""What an address names is found by nobody who counts, or guesses.

A room's link has 79 random bits and is slowed down (rooms/links.py, rooms/throttle.py);
everything else is named by 128 bits or more. Django's administration numbers rows, and
is for those who may see them all.
"""

import re

import pytest
from django.urls import resolve

from rooms.models import Ban, Invitation, Report
from tests.site.addresses import addresses
from tests.site.world import World

pytestmark = pytest.mark.django_db

NO_OBJECT = {
    "link": "a room: the site's one kind of address that people read out",
    "provider_id": "the log-in provider, by the name that settings give it",
    "asked": "a question that is signed",
    "signed": "an address of mail, signed",
    "uidb36": "an account, and nothing without the key beside it, which is in a mail",
    "key": "signed, or a key of one's own",
}
"""Parts of addresses that are no id of an object, or opened by more than an id."""

RANDOM = re.compile(r"[0-9a-f]{32}|[A-Za-z0-9_-]{22,43}")
"""128 bits at least, as hexadecimal digits or as RFC 4648's for URLs."""


def test_no_address_counts(world: World) -> None:
    looked_at = set()
    for address in addresses(world.parts):
        match = resolve(address.path)
        if address.route.startswith("admin/"):
            continue
        if match.route.replace("^", "") != address.route.replace("^", ""):
            continue
        assert not re.search(r"<(int|id)\b", match.route), match.route
        for part, value in match.kwargs.items():
            assert isinstance(value, str), match.route
            looked_at.add(part)
            if part not in NO_OBJECT:
                assert RANDOM.fullmatch(value), (match.route, part)
    assert set(NO_OBJECT) <= looked_at
    assert {"public_id", "token", "name"} <= looked_at


def test_a_number_opens_nothing_of_the_packages_either(world: World) -> None:
    """Where a package's own address counts, another view stands before it."""
    found = 0
    for address in addresses(world.parts):
        if "<int:" in address.route and not address.route.startswith("admin/"):
            found += 1
            assert "<int:" not in resolve(address.path).route
    assert found


@pytest.mark.parametrize(
    "made", [Ban, Invitation, Report], ids=lambda model: model.__name__
)
def test_public_ids_are_drawn_at_random(made: type[Ban | Invitation | Report]) -> None:
    drawn = {made().public_id for _ in range(50)}
    assert len(drawn) == 50
    assert all(RANDOM.fullmatch(one) for one in drawn)
