"""Two servers on one database: what one has counted, the other knows."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.browser.visitor import PASSWORD, Visitor
from tests.servers import Parley, parley_server

# Of one address within five minutes; the next is not even looked at.
WRONG_TRIES = 5


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Parley, Parley]]:
    key = secrets.token_urlsafe(48)
    with parley_server(SECRET_KEY=key) as first:
        second = Parley(first.folder, SECRET_KEY=key)
        # One site: a proxy would send its requests to either.
        second.env["SITE_URL"] = first.url
        try:
            yield first, second.start()
        finally:
            second.end()


@pytest.fixture
def doors(servers: tuple[Parley, Parley]) -> tuple[str, str]:
    """Where either server is reached."""
    first, second = servers
    return first.url, second.url


@pytest.fixture
def site(servers: tuple[Parley, Parley]) -> str:
    """The name under which both are known."""
    return servers[0].host


def logs_in(door: str, site: str, email: str, password: str = PASSWORD) -> bool:
    address = Visitor(door, site).post(
        "/accounts/login/", login=email, password=password
    )
    return address == f"{door}/rooms/"


def test_wrong_log_ins_count_in_sum(doors: tuple[str, str], site: str) -> None:
    def guess(email: str, times: int) -> None:
        """Try wrong passwords at one server and the other in turn."""
        for number in range(times):
            assert not logs_in(doors[number % 2], site, email, f"wrong {number}")

    careful, guessed = "careful@example.com", "guessed@example.com"
    for email in (careful, guessed):
        Visitor(doors[0], site).sign_up(email, "Olive Owner")
    guess(careful, WRONG_TRIES - 1)
    assert logs_in(doors[1], site, careful)
    guess(guessed, WRONG_TRIES)
    for door in doors:
        assert not logs_in(door, site, guessed)
