"""Whose address it is: never one that the client could have written itself."""

import pytest
from django.test import RequestFactory, override_settings

from conference.client import canonical, client_address, of_request, of_scope

PEER = "192.0.2.1"


def seen(proxies: int, *forwarded: str, peer: str | None = PEER) -> str:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    with override_settings(TRUSTED_PROXIES=proxies):
        return client_address(headers, peer)


def test_no_proxy_means_no_header_is_believed() -> None:
    assert seen(0, "203.0.113.9") == PEER


def test_one_proxy_believes_the_last_hop_only() -> None:
    assert seen(1, "198.51.100.7, 203.0.113.9") == "203.0.113.9"
    assert seen(1, "198.51.100.7", "203.0.113.9") == "203.0.113.9"


def test_two_proxies_believe_the_last_two() -> None:
    assert seen(2, "198.51.100.7, 203.0.113.9, 10.0.0.2") == "203.0.113.9"


def test_fewer_hops_than_proxies_is_no_fault() -> None:
    assert seen(3, "203.0.113.9") == "203.0.113.9"
    assert seen(3) == PEER


@pytest.mark.parametrize("forged", ["", "unknown", "1.2.3", "x" * 500, "203.0.113.999"])
def test_what_is_no_address_is_passed_over(forged: str) -> None:
    assert seen(1, forged) == PEER


def test_nobody_has_an_address_too() -> None:
    assert seen(0, peer=None) == "0.0.0.0"
    assert seen(0, peer="unix") == "0.0.0.0"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:DB8::1]:4711", "2001:db8::1"),
        ("2001:0db8::0001", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::1"),
        (" 203.0.113.9 ", "203.0.113.9"),
        ("localhost", None),
    ],
)
def test_canonical(text: str, address: str | None) -> None:
    assert canonical(text) == address


def test_request_and_socket_agree() -> None:
    hops = "198.51.100.7, 203.0.113.9"
    request = RequestFactory().get("/", REMOTE_ADDR=PEER, HTTP_X_FORWARDED_FOR=hops)
    scope = {
        "client": (PEER, 4711),
        "headers": [(b"X-Forwarded-For", hops.encode())],
    }
    with override_settings(TRUSTED_PROXIES=1):
        assert of_request(request) == of_scope(scope) == "203.0.113.9"
    assert of_request(request) == of_scope(scope) == PEER
    assert of_scope({"client": None, "headers": []}) == "0.0.0.0"
