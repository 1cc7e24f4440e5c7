"""What somebody has of the relay ends with their right to be in a call.

A real coturn that takes orders, and the real application that gives them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from typing import Any
from unittest import mock

import pytest
from pytest_django import Settings

from conference.doctor import State
from conference.doctor.relay import check_admin
from conference.turn.admin import AdminAway, admin_at
from rooms.ice import ENDS_SECONDS, ice_servers, name_of
from rooms.signalling import relays
from rooms.signalling.relays import Relays
from rooms.signalling.right import Right
from tests.rooms.signalling.cluster.acts import Acts, Made
from tests.rooms.signalling.cluster.site import Person, Site
from tests.servers import (
    Parley,
    Turn,
    folder_for,
    free_port,
    own_redis,
    turn_server,
)
from tests.turn.asking import refusal
from tests.turn.client import Client, Refused
from tests.turn.stun import Place, timed_credentials

GONE = {401, 437}
"""Allocation Mismatch (RFC 8656, 19); or, where there is none any more and the
credentials are over as well, Unauthenticated. One that lives is refreshed."""


@pytest.fixture(scope="module")
def turn() -> Iterator[Turn]:
    with turn_server(takes_orders=True) as started:
        yield started


def credentials(turn: Turn, user: str, seconds: int = 600) -> tuple[str, str]:
    return timed_credentials(turn.secret, int(time.time()) + seconds, user)


def place_of(turn: Turn) -> Place:
    return ("127.0.0.1", turn.port)


def orders(turn: Turn, password: str | None = None) -> Any:
    host, _, port = turn.admin.partition(":")
    return admin_at(
        host, int(port), turn.admin_password if password is None else password
    )


async def lives(client: Client) -> bool:
    """Whether the allocation is still there; asking refreshes it."""
    try:
        await client.refresh(600)
    except Refused as refused:
        if refused.code not in GONE:
            raise
        return False
    return True


async def ends(client: Client, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while await lives(client):
            pass


def test_sessions_are_listed_and_cancelled_by_name(turn: Turn) -> None:
    async def try_it() -> None:
        async with AsyncExitStack() as stack:
            clients = {}
            for name in ("7:one", "7:other", "77:one"):
                for number in range(2):
                    client = Client(
                        place_of(turn), credentials(turn, name, 600 + number)
                    )
                    clients[name, number] = await stack.enter_async_context(client)
                    await client.allocate()
            async with orders(turn) as admin:
                found, are_all = await admin.sessions(":7:one")
                assert are_all
                assert len({each.id for each in found}) == 2
                assert {each.user for each in found} == {
                    clients["7:one", number].username for number in range(2)
                }
                await admin.cancel(found[0])
                await admin.cancel(found[0])
                assert await admin.sessions(":8:") == ([], True)
            gone = next(
                client
                for client in clients.values()
                if client.username == found[0].user
            )
            await ends(gone)
            for client in clients.values():
                assert await lives(client) == (client is not gone)

    asyncio.run(try_it())


def test_more_than_it_lists_at_once_are_known_to_be_more(turn: Turn) -> None:
    """By its own count, so that nobody takes a part for the whole."""

    async def try_it() -> None:
        async with AsyncExitStack() as stack, orders(turn) as admin:
            for _ in range(3):
                client = Client(place_of(turn), credentials(turn, "9:many"))
                await stack.enter_async_context(client)
                await client.allocate()
            await admin._ask("cc cli-max-output-sessions 2")
            found, are_all = await admin.sessions(":9:many")
            assert (len(found), are_all) == (2, False)
            await admin._ask("cc cli-max-output-sessions 256")
            found, are_all = await admin.sessions(":9:many")
            assert (len(found), are_all) == (3, True)

    asyncio.run(try_it())


@pytest.mark.parametrize("password", ["wrong", "", "x" * 300])
def test_a_wrong_password_is_said_and_not_tried_again(
    turn: Turn, password: str
) -> None:
    async def try_it() -> None:
        with pytest.raises(AdminAway):
            async with orders(turn, password):
                raise AssertionError("it took another password")

    asyncio.run(try_it())


def test_where_nobody_takes_orders_that_is_said() -> None:
    async def try_it() -> None:
        with pytest.raises(AdminAway):
            async with admin_at("127.0.0.1", free_port(), "any"):
                raise AssertionError("somebody is there")

    asyncio.run(try_it())


def test_no_words_of_others_become_orders(turn: Turn) -> None:
    async def try_it() -> None:
        async with orders(turn) as admin:
            for part in ("a\nstop", "a b", "", "*"):
                with pytest.raises(ValueError, match="no part"):
                    await admin.sessions(part)

    asyncio.run(try_it())


# What is told to coturn, by a process's own hand


@pytest.fixture
def told(settings: Settings, turn: Turn) -> Relays:
    host, _, port = turn.admin.partition(":")
    settings.TURN_URLS = [turn.url]
    settings.TURN_SECRET = turn.secret
    settings.TURN_ADMIN = (host, int(port))
    settings.TURN_ADMIN_PASSWORD = turn.admin_password
    return Relays(time.time)


def given(person: str, room: int, now: float | None = None) -> tuple[str, str]:
    """What Parley gives somebody in this room."""
    server = ice_servers(person, room, time.time() if now is None else now).servers[-1]
    return str(server["username"]), str(server["credential"])


def right(person: str) -> Right:
    return Right(
        seat="seat",
        person=person,
        browser="",
        user=None,
        role="guest",
        revocations=(0, 0),
        bind="",
        login=0,
        invited=False,
    )


def test_after_ten_minutes_nobody_gets_a_relay(told: Relays, turn: Turn) -> None:
    """By what they were given the moment before their right was taken back."""
    assert ENDS_SECONDS <= 600
    place = place_of(turn)
    assert refusal(place, given("u:1", 7, time.time() - ENDS_SECONDS + 10)) == 0
    assert refusal(place, given("u:1", 7, time.time() - ENDS_SECONDS - 2)) == 401


def test_one_persons_sessions_in_one_room_end(told: Relays, turn: Turn) -> None:
    async def try_it() -> None:
        async with AsyncExitStack() as stack:
            clients = {}
            for person, room in (("u:1", 7), ("u:2", 7), ("u:1", 8)):
                client = Client(place_of(turn), given(person, room))
                clients[person, room] = await stack.enter_async_context(client)
                await client.allocate()
            told.cut(7, [right("u:1")])
            await ends(clients.pop(("u:1", 7)))
            assert [await lives(each) for each in clients.values()] == [True, True]
            await told.stop()

    asyncio.run(try_it())


def test_it_goes_on_trying(
    told: Relays, turn: Turn, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    there = settings.TURN_ADMIN
    settings.TURN_ADMIN = ("127.0.0.1", free_port())

    async def try_it() -> None:
        async with Client(place_of(turn), given("u:1", 9)) as client:
            await client.allocate()
            told.cut(9, [right("u:1")])
            async with asyncio.timeout(10):
                while "ends nothing" not in caplog.text:
                    assert await lives(client)
            settings.TURN_ADMIN = there
            await ends(client)
            await told.stop()

    with mock.patch.object(relays, "RETRY_SECONDS", 0.1):
        asyncio.run(try_it())
    assert caplog.text.count("ends nothing") == 1


def test_once_more_when_the_last_credentials_are_over(told: Relays, turn: Turn) -> None:
    """What was allocated in between goes, and what they got by a new right stays."""

    async def try_it() -> None:
        name = name_of("u:1", 10).removeprefix(":")
        with mock.patch.object(relays, "ENDS_SECONDS", 2):
            told.cut(10, [right("u:1")])
            async with (
                Client(place_of(turn), credentials(turn, name, 2)) as old,
                Client(place_of(turn), given("u:1", 10)) as new,
            ):
                await old.allocate()
                await new.allocate()
                await ends(old)
                assert await lives(new)
        await told.stop()

    asyncio.run(try_it())


def test_the_doctor_says_whether_it_takes_orders(
    told: Relays, settings: Settings
) -> None:
    (finding,) = check_admin()
    assert finding.state is State.GOOD
    settings.TURN_ADMIN_PASSWORD = "another"
    (finding,) = check_admin()
    assert finding.state is State.BAD
    assert "password" in finding.found
    settings.TURN_ADMIN = None
    assert list(check_admin()) == []


# The whole way: a call, its people's relays, and the end of somebody's right


@pytest.fixture(scope="module")
def site(turn: Turn) -> Iterator[tuple[Site, Acts]]:
    with own_redis() as redis, folder_for("ending") as folder, ExitStack() as lines:
        settings = {
            "REDIS_URL": redis.url,
            "TURN_URLS": turn.url,
            "TURN_SECRET": turn.secret,
            "TURN_ADMIN": turn.admin,
            "TURN_ADMIN_PASSWORD": turn.admin_password,
        }
        server = Parley(folder, **settings)
        server.prepare()
        server.start()
        try:
            with Acts(server) as acts:
                yield Site(redis, [server], lines), acts
            assert "Traceback" not in server.words()
        finally:
            server.end()


def sits(site: Site, made: Made, name: str, session: str) -> Person:
    (server,) = site.servers
    person = Person(site, made["path"], name, server, session)
    return person.connect(server).join()


def of_welcome(person: Person) -> tuple[str, str]:
    """The credentials that the call gave them."""
    server = person.welcome["iceServers"][-1]
    return server["username"], server["credential"]


@pytest.mark.parametrize("act", ["logged_out", "suspended", "removed", "banned"])
def test_who_loses_their_right_loses_their_relay(
    site: tuple[Site, Acts], turn: Turn, act: str
) -> None:
    served, acts = site
    made = acts.do("make", {})
    mira = sits(served, made, "Mira", made["sessions"][1])
    elias = sits(served, made, "Elias", made["sessions"][2])

    async def try_it() -> None:
        async with (
            Client(place_of(turn), of_welcome(elias)) as his,
            Client(place_of(turn), of_welcome(elias)) as his_other,
            Client(place_of(turn), of_welcome(mira)) as hers,
        ):
            for client in (his, his_other, hers):
                await client.allocate()
            await asyncio.to_thread(acts.do, act, made)
            await ends(his)
            await ends(his_other)
            assert await lives(hers)

    asyncio.run(try_it())


def test_who_still_sits_there_by_another_browser_keeps_it(
    site: tuple[Site, Acts], turn: Turn
) -> None:
    served, acts = site
    made = acts.do("make", {})
    another = acts.do("session", made)["session"]
    mira = sits(served, made, "Mira", made["sessions"][1])
    laptop = sits(served, made, "Elias", made["sessions"][2])
    phone = sits(served, made, "Elias", another)

    async def try_it() -> None:
        async with (
            Client(place_of(turn), of_welcome(phone)) as his,
            Client(place_of(turn), of_welcome(mira)) as hers,
        ):
            await his.allocate()
            await hers.allocate()
            await asyncio.to_thread(acts.do, "session_deleted", made)
            phone.until(lambda: laptop.seat not in phone.people)
            # What is told to the relay, is told in order: his would have gone before.
            left = {**made, "elias": made["mira"]}
            await asyncio.to_thread(acts.do, "logged_out", left)
            await ends(hers)
            assert await lives(his)

    asyncio.run(try_it())
