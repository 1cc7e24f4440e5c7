"""How long people are told to wait who asked too often."""

import pytest
from django.test import RequestFactory

from accounts.waits import USUAL, seconds_to_wait
from tests.people import Person

pytestmark = pytest.mark.django_db

HOUR = 3600


def wait(browser: Person, url: str, times: int, **fields: str) -> int:
    """What the last of so many requests says, which is the first that is refused."""
    answers = [browser.post(url, fields) for _ in range(times)]
    assert [answer.status_code == 429 for answer in answers] == [
        *[False] * (times - 1),
        True,
    ]
    return int(answers[-1]["Retry-After"])


def test_a_minute_at_most_where_a_minute_counts(anonymous: Person) -> None:
    asked = {"login": "x@example.org", "password": "wrong"}

    assert 0 < wait(anonymous, "/accounts/login/", 31, **asked) <= 60


def test_an_hour_where_an_hour_counts(anonymous: Person) -> None:
    reset = "/accounts/password/reset/"

    assert HOUR - 60 < wait(anonymous, reset, 6, email="June@example.org") <= HOUR


def test_the_persons_own_count(owner: Person) -> None:
    change = "/accounts/password/change/"

    assert 0 < wait(owner, change, 6, oldpassword="wrong") <= 60


def test_the_usual_where_nothing_is_known(rf: RequestFactory) -> None:
    assert seconds_to_wait(rf.get("/")) == USUAL
