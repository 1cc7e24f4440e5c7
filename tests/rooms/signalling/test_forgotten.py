"""Whoever has gone is forgotten at once, and waits for no collector."""

import asyncio
import gc

from rooms.signalling.consumer import CallConsumer
from rooms.signalling.conversation import Conversation
from rooms.signalling.gate import Gate

from .meeting import CallTestCase, Meeting

ROUNDS = 5


def alive() -> int:
    kinds = (CallConsumer, Conversation, Gate)
    return sum(issubclass(type(each), kinds) for each in gc.get_objects())


class Forgotten(CallTestCase):
    async def test_people_who_came_and_went_leave_nothing(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara")
            gc.collect()
            gc.disable()
            try:
                before = alive()
                for code in (1000, 1001, 1006, 4000, 1006)[:ROUNDS]:
                    mira = await meeting.joined(self.big_room)
                    await mira.go(code)
                    meeting.sockets.remove(mira)
                    del mira
                    await meeting.some_time(60)
                    # Tasks that have ended go with the next turn of the loop.
                    await asyncio.sleep(0)
                assert alive() <= before
            finally:
                gc.enable()
