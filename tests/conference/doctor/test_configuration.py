"""What the doctor reads in the settings."""

from typing import Any

import pytest
from pytest_django import Settings

from conference.doctor import State
from conference.doctor.configuration import check
from tests.conference.doctor.heard import all_good, said

PUBLIC = {"SITE_URL": "http://call.example.org"}
HTTPS = {"SITE_URL": "https://call.example.org", "SECURE": True}
KEY = "t0fBq-3Wn8dYxLr5KcZ_uHmVgJ2sPeA9iQo6wUyNbRk1XTlCv7MzE4"


@pytest.fixture(autouse=True)
def key(settings: Settings) -> None:
    settings.SECRET_KEY = KEY


def test_a_site_of_this_machine_is_well() -> None:
    all_good(check())


@pytest.mark.parametrize(
    ("changed", "state", "words"),
    [
        (PUBLIC | {"DEBUG": True}, State.BAD, "DEBUG is on"),
        (PUBLIC, State.BAD, "camera and microphone to https only"),
        ({"SECRET_KEY": "abcdefgh" * 8}, State.BAD, "looks guessable"),
        ({"SECRET_KEY": f"django-insecure-{KEY}"}, State.BAD, "looks guessable"),
        (HTTPS, State.BAD, "no proxy is trusted"),
        (
            {"TRUSTED_PROXIES": 1, "BIND": "0.0.0.0"},
            State.LOOK,
            "can claim any address",
        ),
        ({"ALLOWED_HOSTS": ["*"]}, State.LOOK, "names that are not its own"),
        ({"ALLOWED_HOSTS": [".example.org"]}, State.LOOK, ".example.org"),
    ],
)
def test_what_is_wrong_is_said(
    settings: Settings, changed: dict[str, Any], state: State, words: str
) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)
    finding = said(check(), state, words)
    assert KEY not in str(finding)
