"""Roles and prohibitions that nobody told of are noticed from the rows."""

from unittest import mock

from asgiref.sync import sync_to_async
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from rooms.models import Membership, Prohibition, Role
from rooms.signalling import bus, lifecycle, lookups
from rooms.signalling.standings import correct, differing, known_in

from .meeting import Meeting, quiet
from .test_orders import HostsTestCase, stands


class Standings(HostsTestCase):
    async def test_what_the_rows_say_is_followed_within_seconds(self) -> None:
        async with Meeting() as meeting:
            elias, mira = await self.member(meeting), await self.guest(meeting)
            await quiet(elias, mira)
            await Membership.objects.filter(user=self.elias).adelete()
            await Prohibition.objects.acreate(
                room=self.big_room, person=mira.entry.person, powers=["camera"]
            )
            await lifecycle.presence.copy()
            heard = {each["seat"]: each for each in await mira.rest()}
            assert heard[elias.seat]["role"] == "guest"
            assert heard[mira.seat]["forbidden"] == ["camera"]
            await lifecycle.presence.copy()
            await mira.silent()

    async def test_at_the_door_too(self) -> None:
        async with Meeting() as meeting:
            elias = await meeting.at_door(self.big_room, "Elias", self.elias)
            await Membership.objects.filter(user=self.elias).aupdate(role=Role.CO_HOST)
            await lifecycle.presence.copy()
            await elias.join()
            assert elias.welcome["role"] == "co-host"

    async def test_who_comes_back_as_somebody_else_is_shown_so_to_all(self) -> None:
        async with Meeting() as meeting:
            elias = await self.member(meeting)
            await elias.go()
            await meeting.some_time(4)
            away = mock.patch.object(lookups, "facts_now", side_effect=OperationalError)
            with away, self.assertLogs("rooms.signalling.lookups", "WARNING"):
                again = await meeting.back(elias, same_page=True)
            await again.join()
            mira = await self.guest(meeting)
            await Membership.objects.filter(user=self.elias).aupdate(role=Role.CO_HOST)
            await again.go(1006)
            await mira.hears("peer-away")
            meeting.time.pass_by(lookups.AWAY_SECONDS)
            back = await meeting.back(again, same_page=True)
            await back.join()
            assert back.welcome["role"] == "co-host"
            await mira.hears("peer-away")
            await stands(mira, seat=elias.seat, role="co-host")

    async def test_what_was_heard_while_they_were_read_is_newer(self) -> None:
        async with Meeting() as meeting:
            await self.member(meeting)
            mira = await self.guest(meeting)
            hub = lifecycle.hub
            known = known_in(hub)
            read = [
                bus.StandingChanged(self.big_room.pk, f"u:{self.elias.pk}", "guest", ())
            ]
            hub.hear(
                bus.StandingChanged(
                    self.big_room.pk, f"u:{self.elias.pk}", "co-host", ()
                )
            )
            await stands(mira, role="co-host")
            correct(hub, known, read)
            await mira.silent()

    async def test_however_many_they_are_it_is_two_queries(self) -> None:
        async with Meeting() as meeting:
            await self.host(meeting)
            await self.member(meeting)
            for number in range(4):
                await self.guest(meeting, f"Guest {number}")
            await meeting.joined(self.other_room, "Elias", self.elias)
            known = known_in(lifecycle.hub)

            def read() -> tuple[int, int]:
                with CaptureQueriesContext(connection) as queries:
                    return len(differing(known)), len(queries)

            assert await sync_to_async(read)() == (0, 2)
