"""What a page shows is what it asks the others to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewRoom, People
from tests.browser.person import Facts, Person, meet
from tests.browser.seat import seat_at
from tests.servers import Parley

pytestmark = pytest.mark.alone

# Keeps what every pair of this page is told about sizes, the newest last.
EARS = """
const heard = [];
window.heardViews = heard;
const create = RTCPeerConnection.prototype.createDataChannel;
RTCPeerConnection.prototype.createDataChannel = function (label, options) {
  const channel = create.call(this, label, options);
  channel.addEventListener("message", ({ data }) => {
    const message = data.startsWith?.("{") ? JSON.parse(data) : {};
    if (message.type !== "views") return;
    heard.push({ ...message, pair: probe.connections.indexOf(this), at: Date.now() });
  });
  return channel;
};
"""
# As a browser does it for a tab behind another one, which no headless one has.
HIDE = """(hidden) => {
  const state = hidden ? "hidden" : "visible";
  for (const [name, value] of Object.entries({ hidden, visibilityState: state })) {
    Object.defineProperty(document, name, { value, configurable: true });
  }
  document.dispatchEvent(new Event("visibilitychange"));
}"""
BOX = """(tile) => {
  const { clientWidth, clientHeight } = tile.querySelector("video");
  return [clientWidth * devicePixelRatio, clientHeight * devicePixelRatio];
}"""
# Turns to the next page of the grid; answers what a tile on it shows at once.
TURN_BACK = """(tile) => {
  document.querySelector('[data-part="page-next"]').click();
  const { readyState, clientWidth } = tile.querySelector("video");
  return {
    isWaiting: tile.hasAttribute("data-waiting"),
    hasPicture: readyState >= 2 && clientWidth > 0,
  };
}"""
SAME = 0.07
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

Comes = Callable[..., Person]


@pytest.fixture
def company() -> Iterator[ExitStack]:
    with ExitStack() as seats:
        yield seats


@pytest.fixture
def comes(people: People) -> Comes:
    """Somebody who keeps what they are told, brought into a room."""

    def come(name: str, room: str, **context: Any) -> Person:
        person = people(name, **context)
        person.context.add_init_script(EARS)
        return person.join(room)

    return come


def views(person: Person) -> dict[int, Facts]:
    """How each of the others shows this person's videos, as they said last."""
    said: list[Facts] = person.page.evaluate("() => heardViews")
    return {each["pair"]: each for each in said}


def camera(person: Person) -> Facts:
    """How the only other one shows this person's camera."""
    known = list(views(person).values())
    found: Facts = known[-1]["camera"] if known else {"width": -1, "height": 0}
    return found


def is_asked_for(person: Person, width: float, height: float) -> bool:
    asked = camera(person)
    sides = ((asked["width"], width), (asked["height"], height))
    return all(abs(said / shown - 1) < SAME for said, shown in sides)


def follows(viewer: Person, sender: Person) -> None:
    """The sender comes to be asked for exactly what the viewer shows of them."""
    tile = viewer.tile(sender.name)

    def fits() -> bool:
        width, height = tile.evaluate(BOX)
        return width > 0 and is_asked_for(sender, width, height)

    sender.wait_until(fits, f"is asked for as {viewer.name} shows them")


def is_out_of_sight(person: Person) -> None:
    person.wait_until(
        lambda: camera(person) == {"width": 0, "height": 0, "rate": 0},
        "is asked for no picture",
    )


def choose(viewer: Person, name: str, row: str) -> None:
    viewer.page.get_by_role("button", name=f"More about {name}").click()
    viewer.page.get_by_role("menuitem", name=row).click()


def test_a_video_is_asked_for_at_the_size_of_its_tile(
    comes: Comes, new_room: NewRoom
) -> None:
    room = new_room()
    mira = comes("Mira", room, viewport=WIDE, device_scale_factor=1.5)
    amara = comes("Amara", room)
    meet(mira, amara)
    follows(mira, amara)
    assert camera(amara)["rate"] == 30
    mira.page.set_viewport_size({"width": 900, "height": 500})
    follows(mira, amara)
    choose(mira, "Amara", "Show large")
    follows(mira, amara)
    mira.press("Chat")
    follows(mira, amara)


