"""Calls through NATs and firewalls: one lab for all tests, new homes for each."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from tests.browser.conftest import People
from tests.browser.conftest import playwright as playwright
from tests.browser.person import Person
from tests.calls.sound import babble
from tests.network import paths
from tests.network.client import Client
from tests.network.lab import Lab
from tests.network.ledger import Ledger
from tests.network.namespace import NoNamespaces
from tests.network.site import Site

HERE = Path(__file__).parent
# Why there is no lab, if there is none.
missing: list[str] = []


class Callers(People):
    """Makes people who sit at clients of the lab, in front of its site."""

    def __init__(
        self, lab: Lab, playwright: Playwright, request: pytest.FixtureRequest
    ) -> None:
        super().__init__(lab.site(), request)
        self.lab = lab
        self.playwright = playwright
        self.voice = lab.folder / "voice.wav"
        if not self.voice.exists():
            babble(self.voice)

    def browse(self, browser: Browser, name: str, **context: Any) -> BrowserContext:
        window = {"width": 640, "height": 480}
        opened = super().browse(browser, name, **{"viewport": window, **context})
        paths.install(opened)
        return opened

    def at(self, client: Client, site: Site | None = None, **context: Any) -> Person:
        """Somebody at this machine, named as it is; another in the same browser."""
        voice = f"--use-file-for-fake-audio-capture={self.voice}"
        browser = client.browser(self.playwright, self.lab.account, voice)
        return self(client.name, server=site, browser=browser, **context)


@pytest.fixture(scope="package")
def _built() -> Iterator[Lab]:
    with contextlib.ExitStack() as stands:
        try:
            lab = stands.enter_context(Lab())
        except NoNamespaces as fault:
            missing.append(str(fault))
            if os.environ.get("CI", "").lower() == "true":
                raise
            pytest.skip(f"no network namespaces here: {fault}")
        yield lab


@pytest.fixture
def lab(_built: Lab) -> Iterator[Lab]:
    """The lab, where nobody is at home yet; servers are those of tests before."""
    yield _built
    _built.send_home()


@pytest.fixture
def callers(
    lab: Lab, playwright: Playwright, request: pytest.FixtureRequest
) -> Iterator[Callers]:
    """People whose pages may complain of nothing that is not excused."""
    company = Callers(lab, playwright, request)
    yield company
    faults = [
        f"{person.name}: {fault}"
        for person in company.made
        for fault in person.unexcused()
    ]
    # Their browsers end with their machines, when the lab sends everybody home.
    assert not faults, "\n".join(faults)
    for site in lab.sites:
        assert "Traceback" not in site.words(), site.words()


@pytest.fixture(scope="package")
def _ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """Of the whole run; written down, if that was asked for."""
    ledger = Ledger()
    yield ledger
    if request.config.getoption("--write-measured"):
        ledger.write()


@pytest.fixture
def ledger(tell: Callable[[str], None], _ledger: Ledger) -> Ledger:
    _ledger.tell = tell
    return _ledger


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints what was measured, whether or not the test passes."""

    def say(words: str) -> None:
        with capsys.disabled():
            print(f"\n{words}", end="")  # noqa: T201

    return say


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests, and run them after all others."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")
            item.add_marker("alone")
    items.sort(key=lambda item: item.path.is_relative_to(HERE))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """No lab is not a matter for a line among others."""
    if not missing:
        return
    terminalreporter.section("NOT PROVED: calls across networks", red=True, bold=True)
    terminalreporter.line(
        "No network namespaces can be made here, so nothing was seen of NATs, "
        f"firewalls, IPv6, loss and roaming: {missing[0]}",
        red=True,
    )
    terminalreporter.line(f"To see it, type: {how_to()}", red=True)


def how_to() -> str:
    """What makes namespaces possible, or leads to where they are."""
    if not sys.platform.startswith("linux"):
        return "make test   on a Linux machine, or in a container with --privileged"
    if os.geteuid() == 0:
        return "make test   in a container that was started with --privileged"
    return (
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 "
        "user.max_user_namespaces=9999   and again make test"
    )
