"""All checks together: time limits, exit codes, and secrets that stay secret."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from conference.doctor import Finding, State, good, look
from conference.doctor.examination import examine, worst
from tests.conference.doctor.command import examined
from tests.conference.doctor.heard import said
from tests.servers import ROOT, environment, free_port, parley_server, turn_server


def test_a_check_that_hears_nothing_ends_in_time() -> None:
    silence = threading.Event()

    def waits() -> Iterator[Finding]:
        silence.wait()
        yield good("Wall", "It spoke.")

    def answers() -> Iterator[Finding]:
        yield good("Bell", "It rang.")

    try:
        findings = examine({"Wall": waits, "Bell": answers}, seconds=0.2)
        said(findings, State.BAD, "no answer within 0.2 seconds")
        said(findings, State.GOOD, "It rang.")
        assert [each.about for each in findings] == ["Wall", "Bell"]
    finally:
        silence.set()


def test_a_check_that_breaks_is_told_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks() -> Iterator[Finding]:
        yield good("Bell", "It rang.")
        raise ValueError("hunter2")

    with caplog.at_level(logging.ERROR):
        findings = examine({"Bell": breaks})
    finding = said(findings, State.BAD, "This check itself failed (ValueError)")
    assert "hunter2" not in str(finding)
    assert "hunter2" in caplog.text


def test_the_worst_is_what_counts() -> None:
    assert worst([]) is State.GOOD
    assert worst([look("a", "b", "c"), good("a", "b")]) is State.LOOK


def test_a_site_where_all_is_well() -> None:
    with (
        turn_server() as turn,
        parley_server(
            TURN_URLS=turn.url,
            TURN_SECRET=turn.secret,
            STUN_URLS=f"stun:127.0.0.1:{turn.port}",
        ) as server,
    ):
        # The secret file of whoever runs the tests is none of this site's.
        report = examined(server.env)
        wrong = [each for each in report.findings if each["state"] != "good"]
        assert [each for each in wrong if ".env" not in each["found"]] == []
        report.said("good", "Address", "this very Parley")
        report.said("good", "WebSockets", "reach Parley")
        report.said("good", "TURN", "takes our credentials")
        assert report.code == (1 if wrong else 0)


def test_no_secret_is_ever_shown(tmp_path: Path) -> None:
    """Every setting with a secret, everything broken."""
    port, nobody = free_port(), f"hunter2@127.0.0.1:{free_port()}"
    env = environment(
        tmp_path,
        port,
        SECRET_KEY="hunter2-" * 8,
        DATABASE_URL=f"postgres://parley:{nobody}/parley",
        REDIS_URL=f"redis://:{nobody}/0",
        EMAIL_URL=f"smtp://parley:{nobody}",
        TURN_URLS=f"turn:127.0.0.1:{free_port()}?transport=tcp",
        TURN_SECRET="hunter2",
        OIDC_ISSUER="https://login.invalid",
        OIDC_CLIENT_ID="parley",
        OIDC_CLIENT_SECRET="hunter2",
    )
    report = examined(env)
    assert report.code == 2
    assert report.state == "bad"
    for about in ("Settings", "Address", "Database", "Redis", "Mail", "TURN"):
        states = {e["state"] for e in report.findings if e["about"] == about}
        assert "bad" in states, about
    assert all(each["do"] for each in report.findings if each["state"] != "good")
    assert "hunter2" not in report.text
    in_words = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert in_words.returncode == 2
    assert in_words.stdout.endswith("Something does not work.\n")
    assert "bad  Database" in in_words.stdout
    assert "→ " in in_words.stdout
    assert "hunter2" not in in_words.stdout + in_words.stderr
