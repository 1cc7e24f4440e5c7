"""Calls of real browsers at real servers that are made to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import People
from tests.browser.conftest import launch as launch
from tests.browser.conftest import playwright as playwright
from tests.browser.person import Person
from tests.calls import watch
from tests.calls.sound import babble
from tests.calls.stack import Stack, stack

# What a browser says of a server that is away.
AWAY = (
    r"WebSocket connection to .* failed",
    r"net::ERR_(CONNECTION_|EMPTY_RESPONSE|INTERNET_)",
)

LONG = {"test_thirty_seconds.py"}


class Callers(People):
    """People whose pages are watched, and whose connections the proxy tells apart."""

    def browse(self, browser: Browser, name: str, **context: Any) -> BrowserContext:
        version = browser.version.partition(".")[0]
        agent = (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
            f" Chrome/{version}.0.0.0 Safari/537.36 {name}"
        )
        # Small, since what is painted is not what these tests are about.
        window = {"width": 640, "height": 480}
        opened = super().browse(
            browser, name, **{"viewport": window, "user_agent": agent, **context}
        )
        watch.install(opened)
        return opened

    def __call__(self, name: str, **how: Any) -> Person:
        person = super().__call__(name, **how)
        for pattern in AWAY:
            person.excuse(pattern)
        return person

    def bystander(self) -> Person:
        """A page that is in no call, and receives as those in calls do."""
        person = self("Bystander")
        watch.stand_by(person)
        return person


@pytest.fixture(scope="package")
def chromium(
    launch: Callable[..., Browser], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A Chromium whose microphones are never silent."""
    voice = babble(tmp_path_factory.mktemp("sound") / "voice.wav")
    browser = launch(f"--use-file-for-fake-audio-capture={voice}")
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def _one() -> Iterator[Stack]:
    with stack(postgres=True) as made:
        yield made


@pytest.fixture(scope="package")
def _two() -> Iterator[Stack]:
    with stack(2, redis=True) as made:
        yield made


@pytest.fixture
def one_process(_one: Stack) -> Stack:
    """A site of one process, on PostgreSQL; what a test breaks may stay so."""
    _one.mend()
    return _one


@pytest.fixture
def two_processes(_two: Stack) -> Stack:
    """A site of two processes and Redis; what a test breaks may stay so."""
    _two.mend()
    return _two


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints what was measured, whether or not the test passes."""

    def say(words: str) -> None:
        with capsys.disabled():
            print(f"\n{words}", end="")  # noqa: T201

    return say


@pytest.fixture
def callers(request: pytest.FixtureRequest) -> Iterator[Callable[[Stack], Callers]]:
    """Makes people for a stack; whatever else their pages complain of is a failure."""
    made: list[Callers] = []

    def gather(stack: Stack) -> Callers:
        made.append(Callers(stack, request))
        return made[-1]

    yield gather
    people = [person for callers in made for person in callers.made]
    faults = [
        f"{person.name}: {fault}" for person in people for fault in person.unexcused()
    ]
    for person in people:
        person.context.close()
    assert not faults, "\n".join(faults)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what has no short form, unless everything is to run in full."""
    left_out = collection_path.name in LONG and not config.getoption("--soak")
    return True if left_out else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests, and run them after all others."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker("browser")
            item.add_marker("alone")
    items.sort(key=lambda item: item.path.is_relative_to(here))
