"""Real browsers at a real server: fixtures, and what fails a test by itself.

A console error, an uncaught exception or a CSP report in any page, and a traceback
in the server's log, fail the test in which they happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.browsers import FLAGS, chromium_program
from tests.browser.person import Person
from tests.browser.visitor import Visitor
from tests.servers import Parley, parley_server

PROBE = (Path(__file__).parent / "probe.js").read_text()


class People(Protocol):
    """Makes a person with a browser context of their own."""

    def __call__(
        self, name: str, *, server: Parley | None = None, **context: Any
    ) -> Person: ...


class NewRoom(Protocol):
    """Makes a room of the server's owner; returns the path of its call page."""

    def __call__(
        self,
        name: str = "Friday kitchen table",
        *,
        access: str = "anyone",
        limit: int = 8,
        keeps_chat: bool = False,
    ) -> str: ...


# One scope: Playwright's event loop must be gone before the suite's other tests.


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def launch(playwright: Playwright) -> Callable[..., Browser]:
    """Starts a Chromium with fake devices; more flags may be given."""

    def start(*flags: str) -> Browser:
        return playwright.chromium.launch(
            executable_path=chromium_program(), args=[*FLAGS, *flags]
        )

    return start


@pytest.fixture(scope="package")
def chromium(launch: Callable[..., Browser]) -> Iterator[Browser]:
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def server() -> Iterator[Parley]:
    """One server for all tests that do not stop it; each makes rooms of its own."""
    with parley_server() as started:
        yield started


@pytest.fixture(scope="package")
def owner(server: Parley) -> Visitor:
    """The account that owns the rooms, signed up over HTTP."""
    visitor = Visitor(server.url)
    visitor.sign_up("owner@example.com", "Olive Owner")
    return visitor


@pytest.fixture
def new_room(owner: Visitor) -> NewRoom:
    return owner.new_room


@pytest.fixture
def quiet_server(request: pytest.FixtureRequest) -> Iterator[Parley]:
    """The shared server, whose log gains no traceback in this test."""
    server: Parley = request.getfixturevalue("server")
    before = len(server.words())
    yield server
    said = server.words()[before:]
    assert "Traceback" not in said, said


@pytest.fixture
def people(quiet_server: Parley, request: pytest.FixtureRequest) -> Iterator[People]:
    made: list[Person] = []

    def make(
        name: str,
        *,
        server: Parley | None = None,
        browser: Browser | None = None,
        permissions: list[str] | None = None,
        **context: Any,
    ) -> Person:
        where = server or quiet_server
        if browser is None:
            browser = request.getfixturevalue("chromium")
        context = {"viewport": {"width": 1280, "height": 800}, **context}
        opened = browser.new_context(permissions=permissions, **context)
        opened.add_init_script(PROBE)
        person = Person(opened, opened.new_page(), name, where.url)
        made.append(person)
        return person

    yield make
    faults = [
        f"{person.name}: {fault}" for person in made for fault in person.unexcused()
    ]
    for person in made:
        person.context.close()
    assert not faults, "\n".join(faults)
