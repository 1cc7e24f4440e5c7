"""How pairs are connected, in numbers and words, and why one is not."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.browsers import RELAY_ONLY
from tests.browser.conftest import NewRoom, People
from tests.browser.connections import (
    BY,
    EVERYONE,
    NOTHING,
    TO,
    cell,
    details,
    matrix,
    overview,
    panel,
    row,
    says,
)
from tests.browser.person import Person, meet
from tests.browser.visitor import Visitor
from tests.servers import parley_server, stun_answers, turn_server

pytestmark = pytest.mark.alone

ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+|(?:[0-9a-f]{0,4}:){3,}|\.local\b", re.I)
LIVE = '[data-part="live"]'


def pair(people: People, room: str) -> tuple[Person, Person]:
    mira, amara = people("Mira Lindqvist"), people("Amara Osei")
    for person in (mira, amara):
        person.join(room)
    meet(mira, amara)
    return mira, amara


def clipboard(page: Page) -> str:
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def another(before: tuple[str, str], shown: Locator) -> Callable[[], bool]:
    return lambda: row(shown, "In all") != before


def test_details_follow_the_pair(people: People, new_room: NewRoom) -> None:
    mira, amara = pair(people, new_room())
    shown = details(mira, "Amara Osei")
    expect(shown.locator('[data-part="pair-grade"]')).to_have_text("Good")
    expect(shown).to_contain_text("Direct, in one network")
    expect(shown).to_contain_text(f"host{TO}host, UDP")
    mira.wait_until(
        lambda: re.fullmatch(rf"320{BY}180, \d+/s", row(shown, "Picture")[0]),
        "sees the size of what comes",
    )
    assert row(shown, "Its codec") == ("VP8", "VP8")
    assert all(re.fullmatch(r"\d+\.\d %", loss) for loss in row(shown, "Loss"))
    # The numbers go on, and nobody is told of each.
    told = mira.page.locator(LIVE).text_content()
    for _ in range(2):
        mira.wait_until(another(row(shown, "In all"), shown), "sees new numbers")
    assert mira.page.locator(LIVE).text_content() == told
    amara.press("Turn camera off")
    mira.wait_until(lambda: row(shown, "Picture")[0] == "Off", "sees it go off")
    assert row(shown, "Picture")[1] != "Off"
    amara.press("Leave")
    expect(panel(mira)).to_be_visible()
    expect(panel(mira)).to_contain_text("Nobody else is here.")


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_a_report_is_copied_without_an_address_or_a_name(
    people: People, new_room: NewRoom, has_clipboard: bool
) -> None:
    mira, amara = pair(people, new_room())
    mira.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = mira.page
    if not has_clipboard:
        page.evaluate(
            """() => { navigator.clipboard.writeText = async () => {
              throw new DOMException("no", "NotAllowedError"); }; }"""
        )
    shown = details(mira, "Amara Osei")
    mira.wait_until(lambda: BY in row(shown, "Picture")[0], "sees what comes")
    shown.get_by_role("button", name="Copy a report").click()
    expect(shown.get_by_role("button", name="Copied")).to_be_focused()
    expect(page.locator(LIVE)).to_have_text(
        "The report is copied. Send it to whoever helps you."
    )
    text = clipboard(page)
    assert page.evaluate("() => navigator.userAgent") in text
    assert f"Pair: {mira.seat} (here), {amara.seat} (there)" in text
    assert f"Path: host{TO}host, UDP" in text
    for word in ("Comes:", "Goes:", "camera: VP8, ", "microphone: opus, ", "connected"):
        assert word in text
    agent = text.splitlines()[2]
    assert agent.startswith("Browser: ")
    assert not ADDRESS.search(text.replace(agent, "")), text
    assert "Amara" not in text
    assert mira.room not in text


def test_the_keyboard_leads_there_and_back(people: People, new_room: NewRoom) -> None:
    mira, _ = pair(people, new_room())
    page = mira.page
    more = mira.tile("Amara Osei").get_by_role("button", name="More about Amara Osei")
    more.focus()
    page.keyboard.press("Enter")
    items = page.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    place = items.all_inner_texts().index("Connection details")
    for _ in range(place):
        page.keyboard.press("ArrowDown")
    expect(items.nth(place)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="All connections")).to_be_focused()
    page.keyboard.press("Enter")
    person = panel(mira).get_by_role("button", name="Amara Osei")
    expect(person).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel(mira, "Amara Osei")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel(mira, "Amara Osei")).to_be_hidden()
    expect(more).to_be_focused()
    # From among the people, whose panel gives way.
    mira.press("People")
    page.get_by_role("button", name="Connections How you reach the others").click()
    expect(panel(mira)).to_be_visible()
    expect(panel(mira, "People")).to_be_hidden()


END_AT_ONCE = """(more) => {
  more.click();
  const key = { key: "End", bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", key));
}"""


def test_a_key_may_be_faster_than_the_menu(people: People, new_room: NewRoom) -> None:
    """The browser tells of an open menu only after it has shown it."""
    mira, _ = pair(people, new_room())
    more = mira.tile("Amara Osei").get_by_role("button", name=re.compile("^More"))
    more.focus()
    more.evaluate(END_AT_ONCE)
    item = mira.page.get_by_role("menuitem").last
    expect(item).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(item).to_be_focused()


def good(shown: Locator, of: str, to: str) -> Callable[[], object]:
    return lambda: re.match(r"Good\s*\d+ ms, direct", cell(shown, of, to))


def test_hosts_see_who_is_connected_to_whom(people: People, new_room: NewRoom) -> None:
    room = new_room()
    mira = people("Mira Lindqvist", signed_in=True).join(room)
    amara, noor = (people(name).join(room) for name in ("Amara Osei", "Noor Haddad"))
    meet(mira, amara, noor)
    overview(amara)
    expect(amara.page.get_by_role("button", name=EVERYONE)).to_be_hidden()
    overview(mira)
    shown = matrix(mira)
    for of, to in (("You", "Amara"), ("Amara", "You"), ("Noor", "Amara")):
        mira.wait_until(good(shown, of, to), f"is told how {of} reaches {to}")
    assert cell(shown, "Noor", "Noor") == NOTHING
    noor.press("Leave")
    expect(shown.get_by_role("row")).to_have_count(3)
    mira.page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    # The panel behind it stays.
    expect(panel(mira)).to_be_visible()
    expect(mira.page.get_by_role("button", name=EVERYONE)).to_be_focused()


def test_saving_data_is_one_switch_in_two_places(
    people: People, new_room: NewRoom
) -> None:
    mira, _ = pair(people, new_room())
    page = mira.page
    expect(panel(mira)).to_be_hidden()
    mira.press("More")
    row = page.get_by_role("menuitemcheckbox", name="Save data")
    expect(row).to_contain_text("Off")
    row.click()
    expect(row).to_be_checked()
    expect(row).to_contain_text("On: fewer, smaller pictures")
    page.get_by_role("menuitem", name="Connections").click()
    expect(panel(mira)).to_contain_text("Your connection carries your video.")
    switch = page.get_by_role("switch", name="Save data")
    expect(switch).to_be_checked()
    switch.press("Space")
    expect(switch).not_to_be_checked()


def test_a_relay_that_does_not_answer_is_named_until_it_does(people: People) -> None:
    with (
        turn_server() as turn,
        parley_server(TURN_URLS=turn.url, TURN_SECRET=turn.secret) as server,
    ):
        owner = Visitor(server.url)
        owner.sign_up("owner@example.com", "Olive Owner")
        room = owner.new_room()
        turn.process.end(signal.SIGKILL)
        mira, amara = (
            people(name, server=server) for name in ("Mira Lindqvist", "Amara Osei")
        )
        for person in (mira, amara):
            person.context.add_init_script(RELAY_ONLY)
            person.join(room)
        for person, other in ((mira, "Amara Osei"), (amara, "Mira Lindqvist")):
            says(person, other, "relay (TURN) server does not answer")
            expect(person.page.locator(LIVE)).to_contain_text(
                f"You and {other.split()[0]} cannot reach each other."
            )
        shown = details(mira, "Amara Osei")
        expect(shown).to_contain_text("Tell whoever runs this site.")
        expect(shown).to_contain_text("For whoever runs this site: See that the TURN")
        turn.process.start().wait_until(lambda: stun_answers(turn.port))
        meet(mira, amara)
        expect(shown).to_contain_text("Through the relay")
        expect(shown.locator('[data-part="pair-trouble"]')).to_be_hidden()
        for person, other in ((mira, "Amara Osei"), (amara, "Mira Lindqvist")):
            expect(person.tile(other)).not_to_have_attribute("data-lost", "")


def test_a_relay_that_turns_people_away_is_named(people: People) -> None:
    with (
        turn_server() as turn,
        parley_server(TURN_URLS=turn.url, TURN_SECRET="another one") as server,
    ):
        owner = Visitor(server.url)
        owner.sign_up("owner@example.com", "Olive Owner")
        room = owner.new_room()
        both = [people(name, server=server) for name in ("Mira", "Amara")]
        for person in both:
            person.context.add_init_script(RELAY_ONLY)
            person.join(room)
        for person, other in zip(both, ("Amara", "Mira"), strict=True):
            says(person, other, "relay (TURN) server turns you away")
