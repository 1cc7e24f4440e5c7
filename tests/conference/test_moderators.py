"""The group "Moderators", as the migration makes it, and what its people may."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

from conference import moderators
from rooms.models import Room
from tests.factories import make_seat, make_user
from tests.people import Person
from tests.people import admin as admin
from tests.people import owner as owner
from tests.people import room as room

pytestmark = pytest.mark.django_db

SEEN = (
    "/admin/",
    "/admin/accounts/user/",
    "/admin/accounts/suspension/",
    "/admin/accounts/suspension/add/",
    "/admin/rooms/room/",
    "/admin/rooms/livecall/",
    "/admin/rooms/seat/",
    "/admin/rooms/ban/",
    "/admin/rooms/report/",
    "/admin/rooms/invitation/",
    "/admin/conference/auditentry/",
)
NOT_SEEN = (
    "/admin/accounts/user/add/",
    "/admin/auth/group/",
    "/admin/rooms/message/",
    "/admin/rooms/membership/",
    "/admin/rooms/room/add/",
    "/admin/conference/outgoingmail/",
    "/admin/conference/sitetext/",
    "/admin/account/emailaddress/",
    "/admin/mfa/authenticator/",
    "/admin/usersessions/usersession/",
    "/admin/doctor/",
)


@pytest.fixture
def moderator(db: None) -> Person:
    user = make_user("Mo Derator", is_staff=True)
    user.groups.add(Group.objects.get(name=moderators.NAME))
    return Person(user)


@pytest.mark.parametrize("page", SEEN)
def test_what_they_see(moderator: Person, page: str) -> None:
    assert moderator.get(page).status_code == 200


@pytest.mark.parametrize("page", NOT_SEEN)
def test_what_they_do_not(moderator: Person, page: str) -> None:
    assert moderator.get(page).status_code in (403, 404)
    assert moderator.post(page).status_code in (403, 404, 405)


def test_the_group_has_these_rights_and_no_others(moderator: Person) -> None:
    wanted = {
        f"{app}.{act}_{model}"
        for (app, model), acts in moderators.RIGHTS.items()
        for act in acts
    }
    assert moderator.user.get_all_permissions() == wanted


def test_making_it_again_changes_nothing(moderator: Person) -> None:
    group = Group.objects.get(name=moderators.NAME)
    before = set(group.permissions.values_list("pk", flat=True))
    moderators.make(apps)
    assert set(group.permissions.values_list("pk", flat=True)) == before


def test_they_see_no_hash_of_a_password_and_give_no_rights(
    moderator: Person, owner: Person
) -> None:
    url = f"/admin/accounts/user/{owner.user.pk}/change/"
    page = moderator.get(url)

    assert page.status_code == 200
    text = page.content.decode()
    assert owner.user.password not in text
    assert owner.user.password.rpartition("$")[2] not in text
    answer = moderator.post(url, {"is_superuser": "on", "is_staff": "on"})
    assert answer.status_code in (403, 404)
    owner.user.refresh_from_db()
    assert not owner.user.is_superuser


def test_they_change_no_room(moderator: Person, room: Room) -> None:
    answer = moderator.post(f"/admin/rooms/room/{room.pk}/change/", {"name": "Other"})
    assert answer.status_code in (403, 404)
    room.refresh_from_db()
    assert room.name != "Other"


def test_they_shut_out_no_staff(moderator: Person, admin: Person) -> None:
    sent = {"user": str(admin.user.pk), "reason": "Because"}
    page = moderator.post("/admin/accounts/suspension/add/", sent)
    assert page.status_code == 200
    assert "Only an administrator" in page.content.decode()

    sent = {"action": "log_out", "_selected_action": str(admin.user.pk)}
    moderator.post("/admin/accounts/user/", sent)
    assert admin.get("/admin/").status_code == 200


def test_they_close_no_connection_of_staff(
    moderator: Person, admin: Person, room: Room
) -> None:
    before = admin.user.revocation
    make_seat(room, "Paul", admin.user)
    sent = {"act": "close", "person": f"u:{admin.user.pk}", "name": "Paul"}
    moderator.post(f"/admin/rooms/livecall/{room.pk}/act/", sent)
    admin.user.refresh_from_db()
    assert admin.user.revocation == before
