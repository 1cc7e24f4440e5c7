"""Processes that share one real database and all go at once."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.servers import ROOT, environment, ground, manage, postgres_server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of its own, as real processes share it."""
    if request.param == "sqlite":
        shutil.copy(ground() / "parley.sqlite3", tmp_path)
        yield f"sqlite:///{tmp_path / 'parley.sqlite3'}"
    else:
        with postgres_server() as url:
            env = environment(tmp_path, 0, DATABASE_URL=url)
            manage(env, "migrate", "--verbosity", "0")
            yield url


class Processes:
    """Starts Python programs at one database."""

    def __init__(self, folder: Path, database: str) -> None:
        self.env = environment(folder, 0, DATABASE_URL=database)
        self.env["DJANGO_SETTINGS_MODULE"] = "conference.settings"

    def run(self, code: str, *words: str) -> str:
        """What the program prints until it ends well."""
        return self._end(self._start(code, *words))

    def at_once(self, code: str, each: Sequence[Sequence[str]]) -> list[str]:
        """Run one program for each of these words, all together.

        The code says where it waits for the others: after `ready()` nobody is behind.
        """
        waits = 'def ready():\n    print("ready", flush=True)\n    input()\n'
        running = [self._start(waits + code, *words) for words in each]
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [self._end(process) for process in running]

    def _start(self, code: str, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", f"import django; django.setup()\n{code}", *words],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _end(self, process: "subprocess.Popen[str]") -> str:
        printed, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        return printed


@pytest.fixture
def processes(tmp_path: Path, database: str) -> Processes:
    return Processes(tmp_path, database)
