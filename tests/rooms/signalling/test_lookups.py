"""Thousands come back in one moment, and the database may be away."""

import asyncio
import threading
from collections.abc import Collection
from contextlib import AbstractContextManager
from unittest import mock

import msgspec
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from rooms.models import Invitation, Room
from rooms.signalling import lookups
from rooms.signalling.bus import RoomChanged, RoomDeleted
from rooms.signalling.lifecycle import presence
from rooms.signalling.lookups import (
    AWAY_SECONDS,
    ENTRIES_AT_MOST,
    Facts,
    LookUps,
    facts_now,
)
from rooms.signalling.protocol import Close
from rooms.signalling.tickets import Entry, entry_for
from rooms.visitors import Visitor
from tests.factories import make_room, make_user

from .meeting import SECONDS, Caller, CallTestCase, Meeting, Time, quiet
from .test_lives import process_is_killed


class LookUpCase(CallTestCase):
    def setUp(self) -> None:
        self.time = Time()
        self.look_ups = LookUps(self.time.clock.now)

    def entries(self, count: int) -> list[Entry]:
        """So many people of several rooms, some of them with an account."""
        users = [None, None, make_user("Elias"), make_user("Noor")]
        rooms = [make_room(self.owner, f"Room {n}") for n in range(10)]
        some = [
            entry_for(room, user, "june", "guest") for room in rooms for user in users
        ]
        return [
            msgspec.structs.replace(some[n % len(some)], seat=f"seat{n}")
            for n in range(count)
        ]

    def broken(self) -> AbstractContextManager[mock.MagicMock]:
        away = OperationalError("away")
        return mock.patch.object(lookups, "_read", side_effect=away)


