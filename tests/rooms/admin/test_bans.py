"""Whom rooms keep out, in the administration."""

from __future__ import annotations

import pytest

from accounts.deletion import delete_account
from accounts.models import User
from conference.audit import Action
from conference.audit.models import AuditEntry
from rooms.models import Ban, Room
from rooms.order import people
from rooms.order.actor import Actor
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/admin/rooms/ban/"


@pytest.fixture
def ban(room: Room, member: Person, owner: Person) -> Ban:
    return people.remove(
        room,
        person=f"u:{member.user.pk}",
        name=member.user.display_name,
        actor=Actor.in_room(room, owner.user),
        ban=True,
        reason="Shouted",
        browser="b" * 32,
    )


def listed(admin: Person, query: str = "") -> list[Ban]:
    page = admin.get(f"{URL}{query}")
    assert page.status_code == 200
    return list(page.context["cl"].result_list)


def test_they_are_listed_and_lifted(admin: Person, ban: Ban) -> None:
    assert listed(admin, "?state=holds") == [ban]
    page = admin.get(f"{URL}{ban.pk}/change/").content.decode()
    assert 'value="lift"' in page

    admin.post(URL, {"action": "lift", "_selected_action": str(ban.pk)})

    ban.refresh_from_db()
    assert not ban.holds
    assert ban.lifted_by == admin.user
    assert listed(admin, "?state=holds") == []
    assert listed(admin, "?state=over") == [ban]
    entry = AuditEntry.objects.get(action=Action.LET_BACK)
    assert entry.actor == f"u:{admin.user.pk}"
    page = admin.get(f"{URL}{ban.pk}/change/").content.decode()
    assert 'value="lift"' not in page


@pytest.mark.parametrize(
    ("query", "count"),
    [("?q=tomas", 1), ("?q=kitchen", 1), ("?q=shouted", 1), ("?q=nobody", 0)],
)
def test_they_are_searched(admin: Person, ban: Ban, query: str, count: int) -> None:
    assert len(listed(admin, query)) == count


def test_nobody_adds_changes_or_deletes_one_here(admin: Person, ban: Ban) -> None:
    for path in ("add/", f"{ban.pk}/change/", f"{ban.pk}/delete/"):
        admin.post(f"{URL}{path}", {"post": "yes", "reason": "Other", "name": "X"})
    (same,) = Ban.objects.all()
    assert (same.reason, same.holds) == ("Shouted", True)


def test_who_deletes_their_account_stays_out_without_a_name(
    ban: Ban, member: Person
) -> None:
    delete_account(User.objects.get(pk=member.user.pk))
    ban.refresh_from_db()
    assert (ban.user, ban.reason) == (None, "")
    assert "Tomas" not in ban.name
    assert ban.person.startswith("x:")
    assert ban.browser == "b" * 32
    assert ban.holds
