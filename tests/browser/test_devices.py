"""Microphone and camera: mute, off and on, and what keeps nobody out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import NewRoom, People
from tests.browser.person import Person, meet

pytestmark = pytest.mark.alone

REFUSING = """
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.busy = true;
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (!window.busy || !wanted.video) return open(wanted);
    throw new DOMException("in use", "NotReadableError");
  };
"""


@pytest.fixture
def pair(people: People, new_room: NewRoom) -> tuple[Person, Person]:
    room = new_room()
    both = people("Mira").join(room), people("Amara").join(room)
    meet(*both)
    return both


def test_mute_is_seen_and_silences(pair: tuple[Person, Person]) -> None:
    mira, amara = pair
    amara.press("Mute microphone")
    expect(mira.tile("Amara")).to_have_attribute("data-muted", "")
    assert [track["enabled"] for track in amara.tracks("audio")] == [False]
    assert amara.tracks("audio")[0]["readyState"] == "live"
    amara.press("Unmute microphone")
    expect(mira.tile("Amara")).not_to_have_attribute("data-muted", "")
    meet(mira, amara)


def test_camera_off_puts_the_light_out_and_leaves_no_frozen_picture(
    pair: tuple[Person, Person],
) -> None:
    mira, amara = pair
    amara.press("Turn camera off")
    tile = mira.tile("Amara")
    expect(tile).to_have_attribute("data-camera", "off")
    expect(tile.locator("video")).to_be_hidden()
    expect(tile.locator('[data-part="initials"]')).to_be_visible()
    assert {track["readyState"] for track in amara.tracks("video")} == {"ended"}
    amara.press("Turn camera on")
    expect(tile).not_to_have_attribute("data-camera", "off")
    expect(tile.locator("video")).to_be_visible()
    mira.frames_grow()
    assert amara.tracks("video")[-1]["readyState"] == "live"
    for pairs in (mira.pairs(), amara.pairs()):
        assert [len(one["slots"]) for one in pairs] == [4]


def test_denied_devices_are_named_and_keep_nobody_out(
    people: People, new_room: NewRoom, launch: Callable[..., Browser]
) -> None:
    room = new_room()
    mira = people("Mira").join(room)
    browser = launch("--use-fake-ui-for-media-stream=deny")
    amara = people("Amara", browser=browser)
    amara.open(room)
    expect(amara.page.get_by_text("does not let us use the camera")).to_be_visible()
    amara.join()
    mira_sees = mira.tile("Amara")
    expect(mira_sees).to_have_attribute("data-camera", "off")
    amara.meets(1)
    amara.excuse("Permission denied")
    amara.close()
    browser.close()


def test_no_camera_joins_with_sound_alone(
    people: People, new_room: NewRoom, launch: Callable[..., Browser]
) -> None:
    room = new_room()
    mira = people("Mira").join(room)
    browser = launch("--use-fake-device-for-media-stream=device-count=0")
    amara = people("Amara", browser=browser)
    amara.open(room)
    expect(amara.page.get_by_text("We found no camera")).to_be_visible()
    amara.join()
    expect(mira.tile("Amara")).to_have_attribute("data-camera", "off")
    amara.meets(1)
    mira.hears(1)
    amara.close()
    browser.close()


def test_a_busy_camera_is_named_and_can_be_tried_again(
    people: People, new_room: NewRoom
) -> None:
    amara = people("Amara")
    amara.context.add_init_script(REFUSING)
    amara.open(new_room())
    expect(amara.page.get_by_text("Another program is using")).to_be_visible()
    amara.page.evaluate("() => { window.busy = false; }")
    amara.page.get_by_role("button", name="Try again").click()
    expect(amara.page.get_by_text("Another program is using")).to_be_hidden()
    amara.until_picture()


def test_a_camera_switched_off_at_the_door_stays_off(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara")
    amara.open(room)
    amara.until_picture()
    amara.page.get_by_role("button", name="Turn camera off").click()
    amara.page.get_by_role("button", name="Mute microphone").click()
    amara.join()
    tile = mira.tile("Amara")
    expect(tile).to_have_attribute("data-camera", "off")
    expect(tile).to_have_attribute("data-muted", "")
    assert {track["readyState"] for track in amara.tracks("video")} == {"ended"}
    amara.press("Turn camera on")
    amara.press("Unmute microphone")
    meet(mira, amara)
