"""What people write, where the server has a hand in it."""

from typing import Any
from unittest import mock

from asgiref.sync import sync_to_async
from django.db import OperationalError

from accounts.deletion import delete_account
from rooms.models import Message, Room
from rooms.signalling import chat, queues
from tests.factories import make_message, make_room, make_user

from .meeting import Caller, CallTestCase, Frame, Meeting, quiet


def written(
    writer: Caller, count: int = 1, text: str = "Hello", **fields: Any
) -> Frame:
    return {
        "type": "chat",
        "id": f"{writer.instance}-{count}",
        "count": count,
        "text": text,
        "at": 1_700_000_000_000,
    } | fields


class Relayed(CallTestCase):
    async def test_it_goes_to_the_seats_named_and_to_no_other(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            elias = await meeting.joined(self.big_room, "Elias")
            tomas = await meeting.joined(self.big_room, "Tomas")
            mira = await meeting.joined(self.big_room)
            await quiet(amara, elias, tomas)
            seats = [elias.seat, tomas.seat, elias.seat]
            await mira.say(**written(mira, to=seats))
            for hearer in (elias, tomas):
                assert await hearer.hears("peer-chat") == {
                    "type": "peer-chat",
                    "from": mira.seat,
                    "name": "Mira",
                    "id": f"{mira.instance}-1",
                    "count": 1,
                    "number": 0,
                    "text": "Hello",
                    "at": 1_700_000_000_000,
                }
            name = f"{mira.instance}-1"
            await elias.say(type="chat-ack", to=mira.seat, id=name)
            assert await mira.hears("peer-chat-ack") == {
                "type": "peer-chat-ack",
                "from": elias.seat,
                "id": f"{mira.instance}-1",
            }
            for silent in (amara, elias, tomas, mira):
                await silent.silent()
        assert await Message.objects.acount() == 0

    async def test_who_is_gone_is_named_and_the_others_hear_it(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            mira = await meeting.joined(self.big_room)
            stranger = await meeting.joined(self.other_room, "Eve")
            await quiet(amara)
            await mira.say(**written(mira, to=["gone", amara.seat, stranger.seat]))
            for seat in ("gone", stranger.seat):
                fault = await mira.refused("unknown-seat")
                assert (fault["about"], fault["to"]) == ("chat", seat)
            await amara.hears("peer-chat")
            await stranger.silent()

    async def test_nobody_takes_the_name_of_anothers_message(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await quiet(amara)
            own = written(mira, to=[amara.seat])
            for name in (
                f"{amara.instance}-1",
                f"{mira.instance}-2",
                f"{mira.instance}-01",
                f"{mira.instance}1",
                f"-{mira.instance}-1",
                mira.instance,
                "1",
            ):
                await mira.say(**(own | {"id": name}))
                assert (await mira.refused("bad-message"))["about"] == "chat"
            await amara.silent()
            await mira.say(**own)
            assert (await amara.hears("peer-chat"))["id"] == own["id"]

    async def test_a_room_that_keeps_nothing_says_so(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            await mira.say(**written(mira))
            await mira.refused("not-kept")
            await mira.say(type="chat-history", after=0)
            await mira.refused("not-kept")


class Kept(CallTestCase):
    kept_room: Room

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.kept_room = make_room(cls.owner, "Kept", keeps_chat=True)

    async def test_everybody_gets_it_with_its_number_the_writer_too(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.kept_room, "Amara", self.owner)
            mira = await meeting.joined(self.kept_room)
            await quiet(amara)
            await mira.say(**written(mira))
            expected = {
                "type": "peer-chat",
                "from": mira.seat,
                "name": "Mira",
                "id": f"{mira.instance}-1",
                "count": 1,
                "number": 1,
                "text": "Hello",
                "at": 1_795_000_000_000,
            }
            assert await mira.hears("peer-chat") == expected
            assert await amara.hears("peer-chat") == expected
            await amara.say(**written(amara, text="Hello you"))
            assert (await amara.hears("peer-chat"))["number"] == 2
        row = await Message.objects.aget(number=2)
        assert (row.user_id, row.person) == (self.owner.pk, f"u:{self.owner.pk}")
        assert (row.name, row.text) == ("Amara", "Hello you")

    async def test_what_is_sent_again_keeps_its_number(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.kept_room)
            for _ in range(3):
                await mira.say(**written(mira))
                assert (await mira.hears("peer-chat"))["number"] == 1
            await mira.say(**written(mira, 2))
            assert (await mira.hears("peer-chat"))["number"] == 2
        assert await Message.objects.acount() == 2

    async def test_messages_keep_the_order_in_which_they_came(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.kept_room)
            for count in range(1, 21):
                await mira.say(**written(mira, count))
            heard = [await mira.hears("peer-chat") for _ in range(20)]
            assert [frame["count"] for frame in heard] == list(range(1, 21))
            assert [frame["number"] for frame in heard] == list(range(1, 21))

    async def test_the_newest_number_comes_with_the_welcome(self) -> None:
        await sync_to_async(make_message)(self.kept_room)
        async with Meeting() as meeting:
            mira = await meeting.joined(self.kept_room)
            assert mira.welcome["chatNumber"] == 1
            await mira.say(**written(mira))
            await mira.hears("peer-chat")
            tomas = await meeting.joined(self.kept_room, "Tomas")
            assert tomas.welcome["chatNumber"] == 2

    async def test_history_is_read_in_pages_that_fit_a_frame(self) -> None:
        for count in range(1, 31):
            text = f"{count} " + "ж" * 3000
            await sync_to_async(make_message)(self.kept_room, text)
        async with Meeting() as meeting:
            mira = await meeting.joined(self.kept_room)
            numbers = await self.read_all(mira)
        assert numbers == list(range(1, 31))
        pages = [frame for frame in mira.frames if frame["type"] == "chat-page"]
        assert len(pages) > 3

    async def read_all(self, reader: Caller) -> list[int]:
        numbers: list[int] = []
        more = True
        while more:
            await reader.say(type="chat-history", after=numbers[-1] if numbers else 0)
            event = await reader.wire.receive_output(timeout=10)
            assert len(event["text"].encode()) <= chat.PAGE_BYTES
            page = reader.took(event)
            numbers += [message["number"] for message in page["messages"]]
            more = page["more"]
        return numbers

    async def test_history_marks_what_is_ones_own(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.kept_room)
            tomas = await meeting.joined(self.kept_room, "Tomas")
            await mira.rest()
            await mira.say(**written(mira))
            await tomas.hears("peer-chat")
            await tomas.say(**written(tomas, text="Hi"))
            await tomas.hears("peer-chat")
            await tomas.say(type="chat-history", after=0)
            page = await tomas.hears("chat-page")
            assert page["more"] is False
            assert [(m["text"], m["own"]) for m in page["messages"]] == [
                ("Hello", False),
                ("Hi", True),
            ]
            await tomas.say(type="chat-history", after=2)
            assert (await tomas.hears("chat-page"))["messages"] == []

    async def test_a_database_that_is_away_costs_nothing_but_patience(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.kept_room, "Amara")
            mira = await meeting.joined(self.kept_room)
            await quiet(amara)
            with (
                mock.patch.object(
                    Message, "keep", side_effect=OperationalError("away")
                ),
                self.assertLogs("rooms.signalling.queues", "ERROR"),
            ):
                await mira.say(**written(mira))
                fault = await mira.hears("error")
                assert (fault["code"], fault["about"]) == ("try-again", "chat")
            await amara.silent()
            await mira.say(**written(mira))
            assert (await mira.hears("peer-chat"))["number"] == 1

    async def test_too_many_waiting_messages_are_sent_back(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.kept_room)
            with mock.patch.object(queues, "QUEUE_LENGTH", 0):
                await mira.say(**written(mira))
                await mira.refused("try-again")

    async def test_a_deleted_rooms_message_is_not_stored(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.kept_room)
            with mock.patch.object(Message, "keep", side_effect=Room.DoesNotExist):
                await mira.say(**written(mira))
                await mira.refused("try-again")

    async def test_who_deleted_their_account_in_the_call_is_told_so(self) -> None:
        june = await sync_to_async(make_user)("June Park")
        async with Meeting() as meeting:
            amara = await meeting.joined(self.kept_room, "Amara")
            mira = await meeting.joined(self.kept_room, "June", user=june)
            await quiet(amara)
            await sync_to_async(delete_account)(june)
            with self.assertNoLogs("rooms.signalling", "WARNING"):
                await mira.say(**written(mira))
                assert (await mira.refused("ticket-refused"))["about"] == "chat"
            await amara.silent()
        assert not await Message.objects.filter(room=self.kept_room).aexists()
