"""One person, several tabs: a duplicated tab asks, and closing one keeps the other."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.audit import audit
from tests.browser.conftest import NewRoom, People
from tests.browser.duplicate import duplicate, question
from tests.browser.person import Person, meet
from tests.browser.test_call_axe import LOOKS, every_look

pytestmark = pytest.mark.alone


def in_two_tabs(people: People, room: str) -> tuple[Person, Person, Person]:
    """Mira, Amara, and Amara's duplicated tab, which has not chosen yet."""
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    meet(mira, amara)
    twin = duplicate(amara)
    # Asking concerns nobody: the call goes on in the first tab.
    assert not any("resume" in hello.message for hello in twin.sent("hello"))
    meet(mira, amara)
    assert not mira.got("peer-left")
    return mira, amara, twin


def test_move_here_takes_the_seat_from_the_other_tab(
    people: People, new_room: NewRoom
) -> None:
    mira, amara, twin = in_two_tabs(people, new_room())
    twin.page.get_by_role("button", name="Move here").click()
    twin.is_in()
    meet(mira, twin)
    assert twin.seat == amara.seat
    expect(question(amara)).to_be_visible()
    expect(amara.toolbar).to_be_hidden()
    expect(mira.tiles).to_have_count(2)
    # The tab that has no seat any more takes nothing with it.
    amara.close()
    meet(mira, twin)
    assert not mira.got("peer-left")
    # A reload is a reload again, not a second tab.
    twin.page.reload()
    twin.is_in()
    meet(mira, twin)


def test_carrying_on_in_the_first_tab_asks_no_second_time(
    people: People, new_room: NewRoom
) -> None:
    mira, amara, twin = in_two_tabs(people, new_room())
    twin.page.get_by_role("button", name="Move here").click()
    meet(mira, twin)
    expect(question(amara)).to_be_visible()
    amara.page.get_by_role("button", name="Carry on here").click()
    amara.is_in()
    expect(question(twin)).to_be_visible()
    meet(mira, amara)
    assert amara.seat == twin.seat
    twin.close()
    meet(mira, amara)
    assert not mira.got("peer-left")


@pytest.mark.parametrize("closed", ["the first tab", "the second tab"])
def test_join_twice_is_another_seat_and_neither_tab_takes_the_other_with_it(
    people: People, new_room: NewRoom, closed: str
) -> None:
    mira, amara, twin = in_two_tabs(people, new_room())
    twin.page.get_by_role("button", name="Join twice").click()
    twin.is_in()
    meet(mira, amara, twin)
    assert twin.seat != amara.seat
    going, staying = (amara, twin) if closed == "the first tab" else (twin, amara)
    gone = going.seat
    going.close()
    assert mira.wait_for("peer-left").message["seat"] == gone
    meet(mira, staying)
    expect(staying.tiles).to_have_count(2)
    # Each tab remembers its own seat.
    staying.page.reload()
    staying.is_in()
    meet(mira, staying)


def test_who_left_in_the_other_tab_is_told_so_and_may_come_in_again(
    people: People, new_room: NewRoom
) -> None:
    mira, amara, twin = in_two_tabs(people, new_room())
    amara.press("Leave")
    mira.wait_for("peer-left")
    twin.page.get_by_role("button", name="Move here").click()
    gone = twin.page.get_by_role("heading", name="Your place in this call is gone")
    expect(gone).to_be_visible()
    expect(twin.page.get_by_text("You left it in another tab")).to_be_visible()
    twin.page.get_by_role("button", name="Load again").click()
    # The door, as for anybody who comes: neither the question nor a dead end.
    twin.join()
    meet(mira, twin)
    assert twin.seat != amara.seat


@every_look
def test_the_question_is_there_for_everybody(
    people: People, new_room: NewRoom, look: str
) -> None:
    amara = people("Amara", **LOOKS[look]).join(new_room())
    twin = duplicate(amara)
    heading = question(twin)
    expect(heading).to_be_focused()
    audit(twin.page, "the question of a duplicated tab")
    for _ in range(2):
        twin.page.keyboard.press("Tab")
    expect(twin.page.get_by_role("button", name="Join twice")).to_be_focused()
    twin.page.keyboard.press("Shift+Tab")
    twin.page.keyboard.press("Enter")
    twin.is_in()
    expect(question(amara)).to_be_visible()
    audit(amara.page, "the tab that was moved away from")
