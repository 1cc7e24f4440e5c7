"""A screen beside the camera."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewRoom, People
from tests.browser.person import Person, meet

pytestmark = pytest.mark.alone

SCREEN = 2


@pytest.fixture
def pair(people: People, new_room: NewRoom) -> tuple[Person, Person]:
    room = new_room()
    both = people("Mira").join(room), people("Amara").join(room)
    meet(*both)
    return both


def test_a_screen_is_shown_beside_the_camera_until_the_button_ends_it(
    pair: tuple[Person, Person],
) -> None:
    mira, amara = pair
    amara.press("Share screen")
    expect(mira.screen).to_be_visible()
    mira.frames_grow(SCREEN)
    mira.frames_grow()
    expect(mira.tile("Amara")).to_be_visible()
    amara.press("Stop sharing")
    expect(mira.screen).to_be_hidden()
    expect(amara.button("Share screen")).to_be_visible()
    # Once more in the same slots: nothing was negotiated.
    offers = len(mira.sent("offer") + amara.sent("offer"))
    amara.press("Share screen")
    expect(mira.screen).to_be_visible()
    mira.frames_grow(SCREEN)
    assert len(mira.sent("offer") + amara.sent("offer")) == offers
    assert [len(one["slots"]) for one in mira.pairs()] == [4]


def test_the_browsers_own_bar_ends_a_share(pair: tuple[Person, Person]) -> None:
    mira, amara = pair
    amara.press("Share screen")
    expect(mira.screen).to_be_visible()
    amara.page.evaluate("() => probe.endShare()")
    expect(mira.screen).to_be_hidden()
    expect(amara.button("Share screen")).to_be_visible()


def test_two_screens_at_once_and_a_late_joiner_sees_them(
    pair: tuple[Person, Person], people: People
) -> None:
    mira, _ = pair
    for person in pair:
        person.press("Share screen")
    june = people("June").join(mira.room)
    june.meets(2)
    june.frames_grow(SCREEN)
    expect(june.screens).to_have_count(2)


def test_own_page_and_own_sound_are_kept_out_where_the_browser_can(
    pair: tuple[Person, Person],
) -> None:
    _, amara = pair
    amara.press("Share screen")
    expect(amara.button("Stop sharing")).to_be_visible()
    wanted = amara.page.evaluate("() => probe.displayWanted")
    assert wanted["selfBrowserSurface"] == "exclude"
    # A system's sound would bring the call's own with it, but where that is taken out.
    can_restrict = amara.page.evaluate(
        "() => navigator.mediaDevices.getSupportedConstraints().restrictOwnAudio"
        " === true"
    )
    assert wanted["systemAudio"] == ("include" if can_restrict else "exclude")
    assert wanted["audio"].get("restrictOwnAudio", False) is can_restrict
