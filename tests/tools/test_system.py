"""What the tests need of the machine: found, or named with the command to type."""

import dataclasses
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.bidi import program
from tests.browser.browsers import chromium_program
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
    of_system(monkeypatch, DEBIAN)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
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
        "Type: brew install --cask nothing && brew install redis"
    )


def test_only_linux_needs_what_its_networks_are_made_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = {"iproute2", "iptables"}
    assert own <= {piece.name for piece in system.needed()}
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not own & {piece.name for piece in system.needed()}
    assert system.needed() == [piece for piece in system.PIECES if piece.brew]


UBUNTU = {"ID": "ubuntu", "ID_LIKE": "debian"}
MINT = {"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}
DEBIAN = {"ID": "debian"}
PACKAGES = (
    "redis-server coturn postgresql nginx-light caddy libnss3-tools iproute2 iptables"
)


def of_system(monkeypatch: pytest.MonkeyPatch, told: dict[str, str]) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: told)
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.mark.parametrize("told", [UBUNTU, MINT])
def test_ubuntu_is_told_where_browsers_are(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str]
) -> None:
    of_system(monkeypatch, told)
    first, *browsers, command = system.by_hand(list(system.PIECES)).splitlines()
    assert "snaps" in first
    assert [line.split()[:2] for line in browsers] == [
        ["Install", "Chromium"],
        ["Install", "Firefox"],
    ]
    assert command.endswith(f"apt-get install -y {PACKAGES}")


def test_debian_has_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    of_system(monkeypatch, DEBIAN)
    assert system.by_hand(list(system.PIECES)).endswith(
        f"apt-get install -y chromium firefox-esr {PACKAGES}"
    )


@pytest.mark.parametrize(("told", "runs"), [(UBUNTU, []), (DEBIAN, ["firefox-esr"])])
def test_apt_is_asked_for_what_it_has(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], runs: list[str]
) -> None:
    of_system(monkeypatch, told)
    asked: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert system.install([system.FIREFOX], []) is bool(runs)
    assert [command[-1] for command in asked[1:]] == runs


def test_a_snap_is_no_browser_for_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = tmp_path / "firefox-esr"
    stub.write_text('#!/bin/sh\nexec /snap/bin/firefox "$@"\n')
    stub.chmod(0o755)
    real = tmp_path / "firefox"
    monkeypatch.setattr(system, "PLACES", [])
    monkeypatch.setenv("PATH", str(tmp_path))
    piece = dataclasses.replace(system.FIREFOX, places=())
    assert piece.path() is None
    real.write_text("#!/bin/sh\n")
    real.chmod(0o755)
    assert piece.path() == str(real)


def test_the_tests_run_what_was_found() -> None:
    assert chromium_program() == system.CHROMIUM.path()
    assert program() == system.FIREFOX.path()


def test_root_needs_no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert system.without_password() == []


def test_without_apt_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert system.without_password() is None
