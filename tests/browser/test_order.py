"""Order in the room, by what hosts press and what everybody sees, in real browsers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewRoom, People, Tell
from tests.browser.order import (
    ENDED,
    KNOCKING,
    REMOVED,
    TURNED_AWAY,
    answer,
    deed,
    people_panel,
    power,
    reads,
    room_menu,
    row,
    sign_in,
)
from tests.browser.person import Person, meet
from tests.browser.seat import seat_at
from tests.browser.visitor import Visitor
from tests.browser.witness import awaits, clicked, print_of, witness
from tests.servers import Parley

pytestmark = pytest.mark.alone

WAITING_SAYS = {"hello", "join", "leave", "ping"}
WAITING_HEARS = {"door", "knocking", "pong"}
NUMBERS = itertools.count(1)

Tomas = Callable[[], Person]


@pytest.fixture
def olive(people: People) -> Person:
    """The owner of every room of these tests."""
    return people("Olive Owner", signed_in=True)


@pytest.fixture
def tomas(people: People, server: Parley) -> Person:
    """Somebody who has an account, and no role."""
    account = Visitor(server.url)
    account.sign_up(f"tomas{next(NUMBERS)}@order.example", "Tomas Rey")
    return sign_in(people("Tomas Rey"), account)


def test_people_knock_and_hosts_let_them_in_or_do_not(
    people: People, new_room: NewRoom, olive: Person, server: Parley
) -> None:
    room = new_room()
    olive.join(room)
    room_menu(olive, "Lobby")
    olive.page.keyboard.press("Escape")
    mira = people("Mira")
    mira.open(room)
    mira.press_join()
    reads(mira, KNOCKING)
    # Whoever waits is told nothing of who is inside.
    assert mira.last("door").message["people"] == []
    expect(mira.page.get_by_text("Olive")).to_have_count(0)
    panel = people_panel(olive)
    expect(panel.get_by_text("Waiting outside, 1")).to_be_visible()
    olive.press("Mute microphone")
    olive.press("Unmute microphone")
    mira.wait_until(lambda: mira.got("pong"), "pings")
    assert {frame.type for frame in mira.frames if frame.sent} <= WAITING_SAYS
    assert {frame.type for frame in mira.frames if not frame.sent} <= WAITING_HEARS
    assert mira.connections() == []

    panel.get_by_role("button", name="Let in Mira").click()
    mira.is_in()
    meet(olive, mira)
    # Admitted once: a reload is no other knock.
    reload(mira)
    meet(olive, mira)

    june = people("June")
    june.open(room)
    june.press_join()
    reads(june, KNOCKING)
    panel.get_by_role("button", name="Refuse June").click()
    reads(june, TURNED_AWAY)
    again = june.page.get_by_role("button", name="Knock again")
    expect(again).to_be_disabled()
    expect(panel.get_by_text(re.compile("^Waiting outside"))).to_be_hidden()

    with seat_at(server.url, room) as ada, seat_at(server.url, room) as ben:
        for seat, name in ((ada, "Ada"), (ben, "Ben")):
            assert seat.join(name)["type"] == "knocking"
        expect(panel.get_by_text("Waiting outside, 2")).to_be_visible()
        panel.get_by_role("button", name="Let all in").click()
        for seat in (ada, ben):
            seat.receive("welcome")
        expect(olive.tile("Ada")).to_be_visible()
        expect(mira.tile("Ben")).to_be_visible()
    # Hosts always get in.
    reload(olive)


def test_roles_are_rows_and_survive_reloads_absence_and_who_came_first(
    people: People, new_room: NewRoom, olive: Person, tomas: Person
) -> None:
    room = new_room()
    mira = people("Mira").join(room)
    assert mira.last("welcome").message["role"] == "guest"
    tomas.join(room)
    olive.join(room)
    assert olive.last("welcome").message["role"] == "owner"
    reload(olive)
    meet(olive, mira, tomas)
    assert olive.last("welcome").message["role"] == "owner"
    olive.close()
    expect(mira.tiles).to_have_count(2)
    for person in (mira, tomas):
        expect(
            people_panel(person).get_by_role("button", name="Lock the room")
        ).to_be_hidden()
    # The same browser, another tab: the account is what counts.
    back = olive.second_tab("Olive Owner").join(room)
    deed(back, "Tomas", "Make co-host", agree="Make co-host")
    panel = people_panel(tomas)
    expect(panel.get_by_role("button", name="Lock the room")).to_be_visible()
    reload(tomas)
    assert tomas.last("welcome").message["role"] == "co-host"

    deed(back, "Tomas", "Make owner", agree="Make owner")
    expect(row(tomas, "Tomas")).to_contain_text("Owner")
    for person, role in ((tomas, "owner"), (back, "co-host")):
        reload(person)
        assert person.last("welcome").message["role"] == role
    # A co-host may do nothing to the owner; the owner may to a co-host.
    people_panel(back).get_by_role("button", name="More about Tomas").click()
    expect(back.page.get_by_role("menuitem", name="Report", exact=True)).to_be_visible()
    expect(
        back.page.get_by_role("menuitem", name="Remove from the call")
    ).to_be_hidden()
    back.page.keyboard.press("Escape")
    deed(tomas, "Olive", "Take co-host away", agree="Take it away")
    expect(
        people_panel(back).get_by_role("button", name="Lock the room")
    ).to_be_hidden()


def test_a_page_does_what_hosts_say_and_keeps_to_it(
    people: People, new_room: NewRoom, olive: Person
) -> None:
    room = new_room()
    olive.join(room)
    mira = people("Mira").join(room)
    meet(olive, mira)

    # Muted by a host: off, and back on by their own hand.
    deed(olive, "Mira", "Mute")
    expect(mira.button("Unmute microphone")).to_be_visible()
    assert [track["enabled"] for track in mira.tracks("audio")] == [False]
    expect(olive.tile("Mira")).to_have_attribute("data-muted", "")
    olive.wait_until(
        lambda: olive.got("peer-standing")[-1].message["held"] == [], "is acknowledged"
    )
    # A reload does not undo it.
    reload(mira)
    expect(mira.button("Unmute microphone")).to_be_visible()
    deed(olive, "Mira", "Ask to unmute")
    expect(mira.page.locator("[data-part=asked-words]")).to_have_text(
        "Olive Owner asks you to unmute."
    )
    expect(mira.button("Unmute microphone")).to_be_visible()
    mira.page.locator("[data-part=asked-act]").click()
    expect(mira.button("Mute microphone")).to_be_visible()
    expect(olive.tile("Mira")).not_to_have_attribute("data-muted", "")

    # Forbidden: off, and not to be turned on, also not by a reload.
    deed(olive, "Mira", "What they may do")
    power(olive, "Speak")
    expect(mira.button("Unmute microphone")).to_be_visible()
    for _ in range(2):
        presses_in_vain(mira, "Unmute microphone")
        expect(mira.page.get_by_text("The host keeps you muted").first).to_be_visible()
        assert not any(track["enabled"] for track in mira.tracks("audio"))
        reload(mira)
        expect(mira.button("Unmute microphone")).to_be_visible()
    assert mira.last("welcome").message["forbidden"] == ["microphone"]
    deed(olive, "Mira", "What they may do")
    power(olive, "Speak")
    mira.wait_until(
        lambda: (
            mira.got("peer-standing")
            and mira.got("peer-standing")[-1].message["forbidden"] == []
        ),
        "may speak again",
    )
    mira.press("Unmute microphone")
    meet(olive, mira)

    # The camera goes out with its light.
    deed(olive, "Mira", "Stop camera")
    expect(mira.button("Turn camera on")).to_be_visible()
    mira.wait_until(
        lambda: all(one["readyState"] == "ended" for one in mira.tracks("video")),
        "lets go of the camera",
    )
    expect(olive.tile("Mira").locator("video")).to_be_hidden()

    # A share ends, and none begins while screens are forbidden to all.
    mira.press("Share screen")
    expect(olive.screen).to_be_visible()
    deed(olive, "Mira", "Stop their share")
    expect(olive.screen).to_be_hidden()
    expect(mira.button("Share screen")).to_be_visible()
    room_menu(olive, "What people may do")
    power(olive, "Share a screen")
    mira.wait_until(
        lambda: mira.got("peer-standing")[-1].message["forbidden"] == ["screen"],
        "hears of it",
    )
    presses_in_vain(mira, "Share screen")
    expect(mira.page.get_by_text("does not allow you to share").first).to_be_visible()
    expect(mira.button("Share screen")).to_be_visible()
    # Hosts may.
    olive.press("Share screen")
    expect(mira.screen).to_be_visible()


def test_what_hosts_do_to_all_and_to_names(
    people: People, new_room: NewRoom, olive: Person
) -> None:
    room = new_room()
    olive.join(room)
    mira, june = people("Mira").join(room), people("June").join(room)
    meet(olive, mira, june)
    people_panel(olive).get_by_role("button", name="Mute all").click()
    answer(olive, "Mute all")
    for person in (mira, june):
        expect(person.button("Unmute microphone")).to_be_visible()
    expect(olive.button("Mute microphone")).to_be_visible()

    deed(olive, "June", "Change name")
    olive.page.get_by_label("New name").fill("June (guest)")
    answer(olive, "Change name")
    expect(mira.tile("June (guest)")).to_be_visible()

    deed(olive, "Mira", "Show large for everyone")
    for person in (olive, june):
        expect(person.tile("Mira")).to_have_attribute("data-large", "")
    expect(mira.own_tile).to_have_attribute("data-spotlit", "")

    room_menu(olive, "What people may do")
    power(olive, "Write in the chat")
    mira.wait_until(
        lambda: mira.got("peer-standing")[-1].message["forbidden"] == ["chat"],
        "hears of it",
    )
    mira.press("Chat")
    expect(mira.page.get_by_role("textbox", name="Message")).not_to_be_editable()
    expect(mira.written).to_have_count(0)
    olive.press("Chat")
    olive.write("Hosts may")
    expect(mira.written).to_have_text(["Hosts may"])

    people_panel(olive).get_by_role("button", name="Lock the room").click()
    late = people("Late")
    late.open(room)
    expect(late.page.get_by_text("The room is locked")).to_be_visible()
    late.press_join()
    expect(late.page.get_by_text("The room is still locked")).to_be_visible()
    # Whoever sits there comes back.
    reload(mira)
    expect(olive.tiles).to_have_count(3)


def test_who_was_removed_reads_why_and_comes_back_when_a_host_lets_them(
    people: People, new_room: NewRoom, olive: Person, tell: Tell
) -> None:
    room = new_room()
    olive.join(room)
    june = witness(people("June")).join(room)
    mira = witness(people("Mira")).join(room)
    mira.excuse("status of 403")
    meet(olive, june, mira)
    print_ = print_of(mira)
    people_panel(olive).get_by_role("button", name="More about Mira").click()
    olive.page.get_by_role("menuitem", name="Remove from the call").click()
    olive.page.get_by_role("dialog").get_by_role("textbox").fill("Shouting")
    told, apart = awaits([mira], "says", REMOVED), awaits([june], "apart", print_)
    question = olive.page.get_by_role("dialog")
    at = clicked(question.get_by_role("button", name="Remove", exact=True))
    for awaited in (told, apart):
        awaited.acts(at)
    tell(
        f"removed by the menu → they read it {max(told.took()) * 1000:.0f} ms, "
        f"others have closed {max(apart.took()) * 1000:.0f} ms"
    )
    reads(mira, REMOVED)
    assert not any(track["readyState"] == "live" for track in mira.tracks("video"))
    for person in (olive, june):
        expect(person.tile("Mira")).to_have_count(0)
    mira.goto(room)
    reads(mira, REMOVED)
    expect(mira.page.get_by_text("Shouting")).to_be_visible()

    host = olive.second_tab("Olive Owner")
    host.goto(f"{room}room/")
    host.page.get_by_role("button", name="Let back in Mira").click()
    mira.join(room)
    meet(olive, june, mira)


def test_a_call_ends_for_everybody_after_a_countdown_that_can_be_taken_back(
    people: People, new_room: NewRoom, olive: Person, tell: Tell
) -> None:
    room = new_room()
    olive.join(room)
    mira, june = (witness(people(name)).join(room) for name in ("Mira", "June"))
    meet(olive, mira, june)
    room_menu(olive, "End the call for everyone", agree="End the call")
    for person in (olive, mira, june):
        expect(countdown(person)).to_contain_text(
            re.compile(r"^Olive Owner ends the call for everybody in \d+ seconds?\.$")
        )
    expect(mira.page.get_by_role("button", name="Take it back")).to_be_hidden()
    olive.page.get_by_role("button", name="Take it back").click()
    for person in (olive, mira, june):
        expect(countdown(person)).to_be_hidden()
    meet(olive, mira, june)

    room_menu(olive, "End the call for everyone", agree="End the call")
    ending = mira.wait_for("ending", 3).message["at"] / 1000
    awaited = awaits([mira, june], "says", ENDED)
    took = [when + awaited.since - ending for when in awaited.took()]
    tell(f"the countdown's end → everybody reads it: {max(took) * 1000:.0f} ms")
    for person in (olive, mira, june):
        reads(person, ENDED)
    # The room stays.
    mira.join(room)


def presses_in_vain(person: Person, name: str) -> None:
    """Press a button that says of itself that it does nothing for now."""
    expect(person.button(name)).to_have_attribute("aria-disabled", "true")
    person.button(name).click(force=True)


def reload(person: Person) -> None:
    """Load the page anew, up to where the server has given the seat back."""
    before = len(person.got("welcome"))
    person.page.reload()
    person.is_in()
    person.wait_for("welcome", before + 1)


def countdown(person: Person) -> Locator:
    """The words of the banner that says when the call ends."""
    return person.page.locator("[data-part=ending-words]")
