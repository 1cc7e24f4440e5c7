"""The administration's first page: what is going on, and how it went."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import User
from conference.administration.plot import STEPS, plot, scale
from conference.models import ServingProcess
from rooms.models import Day, Report, Room
from tests.factories import make_room, make_seat
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/admin/"


def words(admin: Person) -> str:
    """The page as people read it."""
    page = admin.get(URL)
    assert page.status_code == 200
    bare = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", bare)


def make_report(room: Room, state: str = "open") -> Report:
    return Report.objects.create(
        room=room,
        room_name=room.name,
        reporter="g:abc",
        reason=Report.Reason.SPAM,
        state=state,
    )


def make_process(name: str, **facts: object) -> ServingProcess:
    now = timezone.now()
    known = {
        "machine": "call-1",
        "pid": 4711,
        "address": "127.0.0.1 port 8000",
        "started_at": now - timedelta(hours=3),
        "seen_at": now,
    }
    return ServingProcess.objects.create(name=name, **{**known, **facts})


def test_calls_and_people_now(admin: Person, room: Room) -> None:
    other = make_room(room.owner, "Other")
    make_seat(room)
    make_seat(room, "June")
    make_seat(other, "Noor")
    make_seat(other, "Long gone", seconds_ago=60)

    text = words(admin)

    assert "2 calls" in text
    assert "3 people in them" in text


def test_open_reports_are_counted(admin: Person, room: Room) -> None:
    for state in ("open", "open", "acting", "closed"):
        make_report(room, state)
    assert "2 open reports , 1 being acted on" in words(admin)


def test_days_are_drawn_without_inline_script_or_style(admin: Person) -> None:
    Day.objects.add(90 * 60, 12, 3)

    page = admin.get(URL).content.decode()

    assert "90 minutes, 12 people and 3 calls at once" in page
    svg = page[page.index('<svg class="plot"') :].partition("</svg>")[0]
    assert svg.count("<rect") == svg.count("<circle") == 30
    assert "style=" not in svg
    assert "<script" not in svg
    for number in re.findall(r' (?:x|y|width|height|cx|cy)="([^"]*)"', svg):
        assert re.fullmatch(r"-?\d+(\.\d+)?", number), number


def test_days_without_calls_say_so(admin: Person) -> None:
    assert "Nobody was in a call." in words(admin)


def test_processes_and_how_they_are(admin: Person) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    make_process("a", people=7, calls=2, sockets=9)
    make_process("b", pid=4712, seen_at=long_ago)
    make_process("c", pid=4713, redis=False)
    make_process("d", pid=4714, draining=True)
    make_process("e", pid=4715, late_ms=500)

    text = words(admin)

    assert "well call-1, 127.0.0.1 port 8000, pid 4711" in text
    for state, pid in (
        ("silent", 4712),
        ("does not reach Redis", 4713),
        ("draining", 4714),
        ("answers late, by 500 ms", 4715),
    ):
        assert f"{state} call-1, 127.0.0.1 port 8000, pid {pid}" in text


def test_who_lacks_the_right_sees_none_of_it(stranger: Person, room: Room) -> None:
    make_seat(room)
    make_report(room)
    User.objects.filter(pk=stranger.user.pk).update(is_staff=True)

    text = words(stranger)
    assert "people in them" not in text
    assert "open report" not in text

    stranger.user.user_permissions.add(Permission.objects.get(codename="view_report"))
    assert "1 open report" in words(stranger)


@pytest.mark.parametrize(
    ("most", "top"),
    [(0, 4), (1, 4), (4, 4), (5, 8), (9, 20), (21, 40), (41, 80), (100, 200)],
)
def test_scales_are_round(most: int, top: int) -> None:
    assert scale(most) == top
    assert scale(most) % STEPS == 0


def test_bars_and_dots_stand_where_they_belong() -> None:
    today = timezone.localdate()
    days = [
        Day(day=today - timedelta(days=2), seconds=0, people=0),
        Day(day=today - timedelta(days=1), seconds=240 * 60, people=4),
        Day(day=today, seconds=480 * 60, people=8),
    ]

    drawn = plot(days)

    none, half, full = drawn.bars
    assert none.height == 0
    assert half.height * 2 == pytest.approx(full.height)
    assert full.y + full.height == pytest.approx(drawn.foot)
    assert none.dot_y > half.dot_y > full.dot_y
    assert [tick.minutes for tick in drawn.ticks][-1] >= 480
    assert len(drawn.line.split()) == 3
    assert full.label
    assert not drawn.is_empty


def test_the_last_days_have_no_gaps() -> None:
    Day.objects.add(60, 2, 1)
    Day.objects.filter().update(day=timezone.localdate() - timedelta(days=3))
    Day.objects.add(120, 3, 1)

    days = Day.objects.lately(5)

    assert [each.seconds for each in days] == [0, 60, 0, 0, 120]
    assert days[-1].day == timezone.localdate()


def test_what_is_added_is_kept_and_peaks_stay() -> None:
    Day.objects.add(30, 5, 2)
    Day.objects.add(45, 3, 1)
    Day.objects.add(0, 4, 3)

    day = Day.objects.get()

    assert (day.seconds, day.people, day.calls) == (75, 5, 3)
