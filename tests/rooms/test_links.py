"""Links: made at random, read kindly."""

import math

import pytest

from rooms.links import ALPHABET, LINK_LENGTH, SYMBOLS, new_link, read_link

LINK = "abcd-efgh-jkmn-pqrs"


def test_a_link_has_at_least_64_random_bits() -> None:
    assert SYMBOLS * math.log2(len(ALPHABET)) >= 64
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_links_can_be_read_out() -> None:
    assert set(ALPHABET).isdisjoint("ilo01")
    assert ALPHABET.lower() == ALPHABET


def test_links_differ_and_use_every_symbol_everywhere() -> None:
    made = [new_link() for _ in range(4000)]

    assert len(set(made)) == len(made)
    for link in made:
        assert len(link) == LINK_LENGTH
        assert read_link(link) == link
    for place in range(LINK_LENGTH):
        if place % 5 != 4:
            assert {link[place] for link in made} == set(ALPHABET)


@pytest.mark.parametrize(
    "text",
    [
        LINK,
        LINK.upper(),
        "abcdefghjkmnpqrs",
        " abcd efgh\tjkmn pqrs \n",
        "abcd--efgh-jkmn-pqrs",
        "abcd\u2013efgh\u2014jkmn\u2011pqrs",
        "\uff41bcd-efgh-jkmn-pqrs",
        f"http://localhost:8000/r/{LINK}/",
        f"https://meet.example.org/r/{LINK}",
        f"meet.example.org/r/{LINK.upper()}/left/?x=1#y",
        f"/r/{LINK}/",
        f"  https://meet.example.org/r/{LINK}/  ",
    ],
)
def test_a_link_is_read_however_it_is_given(text: str) -> None:
    assert read_link(text) == LINK


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abcd",
        "abcd-efgh-jkmn-pqr",
        "abcd-efgh-jkmn-pqrst",
        "abcd-efgh-jkmn-pqr0",
        "abcd-efgh-jkmn-pqrl",
        "https://meet.example.org/rooms/",
        "https://meet.example.org/r/",
        "../../etc/passwd",
        "\x00" * 16,
        "x" * 100_000,
        "\u0430bcd-efgh-jkmn-pqrs",
    ],
)
def test_what_is_no_link_is_none(text: str) -> None:
    assert read_link(text) is None
