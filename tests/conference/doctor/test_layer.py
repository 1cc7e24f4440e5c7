"""The doctor and a real Redis: there, stopped, with another password."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings
from redis import Redis

from conference.doctor import State
from conference.doctor.clock import check as check_clock
from conference.doctor.layer import check
from tests.conference.doctor.heard import all_good, said
from tests.servers import free_port, redis_server


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    with redis_server() as url:
        yield url


def stand_on(settings: Settings, url: str) -> None:
    settings.REDIS_URL = url
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
        }
    }
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [url]},
        }
    }


def test_a_redis_that_works(settings: Settings, redis: str) -> None:
    stand_on(settings, redis)
    (found,) = all_good(check())
    assert "Messages go through it" in found


@pytest.mark.django_db
def test_its_clock_is_asked(settings: Settings, redis: str) -> None:
    stand_on(settings, redis)
    assert "This machine and Redis agree." in all_good(check_clock())


def test_a_redis_that_is_not_there(settings: Settings) -> None:
    stand_on(settings, f"redis://:hunter2@127.0.0.1:{free_port()}/0")
    finding = said(check(), State.BAD, "refused")
    assert "hunter2" not in str(finding)


def test_a_redis_that_went(settings: Settings) -> None:
    with redis_server() as url:
        stand_on(settings, url)
        all_good(check())
    said(check(), State.BAD, "refused")


def test_another_password(settings: Settings) -> None:
    with redis_server() as url:
        Redis.from_url(url).config_set("requirepass", "hunter1")
        stand_on(settings, url.replace("redis://", "redis://:hunter1@"))
        all_good(check())
        stand_on(settings, url.replace("redis://", "redis://:hunter2@"))
        finding = said(check(), State.BAD, "invalid username-password pair")
        assert "hunter" not in str(finding)


@pytest.mark.django_db
def test_without_redis_limits_are_counted_in_the_database(settings: Settings) -> None:
    settings.REDIS_URL = ""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache_entries",
        }
    }
    assert "Limits are counted in the database." in all_good(check())
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "no_such_table",
        }
    }
    said(check(), State.BAD, "table in which limits are counted is missing")
