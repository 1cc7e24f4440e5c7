"""The two sides of the comparison, driven in the same steps."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Page

from tests.browser.visitor import Visitor
from tests.servers import Process, folder_for, free_port, listens, parley_server


class Side(Protocol):
    """Somewhere to meet."""

    name: str

    def door(self, page: Page, number: int) -> None:
        """Open the page where the newcomer stands, camera open, one click away."""

    def press(self, page: Page) -> None:
        """The click."""

    def enter(self, page: Page, number: int) -> None:
        """Come in, in the way after which a reload comes in by itself."""


@dataclass
class Floor:
    url: str
    name: str = "floor"

    def door(self, page: Page, number: int) -> None:
        page.goto(self.url)
        page.locator("body[data-ready]").wait_for()

    def press(self, page: Page) -> None:
        page.get_by_role("button", name="Join", exact=True).click()

    def enter(self, page: Page, number: int) -> None:
        page.goto(f"{self.url}/#auto")
        page.locator("body[data-ready]").wait_for()


@dataclass
class Product:
    """Parley; every sample gets a room of its own from `fresh`."""

    url: str
    owner: Visitor
    link: str = ""
    name: str = "Parley"

    def fresh(self) -> None:
        self.link = self.owner.new_room(limit=16)

    def door(self, page: Page, number: int) -> None:
        page.goto(self.url + self.link)
        page.get_by_label("Your name", exact=True).fill(f"Person {number}")

    def press(self, page: Page) -> None:
        page.get_by_role("button", name="Join", exact=True).click()

    def enter(self, page: Page, number: int) -> None:
        self.door(page, number)
        self.press(page)


@contextlib.contextmanager
def floor() -> Iterator[Floor]:
    """The relay, as a process of its own."""
    port = free_port()
    with folder_for("relay") as folder:
        process = Process([sys.executable, "-m", "bench.relay", str(port)], folder)
        try:
            process.start().wait_until(lambda: listens(port))
            yield Floor(f"http://localhost:{port}")
        finally:
            process.end()


@contextlib.contextmanager
def product() -> Iterator[Product]:
    """The real server with default settings, and an owner who can make rooms."""
    with parley_server() as server:
        owner = Visitor(server.url)
        owner.sign_up("bench@example.com", "Bench")
        yield Product(server.url, owner)
