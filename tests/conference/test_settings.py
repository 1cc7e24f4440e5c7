"""The settings as a start reads them: each case is a Python of its own."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from conference import env, lan
from conference.env import BASE_DIR
from tests.lan import own_address
from tests.servers import environment, manage

SHOW = """
import json
from conference import settings
names = {names!r}
print(json.dumps({{name: getattr(settings, name) for name in names}}, default=str))
"""


def start(folder: Path, code: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env=environment(folder, 8000, **env),
        capture_output=True,
        text=True,
        check=False,
    )


def read(folder: Path, *names: str, **env: str) -> dict[str, Any]:
    done = start(folder, SHOW.format(names=names), **env)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("SECRET_KEY", "", "SECRET_KEY='': is not set"),
        ("SECRET_KEY", "short-secret", "SECRET_KEY='***': must have at least 50"),
        ("DEBUG", "maybe", "DEBUG='maybe'"),
        ("PORT", "80a", "PORT='80a'"),
        ("SITE_URL", "call.example.org", "SITE_URL='call.example.org'"),
        ("SITE_URL", "https://call.example/x", "without a path"),
        ("SITE_URL", "https://me:hunter2@call.example", "and no user"),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES='-1'"),
        ("DATABASE_URL", "mysql://me:hunter2@host/db", "mysql://me:***@host/db"),
        ("DATABASE_URL", "nonsense", "must be a sqlite:// or postgres://"),
        ("REDIS_URL", "http://host", "REDIS_URL='http://host'"),
        ("DATA_DIR", "/dev/null/x", "DATA_DIR='/dev/null/x'"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL='loud'"),
        ("STUN_URLS", "turn:x", "STUN_URLS='turn:x'"),
        ("TURN_URLS", "stun:x", "TURN_URLS='stun:x'"),
        ("TURN_URLS", "turn:x", "TURN_SECRET='': is needed"),
        ("LAN", "1", "SITE_URL='http://localhost:8000': must begin with https://"),
    ],
)
def test_bad_value_stops_the_start_in_one_line(
    tmp_path: Path, name: str, value: str, shown: str
) -> None:
    done = start(tmp_path, "import conference.settings", **{name: value})
    assert done.returncode == 1
    assert shown in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "hunter2" not in done.stderr
    assert "short-secret" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "migrate", "check"])
def test_commands_stop_in_the_same_line(tmp_path: Path, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=BASE_DIR,
        env=environment(tmp_path, 8000, PORT="80a"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Parley cannot start: PORT='80a': ")
    assert done.stderr.count("\n") == 1


SAFETY = (
    *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"),
    *("SECURE_HSTS_SECONDS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_NAME"),
    *("CSRF_COOKIE_NAME", "GUEST_COOKIE_NAME", "ALLOWED_HOSTS", "SECURE_SSL_HOST"),
)


@pytest.mark.parametrize("debug", ["True", "False"])
def test_https_alone_makes_everything_secure(tmp_path: Path, debug: str) -> None:
    found = read(
        tmp_path,
        *SAFETY,
        SITE_URL="https://Call.Example.org/",
        DEBUG=debug,
        ALLOWED_HOSTS="",
    )
    assert found == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "CSRF_TRUSTED_ORIGINS": ["https://call.example.org"],
        "SESSION_COOKIE_NAME": "__Host-parley_session",
        "CSRF_COOKIE_NAME": "__Host-parley_csrf",
        "GUEST_COOKIE_NAME": "__Host-parley_guest",
        "ALLOWED_HOSTS": ["call.example.org"],
        "SECURE_SSL_HOST": "call.example.org",
    }


@pytest.mark.parametrize("debug", ["True", "False"])
def test_http_has_nothing_that_needs_https(tmp_path: Path, debug: str) -> None:
    found = read(
        tmp_path,
        *SAFETY,
        SITE_URL="http://localhost:8010",
        DEBUG=debug,
        ALLOWED_HOSTS="other.example",
    )
    assert found["SESSION_COOKIE_SECURE"] is False
    assert found["SECURE_SSL_REDIRECT"] is False
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert found["SESSION_COOKIE_NAME"] == "parley_session"
    assert found["ALLOWED_HOSTS"] == [
        "other.example",
        "localhost",
        "127.0.0.1",
        "[::1]",
    ]
    assert found["CSRF_TRUSTED_ORIGINS"] == [
        "http://localhost:8010",
        "http://127.0.0.1:8010",
        "http://[::1]:8010",
    ]


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("https://[2001:DB8::1]", ["[2001:db8::1]"]),
        ("https://[2001:db8::1]:8443", ["[2001:db8::1]"]),
        ("http://[::1]", ["localhost", "127.0.0.1", "[::1]"]),
        ("http://[::1]:8000", ["localhost", "127.0.0.1", "[::1]"]),
        ("http://call.example:8080", ["call.example"]),
    ],
)
def test_the_site_answers_to_its_own_name(
    tmp_path: Path, url: str, hosts: list[str]
) -> None:
    assert read(tmp_path, "ALLOWED_HOSTS", SITE_URL=url) == {"ALLOWED_HOSTS": hosts}


@pytest.mark.parametrize(
    ("url", "policy"),
    [
        ("https://call.example", "same-origin"),
        ("http://localhost:8000", "same-origin"),
        ("http://127.0.0.1", "same-origin"),
        ("http://call.example", None),
        ("http://192.0.2.1:8000", None),
    ],
)
def test_openers_are_cut_off_where_browsers_heed_it(
    tmp_path: Path, url: str, policy: str | None
) -> None:
    name = "SECURE_CROSS_ORIGIN_OPENER_POLICY"
    assert read(tmp_path, name, SITE_URL=url) == {name: policy}


LOOK = """
from unittest import mock
from conference import env
with mock.patch.object(env, "read_dotenv") as read:
    {before}
    import conference.asgi
