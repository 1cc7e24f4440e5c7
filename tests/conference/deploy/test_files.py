"""What deploy/ and docs/deployment.md say is so."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aioice import stun, turn
from django.core.management import get_commands
from pytest_django import Settings

from conference.doctor.relay import check_stun, check_turn
from rooms.ice import ice_servers
from tests.conference.doctor.heard import all_good
from tests.conference.test_settings import asked_for
from tests.servers import ROOT, Process, folder_for, free_port, stun_answers, tool

DEPLOY = ROOT / "deploy"
PAGE = ROOT / "docs/deployment.md"
# Read by OpenSSL, not by Parley.
OF_OTHERS = {"SSL_CERT_FILE"}
SECRET = "only-for-this-test-0123456789"


def settings_in(text: str) -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", text, re.MULTILINE))


def test_every_setting_that_is_set_exists() -> None:
    known = asked_for()
    example = settings_in((DEPLOY / "parley.env.example").read_text())
    assert {"SECRET_KEY", "SITE_URL", "TRUSTED_PROXIES", "DATA_DIR"} <= example
    assert example <= known
    assert settings_in(PAGE.read_text()) <= known
    named = re.findall(r"`([A-Z][A-Z_]+)(?:=[^`]*)?`", PAGE.read_text())
    assert named
    assert set(named) <= known | OF_OTHERS


def test_every_file_is_told_of_and_is_there() -> None:
    told = set(re.findall(r"deploy/([\w.@-]+)", PAGE.read_text()))
    assert told == {path.name for path in DEPLOY.iterdir()}


def test_commands_of_the_page_exist() -> None:
    commands = set(re.findall(r"manage\.py ([a-z_]+)", PAGE.read_text()))
    assert {"doctor", "backup", "restore"} <= commands
    assert commands <= set(get_commands())


def test_a_shell_reads_the_example_as_it_stands() -> None:
    """With all that is commented out; as the page's own commands do."""
    example = (DEPLOY / "parley.env.example").read_text()
    text = re.sub(r"^#([A-Z_]+=)", r"\1", example, flags=re.MULTILINE)
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", f'{text}\nprintf %s "$MAIL_FROM"'],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == "Parley <no-reply@call.example.org>"


def test_all_files_speak_of_one_place() -> None:
    """Name, port and folders are the same wherever they stand."""
    texts = {path.name: path.read_text() for path in DEPLOY.iterdir()}
    for name in ("Caddyfile", "nginx.conf"):
        assert "127.0.0.1:8000" in texts[name]
        assert "call.example.org" in texts[name]
    env = texts["parley.env.example"]
    assert "BIND=127.0.0.1\nPORT=8000\nTRUSTED_PROXIES=1\n" in env
    assert "SITE_URL=https://call.example.org\n" in env
    assert "DATA_DIR=/var/lib/parley\n" in env
    for name in ("parley.service", "parley-backup.service"):
        assert "EnvironmentFile=/etc/parley/parley.env\n" in texts[name]
        assert "WorkingDirectory=/srv/parley\n" in texts[name]
        assert re.search(r"^StateDirectory=parley\b", texts[name], re.MULTILINE)


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """Where there is a systemd; the paths of a server are not here."""
    units = sorted(DEPLOY.glob("*.service")) + sorted(DEPLOY.glob("*.timer"))
    assert len(units) == 4
    for unit in units:
        text = unit.read_text()
        text = text.replace("/srv/parley/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text.replace("/srv/parley", str(ROOT)))
        sections = re.findall(r"^\[(\w+)\]$", text, re.MULTILINE)
        assert sections[0] == "Unit"
    if (verify := shutil.which("systemd-analyze")) is None:
        return
    done = subprocess.run(
        [verify, "verify", *(str(tmp_path / unit.name) for unit in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    # It looks at the machine's own units, too.
    said = [line for line in done.stderr.splitlines() if "parley" in line]
    assert not said, done.stderr


# The relay


@pytest.fixture(scope="module")
def relay() -> Iterator[int]:
    """coturn with the file of deploy/, on this machine alone; its port."""
    port, low = free_port(), free_port()
    text = (DEPLOY / "turnserver.conf").read_text()
    for old, new in {
        "listening-port=3478": f"listening-port={port}",
        "min-port=49152": f"min-port={min(low, 65400)}",
        "max-port=65535": f"max-port={min(low, 65400) + 100}",
        "static-auth-secret=\n": f"static-auth-secret={SECRET}\n",
        "log-file=syslog": "log-file=stdout",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    with folder_for("relay") as folder:
        config = folder / "turnserver.conf"
        config.write_text(text)
        process = Process(
            [
                *(tool("turnserver"), "-c", str(config)),
                *("--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"),
                *(f"--pidfile={folder / 'pid'}", f"--userdb={folder / 'turndb'}"),
            ],
            folder,
        )
        try:
            process.start().wait_until(lambda: stun_answers(port))
            assert "CONFIG ERROR" not in process.words()
            assert "Bad configuration" not in process.words()
            assert "unrecognized" not in process.words().lower()
            yield port
        finally:
            process.end()


@pytest.fixture
def relayed(settings: Settings, relay: int) -> int:
    settings.TURN_URLS = [
        f"turn:127.0.0.1:{relay}",
        f"turn:127.0.0.1:{relay}?transport=tcp",
    ]
    settings.STUN_URLS = [f"stun:127.0.0.1:{relay}"]
    settings.TURN_SECRET = SECRET
    return relay


@pytest.mark.usefixtures("relayed")
def test_the_doctor_is_content_with_the_relay() -> None:
    assert len(all_good([*check_turn(), *check_stun()])) == 3


def refusal(port: int, peer: str) -> int | None:
    """With which code the relay refuses to lead to a peer; None if it leads there."""
    server = ice_servers("tester", 1, time.time()).servers[-1]

    async def ask() -> int | None:
        loop = asyncio.get_running_loop()
        line, client = await loop.create_datagram_endpoint(
            lambda: turn.TurnClientUdpProtocol(
                ("127.0.0.1", port),
                str(server["username"]),
                str(server["credential"]),
                60,
                60,
            ),
            remote_addr=("127.0.0.1", port),
        )
        try:
            await client.connect()
            await client.channel_bind(0x4000, (peer, 80))
        except stun.TransactionFailed as fault:
            return fault.response.error_code
        finally:
            await client.delete()
            line.close()
        return None

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "peer",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "0.0.0.0", "198.18.0.1", "240.0.0.1", "224.0.0.1"),
    ],
)
def test_nobody_is_led_into_the_house(relayed: int, peer: str) -> None:
    assert refusal(relayed, peer) in (400, 403)


def test_a_stranger_may_be_reached(relayed: int) -> None:
    assert refusal(relayed, "8.8.8.8") is None
