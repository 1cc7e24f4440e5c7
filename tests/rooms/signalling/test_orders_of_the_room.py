"""Hosts' orders about the room and its call; reports; what the log says of them."""

from typing import Any
from unittest import mock

from asgiref.sync import sync_to_async
from django.db import OperationalError

from conference.audit.models import AuditEntry
from rooms.models import Membership, Report, Role, Room
from rooms.signalling import bus, lifecycle, tickets
from rooms.signalling.cluster.copies import copy_of, restore
from rooms.signalling.cluster.packets import pack, unpack_copy
from rooms.signalling.protocol import Close
from rooms.signalling.throng import ORDERS_AT_ONCE

from .meeting import Caller, Closed, Meeting, quiet
from .test_orders import HostsTestCase, stands


class Switches(HostsTestCase):
    async def test_lock_and_lobby_are_rows_that_all_hear_of(self) -> None:
        async with Meeting() as meeting:
            tomas, mira = await self.co_host(meeting), await self.guest(meeting)
            await quiet(tomas)
            for kind, field in (("lock", "locked"), ("lobby", "lobby")):
                for on in (True, False):
                    await tomas.say(**{"type": kind, field: on})
                    changed = await mira.hears("room-changed")
                    assert changed["room"][field] is on
                    row = await Room.objects.aget(pk=self.big_room.pk)
                    assert getattr(row, field) is on