print(read.called)
"""


@pytest.mark.parametrize(
    ("before", "reads"),
    [
        ("pass", "True"),
        ("from django.conf import settings; settings.DEBUG", "False"),
    ],
)
def test_the_application_reads_dotenv_only_by_itself(
    tmp_path: Path, before: str, reads: str
) -> None:
    done = start(
        tmp_path,
        LOOK.format(before=before),
        DJANGO_SETTINGS_MODULE="conference.settings",
        DEBUG="True",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == reads


def test_these_tests_have_not_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application's module is imported here, in the tests' own process."""

    def fail(*_: object) -> None:
        pytest.fail("it reads .env")

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(env, "read_dotenv", fail)
    monkeypatch.delitem(sys.modules, "conference.asgi", raising=False)
    importlib.import_module("conference.asgi")


def test_site_url_follows_the_port(tmp_path: Path) -> None:
    found = read(tmp_path, "SITE_URL", "ALLOWED_HOSTS", SITE_URL="", PORT="8123")
    assert found["SITE_URL"] == "http://localhost:8123"


@pytest.mark.parametrize("debug", ["True", "False"])
def test_the_local_network_is_secure_without_promises(
    tmp_path: Path, debug: str
) -> None:
    found = read(
        tmp_path,
        *(*SAFETY, "BIND", "SITE_URL", "SITE_ORIGINS"),
        *("SIGNUP", "SIGNUP_OPEN_HERE"),
        LAN="1",
        SITE_URL="",
        BIND="",
        DEBUG=debug,
    )
    assert found["BIND"] == "0.0.0.0"  # noqa: S104
    assert found["SITE_URL"] == f"https://{own_address()}:8000"
    assert found["SITE_ORIGINS"] == lan.origins(8000)
    assert found["CSRF_TRUSTED_ORIGINS"] == lan.origins(8000)
    assert set(found["ALLOWED_HOSTS"]) == set(lan.hosts())
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert found["SESSION_COOKIE_NAME"] == "__Host-parley_session"
    # The server itself sends plain requests on; no browser is to remember it.
    assert found["SECURE_SSL_REDIRECT"] is False
    assert found["SECURE_HSTS_SECONDS"] == 0
    assert (found["SIGNUP"], found["SIGNUP_OPEN_HERE"]) == ("invited", True)


def test_own_ground_by_default(tmp_path: Path) -> None:
    found = read(tmp_path, "DATABASES", "CHANNEL_LAYERS", "CACHES", DATABASE_URL="")
    database = found["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "parley.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
    assert found["CHANNEL_LAYERS"]["default"]["BACKEND"].endswith(
        "InMemoryChannelLayer"
    )
    assert found["CACHES"]["default"]["BACKEND"].endswith("DatabaseCache")


def test_other_ground_by_url(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        *("DATABASES", "CHANNEL_LAYERS", "CACHES"),
        DATABASE_URL="postgres://me:pw@db.example:5433/parley",
        REDIS_URL="redis://cache.example/2",
    )
    database = found["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"]) == ("db.example", 5433)
    layer = found["CHANNEL_LAYERS"]["default"]
    assert layer["BACKEND"].endswith("RedisPubSubChannelLayer")
    assert layer["CONFIG"]["hosts"] == ["redis://cache.example/2"]
    assert found["CACHES"]["default"]["LOCATION"] == "redis://cache.example/2"


def test_forwarded_scheme_is_believed_of_own_proxies_only(tmp_path: Path) -> None:
    assert read(tmp_path, "SECURE_PROXY_SSL_HEADER") == {
        "SECURE_PROXY_SSL_HEADER": None
    }
    found = read(tmp_path, "SECURE_PROXY_SSL_HEADER", TRUSTED_PROXIES="1")
    assert found["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_argon2_comes_first(tmp_path: Path) -> None:
    hashers = read(tmp_path, "PASSWORD_HASHERS")["PASSWORD_HASHERS"]
    assert hashers[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    found = import_string(hashers[0])().encode("a password", "saltsaltsalt")
    assert found.startswith("argon2$argon2id$")


def asked_for() -> set[str]:
    """The names that the settings' source asks the environment for."""
    source = (BASE_DIR / "conference/settings.py").read_text()
    reads = r"env\.(?:text|flag|number|words|parsed)\(\s*\"([A-Z_]+)\""
    return set(re.findall(reads, source))


def test_the_documents_list_every_setting_as_the_code_says_it(tmp_path: Path) -> None:
    page = (BASE_DIR / "docs/configuration.md").read_text()
    sites: tuple[dict[str, str], ...]
    sites = (
        {},
        {"LAN": "True", "SITE_URL": ""},
        {"SIGNUP": "open", "SITE_NAME": "Elsewhere"},
    )
    for site in sites:
        said = manage(environment(tmp_path, 8123, **site), "settings_table")
        assert said == page, "make it anew: manage.py settings_table --write"
    assert set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE)) == asked_for()


def test_readme_names_settings_that_exist() -> None:
    text = (BASE_DIR / "README.md").read_text()
    part = text.partition("## Settings")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([A-Z_]+)`", part))
    assert named
    assert named <= asked_for()
    assert "docs/configuration.md" in part
