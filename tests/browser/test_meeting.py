"""People meet: two to five see and hear each other, go, come back, reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewRoom, People
from tests.browser.descriptions import assert_wishes, exchanged
from tests.browser.person import hears, meet

pytestmark = pytest.mark.alone

# After a reload the browser's question stays open until the test answers it.
ASKED_AGAIN = """
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const answered = new Promise((allow) => { window.allow = allow; });
  const isReload = performance.getEntriesByType("navigation")[0].type === "reload";
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (isReload) await answered;
    return open(wanted);
  };
"""
NAMES = ("Mira", "Amara", "Tomas", "Noor", "Kenji")


def test_two_three_four_and_five_people_decode_each_other(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    inside = []
    for name in NAMES:
        inside.append(people(name).join(room))
        if len(inside) > 1:
            meet(*inside)
    for person in inside:
        expect(person.tiles).to_have_count(5)
        for other in NAMES:
            expect(person.tile(other)).to_be_visible()


def test_what_is_sent_and_how_is_agreed_both_ways(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    meet(mira, amara)
    for person in (mira, amara):
        said = exchanged(person)
        assert len(said) >= 2
        for sdp in said:
            assert_wishes(sdp)


def test_an_account_and_a_guest_meet_by_the_link(
    people: People, new_room: NewRoom
) -> None:
    room = new_room("Kitchen table")
    olive, june = people("Olive", signed_in=True), people("June")
    olive.open(room)
    expect(olive.page.get_by_label("Your name", exact=True)).to_have_value(
        "Olive Owner"
    )
    olive.join()
    june.open(room)
    expect(june.page.get_by_text("Kitchen table").first).to_be_visible()
    june.join()
    meet(olive, june)
    (joined,) = olive.got("peer-joined")
    assert joined.message["person"]["guest"]
    (other,) = june.last("welcome").message["people"]
    assert (other["guest"], other["role"]) == (False, "owner")


def test_leaving_takes_the_tile_away_and_rejoining_brings_it_back(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    meet(mira, amara)
    amara.press("Leave")
    expect(amara.page).to_have_url(f"{amara.url}{room}left/")
    assert mira.wait_for("peer-left").message["reason"] == "left"
    expect(mira.tiles).to_have_count(1)
    amara.page.get_by_role("link", name="Rejoin").click()
    amara.join()
    meet(mira, amara)


def test_a_reload_returns_to_the_same_seat_without_the_door(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    meet(mira, amara)
    seat = amara.seat
    amara.page.reload()
    amara.is_in()
    expect(amara.join_button).to_be_hidden()
    meet(mira, amara)
    assert amara.seat == seat
    expect(mira.tiles).to_have_count(2)


def test_whoever_is_asked_for_devices_again_is_already_in(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara")
    amara.context.add_init_script(ASKED_AGAIN)
    amara.join(room)
    meet(mira, amara)
    amara.page.reload()
    amara.is_in()
    # The browser still asks; she sees already, and can hear with one click at most.
    (before,) = amara.meets(1, sound=False)
    offered = amara.page.get_by_role("button", name="Click to hear")

    def plays() -> bool:
        return any(
            pair["index"] == before["index"] and hears(before, pair)
            for pair in amara.pairs()
        )

    amara.wait_until(
        lambda: offered.is_visible() or plays(), "hears, or is offered to hear"
    )
    if offered.is_visible():
        offered.click()
        expect(offered).to_be_hidden()
    amara.hears(1)
    assert not amara.tracks("audio"), "the browser has opened nothing yet"
    amara.page.evaluate("() => allow()")
    meet(mira, amara)


def test_a_reload_keeps_what_was_muted(people: People, new_room: NewRoom) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    amara.press("Mute microphone")
    expect(mira.tile("Amara")).to_have_attribute("data-muted", "")
    amara.page.reload()
    expect(amara.button("Unmute microphone")).to_be_visible()
    mira.meets(1, sound=False)
    expect(mira.tile("Amara")).to_have_attribute("data-muted", "")


@pytest.mark.parametrize("first", ["account", "guest"])
def test_two_tabs_of_one_person_sit_side_by_side(
    people: People, new_room: NewRoom, first: str
) -> None:
    """A ticket names a fresh seat, so a second tab does not throw the first out."""
    room = new_room()
    mira = people("Mira", signed_in=first == "account").join(room)
    twin = mira.second_tab("Mira too").join(room)
    meet(mira, twin)
