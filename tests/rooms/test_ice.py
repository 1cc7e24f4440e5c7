"""STUN and TURN servers, and credentials that end."""

import base64
import hashlib
from typing import Any

import pytest
from django.test import override_settings

from rooms.ice import ENDS_SECONDS, IceServers, ice_servers, name_of

NOW = 1_795_000_000.75
TURN = {
    "STUN_URLS": ["stun:stun.example.org"],
    "TURN_URLS": ["turn:turn.example.org:3478", "turns:turn.example.org:5349"],
    "TURN_SECRET": "north",
}


def hmac_sha1(key: bytes, text: bytes) -> bytes:
    """RFC 2104, written out, so that nothing is checked against itself."""
    assert len(key) <= 64
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha1(bytes(byte ^ 0x36 for byte in padded) + text).digest()
    return hashlib.sha1(bytes(byte ^ 0x5C for byte in padded) + inner).digest()


def turn(person: str = "g:one", room_id: int = 7) -> dict[str, Any]:
    return ice_servers(person, room_id, NOW).servers[-1]


def test_without_settings_there_are_none() -> None:
    assert ice_servers("u:1", 1, NOW) == IceServers([], 0)


@override_settings(STUN_URLS=["stun:a.example.org", "stun:b.example.org"])
def test_stun_needs_no_credentials_and_never_ends() -> None:
    assert ice_servers("u:1", 1, NOW) == IceServers(
        [{"urls": ["stun:a.example.org", "stun:b.example.org"]}], 0
    )


@override_settings(**TURN)
def test_turn_credentials_end_within_ten_minutes_a_wrong_clock_included() -> None:
    given = ice_servers("g:one", 7, NOW)

    assert ENDS_SECONDS == 600
    assert given.expires_ms == 1_795_000_300_000
    stun, relay = given.servers
    assert stun == {"urls": TURN["STUN_URLS"]}
    assert relay["urls"] == TURN["TURN_URLS"]
    assert relay["username"] == "1795000600" + name_of("g:one", 7)


@override_settings(**TURN)
def test_the_password_is_the_names_hmac_under_the_servers_secret() -> None:
    relay = turn()

    expected = base64.b64encode(hmac_sha1(b"north", relay["username"].encode()))
    assert relay["credential"] == expected.decode()


@override_settings(**TURN)
def test_credentials_differ_by_person_and_room_and_name_neither() -> None:
    names = {turn(person, room)["username"] for person in "ab" for room in (1, 2)}

    assert len(names) == 4
    assert "g:one" not in turn("g:one")["username"]
    assert turn() == turn()


@pytest.mark.parametrize("person", ["u:1", "g:0123456789abcdef0123456789abcdef"])
def test_turn_without_stun_stands_alone(person: str) -> None:
    with override_settings(**{**TURN, "STUN_URLS": []}):
        assert len(ice_servers(person, 1, NOW).servers) == 1


@override_settings(**TURN)
def test_a_program_gets_its_own_in_the_shape_that_its_library_takes() -> None:
    servers = ice_servers("program:recorder-7", 7, NOW).servers

    for server in servers:
        assert set(server) <= {"urls", "username", "credential"}
    assert servers[-1]["username"] != turn("program:recorder-8")["username"]
    assert "recorder" not in servers[-1]["username"]
