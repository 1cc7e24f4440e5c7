"""What is kept of a report, and how many somebody may make."""

import pytest

from conference.audit.models import AuditEntry
from rooms.models import Report, Room
from rooms.order.actor import Actor, Refused
from rooms.order.reports import MOST_IN_A_DAY, report
from tests.factories import make_room, make_user

pytestmark = pytest.mark.django_db

JUNE = Actor("g:june", "June", "guest", "203.0.113.9")


@pytest.fixture
def room() -> Room:
    return make_room(make_user("Amara Osei"))


def made(room: Room, reporter: Actor = JUNE, about: str = "", name: str = "") -> Report:
    return report(
        room,
        reporter=reporter,
        about=about,
        about_name=name,
        reason="abuse",
        words="Shouts.",
    )


def test_it_says_who_whom_where_and_why(room: Room) -> None:
    tomas = make_user("Tomas Lind")
    kept = made(room, about=f"u:{tomas.pk}", name="Tomas")
    kept.refresh_from_db()
    assert kept.state == Report.State.OPEN
    assert (kept.reporter, kept.reporter_user) == ("g:june", None)
    assert (kept.about, kept.about_user, kept.about_name) == (
        f"u:{tomas.pk}",
        tomas,
        "Tomas",
    )
    assert (kept.room, kept.room_name) == (room, room.name)
    assert (kept.reason, kept.words) == ("abuse", "Shouts.")


def test_the_log_names_nobody_and_holds_no_words(room: Room) -> None:
    kept = made(room, about="g:mira", name="Mira")
    entry = AuditEntry.objects.get()
    assert entry.action == "report"
    assert (entry.actor, entry.target) == ("g:june", f"report:{kept.public_id}")
    assert (entry.reason, entry.details) == ("abuse", {"about": "g:mira"})


def test_it_outlives_its_room(room: Room) -> None:
    kept = made(room)
    room.remove()
    kept.refresh_from_db()
    assert (kept.room, kept.room_name) == (None, "Friday kitchen table")


def test_a_flood_of_one_person_is_not_kept(room: Room) -> None:
    for _ in range(MOST_IN_A_DAY):
        made(room)
    with pytest.raises(Refused):
        made(room)
    made(room, reporter=Actor("g:mira", "Mira", "guest"))
    assert Report.objects.count() == MOST_IN_A_DAY + 1


def test_who_has_no_role_in_the_room_at_all_reports_nothing(room: Room) -> None:
    with pytest.raises(Refused):
        made(room, reporter=Actor("g:june", "June", "waiting"))
