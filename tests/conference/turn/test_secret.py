"""`manage.py relay_secret`, and a real coturn that looks there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from conference.turn.database import keep_secret
from tests.servers import Turn, turn_server
from tests.turn.asking import refusal
from tests.turn.stun import timed_credentials

OLD, NEW = "the-secret-of-yesterday", "the-secret-of-tomorrow"


def told(capsys: pytest.CaptureFixture[str], database: Path, *options: str) -> str:
    call_command("relay_secret", *options, database=database)
    return capsys.readouterr().out


def taken(turn: Turn, secret: str) -> bool:
    credentials = timed_credentials(secret, int(time.time()) + 60, "7:somebody")
    return refusal(("127.0.0.1", turn.port), credentials) == 0


def test_a_running_relay_takes_another_secret_and_forgets_the_old(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with turn_server() as turn:
        settings.TURN_SECRET = NEW
        assert not taken(turn, NEW)
        assert "Another one still holds" in told(capsys, turn.database)
        assert taken(turn, turn.secret)
        assert taken(turn, NEW)
        assert "still" not in told(capsys, turn.database, "--alone")
        assert not taken(turn, turn.secret)
        assert taken(turn, NEW)


def test_no_secret_is_shown_and_nobody_else_may_read_it(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = tmp_path / "turndb"
    settings.TURN_SECRET = NEW
    assert NEW not in told(capsys, database)
    assert database.stat().st_mode & 0o777 == 0o600
    assert keep_secret(database, OLD) == 1
    assert keep_secret(database, OLD) == 1
    assert keep_secret(database, NEW, alone=True) == 0


def test_what_cannot_be_done_is_said(settings: Settings, tmp_path: Path) -> None:
    settings.TURN_SECRET = ""
    with pytest.raises(CommandError, match="TURN_SECRET is not set"):
        call_command("relay_secret", database=tmp_path / "turndb")
    settings.TURN_SECRET = NEW
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("relay_secret", database=tmp_path / "nowhere" / "turndb")
    (tmp_path / "text").write_text("This is not a database, but long enough for one.")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("relay_secret", database=tmp_path / "text")
