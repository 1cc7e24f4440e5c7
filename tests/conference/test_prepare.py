"""What must be true before serving is made true once, and not again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from conference.prepare import collect, prepare


@pytest.fixture
def sources(tmp_path: Path) -> Iterator[Path]:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "one.css").write_text("a { color: red }\n")
    with override_settings(
        DATA_DIR=tmp_path / "data",
        STATIC_ROOT=tmp_path / "data/static",
        STATICFILES_DIRS=[sources],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
    ):
        yield sources


def test_static_files_are_collected_when_they_change(sources: Path) -> None:
    assert collect() is True
    assert collect() is False
    (sources / "two.css").write_text("b { color: blue }\n")
    assert collect() is True
    assert (sources.parent / "data/static/two.css").exists()
    (sources / "one.css").unlink()
    assert collect() is True
    assert collect() is False


def test_with_debug_nothing_is_collected(sources: Path) -> None:
    with override_settings(DEBUG=True):
        assert collect() is False


@pytest.mark.django_db
def test_a_second_start_has_nothing_to_do(sources: Path) -> None:
    assert prepare() == ["collected the static files"]
    assert prepare() == []


@pytest.mark.django_db
def test_a_start_deletes_sessions_that_have_expired(sources: Path) -> None:
    now = timezone.now()
    for key, ends in (("old", now - timedelta(days=1)), ("new", now + timedelta(1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends)

    prepare()

    assert [each.session_key for each in Session.objects.all()] == ["new"]


@pytest.mark.django_db
def test_limits_count_in_a_table_that_the_migration_made() -> None:
    assert "cache_entries" in connection.introspection.table_names()
    cache = caches["default"]
    assert cache.add("a-limit", 1, 60) is True
    assert cache.add("a-limit", 2, 60) is False
    assert cache.incr("a-limit") == 2
