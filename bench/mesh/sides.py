"""The two sides: somebody sends to so many viewers, in Parley and in the plain mesh.

The plain mesh is the floor's page: getUserMedia, one RTCPeerConnection to each,
addTrack, and nothing that says how large or how much; every pair is sent all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Page

from bench.sides import Floor, Product
from tests.browser.visitor import Visitor

from .crowd import Crowd


class Meeting(Protocol):
    name: str

    def gather(self, crowd: Crowd, viewers: int) -> None:
        """Bring the viewers in."""

    def send(self, page: Page) -> None:
        """Let this page come to them, camera open."""


@dataclass
class Parley:
    product: Product
    name: str = "Parley"

    def gather(self, crowd: Crowd, viewers: int) -> None:
        product = self.product
        product.fresh()
        guests = []
        for _ in range(viewers):
            visitor = Visitor(product.url)
            ticket = visitor.call_data(product.link)["ticket"]
            guests.append({"cookie": visitor.cookies(), "ticket": ticket})
        crowd.sit(product.url, product.link.strip("/").rpartition("/")[2], guests)

    def send(self, page: Page) -> None:
        self.product.enter(page, 0)


@dataclass
class Plain:
    floor: Floor
    name: str = "plain mesh"

    def gather(self, crowd: Crowd, viewers: int) -> None:
        crowd.join(self.floor.url.replace("http", "ws", 1) + "/relay", viewers)

    def send(self, page: Page) -> None:
        self.floor.enter(page, 0)