class Gathering(LookUpCase):
    async def test_three_thousand_ask_a_handful_of_questions(self) -> None:
        entries = await sync_to_async(self.entries)(3000)
        asked = CaptureQueriesContext(connection)
        await sync_to_async(asked.__enter__)()
        # However long it takes on a machine that has other things to do.
        with mock.patch.object(lookups, "WAIT_SECONDS", 60.0):
            every = await asyncio.gather(*map(self.look_ups.facts, entries))
        await sync_to_async(asked.__exit__)(None, None, None)
        questions = await sync_to_async(len)(asked)
        batches = -(-len(entries) // ENTRIES_AT_MOST)
        assert questions == 5 * batches
        for entry, facts in zip(entries, every, strict=True):
            assert facts is not None
            assert isinstance(facts.news, RoomChanged)
            assert (facts.news.room, facts.standing) == (entry.room, 0)
        await self.look_ups.stop()

    async def test_who_asks_later_is_answered_as_well(self) -> None:
        entries = await sync_to_async(self.entries)(3)
        for entry in entries:
            assert await self.look_ups.facts(entry) is not None
        await self.look_ups.stop()

    async def test_who_goes_meanwhile_is_forgotten(self) -> None:
        entries = await sync_to_async(self.entries)(2)
        gone = asyncio.create_task(self.look_ups.facts(entries[0]))
        stays = asyncio.create_task(self.look_ups.facts(entries[1]))
        await asyncio.sleep(0)
        gone.cancel()
        assert await stays is not None
        assert gone.cancelled()
        await self.look_ups.stop()

    async def test_what_the_rows_say(self) -> None:
        elias = await sync_to_async(make_user)("Elias")
        await sync_to_async(self.big_room.change)(access=Room.Access.INVITED)
        invitation, _ = await sync_to_async(Invitation.objects.issue)(
            room=self.big_room, made_by=self.owner, role=Invitation.Role.GUEST
        )
        await sync_to_async(invitation.accept)(Visitor(None, "june"))
        await User.objects.filter(pk=self.owner.pk).aupdate(revocation=7)

        def read() -> list[Facts]:
            closed = make_user("Closed", is_active=False)
            people = [
                entry_for(self.big_room, self.owner, "", "owner"),
                entry_for(self.big_room, None, "june", "guest", invited=True),
                entry_for(self.big_room, None, "mira", "guest", invited=True),
                entry_for(self.big_room, elias, "", "member", invited=True),
                entry_for(self.room, closed, "", "member"),
                entry_for(self.other_room, None, "mira", "guest", invited=True),
            ]
            people.append(msgspec.structs.replace(people[-1], room=2**30))
            return lookups._read(people)

        every = await sync_to_async(read)()
        assert [facts.standing for facts in every] == [7, 0, 0, 0, None, 0, 0]
        invited = [facts.invited for facts in every]
        # Where the invitation does not count, it is as it was signed.
        assert invited == [True, True, False, False, False, True, True]
        assert every[-1].news == RoomDeleted(2**30)


class Away(LookUpCase):
    async def test_after_a_failure_nobody_waits(self) -> None:
        entries = await sync_to_async(self.entries)(2000)
        with (
            self.broken() as read,
            self.assertLogs("rooms.signalling.lookups", "WARNING") as log,
        ):
            every = await asyncio.gather(*map(self.look_ups.facts, entries))
            assert every == [None] * 2000
            for entry in entries[:100]:
                # Answered without giving way to anybody, let alone to a database.
                with pytest.raises(StopIteration) as answer:
                    self.look_ups.facts(entry).send(None)
                assert answer.value.value is None
            read.assert_called_once()
            self.time.pass_by(AWAY_SECONDS)
            assert await self.look_ups.facts(entries[0]) is None
            assert read.call_count == 2
        assert len(log.records) == 2
        self.time.pass_by(AWAY_SECONDS)
        assert await self.look_ups.facts(entries[0]) is not None
        await self.look_ups.stop()

    async def test_one_that_hangs_is_not_asked_again_meanwhile(self) -> None:
        entries = await sync_to_async(self.entries)(3)
        goes_on = threading.Event()
        answers: list[list[Facts]] = []
        read = lookups._read

        def hang(asked: Collection[Entry]) -> list[Facts]:
            goes_on.wait(SECONDS)
            answers.append(read(asked))
            return answers[-1]

        with (
            mock.patch.object(lookups, "_read", hang),
            mock.patch.object(lookups, "WAIT_SECONDS", 0.1),
            self.assertLogs("rooms.signalling.lookups", "WARNING"),
        ):
            assert await self.look_ups.facts(entries[0]) is None
            self.time.pass_by(AWAY_SECONDS)
            assert await self.look_ups.facts(entries[1]) is None
            goes_on.set()
            # What hung is through; the next one is answered at once.
            await facts_now([])
            self.time.pass_by(AWAY_SECONDS)
        assert await self.look_ups.facts(entries[2]) is not None
        assert [len(every) for every in answers] == [1, 0]
        await self.look_ups.stop()


class ComingBackUnchecked(LookUpCase):
    """The process is new and the database away: what was signed opens the door."""

    async def back(self, meeting: Meeting, caller: Caller) -> Caller:
        await process_is_killed(caller)
        with (
            self.broken(),
            self.assertLogs("rooms.signalling.lookups", "WARNING"),
        ):
            again = await meeting.back(caller, same_page=True)
        await again.join()
        assert again.welcome["since"] == caller.welcome["since"]
        return again

    async def test_who_was_revoked_goes_once_it_is_back(self) -> None:
        elias = await sync_to_async(make_user)("Elias")
        users = User.objects.filter(pk=elias.pk)
        for change in ({"revocation": F("revocation") + 1}, {"is_active": False}):
            async with Meeting() as meeting:
                caller = await meeting.joined(self.big_room, "Elias", elias)
                await users.aupdate(**change)
                again = await self.back(meeting, caller)
                mira = await meeting.joined(self.big_room)
                await presence.copy()
                while (frame := await again.next())["type"] != "error":
                    pass
                assert frame["code"] == "ticket-refused"
                assert await again.closed() == Close.REVOKED
                assert (await mira.hears("peer-revoked"))["reason"] == "revoked"
            await elias.arefresh_from_db()

    async def test_so_does_whom_the_room_no_longer_lets_in(self) -> None:
        for closed_to in (Room.Access.SIGNED_IN, Room.Access.INVITED):
            async with Meeting() as meeting:
                caller = await meeting.joined(self.big_room)
                await sync_to_async(self.big_room.change)(access=closed_to)
                again = await self.back(meeting, caller)
                owner = await meeting.joined(self.big_room, "Amara", self.owner)
                await quiet(again)
                await presence.copy()
                await again.refused("ticket-refused")
                assert await again.closed() == Close.TICKET_REFUSED
                assert (await owner.hears("peer-revoked"))["seat"] == caller.seat
            await sync_to_async(self.big_room.change)(access=Room.Access.ANYONE)

    async def test_who_may_stay_is_asked_about_once(self) -> None:
        async with Meeting() as meeting:
            caller = await meeting.joined(self.big_room, "Amara", self.owner)
            again = await self.back(meeting, caller)
            with mock.patch.object(lookups, "_read", wraps=lookups._read) as read:
                await presence.copy()
                await presence.copy()
            read.assert_called_once()
            await again.silent()

    async def test_who_comes_once_more_before_that_is_looked_up(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            again = await self.back(meeting, mira)
            await again.go(1006)
            meeting.time.pass_by(AWAY_SECONDS)
            with mock.patch.object(lookups, "_read", wraps=lookups._read) as read:
                third = await meeting.back(again, same_page=True)
                await third.join()
                read.assert_called_once()
                fourth = await meeting.back(third, same_page=True)
                await fourth.join()
                read.assert_called_once()
