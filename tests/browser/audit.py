"""What axe-core and a ruler find wrong with a page."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from tests.servers import ROOT

DARK_AND_NARROW = {"width": 390, "height": 844}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AUDIT = """axe.run(document, {resultTypes: ["violations"]}).then(({violations}) =>
  JSON.stringify(violations.map(({id, nodes}) => [id, nodes.map((node) => node.html)])))
"""
# Links within a sentence and a card's own link, whose whole card is the target, are
# no targets of 44 pixels by the standard either.
SMALL = """() => [...document.querySelectorAll("a, button, input, select")]
  .filter((each) => each.checkVisibility() && each.type !== "hidden")
  .filter((each) => !each.closest("p") && !each.matches(".skip, .room-card__name"))
  .map((each) => [each, (each.closest("label") ?? each).getBoundingClientRect()])
  .filter(([, { width, height }]) => width < 43.5 || height < 43.5)
  .map(([each]) => each.outerHTML)
"""
SIDEWAYS = "() => document.documentElement.scrollWidth > innerWidth"


def axe(page: Page, what: str) -> None:
    """Fail with what axe finds. CDP evaluates beside the page's CSP."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    answer: dict[str, Any] = session.send(
        "Runtime.evaluate",
        {"expression": AUDIT, "awaitPromise": True, "returnByValue": True},
    )
    session.detach()
    found = json.loads(answer["result"]["value"])
    assert not found, f"{what}: {found}"


def audit(page: Page, what: str) -> None:
    """Fail with what axe and a ruler find."""
    axe(page, what)
    assert not page.evaluate(SIDEWAYS), f"{what} scrolls sideways"
    small = page.evaluate(SMALL)
    assert not small, f"{what}: {small}"


def audit_both(page: Page, what: str) -> None:
    """As it stands, and as it is in the dark on a phone."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    audit(page, f"{what}, light")
    wide = page.viewport_size
    assert wide
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size(DARK_AND_NARROW)  # type: ignore[arg-type] # a typed dict
    audit(page, f"{what}, dark and narrow")
    page.set_viewport_size(wide)
