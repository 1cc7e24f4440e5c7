"""Real browsers at a real server: fixtures, and what fails a test by itself.

A console error, an uncaught exception or a CSP report in any page, and a traceback
in the server's log, fail the test in which they happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Playwright,
    expect,
    sync_playwright,
)

from tests.browser.browsers import FLAGS, chromium_program
from tests.browser.person import WAIT_SECONDS, Person
from tests.browser.visitor import Visitor
from tests.servers import Parley, parley_server

PROBE = (Path(__file__).parent / "probe.js").read_text()

expect.set_options(timeout=WAIT_SECONDS * 1000)

Tell = Callable[[str], None]


class Site(Protocol):
    """Where people go."""

    @property
    def url(self) -> str: ...


class People:
    """Makes people, each with a browser context of their own."""

    def __init__(self, server: Site, request: pytest.FixtureRequest) -> None:
        self.server = server
        self.request = request
        self.made: list[Person] = []

    def __call__(
        self,
        name: str,
        *,
        server: Site | None = None,
        browser: Browser | None = None,
        signed_in: bool = False,
        **context: Any,
    ) -> Person:
        if browser is None:
            browser = self.request.getfixturevalue("chromium")
        opened = self.browse(browser, name, **context)
        if signed_in:
            owner: Visitor = self.request.getfixturevalue("owner")
            opened.add_cookies(
                [
                    {"name": cookie.name, "value": cookie.value or "", "url": owner.url}
                    for cookie in owner.jar
                ]
            )
        url = (server or self.server).url
        person = Person(opened, opened.new_page(), name, url)
        self.made.append(person)
        return person

    def browse(self, browser: Browser, name: str, **context: Any) -> BrowserContext:
        """A browser context for one person, with everything that watches its pages."""
        context = {"viewport": {"width": 1280, "height": 800}, **context}
        opened = browser.new_context(**context)
        opened.add_init_script(PROBE)
        return opened

    def forget(self, person: Person) -> None:
        """This one's browser is gone; nothing is asked of it at the end."""
        self.made.remove(person)


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
    company = People(quiet_server, request)
    yield company
    faults = [
        f"{person.name}: {fault}"
        for person in company.made
        for fault in person.unexcused()
    ]
    for person in company.made:
        person.context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Prints what was measured, whether or not the test passes."""

    def say(words: str) -> None:
        with capsys.disabled():
            print(f"\n{words}", end="")  # noqa: T201

    return say


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Mark these tests, and run them after all others.

    Workers begin with them: they take longest, and quick ones fill the end evenly.
    """
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("browser")
    items.sort(
        key=lambda item: item.path.is_relative_to(here),
        reverse=hasattr(config, "workerinput"),
    )
