"""What the tests need of the machine: found, or named with the command to type."""

import os
import shutil
import sys

import pytest

from tools import system

NOWHERE = system.Piece("Nothing", ("no-such-program",), "nothing", "--cask nothing")


def test_everything_is_here(capsys: pytest.CaptureFixture[str]) -> None:
    """These very tests need it all, so here it is."""
    assert system.main() == 0
    assert "are here" in capsys.readouterr().out


def test_without_rights_the_command_is_told_and_the_run_ends(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "PIECES", (*system.PIECES, NOWHERE))
    monkeypatch.setattr(system, "without_password", lambda: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "platform", "linux")
    assert system.main() == 1
    told = capsys.readouterr()
    assert told.out == "System: missing Nothing\n"
    assert told.err == (
        "The tests need them. Type: "
        "sudo apt-get update && sudo apt-get install -y nothing\n"
    )


def test_macos_is_told_of_brew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    redis = next(piece for piece in system.PIECES if piece.name == "Redis")
    assert system.by_hand([NOWHERE, redis]) == (
        "brew install --cask nothing && brew install redis"
    )


def test_root_needs_no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert system.without_password() == []


def test_without_apt_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert system.without_password() is None
