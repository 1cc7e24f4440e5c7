"""The grid: tiles cover the stage, and nothing lies under the toolbar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import combinations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewRoom, People
from tests.browser.person import Facts, Person
from tests.browser.seat import seat_at
from tests.servers import Parley

pytestmark = pytest.mark.alone

NAMES = ("Amara", "Tomas", "Noor", "Kenji", "June", "Elias", "Paul", "Sofia")
MEASURE = """() => {
  const box = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return { left, top, right, bottom };
  };
  const root = document.scrollingElement;
  return {
    stage: box(document.querySelector('[data-part="stage"]')),
    bar: box(document.querySelector('[role="toolbar"]')),
    tiles: [...document.querySelectorAll('[data-part="tile"][data-seat]')]
      .filter((tile) => tile.checkVisibility()).map(box),
    scrolls:
      root.scrollHeight > root.clientHeight || root.scrollWidth > root.clientWidth,
  };
}"""


@pytest.fixture
def company() -> Iterator[ExitStack]:
    with ExitStack() as seats:
        yield seats


def area(box: Facts) -> float:
    return float((box["right"] - box["left"]) * (box["bottom"] - box["top"]))


def overlap(one: Facts, two: Facts) -> bool:
    return bool(
        min(one["right"], two["right"]) - max(one["left"], two["left"]) > 0.5
        and min(one["bottom"], two["bottom"]) - max(one["top"], two["top"]) > 0.5
    )


def assert_covered(person: Person, people: int, least: float) -> None:
    """So many equal tiles cover the stage, apart from each other and from the bar."""
    facts: Facts = {}

    def settled() -> bool:
        nonlocal facts
        before, facts = facts, person.page.evaluate(MEASURE)
        return len(facts["tiles"]) == people and facts == before

    person.wait_until(settled, f"shows {people} tiles at rest")
    stage, tiles = facts["stage"], facts["tiles"]
    cover = sum(map(area, tiles)) / area(stage)
    # The words that say to one alone how to get company may lie over the tile.
    assert cover >= least, f"{people} people cover {cover:.0%}"
    assert not facts["scrolls"]
    assert max(map(area, tiles)) - min(map(area, tiles)) <= 0.02 * area(tiles[0])
    for tile in tiles:
        assert not overlap(tile, facts["bar"])
        assert tile["left"] >= stage["left"] - 0.5
        assert tile["right"] <= stage["right"] + 0.5
        assert tile["bottom"] <= stage["bottom"] + 0.5
    for one, two in combinations(tiles, 2):
        assert not overlap(one, two)


@pytest.mark.parametrize(
    ("width", "height", "least"), [(1280, 800, 0.70), (390, 844, 0.55)]
)
def test_one_to_nine_tiles_cover_the_stage(
    people: People,
    new_room: NewRoom,
    server: Parley,
    company: ExitStack,
    width: int,
    height: int,
    least: float,
) -> None:
    room = new_room(limit=16)
    mira = people("Mira", viewport={"width": width, "height": height})
    mira.join(room)
    assert_covered(mira, 1, least)
    for count, name in enumerate(NAMES, 2):
        company.enter_context(seat_at(server.url, room)).join(name)
        assert_covered(mira, count, least)
    expect(mira.tiles.last).to_have_attribute("data-own", "")


def test_an_open_panel_takes_its_room_from_the_grid(
    people: People, new_room: NewRoom, server: Parley, company: ExitStack
) -> None:
    room = new_room()
    mira = people("Mira").join(room)
    for name in NAMES[:3]:
        company.enter_context(seat_at(server.url, room)).join(name)
    mira.press("Chat")
    panel = mira.page.get_by_role("complementary", name="Chat")
    expect(panel).to_be_visible()
    assert_covered(mira, 4, 0.55)
    box = panel.bounding_box()
    facts = mira.page.evaluate(MEASURE)
    assert box
    assert all(tile["right"] <= box["x"] + 0.5 for tile in facts["tiles"])
    mira.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(mira.button("Chat")).to_be_focused()
    assert_covered(mira, 4, 0.70)


def test_a_long_name_gives_way_to_you_on_a_phone(
    people: People, new_room: NewRoom, company: ExitStack, server: Parley
) -> None:
    """Also where two tiles share the width, nothing of "(you)" is cut."""
    room = new_room()
    for name in NAMES[:4]:
        company.enter_context(seat_at(server.url, room)).join(name)
    mira = people("Mira Lindqvist-Wallenberg of Gothenburg")
    mira.page.set_viewport_size({"width": 390, "height": 844})
    mira.join(room)
    expect(mira.tiles).to_have_count(5)
    you = mira.own_tile.get_by_text("(you)")
    expect(you).to_be_visible()
    facts = you.evaluate(
        """(you) => {
          const chip = you.parentElement;
          const name = chip.querySelector('[data-part="first"]').parentElement;
          const right = (element) => element.getBoundingClientRect().right;
          return {
            isWhole:
              right(you) <= right(chip) && right(chip) < right(chip.parentElement),
            isNameCut: name.scrollWidth > name.clientWidth,
          };
        }"""
    )
    assert facts == {"isWhole": True, "isNameCut": True}
    expect(mira.tile("Amara").get_by_text("(you)")).to_be_hidden()
