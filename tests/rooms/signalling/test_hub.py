"""One timer for all calls: what goes wrong in one of them costs no other its time."""

from unittest import mock

from rooms.signalling import lifecycle
from rooms.signalling.seats import GRACE_SECONDS

from .meeting import CallTestCase, Meeting, quiet


class Deadlines(CallTestCase):
    async def test_a_fault_in_one_call_stops_no_other(self) -> None:
        async with Meeting() as meeting:
            ill = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.big_room, "Mira")
            elias = await meeting.joined(self.big_room, "Elias")
            await quiet(mira)
            await ill.go(1006)
            await elias.go(1006)
            assert (await mira.hears("peer-away"))["away"]
            call = lifecycle.hub.get(self.room.pk)
            assert call is not None
            with (
                mock.patch.object(call, "expire", side_effect=RuntimeError("ours")),
                self.assertLogs("rooms.signalling.hub", "ERROR") as logged,
            ):
                await meeting.some_time(GRACE_SECONDS)
            assert "ours" in logged.output[0]
            assert (await mira.hears("peer-left"))["reason"] == "lost"
            # And the one with the fault is looked at again.
            await meeting.some_time(1)
            assert lifecycle.hub.get(self.room.pk) is None
