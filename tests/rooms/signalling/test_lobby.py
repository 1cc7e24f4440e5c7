"""The lobby, at the real application's sockets: what hosts see, and what waits."""

import json
from typing import Any

from asgiref.sync import sync_to_async

from accounts.models import User
from rooms.models import Membership, Role, Room
from rooms.order import people
from rooms.order.actor import Actor
from rooms.signalling.lifecycle import hub, presence
from rooms.signalling.protocol import TABLE, Close, Rank
from rooms.signalling.seats import GRACE_SECONDS, REFUSED_SECONDS
from tests.factories import make_room, make_user

from .meeting import Caller, CallTestCase, Frame, Meeting, quiet
from .test_protocol import FROM_CLIENTS

SAMPLES: dict[str, dict[str, Any]] = {one["type"]: one for one in FROM_CLIENTS}

MAY_HEAR = {"door", "knocking", "turned-away", "pong", "error"}
"""All that is ever said to somebody who waits."""


class LobbyTestCase(CallTestCase):
    """A room with a lobby; its owner sits in it, or comes."""

    noor: User
    lobby: Room

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.noor = make_user("Noor Haddad")
        cls.lobby = make_room(cls.owner, "Lobby", people_limit=3, lobby=True)

    async def host(self, meeting: Meeting) -> Caller:
        """The owner, who has heard that nobody waits."""
        amara = await meeting.joined(self.lobby, "Amara", self.owner)
        assert (await amara.hears("knocks"))["people"] == []
        return amara

    async def knocks(
        self, meeting: Meeting, name: str = "Mira", guest: str = ""
    ) -> Caller:
        caller = await meeting.at_door(self.lobby, name, guest=guest)
        await caller.ask()
        await caller.hears("knocking")
        return caller

    async def give(self, user: User, role: Role) -> None:
        await sync_to_async(Membership.objects.grant)(self.lobby, user, role)

    def actor(self) -> Actor:
        return Actor.in_room(self.lobby, self.owner)


def names(knocks: Frame) -> list[str]:
    assert knocks["type"] == "knocks", knocks
    return [each["name"] for each in knocks["people"]]


def seat_of(caller: Caller) -> str:
    return caller.entry.seat


