"""Where no network namespaces can be made, a run says so and cannot be misread."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT

TEST = "tests/network/test_lab.py::test_two_are_cut_off_from_each_other_alone"


def run(nowhere: Path, ci: str) -> subprocess.CompletedProcess[str]:
    """A run of one test of the lab on a machine that lacks `unshare`."""
    env = {**os.environ, "PATH": str(nowhere), "CI": ci, "PY_COLORS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", TEST],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_it_says_what_was_not_proved(tmp_path: Path, ci: str, code: int) -> None:
    done = run(tmp_path, ci)
    assert done.returncode == code, done.stdout
    red = [line for line in done.stdout.splitlines() if "\x1b[31m" in line]
    said = "\n".join(red)
    assert "NOT PROVED: calls across networks" in said
    assert "nothing was seen of NATs" in said
    assert "type: " in said
