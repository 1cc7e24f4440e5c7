"""The same call on PostgreSQL and Redis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.person import meet
from tests.browser.visitor import Visitor
from tests.servers import Parley, parley_server, postgres_server, redis_server

pytestmark = pytest.mark.alone


@pytest.fixture
def stores() -> Iterator[dict[str, str]]:
    with postgres_server() as postgres, redis_server() as redis:
        yield {"DATABASE_URL": postgres, "REDIS_URL": redis}


@pytest.fixture
def grown_server(stores: dict[str, str]) -> Iterator[Parley]:
    with parley_server(**stores) as server:
        yield server


def test_a_call_on_postgresql_and_redis(people: People, grown_server: Parley) -> None:
    owner = Visitor(grown_server.url)
    owner.sign_up("owner@example.com", "Olive Owner")
    room = owner.new_room(keeps_chat=True)
    mira, amara = (
        people(name, server=grown_server).join(room) for name in ("Mira", "Amara")
    )
    meet(mira, amara)
    mira.press("Chat")
    mira.write("Kept in PostgreSQL")
    amara.press("Chat")
    expect(amara.written).to_have_text(["Kept in PostgreSQL"])
    amara.page.reload()
    amara.is_in()
    amara.press("Chat")
    expect(amara.written).to_have_text(["Kept in PostgreSQL"])
    owner.post(f"{room}delete/", form=f"{room}room/")
    for person in (mira, amara):
        expect(person.toolbar).to_be_hidden()
