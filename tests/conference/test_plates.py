"""What `manage.py drain` believes of the files by which processes are found."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from conference.process import Plate, living, numbers

TOLD = {"name": "x", "pid": 77, "started": "2026-11-20T11:00:00+00:00", "address": ""}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path
    (tmp_path / "processes").mkdir()


@pytest.fixture
def held(tmp_path: Path) -> Iterator[ExitStack]:
    with ExitStack() as files:
        yield files


def put(held: ExitStack, tmp_path: Path, text: str) -> Path:
    """A file of somebody who lives."""
    path = tmp_path / "processes" / "x.json"
    path.write_text(text)
    fcntl.flock(held.enter_context(path.open()), fcntl.LOCK_EX)
    return path


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "\x00", '"x"', "{}"),
        *(json.dumps(TOLD | {"pid": pid}) for pid in ("7", -1, 0, None, True, 1.5)),
        json.dumps({"name": "x", "pid": 77}),
        json.dumps(TOLD | {"address": 7}),
    ],
)
def test_what_names_no_process_is_passed_over(
    held: ExitStack, tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    path = put(held, tmp_path, text)
    plate = Plate("")
    plate.put_up()
    assert living() == [plate.serving], "and the others are found"
    plate.take_down()
    assert path.exists(), "it is somebody's who lives"
    assert "x.json cannot be read" in caplog.text


def test_another_version_may_tell_more_or_less(held: ExitStack, tmp_path: Path) -> None:
    put(held, tmp_path, json.dumps(TOLD | {"weather": "fine"}))
    (found,) = living()
    assert (found.pid, found.numbers) == (77, "")


def test_a_number_of_another_container_is_somebody_else_here(
    held: ExitStack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = put(held, tmp_path, json.dumps(TOLD | {"numbers": "pid:[1]"}))
    assert living() == []
    assert path.exists()
    assert "another container" in caplog.text
    path.write_text(json.dumps(TOLD | {"numbers": numbers()}))
    assert [each.pid for each in living()] == [77]