class Ending(HostsTestCase):
    async def test_all_are_told_when_and_by_whom_and_may_stay_if_it_goes_on(
        self,
    ) -> None:
        async with Meeting() as meeting:
            tomas, mira = await self.co_host(meeting), await self.guest(meeting)
            await quiet(tomas)
            await tomas.say(type="end", seconds=10)
            ending = await mira.hears("ending")
            assert ending["name"] == "Tomas"
            assert ending["at"] == int((meeting.time.since_1970 + 10) * 1000)
            june = await self.guest(meeting, "June")
            assert june.welcome["ending"] == ending["at"]
            await quiet(mira, tomas)
            await tomas.say(type="go-on")
            assert (await mira.hears("ending"))["at"] == 0
            await meeting.some_time(20)
            await mira.silent()

    async def test_everybody_is_out_when_the_time_is_over(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await amara.say(type="end", seconds=10)
            await mira.hears("ending")
            await meeting.some_time(9)
            await mira.silent()
            await meeting.some_time(2)
            assert await mira.closed() == Close.ENDED
            assert await close_code(amara) == Close.ENDED
            assert lifecycle.hub.get(self.big_room.pk) is None

    async def test_with_no_seconds_it_ends_at_once(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await amara.say(type="end", seconds=0)
            await mira.hears("ending")
            await meeting.some_time(1)
            assert await mira.closed() == Close.ENDED

    async def test_who_waits_goes_too_and_who_stands_at_the_door_stays(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            mira = await meeting.joined(self.room)
            june = await meeting.at_door(self.room, "June")
            await june.ask()
            await june.hears("waiting")
            elias = await meeting.at_door(self.room, "Elias")
            await amara.say(type="end", seconds=1)
            await mira.hears("ending")
            await meeting.some_time(2)
            assert await june.closed() == Close.ENDED
            door = await elias.hears("door")
            assert (door["people"], door["full"]) == ([], False)
            await elias.join()
            assert elias.welcome["ending"] == 0
            assert elias.welcome["people"] == []

    async def test_who_was_away_is_told_when_they_come_back(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await mira.go(1006)
            await amara.say(type="end", seconds=1)
            while (await amara.next())["type"] != "ending":
                pass
            await meeting.some_time(2)
            again = await meeting.opened(mira.again(same_page=True))
            await again.say(
                type="hello", protocol=4, instance=again.instance, **again.token
            )
            assert await again.closed() == Close.ENDED
            # With a page of today they may meet again.
            fresh = await self.guest(meeting)
            assert fresh.welcome["people"] == []

    async def test_another_process_says_so_too_and_twice_is_once(self) -> None:
        async with Meeting() as meeting:
            mira = await self.guest(meeting)
            at = int((meeting.time.since_1970 + 5) * 1000)
            for _ in range(2):
                lifecycle.hub.hear(bus.CallEnds(self.big_room.pk, at, "Paul"))
            assert (await mira.hears("ending"))["name"] == "Paul"
            await mira.silent()
            await meeting.some_time(6)
            assert await mira.closed() == Close.ENDED

    async def test_no_host_takes_back_or_puts_off_what_the_site_ends(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await quiet(amara, mira)
            at = int((meeting.time.since_1970 + 5) * 1000)
            room = self.big_room.pk
            lifecycle.hub.hear(bus.CallEnds(room, at, "Paul", by_site=True))
            for caller in (amara, mira):
                assert (await caller.hears("ending"))["at"] == at
            for order in ({"type": "go-on"}, {"type": "end", "seconds": 60}):
                await amara.say(**order)
                refused = await amara.refused("not-allowed")
                assert "run this site" in refused["message"]
            # Said by a host a moment before, in another process.
            lifecycle.hub.hear(bus.CallEnds(room, 0, "Amara"))
            await mira.silent()
            assert not await AuditEntry.objects.aexists()
            await meeting.some_time(6)
            assert await mira.closed() == Close.ENDED

    async def test_the_site_may_let_it_go_on_and_the_next_call_is_the_hosts(
        self,
    ) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await quiet(amara, mira)
            room = self.big_room.pk
            for at in (int((meeting.time.since_1970 + 30) * 1000), 0):
                lifecycle.hub.hear(bus.CallEnds(room, at, "Paul", by_site=True))
                assert (await mira.hears("ending"))["at"] == at
            await quiet(amara)
            for order in ({"type": "end", "seconds": 30}, {"type": "go-on"}):
                await amara.say(**order)
                await amara.hears("ending")

    async def test_the_people_who_run_the_site_are_heard_inside_alone(self) -> None:
        async with Meeting() as meeting:
            mira = await self.guest(meeting)
            june = await meeting.at_door(self.big_room, "June")
            lifecycle.hub.hear(bus.Notice(self.big_room.pk, "At noon we restart."))
            heard = await mira.hears("announcement")
            assert heard["text"] == "At noon we restart."
            await june.silent()


class Reporting(HostsTestCase):
    async def test_it_is_kept_and_nobody_else_is_told(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await quiet(amara)
            await mira.say(type="report", to=amara.seat, reason="abuse", words="Shouts")
            await mira.hears("reported")
            await mira.say(type="report", reason="other", words="")
            await mira.hears("reported")
            await amara.silent()
            about_her, about_room = [r async for r in Report.objects.order_by("pk")]
            assert about_her.about == f"u:{self.owner.pk}"
            assert (about_her.about_name, about_her.words) == ("Amara", "Shouts")
            assert about_her.reporter == mira.entry.person
            assert about_room.about == ""

    async def test_of_somebody_who_is_not_there_nothing_is_kept(self) -> None:
        async with Meeting() as meeting:
            mira = await self.guest(meeting)
            await mira.say(type="report", to="gone", reason="spam", words="")
            assert (await mira.refused("unknown-seat"))["to"] == "gone"
            assert not await Report.objects.aexists()

    async def test_where_it_cannot_be_kept_it_is_not_said_to_be(self) -> None:
        async with Meeting() as meeting:
            mira = await self.guest(meeting)
            with (
                mock.patch.object(
                    Report.objects, "create", side_effect=OperationalError
                ),
                self.assertLogs("rooms.signalling.queues", "ERROR"),
            ):
                await mira.say(type="report", reason="other", words="")
                assert (await mira.refused("try-again"))["about"] == "report"


class RolesAreReadAtEachOrder(HostsTestCase):
    """Whatever rank the socket has."""

    async def test_who_was_a_host_a_moment_ago_is_refused(self) -> None:
        async with Meeting() as meeting:
            tomas, mira = await self.co_host(meeting), await self.guest(meeting)
            await quiet(tomas)
            await Membership.objects.filter(user=self.tomas).aupdate(role=Role.MEMBER)
            for order in ORDERS_OF_HOSTS:
                await tomas.say(**addressed(order, mira.seat))
                fault = await tomas.refused("not-allowed")
                assert fault["about"] == order["type"]
            await mira.silent()
            row = await Room.objects.aget(pk=self.big_room.pk)
            assert (row.locked, row.lobby, row.forbidden) == (False, False, [])
            assert not await AuditEntry.objects.aexists()

    async def test_the_lost_news_of_a_role_is_made_up_for_within_seconds(self) -> None:
        async with Meeting() as meeting:
            elias, mira = await self.member(meeting), await self.guest(meeting)
            await quiet(elias)
            await Membership.objects.filter(user=self.elias).aupdate(role=Role.CO_HOST)
            await elias.say(type="lock", locked=True)
            await elias.refused("not-allowed")
            await lifecycle.presence.copy()
            await stands(mira, seat=elias.seat, role="co-host")
            await elias.say(type="lock", locked=True)
            assert (await mira.hears("room-changed"))["room"]["locked"]

    async def test_without_a_database_nobody_is_obeyed_and_all_goes_on(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await quiet(amara)
            with (
                mock.patch.object(Room.objects, "get", side_effect=OperationalError),
                self.assertLogs("rooms.signalling.queues", "ERROR"),
            ):
                for order in ORDERS_OF_HOSTS:
                    await amara.say(**addressed(order, mira.seat))
                    fault = await amara.refused("try-again")
                    assert fault["about"] == order["type"]
            await mira.silent()
            await amara.say(type="mute", slot="microphone", seats=[mira.seat])
            await stands(mira, held=["microphone"])

    async def test_what_cannot_be_written_into_the_log_is_not_done(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await quiet(amara)
            with (
                mock.patch.object(
                    AuditEntry.objects, "create", side_effect=OperationalError
                ),
                self.assertLogs("rooms.signalling.queues", "ERROR"),
            ):
                await amara.say(type="lock", locked=True)
                await amara.refused("try-again")
            row = await Room.objects.aget(pk=self.big_room.pk)
            assert not row.locked
            await mira.silent()


ORDERS_OF_HOSTS: list[dict[str, Any]] = [
    {"type": "mute", "slot": "microphone"},
    {"type": "mute", "slot": "camera", "seats": []},
    {"type": "ask", "slot": "camera"},
    {"type": "allow", "power": "screen", "allowed": False},
    {"type": "rename", "name": "June"},
    {"type": "spotlight"},
    {"type": "lock", "locked": True},
    {"type": "lobby", "lobby": True},
    {"type": "end", "seconds": 20},
    {"type": "go-on"},
    {"type": "remove", "ban": True, "reason": "Enough"},
]

WRITTEN = [
    *("mute", "mute", "ask", "forbid", "rename", "spotlight", "lock", "lobby-on"),
    *("end", "go-on", "ban"),
]


def addressed(order: dict[str, Any], seat: str) -> dict[str, Any]:
    """The order, about this person where it is about one."""
    order = dict(order)
    if "seats" in order:
        order["seats"] = [seat]
    if order["type"] in ("ask", "allow", "rename", "remove"):
        order["to"] = seat
    if order["type"] == "spotlight":
        order["seat"] = seat
    return order


class EveryActIsWrittenDown(HostsTestCase):
    async def test_each_order_leaves_one_row_without_a_name(self) -> None:
        async with Meeting() as meeting:
            tomas = await self.co_host(meeting)
            mira = await self.guest(meeting, "Mira Unnamed")
            await quiet(tomas)
            for order in ORDERS_OF_HOSTS:
                await tomas.say(**addressed(order, mira.seat))
            while (frame := await tomas.next())["type"] != "peer-revoked":
                assert frame["type"] != "error", frame
            rows = [row async for row in AuditEntry.objects.order_by("pk")]
            assert [row.action for row in rows] == WRITTEN
            assert {row.actor for row in rows} == {f"u:{self.tomas.pk}"}
            assert {row.room for row in rows} == {self.big_room.pk}
            about = {row.action: row.target for row in rows}
            room, person = f"room:{self.big_room.pk}", mira.entry.person
            assert {about[one] for one in ("ask", "forbid", "rename", "ban")} == {
                person
            }
            assert {about[one] for one in ("lock", "lobby-on", "end")} == {room}
            assert [row.target for row in rows if row.action == "mute"] == [
                room,
                person,
            ]
            everything = [(r.target, r.reason, r.details) for r in rows]
            assert "Unnamed" not in str(everything)
            assert "June" not in str(everything)
            assert "Enough" in str(everything)

    async def test_an_order_about_many_is_one_row_and_repetition_none(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            june, elias = await self.guest(meeting, "June"), await self.member(meeting)
            await quiet(amara, mira, june, elias)
            seats = [mira.seat, june.seat]
            for order in (
                {"type": "mute", "slot": "camera", "seats": seats},
                {"type": "mute", "slot": "camera"},
                {"type": "rename", "to": mira.seat, "name": "Noor"},
                {"type": "spotlight", "seat": mira.seat},
                {"type": "spotlight", "seat": ""},
                {"type": "end", "seconds": 30},
                {"type": "go-on"},
            ):
                for _ in range(2):
                    await amara.say(**order)
            # The last in the queue.
            await amara.say(type="lock", locked=True)
            while (frame := await mira.next())["type"] != "room-changed":
                pass
            assert frame["room"]["locked"]
            rows = [row async for row in AuditEntry.objects.order_by("pk")]
            assert [row.action for row in rows] == [
                *("mute", "mute", "rename", "spotlight", "spotlight"),
                *("end", "end", "go-on", "lock"),
            ]
            both = sorted([mira.entry.person, june.entry.person])
            named, everybody, renamed = rows[:3]
            assert named.target == f"room:{self.big_room.pk}"
            assert named.details == {"slot": "camera", "people": 2, "targets": both}
            assert everybody.details == {
                "slot": "camera",
                "people": 1,
                "targets": [f"u:{self.elias.pk}"],
            }
            assert renamed.target == mira.entry.person

    async def test_all_orders_of_somebody_share_one_measure(self) -> None:
        async with Meeting() as meeting:
            tomas, mira = await self.co_host(meeting), await self.guest(meeting)
            amara = await self.host(meeting)
            await quiet(tomas, mira, amara)
            call = lifecycle.hub.get(self.big_room.pk)
            assert call is not None
            # As many as may be given at once, by whichever page.
            for _ in range(ORDERS_AT_ONCE - 2):
                assert call.may_order(f"u:{self.tomas.pk}")
            for locked in (True, False):
                await tomas.say(type="lock", locked=locked)
                await tomas.hears("room-changed")
            await tomas.say(type="spotlight", seat=mira.seat)
            assert (await tomas.refused("too-fast"))["about"] == "spotlight"
            # Nobody else is held up by it, and a second later nor are they.
            await amara.say(type="lock", locked=True)
            await tomas.hears("room-changed")
            await meeting.some_time(1)
            await tomas.say(type="spotlight", seat=mira.seat)
            await tomas.hears("spotlit")

    async def test_the_address_is_kept_as_a_digest_and_in_no_token(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            call = lifecycle.hub.get(self.big_room.pk)
            assert call is not None
            (holder, _) = [seat.holder for seat in call.seats]
            assert holder is not None
            address = holder.entry.address
            assert address
            await amara.say(type="lock", locked=True)
            await mira.hears("room-changed")
            row = await AuditEntry.objects.aget()
            assert row.address
            assert address not in row.address
            bind = tickets.bind_of(amara.cookies)
            entry = tickets.read_resume(amara.welcome["resume"], bind)
            assert entry.address == ""


class TheNextProcess(HostsTestCase):
    async def test_it_knows_all_that_hosts_decided(self) -> None:
        async with Meeting() as meeting:
            amara, elias = await self.host(meeting), await self.member(meeting)
            mira = await self.guest(meeting)
            await quiet(amara, elias)
            for order in (
                {"type": "mute", "slot": "microphone", "seats": [mira.seat]},
                {"type": "allow", "to": mira.seat, "power": "screen", "allowed": False},
                {"type": "rename", "to": mira.seat, "name": "June"},
                {"type": "promote", "to": elias.seat, "role": "co-host"},
                {"type": "spotlight", "seat": mira.seat},
                {"type": "end", "seconds": 30},
            ):
                await amara.say(**order)
            while (await mira.next())["type"] != "ending":
                pass
            before = lifecycle.hub.get(self.big_room.pk)
            assert before is not None
            copy = unpack_copy(pack(copy_of(before)))
            # As after a move: the call goes on in another process, told by the copy.
            lifecycle.hub.forget(self.big_room.pk)
            again = await meeting.opened(mira.again(same_page=True))
            restore(lifecycle.hub.open(again.entry), copy)
            await again.hello()
            await again.join()
            assert again.welcome["name"] == "June"
            assert again.welcome["held"] == ["microphone"]
            assert again.welcome["forbidden"] == ["screen"]
            assert again.welcome["spotlight"] == mira.seat
            assert again.welcome["ending"] == int((meeting.time.since_1970 + 30) * 1000)
            roles = {one["seat"]: one["role"] for one in again.welcome["people"]}
            assert roles == {amara.seat: "owner", elias.seat: "co-host"}
            await meeting.some_time(31)
            assert await close_code(again) == Close.ENDED

    async def test_who_is_not_back_yet_is_seen_as_hosts_decided(self) -> None:
        async with Meeting() as meeting:
            elias, mira = await self.member(meeting), await self.guest(meeting)
            await quiet(elias)
            before = lifecycle.hub.get(self.big_room.pk)
            assert before is not None
            copy = unpack_copy(pack(copy_of(before)))
            lifecycle.hub.forget(self.big_room.pk)
            again = await meeting.opened(elias.again(same_page=True))
            restore(lifecycle.hub.open(again.entry), copy)
            await again.hello()
            await again.join()
            lifecycle.hub.hear(
                bus.StandingChanged(
                    self.big_room.pk, mira.entry.person, "guest", ("camera",)
                )
            )
            await stands(again, seat=mira.seat, forbidden=["camera"])

    async def test_news_that_come_twice_change_nothing(self) -> None:
        async with Meeting() as meeting:
            elias, mira = await self.member(meeting), await self.guest(meeting)
            await quiet(elias)
            news = bus.StandingChanged(
                self.big_room.pk, mira.entry.person, "guest", ("camera",)
            )
            for _ in range(2):
                lifecycle.hub.hear(news)
            await stands(elias, mira, seat=mira.seat, forbidden=["camera"])
            await elias.silent()

    async def test_what_a_page_did_is_followed_in_the_call(self) -> None:
        async with Meeting() as meeting:
            elias, mira = await self.member(meeting), await self.guest(meeting)
            await quiet(elias)
            told: list[bus.News] = []

            def promote() -> None:
                with bus.collecting() as news:
                    Membership.objects.grant(self.big_room, self.elias, Role.CO_HOST)
                told.extend(news)

            await sync_to_async(promote)()
            for each in told:
                lifecycle.hub.hear(each)
            await stands(elias, mira, seat=elias.seat, role="co-host")


async def close_code(caller: Caller) -> int:
    """With which code the server closes after all that it has to say."""
    while True:
        try:
            await caller.next()
        except Closed as end:
            return end.code
