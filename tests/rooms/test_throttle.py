"""The limit on guessing links."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache

from rooms import throttle
from rooms.links import new_link
from rooms.models import Room
from rooms.throttle import GUESSES, TooManyGuesses
from tests.people import Person

pytestmark = pytest.mark.django_db

HERE, THERE = "192.0.2.1", "192.0.2.2"


def guess(address: str = HERE, times: int = GUESSES) -> None:
    for _ in range(times):
        throttle.count_miss(address, new_link())


def test_different_links_that_fail_close_the_door() -> None:
    guess(times=GUESSES - 1)
    throttle.check(HERE)

    guess(times=1)
    with pytest.raises(TooManyGuesses):
        throttle.check(HERE)


def test_the_same_dead_link_counts_once() -> None:
    link = new_link()
    for _ in range(GUESSES * 3):
        throttle.count_miss(HERE, link)

    throttle.check(HERE)


def test_other_addresses_are_not_concerned() -> None:
    guess(HERE)

    throttle.check(THERE)


def test_an_ipv6_machine_cannot_hop_within_its_network() -> None:
    for number in range(GUESSES):
        throttle.count_miss(f"2001:db8:1:2::{number:x}", new_link())

    with pytest.raises(TooManyGuesses):
        throttle.check("2001:db8:1:2:ffff::1")
    throttle.check("2001:db8:1:3::1")


def test_the_door_opens_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "WINDOW_SECONDS", 0)
    guess()

    throttle.check(HERE)


def test_the_limit_holds_exactly_when_many_guess_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = LocMemCache("race", {})
    monkeypatch.setattr(throttle, "cache", shared)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: guess(times=5), range(8)))

    with pytest.raises(TooManyGuesses):
        throttle.check(HERE)
    taken = shared.get_many(throttle._slots(HERE))
    assert len(taken) == len(set(taken.values())) == GUESSES


def test_a_guesser_is_shown_the_door_also_with_a_right_link(
    room: Room, anonymous: Person, stranger: Person
) -> None:
    for _ in range(GUESSES):
        assert anonymous.get(f"/r/{new_link()}/").status_code == 404

    for browser in (anonymous, stranger):
        page = browser.get(room.get_absolute_url())
        assert (page.status_code, page["Retry-After"]) == (429, "600")
        assert "Too many tries" in page.content.decode()
        assert browser.get(f"{room.get_absolute_url()}left/").status_code == 429
        ticket = browser.post(f"{room.get_absolute_url()}ticket/")
        assert ticket.status_code == 429
        assert ticket.json()["error"]["code"] == "too-many-guesses"


def test_nobody_is_locked_out_of_their_own_room_by_a_neighbour(
    room: Room, owner: Person, member: Person, anonymous: Person
) -> None:
    for _ in range(GUESSES):
        anonymous.get(f"/r/{new_link()}/")

    assert owner.get(room.get_absolute_url()).status_code == 200
    assert owner.get(f"{room.get_absolute_url()}room/").status_code == 200
    assert member.get(room.get_absolute_url()).status_code == 200
    assert owner.get(f"/r/{new_link()}/").status_code == 429


def test_guesses_by_any_door_count_together(
    room: Room, stranger: Person, anonymous: Person
) -> None:
    for number in range(GUESSES):
        path = f"/r/{new_link()}/"
        match number % 4:
            case 0:
                stranger.get(f"{path}room/")
            case 1:
                anonymous.post(f"{path}ticket/")
            case 2:
                anonymous.get(f"{path}left/")
            case _:
                stranger.post(f"{path}delete/")

    assert anonymous.get(room.get_absolute_url()).status_code == 429
    assert stranger.get(f"{room.get_absolute_url()}room/").status_code == 429


def test_what_cannot_be_a_link_is_no_guess(room: Room, anonymous: Person) -> None:
    for number in range(GUESSES + 5):
        assert anonymous.get(f"/r/nothing-{number}/").status_code == 404

    assert anonymous.get(room.get_absolute_url()).status_code == 200


def test_a_forged_forwarded_address_changes_nothing(
    room: Room, anonymous: Person
) -> None:
    for number in range(GUESSES):
        anonymous.get(
            f"/r/{new_link()}/", headers={"x-forwarded-for": f"203.0.113.{number}"}
        )

    assert anonymous.get(room.get_absolute_url()).status_code == 429


def test_counts_lie_in_the_cache_that_all_processes_share() -> None:
    guess()

    assert len(cache.get_many(throttle._slots(HERE))) == GUESSES
    assert not isinstance(caches["default"], LocMemCache)
