"""Who comes in, and what is heard of whom before."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewRoom, People
from tests.browser.person import meet
from tests.browser.seat import seat_at
from tests.servers import Parley

pytestmark = pytest.mark.alone

# All that a page may say before its person has pressed Join.
AT_THE_DOOR = {"hello", "ping"}
# Presses Join as soon as the door says that Mira is in.
JOIN_AFTER_MIRA = """() => {
  const here = document.querySelector('[data-part="here"]');
  const join = document.querySelector('[data-part="join"]');
  const watch = new MutationObserver(() => {
    if (!here.textContent.includes("Mira")) return;
    watch.disconnect();
    join.click();
  });
  watch.observe(here, { childList: true, characterData: true, subtree: true });
}"""


def test_nothing_of_a_person_reaches_anyone_before_the_click(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara")
    amara.open(room)
    expect(amara.page.get_by_text("Mira")).to_be_visible()
    expect(amara.join_button).to_be_enabled()
    amara.until_picture()
    heard = len(mira.frames)
    # A ping and its answer pass after whatever was on its way.
    amara.wait_until(lambda: amara.got("pong"), "pings")
    mira.wait_until(
        lambda: any(frame.type == "pong" for frame in mira.frames[heard:]), "pings"
    )
    assert {frame.type for frame in amara.frames if frame.sent} <= AT_THE_DOOR
    assert not mira.got("peer-joined")
    assert {frame.type for frame in mira.frames[heard:]} <= {"ping", "pong"}
    before = len(amara.frames)
    amara.join()
    meet(mira, amara)
    clicked = [frame.type for frame in amara.frames[before:] if frame.sent]
    assert [type_ for type_ in clicked if type_ != "ping"][:2] == ["join", "offer"]
    assert clicked.count("join") == 1


def test_a_full_room_lets_the_next_in_by_itself(
    people: People, new_room: NewRoom
) -> None:
    room = new_room(limit=2)
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    june = people("June")
    june.open(room)
    june.press_join()
    expect(june.page.get_by_text("The room is full")).to_be_visible()
    assert not june.got("welcome")
    amara.press("Leave")
    june.is_in()
    meet(mira, june)


def test_of_two_who_race_for_the_last_place_one_wins(
    people: People, new_room: NewRoom
) -> None:
    room = new_room(limit=2)
    mira = people("Mira")
    rivals = [people("Amara"), people("June")]
    for rival in rivals:
        rival.open(room)
        expect(rival.join_button).to_be_enabled()
        rival.page.get_by_label("Your name", exact=True).fill(rival.name)
        rival.page.evaluate(JOIN_AFTER_MIRA)
    mira.join(room)
    for rival in rivals:
        rival.wait_for("welcome", or_else="waiting")
    (winner,) = (rival for rival in rivals if rival.got("welcome"))
    (loser,) = (rival for rival in rivals if rival.got("waiting"))
    meet(mira, winner)
    assert not loser.got("welcome")


def test_a_room_for_signed_in_people_sends_guests_to_the_log_in(
    people: People, new_room: NewRoom
) -> None:
    room = new_room(access="signed-in")
    june = people("June")
    june.goto(room)
    expect(june.page).to_have_url(f"{june.url}/accounts/login/?next={room}")
    people("Olive", signed_in=True).join(room)


def test_an_unknown_link_says_what_to_do(people: People) -> None:
    june = people("June")
    june.excuse("status of 404")
    june.goto("/r/aaaa-bbbb-cccc-dddd/")
    expect(
        june.page.get_by_text("This link opens nothing for you", exact=False)
    ).to_be_visible()


def test_a_name_is_asked_for(people: People, new_room: NewRoom) -> None:
    june = people("June")
    june.open(new_room())
    expect(june.join_button).to_be_enabled()
    june.join_button.click()
    field = june.page.get_by_label("Your name", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    june.join()


def test_the_door_says_who_is_inside(
    people: People, new_room: NewRoom, server: Parley
) -> None:
    room = new_room()
    june = people("June")
    june.open(room)
    with seat_at(server.url, room) as seat:
        seat.join("Amara Osei")
        expect(june.page.get_by_text("Amara Osei")).to_be_visible()
    expect(june.page.get_by_text("Amara Osei")).to_be_hidden()
