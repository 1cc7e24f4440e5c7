"""What the call page costs with a cold cache: requests, depth, bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser

from bench.samples import LARGE, gathering, saw
from bench.sides import Side


@dataclass(frozen=True)
class Weight:
    """`depth` is the longest chain of requests that each wait for the one before."""

    requests: int
    depth: int
    bytes: int
    script_bytes: int


# What the call page may cost.
MOST = Weight(requests=45, depth=3, bytes=120_000, script_bytes=60_000)


class Ledger:
    """Books of the DevTools protocol's Network domain."""

    def __init__(self) -> None:
        self.address: dict[str, str] = {}
        self.depth: dict[str, int] = {}
        self.kind: dict[str, str] = {}
        self.size: dict[str, int] = {}

    def sent(self, event: dict[str, Any]) -> None:
        key, url = event["requestId"], event["request"]["url"]
        if not url.startswith("http"):
            return
        self.address[key] = url
        self.kind[key] = event.get("type", "")
        self.depth[url] = max(self.depth.get(url, 0), self.above(event) + 1)

    def socket(self, event: dict[str, Any]) -> None:
        self.address[event["requestId"]] = event["url"]
        self.depth[event["url"]] = self.above(event) + 1

    def shaken(self, event: dict[str, Any]) -> None:
        text = event["response"].get("headersText", "")
        self.size[event["requestId"]] = len(text.encode())

    def ended(self, event: dict[str, Any]) -> None:
        self.size[event["requestId"]] = int(event["encodedDataLength"])

    def above(self, event: dict[str, Any]) -> int:
        """The depth of what asked for this; a script's own asker is its module."""
        initiator = event.get("initiator", {})
        asked = [initiator.get("url", "")]
        stack = initiator.get("stack")
        while stack:
            asked += [call["url"] for call in stack["callFrames"]]
            stack = stack.get("parent")
        return max((self.depth.get(url, 0) for url in asked), default=0)

    def weight(self) -> Weight:
        keys = self.address.keys()
        return Weight(
            requests=len(keys),
            depth=max(self.depth.values()),
            bytes=sum(self.size.get(key, 0) for key in keys),
            script_bytes=sum(
                self.size.get(key, 0) for key in keys if self.kind.get(key) == "Script"
            ),
        )


def weigh(browser: Browser, side: Side) -> Weight:
    """Open the page as a first visitor does, up to where Join can be pressed."""
    ledger = Ledger()
    with gathering(browser, side, LARGE) as made:
        page = made.page()
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.requestWillBeSent", ledger.sent)
        devtools.on("Network.loadingFinished", ledger.ended)
        devtools.on("Network.webSocketCreated", ledger.socket)
        devtools.on("Network.webSocketHandshakeResponseReceived", ledger.shaken)
        devtools.send("Network.enable")
        side.door(page, 1)
        saw(page, 1, 0, own=True)
        page.wait_for_load_state("networkidle")
    return ledger.weight()
