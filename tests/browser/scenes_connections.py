"""How pairs are connected: all, one, everybody's, none; and a line that is short."""

from __future__ import annotations

import json

from tests.browser.browsers import RELAY_ONLY
from tests.browser.connections import details, matrix, overview, says
from tests.browser.person import Person
from tests.browser.pictures import (
    DESKTOP,
    DRAWN,
    NAMES,
    PHONE,
    PROBE,
    SCRIPT,
    Studio,
    playing,
    scene,
    take,
)
from tests.browser.scenes_call import still

WIDTH = 320
LOOKS = (("desktop", DESKTOP), ("phone", PHONE))
# An init script: the others seem to hear that a fifth of all packets is lost.
LOSSY = """
  const plain = RTCPeerConnection.prototype.getStats;
  RTCPeerConnection.prototype.getStats = async function (...words) {
    const report = await plain.apply(this, words);
    const parts = [...report.values()].map((part) =>
      part.type === "remote-inbound-rtp" ? { ...part, fractionLost: 0.2 } : part);
    return new Map(parts.map((part) => [part.id, part]));
  };
"""


def hosted(
    studio: Studio,
    viewport: dict[str, int],
    *others: str,
    unreached: str = "",
    script: str = "",
) -> Person:
    """A call of the room's owner, with somebody whom no path leads to."""
    room = studio.owner.new_room("Friday kitchen table", limit=16)
    page = studio.page("light", viewport, signed_in=True)
    face = json.dumps((DRAWN / "mira.svg").read_text())
    drawn = SCRIPT.replace("__DRAWING__", face).replace("__SPEAKS__", "false")
    page.context.add_init_script(drawn.replace("__WIDTH__", str(WIDTH)) + PROBE)
    if script:
        page.context.add_init_script(script)
    mira = Person(page.context, page, NAMES["mira"], studio.server.url)
    mira.join(room)
    for name in others:
        other = studio.person(name, width=WIDTH, speaks=name == others[0])
        if name == unreached:
            other.context.add_init_script(RELAY_ONLY)
        other.join(room)
    mira.meets(len(others) - bool(unreached), sound=False, seconds=90)
    return mira


def calm(mira: Person) -> None:
    """Wait until nobody is said to have joined just now."""
    mira.page.locator('[data-part="toast"]').wait_for(state="hidden")
    mira.page.mouse.move(5, 5)
    still(mira.page)


@scene
def call_connections(studio: Studio) -> None:
    for kind, viewport in LOOKS:
        mira = hosted(studio, viewport, "amara", "tomas", "noor", unreached="noor")
        page = mira.page
        says(mira, NAMES["noor"], "no relay (TURN) server set")
        playing(page, 3)
        calm(mira)
        take(page, f"call-trouble-{kind}")
        overview(mira)
        calm(mira)
        take(page, f"call-connections-{kind}")
        matrix(mira)
        page.locator(".matrix__table [data-grade=good]").first.wait_for()
        take(page, f"call-matrix-{kind}")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        shown = details(mira, NAMES["amara"])
        shown.get_by_text("VP8").first.wait_for()
        calm(mira)
        take(page, f"call-details-{kind}")
        page.keyboard.press("Escape")
        details(mira, NAMES["noor"])
        calm(mira)
        take(page, f"call-trouble-details-{kind}")
        studio.opened.close()


@scene
def call_load(studio: Studio) -> None:
    """A line that carries less than it is asked for."""
    for kind, viewport in LOOKS:
        mira = hosted(studio, viewport, "amara", "tomas", "noor", script=LOSSY)
        mira.page.locator('[data-part="load"]').wait_for(timeout=120_000)
        calm(mira)
        take(mira.page, f"call-load-{kind}")
        studio.opened.close()


@scene
def call_saving(studio: Studio) -> None:
    for kind, viewport in LOOKS:
        mira = hosted(studio, viewport, "amara", "tomas")
        mira.press("More")
        mira.page.get_by_role("menuitemcheckbox", name="Save data").click()
        mira.page.locator('[data-part="more-saving"][aria-checked="true"]').wait_for()
        calm(mira)
        take(mira.page, f"call-saving-{kind}")
        studio.opened.close()