class Knocking(LobbyTestCase):
    async def test_hosts_see_who_knocks_and_let_in_whom_they_want(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira = await self.knocks(meeting)
            shown = await amara.hears("knocks")
            assert shown["people"] == [
                {
                    "seat": seat_of(mira),
                    "name": "Mira",
                    "picture": "",
                    "guest": True,
                    "lookalike": False,
                    "since": round(meeting.time.since_1970 * 1000),
                }
            ]
            june = await self.knocks(meeting, "June")
            assert names(await amara.hears("knocks")) == ["Mira", "June"]
            await amara.say(type="admit", seats=[seat_of(mira)])
            await mira.is_welcome()
            assert [each["name"] for each in mira.welcome["people"]] == ["Amara"]
            assert names(await amara.hears("knocks")) == ["June"]
            joined = await amara.hears("peer-joined")
            assert joined["person"]["seat"] == mira.seat == seat_of(mira)
            await june.silent()
            await mira.silent()

    async def test_all_at_once(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            callers = [await self.knocks(meeting, name) for name in ("Mira", "June")]
            await quiet(amara)
            await amara.say(type="admit", seats=[seat_of(each) for each in callers])
            for caller in callers:
                await caller.is_welcome()

    async def test_whoever_is_refused_is_told_so_and_may_knock_a_minute_later(
        self,
    ) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira = await self.knocks(meeting, guest="mira")
            await quiet(amara)
            await amara.say(type="refuse", seats=[seat_of(mira)])
            await mira.hears("turned-away")
            assert names(await amara.hears("knocks")) == []
            other_tab = await meeting.at_door(self.lobby, guest="mira")
            for caller in (mira, other_tab):
                await caller.ask()
                await caller.hears("turned-away")
            await amara.silent()
            meeting.time.pass_by(REFUSED_SECONDS)
            await mira.ask()
            await mira.hears("knocking")
            assert names(await amara.hears("knocks")) == ["Mira"]

    async def test_whom_a_host_names_that_does_not_wait_is_passed_over(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira = await self.knocks(meeting)
            await quiet(amara)
            await mira.go()
            assert names(await amara.hears("knocks")) == []
            for kind in ("admit", "refuse"):
                await amara.say(type=kind, seats=[seat_of(mira), amara.seat, "nobody"])
            june = await self.knocks(meeting, "June")
            await amara.say(type="admit", seats=["nobody", seat_of(june)])
            await june.is_welcome()

    async def test_whoever_is_admitted_to_a_full_room_waits_for_a_place(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            for user, name in ((self.noor, "Noor"), (None, "Elias")):
                caller = await meeting.at_door(self.lobby, name, user)
                await caller.ask()
                await caller.hears("knocking")
                await amara.say(type="admit", seats=[seat_of(caller)])
                await caller.is_welcome()
            mira = await self.knocks(meeting)
            await amara.say(type="admit", seats=[seat_of(mira)])
            # From now on there is nothing to be hidden from her.
            assert (await mira.hears("waiting"))["ahead"] == 0
            assert len((await mira.hears("door"))["people"]) == 3
            await caller.say(type="leave")
            await mira.is_welcome()

    async def test_members_do_not_wait_and_hosts_get_into_a_full_room(self) -> None:
        await self.give(self.noor, Role.MEMBER)
        async with Meeting() as meeting:
            noor = await meeting.joined(self.lobby, "Noor", self.noor)
            await meeting.joined(self.lobby, "Noor", self.noor)
            await meeting.joined(self.lobby, "Noor", self.noor)
            member = await meeting.at_door(self.lobby, "Noor", self.noor)
            await member.ask()
            await member.hears("waiting")
            owner = await meeting.caller(self.lobby, "Amara", self.owner)
            door = await owner.hello()
            assert (door["full"], len(door["people"])) == (False, 3)
            await owner.join()
            await owner.hears_only("knocks")
            await noor.rest()
            await noor.silent()

    async def test_knocking_again_and_again_rings_a_few_times_only(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            for _ in range(5):
                caller = await self.knocks(meeting, guest="mira")
                await caller.go()
            caller = await meeting.at_door(self.lobby, guest="mira")
            await caller.ask()
            assert (await caller.refused("too-fast"))["about"] == "join"
            await amara.hears_only(*["knocks"] * 10)
            june = await self.knocks(meeting, "June")
            assert names(await amara.hears("knocks")) == ["June"]
            await june.ask()
            await june.hears("knocking")
            await amara.silent()

    async def test_a_name_like_that_of_somebody_with_a_role_is_marked(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            await self.knocks(meeting, "Amara")
            while not (shown := (await amara.hears("knocks"))["people"])[0][
                "lookalike"
            ]:
                pass
            assert shown[0]["name"] == "Amara"


class NothingIsTold(LobbyTestCase):
    def is_harmless(self, caller: Caller, *secrets: str) -> None:
        """All that somebody who waited has ever heard says nothing of the inside."""
        for frame in caller.frames:
            assert frame["type"] in MAY_HEAR, frame
            text = json.dumps(frame)
            for secret in (*secrets, "sdp", "iceServers", "credential", "resume"):
                assert secret not in text, frame
            if frame["type"] == "door":
                assert frame["people"] == []
                assert frame["full"] is False

    async def test_of_who_is_inside_or_comes_or_goes_or_talks(self) -> None:
        await self.give(self.noor, Role.MEMBER)
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            at_door = await meeting.at_door(self.lobby, "Elias")
            mira = await self.knocks(meeting)
            noor = await meeting.joined(self.lobby, "Noor", self.noor)
            third = await meeting.joined(self.lobby, "Noor", self.noor)
            await amara.say(type="state", version=2, slots=SAMPLES["state"]["slots"])
            offer = SAMPLES["offer"] | {"to": noor.seat}
            await amara.say(**offer)
            await third.go()
            await meeting.some_time(GRACE_SECONDS)
            await amara.say(type="refuse", seats=[seat_of(mira)])
            await mira.hears("turned-away")
            for caller in (mira, at_door):
                await caller.silent()
                self.is_harmless(caller, "Amara", "Noor", amara.seat, noor.seat)

    async def test_whatever_they_say_three_types_are_all_they_may(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira = await self.knocks(meeting)
            await quiet(amara)
            for kind, needs in TABLE.items():
                if needs.who <= Rank.DOOR:
                    continue
                message: dict[str, Any] = dict(SAMPLES[kind])
                if isinstance(message.get("to"), str):
                    message["to"] = amara.seat
                await mira.say(**message)
                assert (await mira.refused("not-yet"))["about"] == kind
            await amara.silent()
            self.is_harmless(mira, "Amara")
            await mira.say(
                type="join", name="Mira", version=2, slots=SAMPLES["state"]["slots"]
            )
            await mira.hears("knocking")
            await mira.say(type="leave")
            await mira.hears("door")
            assert names(await amara.hears("knocks")) == []
            assert {kind for kind, row in TABLE.items() if row.who is Rank.DOOR} == {
                "join",
                "leave",
            }

    async def test_a_slow_reader_who_waits_is_told_the_same_anew(self) -> None:
        async with Meeting() as meeting:
            await self.host(meeting)
            mira = await self.knocks(meeting)
            call = hub.get(self.lobby.pk)
            assert call is not None
            (socket,) = call._door
            call.show(socket)
            assert (await mira.hears("door"))["people"] == []
            await mira.hears("knocking")
            self.is_harmless(mira, "Amara")

    async def test_the_page_after_a_call_tells_no_names(self) -> None:
        async with Meeting() as meeting:
            await self.host(meeting)
            await presence.copy()
            url = f"/r/{self.lobby.link}/left/"
            told = await sync_to_async(self.client.get)(url)
            assert "Amara" not in told.content.decode()
            await sync_to_async(self.client.force_login)(self.noor)
            told = await sync_to_async(self.client.get)(url)
            assert "Amara" not in told.content.decode()
            await self.give(self.noor, Role.MEMBER)
            told = await sync_to_async(self.client.get)(url)
            assert "Amara is" in told.content.decode()


class Changing(LobbyTestCase):
    async def test_when_it_is_given_up_all_who_wait_come_in(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira, june = [await self.knocks(meeting, each) for each in ("Mira", "June")]
            await amara.say(type="lobby", lobby=False)
            for caller in (mira, june):
                await caller.is_welcome()
                assert caller.welcome["room"]["lobby"] is False
            await self.lobby.arefresh_from_db()
            assert not self.lobby.lobby

    async def test_with_a_new_one_the_door_shows_nobody_any_more(self) -> None:
        await sync_to_async(self.lobby.change)(lobby=False)
        async with Meeting() as meeting:
            amara = await meeting.joined(self.lobby, "Amara", self.owner)
            mira = await meeting.caller(self.lobby)
            assert len((await mira.hello())["people"]) == 1
            elias = await meeting.joined(self.lobby, "Elias")
            await quiet(amara, mira, elias)
            await amara.say(type="lobby", lobby=True)
            changed = await elias.hears("room-changed")
            assert changed["room"]["lobby"] is True
            door = await mira.hears("door")
            assert (door["people"], door["room"]["lobby"]) == ([], True)
            await mira.ask()
            await mira.hears("knocking")
            # Who was there before is not asked to knock.
            await elias.go(1006)
            back = await meeting.back(elias, same_page=True)
            await back.join()

    async def test_who_was_let_in_once_need_not_knock_again(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira = await self.knocks(meeting)
            await amara.say(type="admit", seats=[seat_of(mira)])
            await mira.is_welcome()
            await mira.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            for same_page in (True, False):
                mira = await meeting.back(mira, same_page=same_page)
                assert len(mira.frames[-1]["people"]) == 1
                await mira.join()
                await mira.go()
                await meeting.some_time(GRACE_SECONDS + 1)

    async def test_who_left_on_purpose_knocks_again(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira = await self.knocks(meeting)
            await amara.say(type="admit", seats=[seat_of(mira)])
            await mira.is_welcome()
            await mira.say(type="leave")
            assert (await mira.hears("door"))["people"] == []
            await mira.ask()
            await mira.hears("knocking")

    async def test_who_becomes_a_member_comes_in(self) -> None:
        async with Meeting() as meeting:
            await self.host(meeting)
            noor = await meeting.at_door(self.lobby, "Noor", self.noor)
            await noor.ask()
            await noor.hears("knocking")
            await self.give(self.noor, Role.MEMBER)
            await presence.copy()
            await noor.is_welcome()
            assert noor.welcome["role"] == "member"

    async def test_who_becomes_a_host_sees_who_waits(self) -> None:
        await self.give(self.noor, Role.MEMBER)
        async with Meeting() as meeting:
            await self.knocks(meeting)
            noor = await meeting.joined(self.lobby, "Noor", self.noor)
            await noor.silent()
            await self.give(self.noor, Role.CO_HOST)
            await presence.copy()
            assert (await noor.hears("peer-standing"))["role"] == "co-host"
            assert names(await noor.hears("knocks")) == ["Mira"]

    async def test_nobody_becomes_a_host_by_being_there_first(self) -> None:
        await self.give(self.noor, Role.MEMBER)
        async with Meeting() as meeting:
            noor = await meeting.joined(self.lobby, "Noor", self.noor)
            mira = await self.knocks(meeting)
            await noor.silent()
            await noor.say(type="admit", seats=[seat_of(mira)])
            await noor.refused("not-allowed")
            await mira.silent()

    async def test_a_demoted_host_admits_nobody_though_the_socket_is_the_same(
        self,
    ) -> None:
        await self.give(self.noor, Role.CO_HOST)
        async with Meeting() as meeting:
            noor = await meeting.joined(self.lobby, "Noor", self.noor)
            mira = await self.knocks(meeting)
            await quiet(noor)
            # Nobody has told this process.
            await self.give(self.noor, Role.MEMBER)
            await noor.say(type="admit", seats=[seat_of(mira)])
            await noor.refused("not-allowed")
            await mira.silent()

    async def test_the_last_host_who_goes_leaves_them_waiting(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira = await self.knocks(meeting)
            await amara.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            await mira.silent()
            again = await meeting.joined(self.lobby, "Amara", self.owner)
            assert names(await again.hears("knocks")) == ["Mira"]

    async def test_a_deleted_room_and_one_that_ends_send_them_home(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira = await self.knocks(meeting)
            await amara.say(type="end", seconds=0)
            assert await mira.closed() == Close.ENDED
            june = await self.knocks(meeting, "June")
            await sync_to_async(self.lobby.remove)()
            await presence.copy()
            assert await june.closed() == Close.ROOM_DELETED

    async def test_somebody_who_waits_and_is_kept_out_goes(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira = await self.knocks(meeting, guest="mira")
            await quiet(amara)
            await sync_to_async(people.remove)(
                self.lobby,
                person="g:mira",
                name="Mira",
                actor=await sync_to_async(self.actor)(),
            )
            await presence.copy()
            await mira.refused("kept-out")
            assert await mira.closed() == Close.REMOVED
            assert names(await amara.hears("knocks")) == []
