"""Counting tries exactly, whatever runs at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache

from rooms import tries
from rooms.tries import Tries

pytestmark = pytest.mark.django_db


def test_so_many_and_no_more() -> None:
    some = Tries("here", 3, 60)
    assert all(some.begin() for _ in range(3))
    assert some.begin() is None
    assert Tries("there", 3, 60).begin() is not None


def test_one_that_was_right_counts_for_nothing() -> None:
    some = Tries("here", 1, 60)
    for _ in range(5):
        slot = some.begin()
        assert slot is not None
        some.was_right(slot)
    assert some.begin() is not None
    assert some.begin() is None


def test_they_are_free_again_by_themselves() -> None:
    some = Tries("here", 1, 0)
    assert some.begin() is not None
    assert some.begin() is not None


def test_many_at_once_take_each_slot_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread's view of a test's database is empty; memory all of them share."""
    shared = LocMemCache("tries", {})
    monkeypatch.setattr(tries, "cache", shared)
    some = Tries("here", 10, 60)
    with ThreadPoolExecutor(8) as threads:
        slots = list(threads.map(lambda _: some.begin(), range(80)))
    taken = [slot for slot in slots if slot is not None]
    assert len(taken) == len({*taken}) == 10
    assert caches["default"] is not shared
    cache.clear()
