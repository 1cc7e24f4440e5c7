"""A person at Firefox: what `Person` does, with BiDi's few words."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.browser.bidi import Page
from tests.browser.person import assert_four_slots, hears, sees
from tests.servers import NotYet, wait_until

Facts = dict[str, Any]
MEET_SECONDS = 40.0


@dataclass
class Fox:
    """One tab of Firefox with a name."""

    page: Page
    name: str
    url: str

    def join(self, link: str) -> None:
        self.page.goto(self.url + link)
        self.page.click("textbox", "Your name")
        self.page.type(self.name)
        self.wait_until(
            "() => [...document.querySelectorAll('button')].some("
            "(one) => one.textContent.trim() === 'Join' && !one.disabled)"
        )
        self.page.click("button", "Join")
        self.page.wait_for("button", "Leave")

    def wait_until(self, fact: str) -> None:
        wait_until(lambda: self.page.evaluate(fact), f"Firefox: {fact}", MEET_SECONDS)

    def wait_for_text(self, text: str) -> None:
        self.wait_until(
            "() => [...document.querySelectorAll('[data-part=log] [data-part=text]')]"
            f".some((one) => one.textContent === {json.dumps(text)})"
        )

    def write(self, text: str) -> None:
        self.page.click("textbox", "Message")
        self.page.type(text)
        self.page.click("button", "Send")

    def pairs(self) -> list[Facts]:
        found: list[Facts] = self.page.evaluate(
            "() => document.readyState === 'complete' ? probe.pairs() : []"
        )
        return found

    def grows(
        self, others: int, enough: Callable[[Facts, Facts], bool], what: str
    ) -> list[Facts]:
        """Wait until every pair has more than when it was first looked at."""
        before: dict[int, Facts] = {}
        now: list[Facts] = []

        def all_grow() -> bool:
            nonlocal now
            now = self.pairs()
            for pair in now:
                before.setdefault(pair["index"], pair)
            return len(now) == others and all(
                enough(before[pair["index"]], pair) for pair in now
            )

        try:
            wait_until(all_grow, f"Firefox {what}", MEET_SECONDS)
        except NotYet as fault:
            raise NotYet(f"{fault}\n{json.dumps(now, indent=1)}") from None
        return now

    def meets(self, others: int) -> None:
        now = self.grows(
            others,
            lambda before, after: sees(before, after) and hears(before, after),
            f"meets {others}",
        )
        for pair in now:
            assert_four_slots(pair)

    def frames_grow(self, slot: int) -> None:
        self.grows(
            1,
            lambda before, after: (
                after["slots"][slot]["frames"] > before["slots"][slot]["frames"]
            ),
            f"decodes slot {slot}",
        )
