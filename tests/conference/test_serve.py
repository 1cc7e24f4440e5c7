"""`manage.py serve` as a process of its own: what it says, what it lets in."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from conference.env import BASE_DIR
from conference.headers import PAGE_POLICY
from tests.conference.sockets import NOTHING, opened
from tests.servers import Parley, environment, free_port, parley_server


@pytest.fixture(scope="module")
def server() -> Iterator[Parley]:
    with parley_server() as started:
        yield started


def test_it_says_where_everything_is(server: Parley) -> None:
    said = server.words()
    assert f"SQLite, {server.folder / 'parley.sqlite3'}" in said
    assert "in memory, for one process" in said
    assert "no mail server is set" in said
    assert f"127.0.0.1 port {server.port}, no proxy is trusted" in said
    assert f"Open {server.url}\n" in said
    assert "manage.py createsuperuser" in said


def test_a_port_in_use_is_one_line(server: Parley, tmp_path: Path) -> None:
    (tmp_path / "static").symlink_to(server.folder / "static")
    second = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=BASE_DIR,
        env=environment(tmp_path, server.port),
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"127.0.0.1 port {server.port} cannot be used" in second.stderr
    assert second.stderr.count("\n") == 1, second.stderr


def test_missing_static_files_are_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=BASE_DIR,
        env=environment(tmp_path, free_port()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "manage.py collectstatic" in done.stderr


def test_passwords_are_masked(tmp_path: Path) -> None:
    code = (
        "import django; django.setup();"
        "from conference.banner import banner; print(banner())"
    )
    env = environment(
        tmp_path,
        8000,
        DATABASE_URL="postgres://me:hunter2@db.example/parley",
        REDIS_URL="redis://:hunter2@cache.example/0",
        TRUSTED_PROXIES="2",
        DJANGO_SETTINGS_MODULE="conference.settings",
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "PostgreSQL, postgres://me:***@db.example/parley" in said
    assert "Redis, redis://:***@cache.example/0" in said
    assert "behind 2 trusted proxies" in said
    assert "hunter2" not in said


def test_it_does_not_say_what_serves(server: Parley) -> None:
    with urllib.request.urlopen(f"{server.url}/", timeout=10) as answer:
        assert "Server" not in answer.headers
    with opened(server) as door:
        assert door.response is not None
        assert "Server" not in door.response.headers


def test_static_files_come_compressed_and_for_ever(server: Parley) -> None:
    with urllib.request.urlopen(f"{server.url}/", timeout=10) as answer:
        page = answer.read().decode()
    path = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    request = urllib.request.Request(
        server.url + path, headers={"Accept-Encoding": "gzip, br"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Set-Cookie"] is None


def test_a_static_file_that_can_be_opened_by_itself_may_do_nothing(
    server: Parley,
) -> None:
    picture = f"{server.url}/static/icons/favicon.svg"
    with urllib.request.urlopen(picture, timeout=10) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Permissions-Policy"] == PAGE_POLICY
        assert answer.headers["Content-Security-Policy"].startswith(NOTHING)
