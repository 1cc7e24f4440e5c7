"""Silent sockets make room for each other, address by address."""

import pytest

from rooms.signalling.strangers import Strangers, household


def test_the_oldest_goes_for_the_newest_of_its_own_address() -> None:
    strangers: Strangers[str] = Strangers(2)
    assert strangers.arrive("a", "192.0.2.1") is None
    assert strangers.arrive("b", "192.0.2.1") is None
    assert strangers.arrive("else", "192.0.2.2") is None
    assert strangers.arrive("c", "192.0.2.1") == "a"
    assert strangers.arrive("d", "192.0.2.1") == "b"
    assert len(strangers) == 3


def test_whoever_says_who_they_are_counts_no_more() -> None:
    strangers: Strangers[int] = Strangers(2)
    for socket in range(1000):
        assert strangers.arrive(socket, "192.0.2.1") is None
        strangers.depart(socket, "192.0.2.1")
        strangers.depart(socket, "192.0.2.1")
    assert len(strangers) == 0
    strangers.depart(7, "192.0.2.9")


def test_nothing_is_remembered_of_those_who_left() -> None:
    strangers: Strangers[int] = Strangers(2)
    for socket in range(1000):
        address = f"2001:db8::{socket:x}"
        strangers.arrive(socket, address)
        strangers.depart(socket, address)
    assert strangers._silent == {}


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("0.0.0.0", "0.0.0.0"),  # noqa: S104
    ],
)
def test_a_network_of_ipv6_is_one_household(address: str, place: str) -> None:
    assert household(address) == place
