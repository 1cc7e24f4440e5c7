"""Sites of their own, each with a database and files."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.servers import ROOT, environment, ground, postgres_server

KEY = "the same key for all of these sites, and they guard nothing at all"


@dataclass(frozen=True)
class Site:
    """What one Parley stands on."""

    folder: Path
    env: dict[str, str]

    @property
    def database(self) -> Path:
        """The file, where it is SQLite."""
        return self.folder / "parley.sqlite3"

    def all(self, *steps: str) -> dict[str, list[str]]:
        """Every row by model, and every file; see filled.py for what comes before."""
        told = self._python("-m", "tests.conference.backup.filled", *steps)
        found: dict[str, list[str]] = json.loads(told)
        return found

    def python(self, code: str) -> str:
        return self._python("-c", code)

    def _python(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


NewSite = Callable[..., Site]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture
def site(tmp_path: Path) -> NewSite:
    """A site by name; `database` is its address, SQLite with tables if none."""

    def make(name: str, database: str = "", **settings: str) -> Site:
        folder = tmp_path / name
        folder.mkdir()
        if database:
            settings["DATABASE_URL"] = database
        elif "DATABASE_URL" not in settings:
            (folder / "parley.sqlite3").write_bytes(
                (ground() / "parley.sqlite3").read_bytes()
            )
        env = environment(
            folder,
            8000,
            DJANGO_SETTINGS_MODULE="conference.settings",
            **({"SECRET_KEY": KEY} | settings),
        )
        return Site(folder, env)

    return make


@pytest.fixture
def new_database(postgres: str) -> Callable[[str], str]:
    """An empty PostgreSQL database; its address."""

    def make(name: str) -> str:
        with psycopg.connect(postgres, autocommit=True) as line:
            line.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            line.execute(f"CREATE DATABASE {name}".encode())
        return f"{postgres.rpartition('/')[0]}/{name}"

    return make
