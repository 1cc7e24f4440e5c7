"""`/healthz` and `/readyz`: what they ask, what they cost, whom they answer."""

import asyncio
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar
from unittest import mock

import pytest
from channels.layers import get_channel_layer
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from conference import readiness
from conference.asgi_types import Receive, Scope, Send
from conference.headers import BARE
from conference.health import Health
from conference.lifetime import Lifetime
from conference.readiness import (
    Apart,
    Layer,
    Migrations,
    NotReady,
    Readiness,
    database,
    of_this_site,
)
from tests.servers import Parley, prepared_server, redis_server

T = TypeVar("T")
PARTS = ("database", "migrations", "layer", "process")


async def forget() -> None:
    """Close what the layer holds open in this loop."""
    layer: Any = get_channel_layer()
    await layer.flush()


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def fine() -> str:
    return "fine"


async def site(scope: Scope, receive: Receive, send: Send) -> None:
    """What stands behind: whatever reaches it is an answer of 418."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"site"})


async def asked(
    app: Health, path: str, method: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    async def receive() -> dict[str, Any]:
        raise AssertionError("no body is asked for")

    # Neither a host nor a scheme: probes have none that the site knows.
    scope = {"type": "http", "path": path, "method": method, "headers": []}
    await app(scope, receive, send)
    start, body = sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, body["body"]


class TestAnswers:
    """On the wire."""

    def test_a_process_that_answers_is_alive_whatever_else_fails(self) -> None:
        async def broken() -> str:
            raise AssertionError("nothing is asked")

        app = Health(site, Readiness({"database": broken}))
        status, headers, body = run(asked(app, "/healthz"))
        assert (status, json.loads(body)) == (200, {"ok": True})
        assert headers["cache-control"] == "no-store"
        assert headers["content-type"] == "application/json"

    def test_each_part_is_told(self) -> None:
        app = Health(site, Readiness({"database": fine}))
        status, _, body = run(asked(app, "/readyz"))
        assert status == 200
        assert json.loads(body) == {
            "ok": True,
            "parts": {
                "database": {"ok": True, "words": "fine"},
                "process": {"ok": True, "words": "takes people"},
            },
        }

    def test_one_bad_part_is_enough(self) -> None:
        async def bad() -> str:
            raise NotReady("migrations are waiting")

        app = Health(site, Readiness({"database": fine, "migrations": bad}))
        status, _, body = run(asked(app, "/readyz"))
        assert status == 503
        told = json.loads(body)
        assert not told["ok"]
        assert told["parts"]["database"]["ok"]
        assert told["parts"]["migrations"] == {
            "ok": False,
            "words": "migrations are waiting",
        }

    def test_a_process_that_drains_is_not_ready(self) -> None:
        app = Health(site, Readiness({"database": fine}))
        with mock.patch.object(Lifetime, "draining", True):
            status, _, body = run(asked(app, "/readyz"))
            assert run(asked(app, "/healthz"))[0] == 200
        assert status == 503
        assert json.loads(body)["parts"]["process"]["words"] == "draining"

    @pytest.mark.parametrize("path", ["/healthz", "/readyz"])
    def test_both_are_guarded_and_have_heads(self, path: str) -> None:
        app = Health(site, Readiness({"database": fine}))
        status, headers, body = run(asked(app, path, "HEAD"))
        _, _, whole = run(asked(app, path))
        assert (status, body) == (200, b"")
        assert headers["content-length"] == str(len(whole))
        for name, value in BARE.items():
            assert headers[name.lower()] == value

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
    def test_nothing_else_may_be_asked(self, method: str) -> None:
        app = Health(site, Readiness({}))
        status, headers, body = run(asked(app, "/readyz", method))
        assert (status, headers["allow"], body) == (405, "GET, HEAD", b"")

    @pytest.mark.parametrize("path", ["/", "/readyz/", "/healthz/x", "/ready"])
    def test_every_other_path_is_the_sites(self, path: str) -> None:
        assert run(asked(Health(site, Readiness({})), path))[0] == 418


class TestCost:
    """Probes come often, and a part may hang."""

    def test_an_answer_is_given_again(self) -> None:
        looks = []

        async def part() -> str:
            looks.append(1)
            return "fine"

        ready = Readiness({"part": part})

        async def often() -> None:
            for _ in range(50):
                await ready.parts()
            await asyncio.gather(*(ready.parts() for _ in range(50)))

        with mock.patch("conference.readiness.time.monotonic", return_value=10.0):
            run(often())
        assert len(looks) == 1
        with mock.patch("conference.readiness.time.monotonic", return_value=11.0):
            run(often())
        assert len(looks) == 2

    def test_many_at_once_are_answered_by_one_look(self) -> None:
        looks = []

        async def part() -> str:
            looks.append(1)
            await asyncio.sleep(0)
            return "fine"

        async def at_once() -> None:
            ready = Readiness({"part": part})
            found = await asyncio.gather(*(ready.parts() for _ in range(50)))
            assert all(each["part"].ok for each in found)

        run(at_once())
        assert len(looks) == 1

    def test_whoever_hangs_up_takes_nobodys_answer(self) -> None:
        async def two() -> str:
            begun = asyncio.Event()
            done = asyncio.Event()

            async def part() -> str:
                begun.set()
                await done.wait()
                return "fine"

            ready = Readiness({"part": part})
            first = asyncio.create_task(ready.parts())
            second = asyncio.create_task(ready.parts())
            await begun.wait()
            first.cancel()
            await asyncio.sleep(0)
            done.set()
            return (await second)["part"].words

        assert run(two()) == "fine"

    def test_a_part_that_hangs_is_bad_and_hangs_once(self) -> None:
        go_on = threading.Event()
        begun = []

        def hangs() -> str:
            begun.append(1)
            go_on.wait(30)
            return "late"

        async def probed() -> list[bool]:
            apart = Apart(hangs)
            found = []
            for _ in range(3):
                ready = Readiness({"database": apart, "other": fine})
                parts = await ready.parts()
                assert parts["other"].ok
                found.append(parts["database"].ok)
            return found

        with mock.patch.object(readiness, "PATIENCE_SECONDS", 0.05):
            try:
                assert run(probed()) == [False] * 3
            finally:
                go_on.set()
        assert len(begun) == 1

    def test_the_log_says_once_why_and_once_that_it_is_over(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        faults: list[Exception | None] = [
            *(OperationalError("secret-host refused"), OperationalError("again")),
            *(None, None),
        ]

        async def part() -> str:
            fault = faults.pop(0)
            if fault is not None:
                raise fault
            return "fine"

        ready = Readiness({"database": part})
        caplog.set_level("INFO")
        told = []
        with mock.patch.object(readiness, "FRESH_SECONDS", -1.0):
            for _ in range(4):
                told.append(run(ready.parts())["database"])
        assert [part.ok for part in told] == [False, False, True, True]
        assert "secret" not in told[0].words
        assert caplog.text.count("secret-host refused") == 1
        assert caplog.text.count("Not ready, database") == 1
        assert caplog.text.count("Ready again, database") == 1


@pytest.mark.django_db(transaction=True)
class TestParts:
    """What the site stands on, as it is."""

    def test_all_is_well(self) -> None:
        parts = run(of_this_site().parts())
        assert tuple(parts) == PARTS
        assert all(part.ok for part in parts.values()), parts

    def test_migrations_that_wait_are_noticed(self) -> None:
        recorder = MigrationRecorder(connection)
        app, name = sorted(
            key for key in recorder.applied_migrations() if key[0] == "rooms"
        )[-1]
        migrations = Migrations()
        assert migrations() == "applied"
        recorder.record_unapplied(app, name)
        try:
            with pytest.raises(NotReady):
                migrations()
        finally:
            recorder.record_applied(app, name)
        assert migrations() == "applied"

    def test_a_database_that_fails_is_bad(self) -> None:
        broken = mock.Mock(side_effect=OperationalError("gone"))
        with (
            mock.patch("conference.readiness.connection.cursor", broken),
            pytest.raises(OperationalError),
        ):
            database()


class TestLayer:
    """With Redis, a message has to come back."""

    @pytest.fixture
    def redis(self, settings: Any) -> Iterator[str]:
        with redis_server() as url:
            settings.REDIS_URL = url
            settings.CHANNEL_LAYERS = {
                "default": {
                    "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                    "CONFIG": {"hosts": [url]},
                }
            }
            yield url

    def test_it_works_again_and_again_with_one_mailbox(self, redis: str) -> None:
        async def thrice() -> None:
            layer = Layer()
            mailboxes = set()
            for _ in range(3):
                assert await layer() == "messages go through"
                mailboxes.add(layer._mailbox)
            assert len(mailboxes) == 1
            await forget()

        run(thrice())

    def test_a_redis_that_is_not_there_is_bad(self, settings: Any) -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        settings.CHANNEL_LAYERS = {
            "default": {
                "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                "CONFIG": {"hosts": [settings.REDIS_URL]},
            }
        }

        async def probed() -> bool:
            parts = await Readiness({"layer": Layer()}).parts()
            await forget()
            return parts["layer"].ok

        assert not run(probed())


def got(url: str, **headers: str) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, json.load(fault)


def test_a_real_server_answers_whatever_host_is_named() -> None:
    """Also one that sends every other plain request on to https."""
    with prepared_server() as server:
        server.env["SITE_URL"] = "https://call.example.org"
        started(server)
        assert got(f"http://127.0.0.1:{server.port}/healthz", Host="10.0.0.7")[0] == 200
        status, told = got(f"http://127.0.0.1:{server.port}/readyz", Host="10.0.0.7")
        assert (status, tuple(told["parts"])) == (200, PARTS)


def started(server: Parley) -> None:
    def answers() -> bool:
        try:
            return got(f"http://127.0.0.1:{server.port}/healthz")[0] == 200
        except OSError:
            return False

    server.process.start().wait_until(answers)


def test_a_server_without_its_database_is_alive_and_not_ready() -> None:
    with prepared_server() as server:
        server.env["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/none"
        started(server)
        status, told = got(f"{server.url}/readyz")
        assert status == 503
        assert not told["parts"]["database"]["ok"]
        assert told["parts"]["process"]["ok"]
        assert "nobody" not in json.dumps(told)
        assert "Not ready, database" in server.words()
