"""The layer over environs: what wins, what counts as not set, what is refused."""

from pathlib import Path

import pytest
from environs import Env

from conference import env


@pytest.fixture(autouse=True)
def _own_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test reads from a file is forgotten with it."""
    monkeypatch.setattr(env, "_env", Env())


def test_exported_variable_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("SITE_NAME=From the file\nPORT=9001\n")
    monkeypatch.setenv("SITE_NAME", "Exported")
    env.read_dotenv(file)
    assert env.text("SITE_NAME", "", "") == "Exported"
    assert env.number("PORT", 8000, 0, 65535, "") == 9001


def test_missing_file_is_no_fault(tmp_path: Path) -> None:
    env.read_dotenv(tmp_path / "none")
    assert env.number("PORT_OF_NOBODY", 8000, 0, 65535, "") == 8000


def test_empty_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "")
    monkeypatch.setenv("PORT", "  ")
    monkeypatch.setenv("STUN_URLS", "")
    assert env.flag("DEBUG", True, "") is True
    assert env.number("PORT", 8000, 0, 65535, "") == 8000
    assert env.words("STUN_URLS", "") == []


@pytest.mark.parametrize("value", ["maybe", "2", "tru"])
def test_bad_flag_is_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DEBUG", value)
    with pytest.raises(env.BadSetting, match=f"DEBUG='{value}'"):
        env.flag("DEBUG", False, "")


@pytest.mark.parametrize("value", ["80a", "-1", "65536", "8000.5"])
def test_bad_number_is_shown(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(env.BadSetting, match=f"PORT='{value}'"):
        env.number("PORT", 8000, 0, 65535, "")


def test_words_are_trimmed_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUN_URLS", "stun:a.example, stuns:b.example:5349 ,")
    assert env.words("STUN_URLS", "", ("stun:", "stuns:")) == [
        "stun:a.example",
        "stuns:b.example:5349",
    ]
    monkeypatch.setenv("STUN_URLS", "stun:a.example,http://b.example")
    with pytest.raises(env.BadSetting, match=r"http://b\.example"):
        env.words("STUN_URLS", "", ("stun:", "stuns:"))


def test_secrets_are_not_shown() -> None:
    assert "hunter2" not in str(env.BadSetting("TURN_SECRET", "hunter2", "is bad"))
    told = str(env.BadSetting("DATABASE_URL", "mysql://me:hunter2@host/db", "is bad"))
    assert "hunter2" not in told
    assert "mysql://me:***@host/db" in told


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgres://me:pw@host:5432/db", "postgres://me:***@host:5432/db"),
        ("redis://:pw@host/0", "redis://:***@host/0"),
        ("redis://host/0", "redis://host/0"),
        ("postgres://me:pw@[broken/db", "postgres://***@[broken/db"),
        ("8000", "8000"),
    ],
)
def test_masked(url: str, shown: str) -> None:
    assert env.masked(url) == shown
