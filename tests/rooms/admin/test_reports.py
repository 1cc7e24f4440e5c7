"""Reports, in the administration: a queue to work on."""

from __future__ import annotations

import pytest

from accounts.deletion import delete_account
from accounts.models import User
from conference.audit import Action
from conference.audit.models import AuditEntry
from rooms.models import Report, ReportNote, Room
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/admin/rooms/report/"
NOTES = {
    "notes-TOTAL_FORMS": "1",
    "notes-INITIAL_FORMS": "0",
    "notes-MIN_NUM_FORMS": "0",
    "notes-MAX_NUM_FORMS": "1000",
}


@pytest.fixture
def report(room: Room, member: Person, stranger: Person) -> Report:
    return Report.objects.create(
        room=room,
        room_name=room.name,
        reporter=f"u:{stranger.user.pk}",
        reporter_user=stranger.user,
        about=f"u:{member.user.pk}",
        about_user=member.user,
        about_name=member.user.display_name,
        reason=Report.Reason.ABUSE,
        words="<b>shouted</b> at me",
    )


def listed(admin: Person, query: str = "") -> list[Report]:
    page = admin.get(f"{URL}{query}")
    assert page.status_code == 200
    return list(page.context["cl"].result_list)


def put(admin: Person, report: Report, act: str) -> Report:
    sent = {"action": act, "_selected_action": str(report.pk)}
    assert admin.post(f"{URL}?state=all", sent).status_code == 302
    report.refresh_from_db()
    return report


def test_it_goes_through_its_states(admin: Person, report: Report) -> None:
    assert put(admin, report, "take").state == Report.State.ACTING
    assert listed(admin) == [report]
    closed = put(admin, report, "close")
    assert closed.state == Report.State.CLOSED
    assert closed.closed_at is not None
    assert listed(admin) == []
    assert listed(admin, "?state=closed") == [report]
    again = put(admin, report, "reopen")
    assert (again.state, again.closed_at) == (Report.State.OPEN, None)
    acts = AuditEntry.objects.filter(target=f"report:{report.public_id}")
    assert [each.action for each in acts.order_by("pk")] == [
        Action.REPORT_TAKEN,
        Action.REPORT_CLOSED,
        Action.REPORT_OPENED,
    ]
    assert {each.actor for each in acts} == {f"u:{admin.user.pk}"}


def test_doing_it_twice_is_told_once(admin: Person, report: Report) -> None:
    put(admin, report, "take")
    put(admin, report, "take")
    assert AuditEntry.objects.filter(action=Action.REPORT_TAKEN).count() == 1


def test_its_page_leads_to_people_and_the_call(
    admin: Person, report: Report, room: Room, member: Person, stranger: Person
) -> None:
    page = admin.get(f"{URL}{report.pk}/change/").content.decode()
    assert f"/admin/accounts/user/{member.user.pk}/change/" in page
    assert f"/admin/accounts/user/{stranger.user.pk}/change/" in page
    assert f"/admin/rooms/livecall/{room.pk}/change/" in page
    assert "<b>shouted" not in page
    assert "&lt;b&gt;shouted" in page
    assert 'value="take"' in page
    assert 'value="reopen"' not in page
    # The list leaves closed ones out otherwise, also for its actions.
    assert f'action="{URL}?state=all"' in page


def test_notes_are_added_and_stay(admin: Person, report: Report) -> None:
    url = f"{URL}{report.pk}/change/"
    sent = {**NOTES, "notes-0-text": "Spoke to them"}
    assert admin.post(url, sent).status_code == 302
    note = ReportNote.objects.get()
    assert (note.text, note.by, note.report) == ("Spoke to them", admin.user, report)

    changed = {
        **NOTES,
        "notes-TOTAL_FORMS": "1",
        "notes-INITIAL_FORMS": "1",
        "notes-0-id": str(note.pk),
        "notes-0-report": str(report.pk),
        "notes-0-text": "Never spoke to them",
        "notes-0-DELETE": "on",
    }
    admin.post(url, changed)
    assert ReportNote.objects.get().text == "Spoke to them"
    assert "Spoke to them" in admin.get(url).content.decode()
    assert AuditEntry.objects.filter(action=Action.REPORT_NOTE).count() == 1


def test_what_was_reported_cannot_be_changed(admin: Person, report: Report) -> None:
    admin.post(f"{URL}{report.pk}/change/", {**NOTES, "words": "Nothing"})
    admin.post(f"{URL}{report.pk}/delete/", {"post": "yes"})
    report.refresh_from_db()
    assert report.words == "<b>shouted</b> at me"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?q=shouted", 1),
        ("?q=tomas", 1),
        ("?q=kitchen", 1),
        ("?q=elias@", 1),
        ("?q=nothing", 0),
        ("?reason__exact=abuse", 1),
        ("?reason__exact=spam", 0),
        ("?state=acting", 0),
        ("?state=all", 1),
    ],
)
def test_they_are_searched_and_filtered(
    admin: Person, report: Report, query: str, count: int
) -> None:
    assert len(listed(admin, query)) == count


def test_it_outlives_its_room_and_its_people_without_names(
    admin: Person, report: Report, room: Room, member: Person, stranger: Person
) -> None:
    for person in (member, stranger):
        delete_account(User.objects.get(pk=person.user.pk))
    room.delete()

    page = admin.get(f"{URL}{report.pk}/change/")

    assert page.status_code == 200
    text = page.content.decode()
    for name in ("Tomas", "Elias"):
        assert name not in text
    assert "(deleted)" in text
    report.refresh_from_db()
    assert report.about.startswith("x:")
    assert report.reporter.startswith("x:")
