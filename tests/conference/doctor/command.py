"""`manage.py doctor --json` as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from tests.servers import ROOT


@dataclass(frozen=True)
class Report:
    """What it said and how it ended."""

    code: int
    text: str
    state: str
    findings: list[dict[str, str]]

    def bad(self, about: str, words: str) -> dict[str, str]:
        return self.said("bad", about, words)

    def said(self, state: str, about: str, words: str) -> dict[str, str]:
        found = [
            each
            for each in self.findings
            if each["about"] == about and words in each["found"]
        ]
        assert len(found) == 1, self.text
        assert found[0]["state"] == state, found[0]
        return found[0]


def examined(env: Mapping[str, str]) -> Report:
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--json"],
        cwd=ROOT,
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    told = json.loads(done.stdout)
    return Report(
        done.returncode, done.stdout + done.stderr, told["state"], told["findings"]
    )
