"""Every type of message from every rank, made from the table itself."""

from typing import Any

import pytest

from rooms.signalling.protocol import TABLE, Rank

from .meeting import Caller, CallTestCase, Meeting, quiet
from .test_protocol import FROM_CLIENTS

SAMPLES: dict[str, dict[str, Any]] = {one["type"]: one for one in FROM_CLIENTS}


class Matrix(CallTestCase):
    async def sender(self, meeting: Meeting, rank: Rank) -> Caller:
        match rank:
            case Rank.ANYONE:
                return await meeting.caller(self.big_room)
            case Rank.DOOR:
                return await meeting.at_door(self.big_room)
            case Rank.SEAT:
                return await meeting.joined(self.big_room)

    async def test_a_message_needs_its_rank(self) -> None:
        for kind, needs in TABLE.items():
            for rank in Rank:
                with self.subTest(kind=kind, rank=rank):
                    await self.one(kind, needs.who, rank)

    async def one(self, kind: str, needs: Rank, rank: Rank) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            sender = await self.sender(meeting, rank)
            await quiet(amara)
            message = dict(SAMPLES[kind])
            if "to" in message:
                message["to"] = (
                    [amara.seat] if isinstance(message["to"], list) else amara.seat
                )
            if kind == "chat":
                message["id"] = f"{sender.instance}-{message['count']}"
            if kind == "hello":
                message |= {"ticket": None, "resume": None} | sender.token
            await sender.say(**message)
            answers = [
                frame for frame in await sender.rest() if frame["type"] != "door"
            ]
            refused = [frame for frame in answers if frame.get("code") == "not-yet"]
            assert bool(refused) == (rank < needs), answers
            if refused:
                assert answers == refused
                assert refused[0]["about"] == kind
                await amara.silent()

    async def test_waiting_for_a_place_is_standing_at_the_door(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            await meeting.joined(self.room, "Elias")
            mira = await meeting.at_door(self.room)
            await mira.ask()
            await quiet(mira, amara)
            for kind, needs in TABLE.items():
                if needs.who is Rank.SEAT:
                    message = SAMPLES[kind]
                    if isinstance(message.get("to"), str):
                        message = message | {"to": amara.seat}
                    await mira.say(**message)
                    await mira.refused("not-yet")
            await amara.silent()


def test_nothing_but_a_greeting_is_open_to_anyone() -> None:
    assert {kind for kind, row in TABLE.items() if row.who is Rank.ANYONE} == {
        "hello",
        "ping",
    }
    assert {kind for kind, row in TABLE.items() if row.who is Rank.DOOR} == {
        "join",
        "leave",
    }


@pytest.mark.parametrize("kind", TABLE)
def test_every_type_has_limits(kind: str) -> None:
    row = TABLE[kind]
    assert 0 < row.rate <= row.burst
    assert 0 < row.size <= 65_536
