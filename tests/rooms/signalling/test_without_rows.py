"""From a ticket in hand to leaving, no message waits for the database or asks it.

The tests of this module have no leave to use it: whatever asks raises.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from unittest import mock

import pytest
from channels import db

from rooms.signalling import lifecycle
from rooms.signalling.presence import Presence
from rooms.signalling.tickets import Entry, entry_for

from .meeting import SDP, SLOTS, Caller, Meeting

LINE = "candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host"
CANDIDATE = {"candidate": LINE, "sdpMid": "0", "usernameFragment": "aB3d"}
NOT_ALLOWED = "Database access not allowed"


def entry(guest: str, user: int | None = None) -> Entry:
    """What the page of a room says of somebody who opened it."""
    return Entry(
        room=1,
        link="abcd-efgh-jkmn-pqrs",
        room_name="Küche",
        limit=8,
        keeps_chat=False,
        access="anyone",
        room_version=1,
        person=f"g:{guest}" if user is None else f"u:{user}",
        user=user,
        role="guest" if user is None else "owner",
        guest=user is None,
        seat=secrets.token_urlsafe(12),
        issued=int(time.time()),
    )


async def with_a_ticket(meeting: Meeting, name: str, user: int | None) -> Caller:
    guest = secrets.token_hex(8)
    caller = Caller(entry(guest, user), name, {"parley_guest": guest})
    return await meeting.opened(caller)


async def nothing() -> None:
    return None


async def a_whole_call(meanwhile: Callable[[], Awaitable[object]] = nothing) -> None:
    async with Meeting() as meeting:
        mira = await with_a_ticket(meeting, "Mira", None)
        amara = await with_a_ticket(meeting, "Amara", 7)
        for each in (mira, amara):
            await each.hello()
            await each.join()
        await mira.hears("peer-joined")
        await meanwhile()

        pair = {"epoch": 1, "number": 0}
        await mira.say(type="offer", to=amara.seat, sdp=SDP, **pair)
        await amara.hears("peer-offer")
        await amara.say(type="answer", to=mira.seat, sdp=SDP, **pair)
        await mira.hears("peer-answer")
        candidates = [CANDIDATE]
        await amara.say(type="candidates", to=mira.seat, candidates=candidates, **pair)
        await mira.hears("peer-candidates")
        await mira.say(type="state", version=2, slots=SLOTS | {"camera": "off"})
        await amara.hears("peer-state")
        await mira.silent()

        # A line drops, and its person is known here: nothing is looked up either.
        await mira.go(1006)
        await amara.hears("peer-away")
        again = await meeting.back(mira, same_page=True)
        await again.join()
        await amara.hears("peer-away")

        await again.silent()
        await again.say(type="leave")
        await again.hears("door")
        assert (await amara.hears("peer-left"))["reason"] == "left"


def test_a_whole_call_asks_the_database_nothing() -> None:
    """Nor any thread: who asks from one could wait for a database that is away."""
    asked = mock.Mock(side_effect=AssertionError("somebody asks the database"))
    beside = mock.AsyncMock()
    with (
        # What copies who is here, for pages, runs beside: see the next test.
        mock.patch.object(lifecycle.presence, "run", beside),
        mock.patch.object(lifecycle.presence, "leave", beside),
        mock.patch.object(db.DatabaseSyncToAsync, "__call__", asked),
    ):
        asyncio.run(a_whole_call())
    assert beside.called
    asked.assert_not_called()


def test_what_copies_who_is_here_fails_beside_the_call(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def with_a_copy_in_between() -> None:
        failed = asyncio.Event()

        async def copied_often(presence: Presence) -> None:
            while True:
                await presence.try_copy()
                failed.set()

        with mock.patch.object(Presence, "run", copied_often):
            await a_whole_call(failed.wait)

    # It tells the first of several failures only, of whichever test.
    with mock.patch.object(lifecycle.presence, "_failing", False):
        asyncio.run(with_a_copy_in_between())
    said = [record.getMessage() for record in caplog.records]
    assert [line.partition(":")[0] for line in said] == [
        "Who is in the calls could not be written",
        "Rows of seats are left behind",
    ]
    assert all(NOT_ALLOWED in line for line in said)


def test_whoever_asks_here_would_be_found_out() -> None:
    room = mock.Mock(pk=1, access="anyone", people_limit=8, keeps_chat=True, version=1)
    with pytest.raises(RuntimeError, match=NOT_ALLOWED):
        entry_for(room, None, "guest", "guest")
