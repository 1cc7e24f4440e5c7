"""What leaves a browser is what the others show, and no more."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import NewRoom, People, Tell
from tests.browser.person import Facts, Person, meet
from tests.browser.test_views import EARS, HIDE

pytestmark = pytest.mark.alone

# The probe's camera is small already: this one has something to make smaller.
LARGER = "window.smaller = { width: 640, height: 360, frameRate: 20 };"
SENT = """async ([index, slot]) => {
  const { sender } = probe.connections[index].getTransceivers()[slot];
  const report = [...(await sender.getStats()).values()];
  const part = report.find(({ type }) => type === "outbound-rtp") ?? {};
  const [encoding] = sender.getParameters().encodings;
  const { framesEncoded = 0, frameWidth = 0, frameHeight = 0 } = part;
  return { ...encoding, framesEncoded, frameWidth, frameHeight };
}"""
# Shows the page again; answers how long it took until the next picture was decoded.
SHOW = f"""async (index) => {{
  const {{ receiver }} = probe.connections[index].getTransceivers()[1];
  const decoded = async () => {{
    for (const part of (await receiver.getStats()).values()) {{
      if (part.type === "inbound-rtp") return part.framesDecoded;
    }}
    return 0;
  }};
  const before = await decoded();
  const began = performance.now();
  ({HIDE})(false);
  while ((await decoded()) === before) {{
    await new Promise((resolve) => setTimeout(resolve, 5));
  }}
  return performance.now() - began;
}}"""
CAMERA, SCREEN = 1, 2
# What the issue allows above what is shown.
MOST = 1.25
AGAIN_MS = 500
STOP_SECONDS = 1.0


@pytest.fixture
def comes(people: People) -> Callable[..., Person]:
    def come(name: str, room: str, **context: Any) -> Person:
        person = people(name, **context)
        person.context.add_init_script(EARS + LARGER)
        return person.join(room)

    return come


def sent(person: Person, slot: int = CAMERA, pair: int = 0) -> Facts:
    """What this person's encoder for the only pair does."""
    index = person.pairs()[pair]["index"]
    found: Facts = person.page.evaluate(SENT, [index, slot])
    return found


def asked(person: Person, pair: int = 0) -> Facts:
    """How the other one shows this person's camera, as they said last, if ever."""
    index = person.pairs()[pair]["index"]
    said: list[Facts] = person.page.evaluate("() => heardViews")
    of_pair = [each["camera"] for each in said if each["pair"] == index]
    found: Facts = of_pair[-1] if of_pair else {"width": 0, "height": 0, "rate": 0}
    return found


def fits(person: Person, pair: int = 0) -> bool:
    """The picture has about as many pixels as are shown, of those that there are."""
    shown, made = asked(person, pair), sent(person, pair=pair)
    pixels = min(shown["width"] * shown["height"], 640 * 360)
    return bool(
        0.7 * pixels <= made["frameWidth"] * made["frameHeight"] <= MOST * pixels
        and made["maxFramerate"] <= shown["rate"]
    )


def stops(person: Person, slot: int = CAMERA) -> float:
    """Seconds until nothing more is encoded for the only pair."""
    began = time.monotonic()
    person.wait_until(lambda: not sent(person, slot)["active"], "stops")
    return time.monotonic() - began


def test_a_picture_is_encoded_at_the_size_of_its_tile(
    comes: Callable[..., Person], new_room: NewRoom
) -> None:
    room = new_room()
    mira = comes("Mira", room, viewport={"width": 1280, "height": 800})
    amara = comes("Amara", room, viewport={"width": 360, "height": 560})
    meet(mira, amara)
    mira.wait_until(lambda: fits(mira), "sends what Amara shows")
    small = sent(mira)["frameWidth"]
    amara.wait_until(lambda: fits(amara), "sends what Mira shows")
    assert sent(amara)["frameWidth"] > small
    amara.page.set_viewport_size({"width": 1280, "height": 800})
    mira.wait_until(
        lambda: sent(mira)["frameWidth"] > small and fits(mira), "sends it larger"
    )


def test_each_viewer_has_an_encoder_of_their_own(
    comes: Callable[..., Person], new_room: NewRoom
) -> None:
    room = new_room()
    sizes = (("Mira", 1280), ("Amara", 900), ("Tomas", 360))
    mira, amara, tomas = (
        comes(name, room, viewport={"width": width, "height": 700})
        for name, width in sizes
    )
    meet(mira, amara, tomas)
    mira.wait_until(lambda: fits(mira, 0) and fits(mira, 1), "sends what each shows")
    assert sent(mira, pair=0)["frameWidth"] != sent(mira, pair=1)["frameWidth"]


def test_a_hidden_page_costs_no_encoder_and_comes_back_at_once(
    comes: Callable[..., Person], new_room: NewRoom, soak: bool, tell: Tell
) -> None:
    room = new_room()
    mira, amara = comes("Mira", room), comes("Amara", room)
    meet(mira, amara)
    index = mira.pairs()[0]["index"]
    ends, shows = [], []
    for _ in range(20 if soak else 3):
        mira.page.evaluate(HIDE, True)
        ends.append(stops(amara))
        still = sent(amara)["framesEncoded"]
        # Sound goes on, so time passes for this pair as well.
        mira.hears(1)
        assert sent(amara)["framesEncoded"] == still
        shows.append(mira.page.evaluate(SHOW, index))
        mira.frames_grow()
    tell(
        f"hidden: the encoder stopped after {statistics.median(ends):.2f} s"
        f" (at most {max(ends):.2f}); shown: the first new picture after"
        f" {statistics.median(shows):.0f} ms (at most {max(shows):.0f})"
    )
    if soak:
        assert max(ends) <= STOP_SECONDS
        assert statistics.median(shows) <= AGAIN_MS


def test_a_share_is_sized_for_who_shows_it(
    comes: Callable[..., Person], new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = comes("Mira", room), comes("Amara", room)
    meet(mira, amara)
    mira.press("Share screen")
    mira.wait_until(lambda: sent(mira, SCREEN)["framesEncoded"] > 0, "shares")
    amara.page.evaluate(HIDE, True)
    stops(mira, SCREEN)
    amara.page.evaluate(HIDE, False)
    amara.frames_grow(SCREEN)
