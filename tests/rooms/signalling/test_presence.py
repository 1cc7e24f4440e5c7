"""The database's copy of who sits where, and rooms that change under a call."""

from datetime import UTC, datetime
from unittest import mock

from asgiref.sync import async_to_sync, sync_to_async
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from rooms.models import Room, Seat, Visit
from rooms.signalling import bus
from rooms.signalling import presence as presence_module
from rooms.signalling.lifecycle import hub, presence, stop
from rooms.signalling.protocol import Close
from tests.factories import make_seat, make_user

from .meeting import CallTestCase, Meeting, quiet


class Copy(CallTestCase):
    async def names(self, room: Room) -> list[str]:
        rows = Seat.objects.filter(room=room).order_by("since")
        return [name async for name in rows.values_list("name", flat=True)]

    async def test_who_sits_down_and_gets_up_is_copied(self) -> None:
        async with Meeting() as meeting:
            await meeting.at_door(self.room, "Nobody")
            amara = await meeting.joined(self.room, "Amara", self.owner)
            await meeting.joined(self.room)
            await meeting.joined(self.other_room, "Tomas")
            await presence.copy()
            assert await self.names(self.room) == ["Amara", "Mira"]
            assert await self.names(self.other_room) == ["Tomas"]
            row = await Seat.objects.aget(seat=amara.seat)
            assert row.user_id == self.owner.pk
            since = amara.welcome["since"] / 1000
            assert row.since == datetime.fromtimestamp(since, UTC)
            assert await sync_to_async(row.is_live)()
            await self.room.arefresh_from_db()
            assert self.room.last_used_at is not None
            await amara.say(type="leave")
            await quiet(amara)
            await presence.copy()
            assert await self.names(self.room) == ["Mira"]
        assert await Seat.objects.acount() == 0

    async def test_rows_are_refreshed_and_keep_their_identity(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            await presence.copy()
            first = await Seat.objects.aget(seat=mira.seat)
            again = await meeting.back(mira, same_page=False)
            await again.ask(name="Mira B")
            await again.is_welcome()
            await presence.copy()
            second = await Seat.objects.aget(seat=mira.seat)
            assert second.pk == first.pk
            assert second.seen > first.seen
            assert second.name == "Mira B"

    async def test_what_is_written_is_not_written_again(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            await presence.copy()
            first = await Seat.objects.aget(seat=mira.seat)
            # What only a whole new row would put right.
            await Seat.objects.filter(seat=mira.seat).aupdate(name="Someone")
            await presence.copy()
            second = await Seat.objects.aget(seat=mira.seat)
            assert second.seen > first.seen
            assert second.name == "Someone"

    async def test_rows_that_others_changed_are_put_right(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            await meeting.joined(self.room, "Tomas")
            await presence.copy()
            await Seat.objects.filter(seat=mira.seat).adelete()
            await presence.copy()
            assert await self.names(self.room) == ["Mira", "Tomas"]
            await Seat.objects.filter(seat=mira.seat).aupdate(process="another")
            await presence.copy()
            assert (await Seat.objects.aget(seat=mira.seat)).process != "another"

    async def test_other_processes_rows_are_left_alone(self) -> None:
        await sync_to_async(make_seat)(self.room, "Elsewhere")
        async with Meeting() as meeting:
            await meeting.joined(self.room)
            await presence.copy()
        assert await self.names(self.room) == ["Elsewhere"]

    async def test_a_deleted_account_does_not_stop_the_copy(self) -> None:
        async with Meeting() as meeting:
            user = await sync_to_async(make_user)("Elias")
            await meeting.joined(self.room, "Elias", user)
            await User.objects.filter(pk=user.pk).adelete()
            await presence.copy()
            row = await Seat.objects.aget(room=self.room)
            assert row.user_id is None

    async def test_where_accounts_sat_is_remembered(self) -> None:
        user = await sync_to_async(make_user)("Elias")
        async with Meeting() as meeting:
            # Two tabs of one person are two seats and one visit.
            await meeting.joined(self.room, "Elias", user)
            await meeting.joined(self.room, "Elias too", user)
            await meeting.joined(self.big_room, "Elias", user)
            await meeting.joined(self.big_room, "Amara", self.owner)
            await meeting.joined(self.big_room, "A guest")
            await meeting.at_door(self.other_room, "Elias", user)
            await presence.copy()
            first = await self.visits()
            assert first.keys() == {
                (self.room.pk, user.pk),
                (self.big_room.pk, user.pk),
                (self.big_room.pk, self.owner.pk),
            }
            await presence.copy()
            again = await self.visits()
            assert again.keys() == first.keys()
            assert all(again[visit] > first[visit] for visit in first)

    async def test_all_visits_are_written_at_once(self) -> None:
        def statements() -> int:
            with CaptureQueriesContext(connection) as asked:
                async_to_sync(presence.copy)()
            wrote = [q["sql"] for q in asked if "rooms_visit" in q["sql"]]
            assert len(wrote) == 1
            return len(asked)

        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara", self.owner)
            few = await sync_to_async(statements)()
            for name in ("Elias", "June"):
                user = await sync_to_async(make_user)(name)
                await meeting.joined(self.big_room, name, user)
                await meeting.joined(self.room, name, user)
            assert await sync_to_async(statements)() == few

    async def test_no_visit_brings_anybody_or_anything_back(self) -> None:
        users = [await sync_to_async(make_user)(name) for name in ("Elias", "June")]
        async with Meeting() as meeting:
            await meeting.joined(self.other_room, "Elias", users[0])
            await meeting.joined(self.room, "June", users[1])
            await meeting.joined(self.big_room, "Amara", self.owner)
            await presence.copy()
            await Room.objects.filter(pk=self.other_room.pk).adelete()
            await User.objects.filter(pk=users[1].pk).adelete()
            await presence.copy()
            assert (await self.visits()).keys() == {(self.big_room.pk, self.owner.pk)}

    async def visits(self) -> dict[tuple[int, int], datetime]:
        return {
            (visit.room_id, visit.user_id): visit.last_at
            async for visit in Visit.objects.all()
        }

    async def test_it_runs_by_itself_soon_after_a_change(self) -> None:
        with mock.patch.object(presence_module, "SETTLE_SECONDS", 0.0):
            async with Meeting() as meeting:
                copied = mock.AsyncMock(wraps=presence.copy)
                with mock.patch.object(presence, "copy", copied):
                    mira = await meeting.joined(self.room)
                    while not await Seat.objects.acount():
                        await quiet(mira)
                        meeting.time.pass_by(1)
                copied.assert_awaited()

    async def test_a_database_that_is_away_is_told_once(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            broken = mock.patch.object(
                presence, "_exchange", side_effect=OperationalError("away")
            )
            with broken, self.assertLogs("rooms.signalling.presence", "WARNING") as log:
                for _ in range(3):
                    await presence.try_copy()
            assert len(log.records) == 1
            await mira.silent()
            with self.assertLogs("rooms.signalling.presence", "INFO"):
                await presence.try_copy()
            assert await self.names(self.room) == ["Mira"]


class Changes(CallTestCase):
    async def test_a_changed_room_is_told_inside_and_at_the_door(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.at_door(self.room, "Mira", self.owner)
            room = {
                "name": "Saturday table",
                "limit": 3,
                "keepsChat": True,
                "relayOnly": False,
                "access": "signed-in",
                "locked": False,
                "lobby": False,
                "forbidden": [],
            }
            self.room.name, self.room.people_limit = "Saturday table", 3
            self.room.keeps_chat = True
            self.room.access = Room.Access.SIGNED_IN
            await self.room.asave()
            await presence.copy()
            assert await amara.hears("room-changed") == {
                "type": "room-changed",
                "room": room,
            }
            assert (await mira.hears("door"))["room"] == room
            await mira.join()
            await presence.copy()
            await mira.silent()

    async def test_a_change_lets_waiting_people_in(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.room, "Amara")
            await meeting.joined(self.room, "Elias")
            mira = await meeting.at_door(self.room)
            await mira.ask()
            await mira.rest()
            self.room.people_limit = 3
            await self.room.asave()
            await presence.copy()
            await mira.hears("welcome")

    async def test_a_lower_limit_sends_nobody_away(self) -> None:
        async with Meeting() as meeting:
            people = [await meeting.joined(self.big_room, f"P{n}") for n in range(4)]
            await quiet(*people)
            self.big_room.people_limit = 2
            await self.big_room.asave()
            await presence.copy()
            for person in people:
                assert (await person.rest())[0]["room"]["limit"] == 2
            late = await meeting.at_door(self.big_room)
            await late.ask()
            await late.hears("waiting")

    async def test_old_news_changes_nothing(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            hub.hear(bus.RoomChanged(self.room.pk, "Older", 9, True, "anyone", 0))
            hub.hear(
                bus.RoomChanged(
                    self.room.pk, "Same", 9, True, "anyone", self.room.version
                )
            )
            await amara.silent()

    async def test_a_fresh_ticket_brings_news_to_those_inside(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            self.room.name = "Saturday table"
            await self.room.asave()
            await meeting.at_door(self.room)
            heard = await amara.hears("room-changed")
            assert heard["room"]["name"] == "Saturday table"

    async def test_a_deleted_room_closes_for_everybody(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.at_door(self.room)
            next_door = await meeting.joined(self.other_room, "Elias")
            await amara.rest()
            await Room.objects.filter(pk=self.room.pk).adelete()
            await presence.copy()
            assert await amara.closed() == Close.ROOM_DELETED
            assert await mira.closed() == Close.ROOM_DELETED
            await next_door.silent()
            assert [call.room for call in hub] == [self.other_room.pk]
            await stop()
