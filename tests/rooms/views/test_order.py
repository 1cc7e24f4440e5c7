"""Who comes in at once, and what people may do: the form on the room's page."""

from typing import Any

import pytest

from conference.audit.models import AuditEntry
from rooms.links import new_link
from rooms.models import Membership, Role, Room
from rooms.signalling import bus
from tests.people import Person
from tests.rooms.views.asked import leads_to_log_in, refuses_methods

pytestmark = pytest.mark.django_db

ALL = "microphone camera screen chat"
AS_IT_IS = {"seen": ALL, "powers": ALL.split()}
"""What the form sends of a new room in which nothing was changed."""


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/order/"


def order_of(room: Room) -> tuple[bool, bool, list[str]]:
    room.refresh_from_db()
    return room.lobby, room.locked, room.forbidden


def test_the_owner_sets_order_and_the_page_shows_it(
    owner: Person, room: Room, url: str
) -> None:
    sent = {"seen": ALL, "powers": ["camera", "chat"], "lobby": "on", "locked": "on"}

    page = owner.post(url, sent, follow=True)

    assert order_of(room) == (True, True, ["microphone", "screen"])
    form = page.context["order_form"]
    assert form.initial["seen"] == "lobby locked camera chat"
    shown = page.content.decode()
    assert "Saved." in shown
    for name, value, on in (
        ("lobby", "", True),
        ("locked", "", True),
        ("powers", "microphone", False),
        ("powers", "camera", True),
    ):
        start = f'type="checkbox" name="{name}"' + (f' value="{value}"' * bool(value))
        boxes = [each for each in shown.split("<input ") if each.startswith(start)]
        assert len(boxes) == 1, start
        assert ("checked" in boxes[0].partition(">")[0]) == on, start


def test_what_was_not_changed_on_the_page_stays_as_it_is_now(
    owner: Person, room: Room, url: str
) -> None:
    # While the page was open, somebody locked the room and took the microphone.
    room.change(locked=True, forbidden=["microphone"])

    owner.post(url, {**AS_IT_IS, "powers": ["microphone", "camera", "screen"]})

    assert order_of(room) == (False, True, ["chat", "microphone"])


def test_a_form_in_which_nothing_was_changed_changes_nothing(
    owner: Person, room: Room, url: str
) -> None:
    assert owner.post(url, AS_IT_IS).status_code == 302

    assert order_of(room) == (False, False, [])
    assert room.version == 1
    assert not AuditEntry.objects.exists()


def test_a_co_host_sets_order_as_well(
    owner: Person, member: Person, room: Room, url: str
) -> None:
    Membership.objects.grant(room, member.user, Role.CO_HOST)

    answer = member.post(url, {**AS_IT_IS, "lobby": "on"})

    assert (answer.status_code, answer["Location"]) == (302, f"/r/{room.link}/room/")
    assert order_of(room)[0]


def test_the_running_call_is_told_of_each_change(
    owner: Person,
    room: Room,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    told: list[bus.News] = []
    monkeypatch.setattr(bus, "tell", told.append)

    with django_capture_on_commit_callbacks(execute=True):
        owner.post(url, {"seen": ALL, "powers": ["chat"], "locked": "on"})

    last = told[-1]
    assert isinstance(last, bus.RoomChanged)
    assert last.locked
    assert last.forbidden == ("camera", "microphone", "screen")


def test_each_change_stands_in_the_log(owner: Person, room: Room, url: str) -> None:
    owner.post(url, {"seen": ALL, "powers": ALL.split()[:3], "lobby": "on"})
    owner.post(url, {"seen": "lobby " + ALL, "powers": ALL.split()})

    log = AuditEntry.objects.filter(room=room.pk).order_by("pk")
    assert [(each.action, each.details) for each in log] == [
        ("lobby-on", {}),
        ("forbid", {"power": "chat"}),
        ("lobby-off", {}),
    ]
    assert {each.actor for each in log} == {f"u:{owner.user.pk}"}


@pytest.mark.parametrize(
    "forged",
    [
        {"powers": ["everything"]},
        {"seen": "\0"},
        {"seen": "x" * 101},
    ],
)
def test_what_no_form_sends_changes_nothing(
    owner: Person, room: Room, url: str, forged: dict[str, object]
) -> None:
    assert owner.post(url, {**AS_IT_IS, "locked": "on", **forged}).status_code == 404
    assert order_of(room) == (False, False, [])


def test_a_member_may_not(member: Person, room: Room, url: str) -> None:
    assert member.post(url, {**AS_IT_IS, "locked": "on"}).status_code == 403
    assert order_of(room) == (False, False, [])


def test_for_a_stranger_it_is_as_if_there_were_no_room(
    stranger: Person, admin: Person, room: Room, url: str
) -> None:
    for person in (stranger, admin):
        assert person.post(url, {**AS_IT_IS, "locked": "on"}).status_code == 404
    assert order_of(room) == (False, False, [])


def test_people_without_account_are_led_by_log_in_to_the_room_page(
    guest: Person, anonymous: Person, room: Room, url: str
) -> None:
    for person in (guest, anonymous):
        assert leads_to_log_in(person.post(url, AS_IT_IS), f"/r/{room.link}/room/")


def test_an_unknown_link_opens_nothing(owner: Person) -> None:
    for link in (new_link(), "nothing"):
        assert owner.post(f"/r/{link}/order/", AS_IT_IS).status_code == 404


def test_looking_at_it_changes_nothing(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("GET", "HEAD", "PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(owner: Person, room: Room, url: str) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url, {**AS_IT_IS, "locked": "on"}).status_code == 403
    assert order_of(room) == (False, False, [])