def test_what_is_covered_or_outside_the_window_is_asked_for_no_picture(
    comes: Comes, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = comes("Mira", room), comes("Amara", room)
    meet(mira, amara)
    follows(mira, amara)
    small = camera(amara)["width"]
    choose(mira, "Amara", "Full screen")
    mira.wait_until(lambda: fills(mira.page), "has a full screen")
    follows(mira, amara)
    assert camera(amara)["width"] > small
    mira.page.evaluate("() => document.exitFullscreen()")
    follows(mira, amara)
    mira.page.get_by_role("button", name="More about you").click()
    mira.page.get_by_role("menuitem", name="Full screen").click()
    is_out_of_sight(amara)
    mira.page.evaluate("() => document.exitFullscreen()")
    follows(mira, amara)
    mira.tile("Amara").evaluate("(tile) => { tile.style.translate = '-300vw' }")
    is_out_of_sight(amara)
    mira.tile("Amara").evaluate("(tile) => { tile.style.translate = '' }")
    follows(mira, amara)


def test_each_pair_goes_by_its_own_viewer(comes: Comes, new_room: NewRoom) -> None:
    room = new_room()
    mira, amara, tomas = (
        comes(name, room, viewport=size)
        for name, size in (("Mira", WIDE), ("Amara", WIDE), ("Tomas", PHONE))
    )
    meet(mira, amara, tomas)

    def widths() -> list[int]:
        return sorted(each["camera"]["width"] for each in views(amara).values())

    amara.wait_until(
        lambda: len(widths()) == 2 and 0 < widths()[0] < 400 < widths()[1],
        "is asked for two sizes",
    )
    mira.page.evaluate(HIDE, True)
    amara.wait_until(lambda: widths()[0] == 0 < widths()[1], "is hidden to one alone")
    small = widths()[1]
    assert small < 400, "Tomas goes on as before"
    mira.page.evaluate(HIDE, False)
    amara.wait_until(lambda: 0 < widths()[0] < widths()[1], "is seen again")
    assert widths()[0] == small


def test_a_screen_is_asked_for_as_it_fits_and_not_cut(
    comes: Comes, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = comes("Mira", room), comes("Amara", room)
    meet(mira, amara)

    def screen() -> Facts:
        found: Facts = list(views(amara).values())[-1]["screen"]
        return found

    amara.wait_until(lambda: views(amara), "hears of sizes")
    assert screen()["width"] == 0
    amara.press("Share screen")
    expect(mira.screen).to_be_visible()

    def fits() -> bool:
        tile_width, tile_height, wide, high = mira.screen.locator("video").evaluate(
            "(it) => [it.clientWidth, it.clientHeight, it.videoWidth, it.videoHeight]"
        )
        if not wide:
            return False
        by = min(tile_width / wide, tile_height / high)
        return bool(abs(screen()["width"] / (wide * by) - 1) < SAME)

    amara.wait_until(fits, "has the screen asked for at its size")
    assert screen()["rate"] == 15
    amara.press("Stop sharing")
    amara.wait_until(lambda: screen()["width"] == 0, "shares no more")


def test_who_stands_on_another_page_of_the_grid_is_asked_for_no_picture(
    comes: Comes, new_room: NewRoom, company: ExitStack, server: Parley
) -> None:
    room = new_room(limit=16)
    for number in range(9):
        company.enter_context(seat_at(server.url, room)).join(f"Guest {number}")
    amara = comes("Amara", room)
    mira = comes("Mira", room, viewport=PHONE)
    expect(mira.page.get_by_text("1 of 2")).to_be_visible()
    is_out_of_sight(amara)
    mira.page.get_by_role("button", name="Next tiles").click()
    follows(mira, amara)
    tile = mira.tile("Amara")
    expect(tile).not_to_have_attribute("data-waiting", "")
    mira.page.get_by_role("button", name="Earlier tiles").click()
    is_out_of_sight(amara)
    # Its last picture stands there until the next one comes; nothing flickers.
    assert tile.evaluate(TURN_BACK) == {"isWaiting": False, "hasPicture": True}
    follows(mira, amara)
    mira.page.get_by_role("button", name="Earlier tiles").click()
    is_out_of_sight(amara)
    # Above the sheet of a panel there is room for whoever spoke last.
    amara_speaks = mira.tile("Amara").and_(mira.page.locator("[data-speaking]"))
    expect(amara_speaks).to_have_count(1)
    mira.press("Chat")
    follows(mira, amara)


def test_of_many_the_last_speakers_are_seen(
    comes: Comes, new_room: NewRoom, company: ExitStack, server: Parley
) -> None:
    room = new_room(limit=16)
    for number in range(10):
        company.enter_context(seat_at(server.url, room)).join(f"Guest {number}")
    amara = comes("Amara", room)
    amara.press("Mute microphone")
    mira = comes("Mira", room)
    tile = mira.tile("Amara")
    is_out_of_sight(amara)
    expect(tile).to_have_attribute("data-camera", "off")
    # No choice of hers, so no words about one.
    expect(tile.get_by_text("You chose not to see this video")).to_be_hidden()
    assert tile.evaluate(BOX)[0] > 0
    amara.press("Unmute microphone")
    expect(tile).to_have_attribute("data-camera", "on")
    follows(mira, amara)
    assert camera(amara)["rate"] == 15
    amara.press("Mute microphone")
    choose(mira, "Guest 3", "Show large")
    expect(tile).to_be_visible()
    follows(mira, amara)


def test_a_video_that_is_not_to_be_seen_is_not_asked_for(
    comes: Comes, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = comes("Mira", room), comes("Amara", room)
    meet(mira, amara)
    follows(mira, amara)
    tile, page = mira.tile("Amara"), mira.page
    more = page.get_by_role("button", name="More about Amara")
    more.focus()
    page.keyboard.press("Enter")
    row = page.get_by_role("menuitem", name="show this video")
    expect(page.get_by_role("menuitem", name="Show large")).to_be_focused()
    for _ in range(page.get_by_role("menuitem").count()):
        if not row.evaluate("(row) => row === document.activeElement"):
            page.keyboard.press("ArrowDown")
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect(more).to_be_focused()
    expect(tile.get_by_text("You chose not to see this video")).to_be_visible()
    expect(tile.locator('[data-part="initials"]')).to_be_visible()
    is_out_of_sight(amara)
    # A picture that is off is nobody's choice; her screen is no picture of her.
    amara.press("Turn camera off")
    expect(tile.get_by_text("You chose not to see this video")).to_be_hidden()
    amara.press("Turn camera on")
    expect(tile.get_by_text("You chose not to see this video")).to_be_visible()
    amara.press("Share screen")
    mira.frames_grow(slot=2)
    amara.press("Stop sharing")
    choose(mira, "Amara", "Show this video")
    expect(tile.get_by_text("You chose not to see this video")).to_be_hidden()
    follows(mira, amara)


def fills(page: Page) -> bool:
    return bool(page.evaluate("() => document.fullscreenElement !== null"))


def floating(page: Page) -> bool:
    return bool(page.evaluate("() => document.pictureInPictureElement !== null"))


def test_a_picture_in_a_picture_is_seen_while_its_tab_is_not(
    comes: Comes, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = comes("Mira", room), comes("Amara", room)
    meet(mira, amara)
    follows(mira, amara)
    choose(mira, "Amara", "Picture in picture")
    mira.wait_until(lambda: floating(mira.page), "has a picture in a picture")
    mira.page.evaluate(HIDE, True)
    amara.wait_until(lambda: camera(amara)["width"] > 0, "is seen in its window")
    mira.page.evaluate(HIDE, False)
    choose(mira, "Amara", "Close picture in picture")
    follows(mira, amara)
    mira.page.evaluate(HIDE, True)
    is_out_of_sight(amara)
    mira.page.evaluate(HIDE, False)
    # No frozen picture is left behind of somebody who is not to be seen.
    choose(mira, "Amara", "Picture in picture")
    mira.wait_until(lambda: floating(mira.page), "has a picture in a picture")
    choose(mira, "Amara", "show this video")
    mira.wait_until(lambda: not floating(mira.page), "has none any more")
    is_out_of_sight(amara)
