"""The log, as those see it who may: read only, searched, and taken along."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.deletion import delete_account
from accounts.models import User
from conference.audit import Action, record
from conference.audit.export import plain
from conference.audit.models import AuditEntry
from rooms.models import Room
from tests.factories import PASSWORD, make_room, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/admin/conference/auditentry/"
EXPORT = f"{URL}export/"


def listed(admin: Person, query: str = "") -> list[AuditEntry]:
    page = admin.get(f"{URL}{query}")
    assert page.status_code == 200
    return list(page.context["cl"].result_list)


def text_of(admin: Person, query: str = "") -> str:
    return admin.get(f"{URL}{query}").content.decode()


def exported(admin: Person, query: str = "") -> list[dict[str, str]]:
    answer = admin.post(f"{EXPORT}{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def removed(room: Room, member: Person) -> AuditEntry:
    """The owner has sent a member away."""
    return record(
        Action.REMOVE,
        actor=f"u:{room.owner_id}",
        room=room.pk,
        target=f"u:{member.user.pk}",
        reason="Shouted",
        address="203.0.113.7",
    )


def test_names_are_looked_up_as_they_are_now(
    admin: Person, removed: AuditEntry, room: Room, member: Person
) -> None:
    member.user.rename("Tomas L.")

    page = text_of(admin)

    for words in ("Amara Osei", "Tomas L.", room.name, "Shouted", "Remove"):
        assert words in page
    assert f"/admin/accounts/user/{member.user.pk}/change/" in page


def test_who_deletes_their_account_is_a_number_from_then_on(
    admin: Person, removed: AuditEntry, member: Person
) -> None:
    number = member.user.pk
    delete_account(User.objects.get(pk=number))

    page = text_of(admin)

    assert "Tomas" not in page
    assert f"u:{number}" in page
    assert [row["target is"] for row in exported(admin)][-1] == ""


def test_names_of_a_page_are_looked_up_in_as_many_queries_as_one(
    admin: Person, room: Room
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            listed(admin)
        return len(asked)

    record(Action.END, actor=f"u:{room.owner_id}", room=room.pk)
    one = queries()
    for number in range(20):
        user = make_user(f"Person {number}")
        record(Action.END, actor=f"u:{user.pk}", room=make_room(user).pk)
    assert queries() == one


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("amara", 1),
        ("OSEI", 1),
        ("tomas@example", 1),
        ("kitchen", 1),
        ("kitchen shouted", 1),
        ("kitchen whispered", 0),
        ("203.0.113.7", 1),
        ("203.0.113.8", 0),
        ("remove", 1),
        ("june", 0),
    ],
)
def test_it_is_searched(
    admin: Person, removed: AuditEntry, query: str, count: int
) -> None:
    assert len(listed(admin, f"?q={query}")) == count


def test_it_is_searched_by_marks_and_links(
    admin: Person, removed: AuditEntry, room: Room
) -> None:
    record(Action.LOCK, actor="g:abc", room=room.pk)

    assert len(listed(admin, f"?q={room.link}")) == 2
    assert len(listed(admin, "?q=g:abc")) == 1
    assert listed(admin, f"?q={removed.target}") == [removed]


def test_it_is_filtered(admin: Person, removed: AuditEntry) -> None:
    record(Action.SIGN_IN_FAILED)
    record(Action.LOCK, actor="g:abc")

    assert listed(admin, "?act=remove") == [removed]
    assert listed(admin, "?by=u:") == [removed]
    assert [each.action for each in listed(admin, "?by=g:")] == ["lock"]
    assert [each.action for each in listed(admin, "?by=-")] == ["sign-in-failed"]
    tomorrow = timezone.now() + timedelta(days=1)
    assert listed(admin, f"?{urlencode({'at__gte': tomorrow.isoformat()})}") == []


def test_an_address_is_kept_as_a_mark_that_leads_nowhere(
    admin: Person, removed: AuditEntry
) -> None:
    assert len(removed.address) == 32
    assert "203.0.113" not in text_of(admin)
    again = record(Action.LOCK, address="203.0.113.7")
    other = record(Action.LOCK, address="203.0.113.8")
    assert again.address == removed.address != other.address


@pytest.mark.parametrize(
    "path", ["add/", "{}/change/", "{}/delete/", "{}/history/", ""]
)
def test_nobody_writes_there(admin: Person, removed: AuditEntry, path: str) -> None:
    path = path.format(removed.pk)
    before = AuditEntry.objects.values().get()
    sent = {
        **before,
        "post": "yes",
        "action": "delete_selected",
        "_selected_action": str(removed.pk),
        "actor": "u:999",
    }
    answer = admin.post(f"{URL}{path}", {k: v or "" for k, v in sent.items()})

    assert answer.status_code in (200, 302, 403, 404, 405)
    assert AuditEntry.objects.values().get() == before


def test_one_entry_is_shown_whole(admin: Person, removed: AuditEntry) -> None:
    page = admin.get(f"{URL}{removed.pk}/change/")

    assert page.status_code == 200
    text = page.content.decode()
    assert "Shouted" in text
    assert 'name="_save"' not in text


def test_it_is_exported_as_it_is_filtered(
    admin: Person, removed: AuditEntry, room: Room
) -> None:
    record(Action.SIGN_IN_FAILED)

    (row,) = exported(admin, "?q=shouted")

    assert row["act"] == "remove"
    assert row["actor"] == f"u:{room.owner_id}"
    assert row["actor is"] == "Amara Osei"
    assert row["room is"] == room.name
    assert row["target is"] == "Tomas Lind"
    assert row["address"] == removed.address
    assert AuditEntry.objects.filter(
        action=Action.LOG_EXPORTED, actor=f"u:{admin.user.pk}"
    ).exists()


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1"],  # noqa: RUF001
)
def test_no_cell_is_a_formula(admin: Person, room: Room, text: str) -> None:
    room.change(name=f"={room.name}")
    record(Action.BAN, room=room.pk, reason=text)

    row = exported(admin, "?act=ban")[0]

    assert row["reason"] == plain(text) == f"'{text}"
    assert row["room is"].startswith("'=")


def test_cells_keep_everything_else(admin: Person) -> None:
    said = 'He said "no", twice;\nthen, \u2028 left'
    record(Action.BAN, reason=said)
    assert exported(admin)[0]["reason"] == said


def test_it_is_for_those_with_the_right(
    stranger: Person, owner: Person, anonymous: Person, removed: AuditEntry
) -> None:
    for person in (owner, anonymous):
        assert person.get(URL).status_code in (302, 404)
        assert person.post(EXPORT).status_code in (302, 404)
    User.objects.filter(pk=stranger.user.pk).update(is_staff=True)
    assert stranger.get(URL).status_code == 403
    assert stranger.post(EXPORT).status_code == 403
    stranger.user.user_permissions.add(
        Permission.objects.get(codename="view_auditentry")
    )
    assert stranger.get(URL).status_code == 200
    assert stranger.post(EXPORT).status_code == 200


def test_export_is_asked_for_with_a_token(admin: Person) -> None:
    person = Person(admin.user, enforce_csrf_checks=True)
    assert person.post(EXPORT).status_code == 403


def test_acts_in_the_administration_are_recorded(admin: Person, room: Room) -> None:
    number = room.pk
    admin.post(
        f"/admin/rooms/room/{number}/change/",
        {"name": "Secret name", "access": "signed-in", "people_limit": "5"},
        REMOTE_ADDR="203.0.113.9",
    )
    changed = AuditEntry.objects.get(action=Action.ADMIN_CHANGED)
    assert changed.actor == f"u:{admin.user.pk}"
    assert (changed.room, changed.target) == (number, f"room:{number}")
    assert {"Name", "Who may enter"} <= set(changed.details["fields"])
    assert "Secret" not in str(changed.details)
    assert listed(admin, "?q=203.0.113.9") == [changed]

    admin.post(f"/admin/rooms/room/{number}/delete/", {"post": "yes"})
    assert AuditEntry.objects.filter(
        action=Action.ADMIN_DELETED, target=f"room:{number}"
    ).exists()


def test_several_deleted_at_once_are_recorded_each(admin: Person, room: Room) -> None:
    other = make_room(room.owner, "Other")
    marks = {f"room:{room.pk}", f"room:{other.pk}"}
    admin.post(
        "/admin/rooms/room/",
        {
            "action": "delete_selected",
            "_selected_action": [str(room.pk), str(other.pk)],
            "post": "yes",
        },
    )

    gone = AuditEntry.objects.filter(action=Action.ADMIN_DELETED)
    assert {each.target for each in gone} == marks


def test_lists_of_other_packages_record_too(admin: Person) -> None:
    admin.post("/admin/auth/group/add/", {"name": "Gardeners"})

    made = AuditEntry.objects.get(action=Action.ADMIN_ADDED)
    assert made.target.startswith("auth.group:")


def test_wrong_passwords_and_codes_are_recorded(
    owner: Person, anonymous: Person
) -> None:
    sent = {"login": owner.user.email, "password": "not this one"}
    anonymous.post("/accounts/login/", sent, REMOTE_ADDR="203.0.113.5")
    anonymous.post("/accounts/login/", {**sent, "login": "nobody@example.org"})

    known, unknown = AuditEntry.objects.filter(action=Action.SIGN_IN_FAILED).order_by(
        "pk"
    )
    assert known.target == f"u:{owner.user.pk}"
    assert known.actor == ""
    assert unknown.target == ""
    for entry in (known, unknown):
        told = str(AuditEntry.objects.filter(pk=entry.pk).values().get())
        assert "not this one" not in told
        assert "@" not in told
    anonymous.post("/accounts/login/", {**sent, "password": PASSWORD})
    assert AuditEntry.objects.filter(action=Action.SIGN_IN_FAILED).count() == 2
