"""What deploy/ and docs/deployment.md say is so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from django.core.management import get_commands
from pytest_django import Settings

from conference.doctor.relay import check_stun, check_turn
from conference.turn.database import PLACE, REALM
from tests.conference.doctor.heard import all_good
from tests.conference.test_settings import asked_for
from tests.servers import ROOT, turn_server

DEPLOY = ROOT / "deploy"
PAGE = ROOT / "docs/deployment.md"
# Read by OpenSSL, not by Parley.
OF_OTHERS = {"SSL_CERT_FILE"}


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
    commands = set(re.findall(r"manage\.py ([a-z0-9_]+)", PAGE.read_text()))
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


# The relay, whose file tests/turn/ proves


def option(name: str) -> str:
    text = (DEPLOY / "turnserver.conf").read_text()
    (found,) = re.findall(rf"^#?{name}=(.*)$", text, re.MULTILINE)
    return str(found)


def test_the_relay_takes_its_file_and_the_doctor_is_content(settings: Settings) -> None:
    with turn_server() as turn:
        said = turn.process.words().lower()
        for complaint in ("config error", "bad configuration", "unrecognized"):
            assert complaint not in said, said
        settings.TURN_URLS = [turn.url, f"{turn.url}?transport=tcp"]
        settings.STUN_URLS = [turn.url.replace("turn:", "stun:")]
        settings.TURN_SECRET = turn.secret
        assert len(all_good([*check_turn(), *check_stun()])) == 3


def test_the_secret_is_kept_where_coturn_looks_for_it() -> None:
    assert option("realm") == REALM
    assert option("userdb") == str(PLACE)
    assert "static-auth-secret" not in (DEPLOY / "turnserver.conf").read_text()
