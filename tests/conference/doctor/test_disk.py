"""The doctor and the disk."""

import shutil
import time
from pathlib import Path

import pytest

from conference.doctor import State
from conference.doctor.clock import compared
from conference.doctor.disk import read_by_others, room_in, writable
from tests.conference.doctor.heard import all_good, said


def test_a_disk_is_full_where_less_is_free_than_is_needed(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    all_good(room_in(tmp_path, 1, 1))
    said(room_in(tmp_path, free * 2, 1), State.LOOK, "are free")
    said(room_in(tmp_path, free * 4, free * 2), State.BAD, "all but full")


def test_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    all_good(writable(tmp_path))
    said(writable(tmp_path / "nowhere"), State.BAD, "may not write")


def test_secrets_are_for_their_owner(tmp_path: Path) -> None:
    dotenv, database = tmp_path / ".env", tmp_path / "parley.sqlite3"
    for path in (dotenv, database):
        path.touch(0o600)
    tmp_path.chmod(0o755)
    all_good(read_by_others(tmp_path, dotenv))
    database.chmod(0o644)
    finding = said(read_by_others(tmp_path, dotenv), State.LOOK, str(database))
    assert str(tmp_path) in finding.do
    tmp_path.chmod(0o700)
    all_good(read_by_others(tmp_path, dotenv))
    dotenv.chmod(0o644)
    said(read_by_others(tmp_path, dotenv), State.LOOK, str(dotenv))


@pytest.mark.parametrize(
    ("off", "state", "words"),
    [
        (0, State.GOOD, "agree"),
        (20, State.LOOK, "20 s ahead of"),
        (-3600, State.BAD, "3600 s behind"),
    ],
)
def test_a_clock_that_is_wrong(off: float, state: State, words: str) -> None:
    said([compared("the database", time.time() + off)], state, words)
