"""Suspending people, and logging them out, from the administration."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.admin.reach import TOO_HIGH
from accounts.models import Suspension, User
from conference.audit import Action
from conference.audit.models import AuditEntry
from rooms.models import Room
from tests.factories import PASSWORD, make_seat, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/admin/accounts/suspension/"
USERS = "/admin/accounts/user/"


def suspend(admin: Person, user: User, **more: str) -> Suspension:
    sent = {"user": str(user.pk), "reason": "Shouts in every call", **more}
    answer = admin.post(f"{URL}add/", sent)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return Suspension.objects.latest("pk")


def may_log_in(user: User) -> bool:
    person = Person()
    person.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return person.get("/rooms/").status_code == 200


def test_who_is_suspended_is_out_at_once(admin: Person, owner: Person) -> None:
    before = owner.user.revocation
    made = suspend(admin, owner.user)

    assert (made.made_by, made.until) == (admin.user, None)
    assert owner.get("/rooms/").status_code == 302
    assert not may_log_in(owner.user)
    owner.user.refresh_from_db()
    assert owner.user.revocation > before
    entry = AuditEntry.objects.get(action=Action.SUSPEND)
    assert entry.actor == f"u:{admin.user.pk}"
    assert entry.target == f"u:{owner.user.pk}"
    assert entry.reason == "Shouts in every call"
    assert entry.address


def test_to_lift_it_lets_them_log_in(admin: Person, owner: Person) -> None:
    made = suspend(admin, owner.user)

    admin.post(URL, {"action": "lift", "_selected_action": str(made.pk)})

    made.refresh_from_db()
    assert made.lifted_by == admin.user
    assert may_log_in(owner.user)
    assert AuditEntry.objects.filter(action=Action.LIFT_SUSPENSION).count() == 1


def test_a_moderator_lifts_nothing_that_is_on_staff(
    admin: Person, owner: Person
) -> None:
    moderator = Person(make_user("Ilse", is_staff=True))
    for name in ("view_suspension", "change_suspension"):
        right = Permission.objects.get(codename=name)
        moderator.user.user_permissions.add(right)
    rogue = make_user("Rogue", is_staff=True)
    held = [suspend(admin, each) for each in (rogue, owner.user)]

    page = moderator.get(f"{URL}{held[0].pk}/change/").content.decode()
    assert 'value="lift"' not in page
    chosen = [str(each.pk) for each in held]
    answer = moderator.post(
        URL, {"action": "lift", "_selected_action": chosen}, follow=True
    )

    assert {str(each) for each in answer.context["messages"]} == {
        f"{rogue}: {TOO_HIGH}",
        "Lifted: 1. Whoever it was may log in again.",
    }
    for each in held:
        each.refresh_from_db()
    assert [each.holds for each in held] == [True, False]


def test_its_page_has_a_button_to_lift_it_as_long_as_it_holds(
    admin: Person, owner: Person
) -> None:
    made = suspend(admin, owner.user)
    page = admin.get(f"{URL}{made.pk}/change/").content.decode()
    assert 'value="lift"' in page
    assert 'name="_save"' not in page
    admin.post(URL, {"action": "lift", "_selected_action": str(made.pk)})
    page = admin.get(f"{URL}{made.pk}/change/").content.decode()
    assert 'value="lift"' not in page


def test_it_ends_by_itself(admin: Person, owner: Person) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    made = suspend(
        admin,
        owner.user,
        until_0=f"{tomorrow:%Y-%m-%d}",
        until_1=f"{tomorrow:%H:%M:%S}",
    )
    assert not may_log_in(owner.user)
    Suspension.objects.filter(pk=made.pk).update(until=timezone.now())
    assert may_log_in(owner.user)
    assert admin.get(f"{URL}?state=holds").context["cl"].result_count == 0
    assert admin.get(f"{URL}?state=over").context["cl"].result_count == 1


@pytest.mark.parametrize("what", ["oneself", "twice", "over"])
def test_what_makes_no_sense_is_refused_in_words(
    admin: Person, owner: Person, what: str
) -> None:
    sent = {"user": str(owner.user.pk), "reason": "Because"}
    if what == "oneself":
        sent["user"] = str(admin.user.pk)
    elif what == "twice":
        suspend(admin, owner.user)
    else:
        sent |= {"until_0": "2020-01-01", "until_1": "12:00:00"}
    before = Suspension.objects.count()
    page = admin.post(f"{URL}add/", sent)

    assert page.status_code == 200
    assert page.context["adminform"].form.errors
    assert Suspension.objects.count() == before
    assert admin.get("/admin/").status_code == 200


def test_it_cannot_be_deleted_or_changed(admin: Person, owner: Person) -> None:
    made = suspend(admin, owner.user)
    admin.post(f"{URL}{made.pk}/delete/", {"post": "yes"})
    admin.post(f"{URL}{made.pk}/change/", {"reason": "Other"})
    made.refresh_from_db()
    assert made.reason == "Shouts in every call"


def test_it_goes_with_the_account(admin: Person, owner: Person) -> None:
    suspend(admin, owner.user)
    page = admin.get(f"{USERS}{owner.user.pk}/delete/")
    assert not page.context["perms_lacking"]
    admin.post(f"{USERS}{owner.user.pk}/delete/", {"post": "yes"})
    assert not Suspension.objects.exists()


def test_people_are_found_by_whether_they_are_suspended(
    admin: Person, owner: Person
) -> None:
    suspend(admin, owner.user)
    found = admin.get(f"{USERS}?suspended=yes").context["cl"].result_list
    assert list(found) == [owner.user]
    others = admin.get(f"{USERS}?suspended=no").context["cl"].result_list
    assert owner.user not in others


def test_log_out_everywhere(admin: Person, owner: Person) -> None:
    phone = Person(owner.user)
    before = owner.user.revocation

    sent = {"action": "log_out", "_selected_action": str(owner.user.pk)}
    admin.post(USERS, sent)

    assert owner.get("/rooms/").status_code == 302
    assert phone.get("/rooms/").status_code == 302
    owner.user.refresh_from_db()
    assert owner.user.revocation > before
    assert may_log_in(owner.user)
    assert AuditEntry.objects.get(action=Action.LOG_OUT).target == (
        f"u:{owner.user.pk}"
    )


def test_nobody_logs_themselves_out_there(admin: Person) -> None:
    sent = {"action": "log_out", "_selected_action": str(admin.user.pk)}
    admin.post(USERS, sent)
    assert admin.get("/admin/").status_code == 200


def test_their_page_says_what_they_have(
    admin: Person, owner: Person, member: Person, room: Room
) -> None:
    make_seat(room, "Tomas", member.user)
    page = admin.get(f"{USERS}{owner.user.pk}/change/").content.decode()
    assert f"/admin/rooms/room/{room.pk}/change/" in page
    assert "Suspend…" in page
    page = admin.get(f"{USERS}{member.user.pk}/change/").content.decode()
    assert f"{room.name}: Member" in page
    assert f"/admin/rooms/livecall/{room.pk}/change/" in page
    suspend(admin, owner.user)
    page = admin.get(f"{USERS}{owner.user.pk}/change/").content.decode()
    assert "Shouts in every call" in page
    assert "Suspend…" not in page


def test_only_administrators_give_rights(admin: Person, stranger: Person) -> None:
    """Whoever may change accounts does not become everything by it."""
    helper = make_user("Helper", is_staff=True)
    for name in ("view_user", "change_user"):
        helper.user_permissions.add(Permission.objects.get(codename=name))
    person = Person(helper)
    url = f"{USERS}{stranger.user.pk}/change/"
    sent = {
        "email": stranger.user.email,
        "display_name": "Renamed",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
    }
    assert person.post(url, sent).status_code == 302
    stranger.user.refresh_from_db()
    assert stranger.user.display_name == "Renamed"
    assert not stranger.user.is_superuser
    assert not stranger.user.is_staff
    for url in (
        f"{USERS}{admin.user.pk}/change/",
        f"{USERS}{admin.user.pk}/password/",
    ):
        assert person.post(url, sent).status_code in (403, 404)
