"""Roles and prohibitions that nobody told of are noticed from the rows."""

from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms.models import Membership, Prohibition, Role
from rooms.signalling import bus, lifecycle
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
