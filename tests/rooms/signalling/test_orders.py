"""Hosts' orders about people: mute, ask, forbid, rename, send away, show large."""

from typing import Any

from asgiref.sync import sync_to_async

from accounts.models import User
from rooms.models import Ban, Membership, Message, Prohibition, Role
from rooms.signalling import lifecycle
from rooms.signalling.protocol import Close
from tests.factories import make_user

from .meeting import SLOTS, Caller, CallTestCase, Meeting, quiet
from .test_chat import written

MUTED = SLOTS | {"microphone": "muted"}


class HostsTestCase(CallTestCase):
    """Amara owns the rooms, Tomas is a co-host of the large one, Elias a member."""

    tomas: User
    elias: User

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.tomas, cls.elias = make_user("Tomas Lind"), make_user("Elias Berg")
        Membership.objects.grant(cls.big_room, cls.tomas, Role.CO_HOST)
        Membership.objects.grant(cls.big_room, cls.elias, Role.MEMBER)

    async def host(self, meeting: Meeting) -> Caller:
        return await meeting.joined(self.big_room, "Amara", self.owner)

    async def co_host(self, meeting: Meeting) -> Caller:
        return await meeting.joined(self.big_room, "Tomas", self.tomas)

    async def member(self, meeting: Meeting) -> Caller:
        return await meeting.joined(self.big_room, "Elias", self.elias)

    async def guest(self, meeting: Meeting, name: str = "Mira") -> Caller:
        return await meeting.joined(self.big_room, name)


async def stands(*callers: Caller, **facts: Any) -> None:
    """All of these hear this of somebody's standing."""
    for caller in callers:
        frame = await caller.hears("peer-standing")
        assert frame | facts == frame, frame


class Muting(HostsTestCase):
    async def test_it_holds_until_the_page_has_obeyed(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await quiet(amara)
            await amara.say(type="mute", slot="microphone", seats=[mira.seat])
            await stands(amara, mira, seat=mira.seat, held=["microphone"])
            june = await self.guest(meeting, "June")
            (_, seen) = june.welcome["people"]
            assert seen["held"] == ["microphone"]
            await mira.say(type="state", version=2, slots=SLOTS)
            assert (await june.hears("peer-state"))["slots"]["microphone"] == "on"
            await june.silent()
            await mira.say(type="state", version=3, slots=MUTED)
            await june.hears("peer-state")
            await stands(june, seat=mira.seat, held=[])
            await mira.say(type="state", version=4, slots=SLOTS)
            await june.hears("peer-state")
            await june.silent()

    async def test_it_is_said_in_the_own_welcome(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await amara.say(type="mute", slot="camera", seats=[mira.seat])
            await stands(mira, held=["camera"])
            await mira.join()
            assert mira.welcome["held"] == ["camera"]

    async def test_what_is_off_as_far_as_the_server_knows_is_held_as_well(
        self,
    ) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await mira.say(type="state", version=2, slots=MUTED)
            await quiet(mira, amara)
            await amara.say(type="mute", slot="microphone", seats=[mira.seat])
            await stands(amara, mira, held=["microphone"])
            await mira.say(type="state", version=3, slots=MUTED)
            await stands(mira, held=[])

    async def test_a_screen_is_off_when_its_sound_is(self) -> None:
        sharing = SLOTS | {"screen": "on", "screenAudio": "on"}
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await mira.say(type="state", version=2, slots=sharing)
            await quiet(mira)
            await amara.say(type="mute", slot="screen", seats=[mira.seat])
            await stands(mira, held=["screen"])
            await mira.say(type="state", version=3, slots=sharing | {"screen": "off"})
            await mira.silent()
            await mira.say(type="state", version=4, slots=SLOTS)
            await stands(mira, held=[])

    async def test_another_page_of_the_person_does_not_end_it(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await amara.say(type="mute", slot="microphone", seats=[mira.seat])
            await stands(mira, held=["microphone"])
            again = await meeting.back(mira, same_page=False)
            await quiet(amara)
            await again.join()
            assert again.welcome["held"] == ["microphone"]
            heard = await amara.hears("peer-joined")
            assert heard["person"]["held"] == ["microphone"]

    async def test_nor_does_a_lost_line(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await amara.say(type="mute", slot="microphone", seats=[mira.seat])
            await stands(mira, held=["microphone"])
            await mira.go(1006)
            again = await meeting.back(mira, same_page=True)
            await again.join()
            assert again.welcome["held"] == ["microphone"]

    async def test_a_page_that_comes_back_muted_is_held_no_more(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await amara.say(type="mute", slot="microphone", seats=[mira.seat])
            await stands(mira, held=["microphone"])
            again = await meeting.back(mira, same_page=False)
            await again.join(slots=MUTED)
            assert again.welcome["held"] == []

    async def test_all_are_all_but_hosts(self) -> None:
        async with Meeting() as meeting:
            amara, tomas = await self.host(meeting), await self.co_host(meeting)
            elias, mira = await self.member(meeting), await self.guest(meeting)
            await quiet(amara, tomas, elias)
            await tomas.say(type="mute", slot="microphone")
            for caller in (amara, tomas, elias, mira):
                await stands(caller, seat=elias.seat, held=["microphone"])
                await stands(caller, seat=mira.seat, held=["microphone"])
                await caller.silent()

    async def test_hosts_mute_each_other_and_nobody_the_owner(self) -> None:
        async with Meeting() as meeting:
            amara, tomas = await self.host(meeting), await self.co_host(meeting)
            await quiet(amara)
            await tomas.say(type="mute", slot="microphone", seats=[amara.seat])
            assert (await tomas.refused("not-allowed"))["to"] == amara.seat
            await amara.silent()
            await amara.say(type="mute", slot="microphone", seats=[tomas.seat])
            await stands(amara, tomas, seat=tomas.seat, held=["microphone"])

    async def test_seats_that_are_gone_are_passed_over(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await quiet(amara)
            await amara.say(type="mute", slot="camera", seats=["gone", mira.seat])
            await stands(amara, seat=mira.seat, held=["camera"])
            await amara.say(type="mute", slot="camera", seats=["gone"])
            assert (await amara.refused("unknown-seat"))["to"] == "gone"


class Asking(HostsTestCase):
    async def test_it_reaches_the_one_who_is_asked_alone(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            june = await self.guest(meeting, "June")
            await quiet(amara, mira)
            await amara.say(type="ask", to=mira.seat, slot="microphone")
            asked = await mira.hears("peer-asks")
            assert asked == {
                "type": "peer-asks",
                "from": amara.seat,
                "slot": "microphone",
            }
            await june.silent()
            await mira.silent()

    async def test_nobody_is_asked_for_what_they_may_not_do(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await amara.say(
                type="allow", to=mira.seat, power="microphone", allowed=False
            )
            await stands(mira, forbidden=["microphone"])
            await quiet(amara)
            await amara.say(type="ask", to=mira.seat, slot="microphone")
            await amara.refused("not-allowed")
            await mira.silent()


class Forbidding(HostsTestCase):
    async def test_it_is_told_to_all_and_outlives_the_call(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira = await meeting.joined(self.big_room, guest="mira")
            await quiet(amara)
            await amara.say(type="allow", to=mira.seat, power="screen", allowed=False)
            await stands(amara, mira, seat=mira.seat, forbidden=["screen"])
            for caller in (amara, mira):
                await caller.say(type="leave")
                await quiet(caller)
                await caller.go()
            assert lifecycle.hub.get(self.big_room.pk) is None
            again = await meeting.joined(self.big_room, guest="mira")
            assert again.welcome["forbidden"] == ["screen"]
            amara = await self.host(meeting)
            (seen,) = amara.welcome["people"]
            assert seen["forbidden"] == ["screen"]
            await amara.say(type="allow", to=again.seat, power="screen", allowed=True)
            await stands(amara, seat=again.seat, forbidden=[])
        assert not await Prohibition.objects.aexists()

    async def test_an_old_token_does_not_know_better(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await amara.say(type="allow", to=mira.seat, power="camera", allowed=False)
            await stands(mira, forbidden=["camera"])
            again = await meeting.back(mira, same_page=False)
            await again.join()
            assert again.welcome["forbidden"] == ["camera"]
            await again.go()
            await meeting.some_time(4)
            june = await meeting.back(mira, same_page=False)
            await june.join()
            assert june.welcome["forbidden"] == ["camera"]

    async def test_what_the_room_forbids_holds_for_all_but_hosts(self) -> None:
        async with Meeting() as meeting:
            amara, tomas = await self.host(meeting), await self.co_host(meeting)
            elias, mira = await self.member(meeting), await self.guest(meeting)
            await quiet(amara, tomas, elias, mira)
            await tomas.say(type="allow", power="camera", allowed=False)
            for caller in (amara, tomas, elias, mira):
                changed = await caller.hears("room-changed")
                assert changed["room"]["forbidden"] == ["camera"]
                await stands(caller, seat=elias.seat, forbidden=["camera"])
                await stands(caller, seat=mira.seat, forbidden=["camera"])
                await caller.silent()
            june = await self.guest(meeting, "June")
            assert june.welcome["forbidden"] == ["camera"]
            await self.big_room.arefresh_from_db()
            assert self.big_room.forbidden == ["camera"]

    async def test_both_add_up_and_one_permission_does_not_lift_the_other(
        self,
    ) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await amara.say(type="allow", power="chat", allowed=False)
            await mira.hears("room-changed")
            await stands(mira, forbidden=["chat"])
            await amara.say(
                type="allow", to=mira.seat, power="microphone", allowed=False
            )
            await stands(mira, forbidden=["microphone", "chat"])
            await amara.say(type="allow", to=mira.seat, power="chat", allowed=True)
            await amara.say(type="allow", power="chat", allowed=True)
            await mira.hears("room-changed")
            await stands(mira, forbidden=["microphone"])

    async def test_who_may_not_write_is_carried_to_nobody(self) -> None:
        self.big_room.keeps_chat = True
        await self.big_room.asave()
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await amara.say(type="allow", to=mira.seat, power="chat", allowed=False)
            await stands(mira, forbidden=["chat"])
            await quiet(amara)
            await mira.say(**written(mira))
            assert (await mira.refused("not-allowed"))["about"] == "chat"
            await mira.say(**written(mira, to=[amara.seat]))
            await mira.refused("not-allowed")
            await amara.silent()

    async def test_what_waited_to_be_kept_is_not_kept_any_more(self) -> None:
        self.big_room.keeps_chat = True
        await self.big_room.asave()
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await quiet(amara)
            # Both wait in the room's queue before either is done.
            await amara.say(type="allow", to=mira.seat, power="chat", allowed=False)
            await mira.say(**written(mira))
            kinds = {(await mira.next())["type"] for _ in range(2)}
            assert kinds == {"peer-standing", "error"}

    async def test_what_waited_to_be_kept_of_who_was_sent_away_is_not(self) -> None:
        self.big_room.keeps_chat = True
        await self.big_room.asave()
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            june = await self.guest(meeting, "June")
            await quiet(amara, june)
            # All wait in the room's queue before any is done.
            await amara.say(type="remove", to=mira.seat, ban=False, reason="")
            await mira.say(**written(mira))
            await june.say(**written(june))
            assert (await amara.hears("peer-revoked"))["seat"] == mira.seat
            assert (await amara.hears("peer-chat"))["from"] == june.seat
            assert [kept.name async for kept in Message.objects.all()] == ["June"]

    async def test_what_is_forbidden_stays_so_after_a_log_out(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            elias = await meeting.joined(
                self.big_room, "Elias", self.elias, guest="elias"
            )
            await quiet(amara)
            await amara.say(type="allow", to=elias.seat, power="chat", allowed=False)
            await stands(elias, forbidden=["chat"])
            again = await meeting.joined(self.big_room, "E.", guest="elias")
            assert again.welcome["forbidden"] == ["chat"]
            await amara.say(type="allow", to=elias.seat, power="chat", allowed=True)
            await stands(again, seat=again.seat, forbidden=[])
        assert not await Prohibition.objects.aexists()

    async def test_nobody_forbids_a_host_anything_but_the_owner(self) -> None:
        async with Meeting() as meeting:
            amara, tomas = await self.host(meeting), await self.co_host(meeting)
            await quiet(amara)
            await tomas.say(type="allow", to=amara.seat, power="chat", allowed=False)
            assert (await tomas.refused("not-allowed"))["to"] == amara.seat
            await tomas.say(type="allow", to=tomas.seat, power="chat", allowed=False)
            await tomas.refused("not-allowed")
            assert not await Prohibition.objects.aexists()


class Renaming(HostsTestCase):
    async def test_all_see_the_new_name_and_no_new_page_undoes_it(self) -> None:
        async with Meeting() as meeting:
            amara = await self.host(meeting)
            mira = await self.guest(meeting, "Boss")
            await quiet(amara)
            await amara.say(type="rename", to=mira.seat, name="  June\u202e (guest) ")
            await stands(amara, mira, seat=mira.seat, name="June (guest)")
            again = await meeting.back(mira, same_page=False)
            await again.join(name="Boss")
            assert again.welcome["name"] == "June (guest)"

    async def test_a_name_has_to_be_one(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await quiet(amara)
            await amara.say(type="rename", to=mira.seat, name=" \u200b ")
            fault = await amara.refused("bad-name")
            assert (fault["about"], fault["to"]) == ("rename", mira.seat)
            await mira.silent()

    async def test_accounts_keep_their_names(self) -> None:
        async with Meeting() as meeting:
            amara, elias = await self.host(meeting), await self.member(meeting)
            await quiet(amara)
            await amara.say(type="rename", to=elias.seat, name="June")
            assert (await amara.refused("not-allowed"))["to"] == elias.seat
            await elias.silent()


class Removing(HostsTestCase):
    async def test_all_others_hear_that_the_right_is_gone(self) -> None:
        async with Meeting() as meeting:
            tomas, mira = await self.co_host(meeting), await self.guest(meeting)
            june = await self.guest(meeting, "June")
            await quiet(tomas, mira)
            await tomas.say(type="remove", to=mira.seat, ban=False, reason="Shouting")
            assert "Shouting" in (await mira.refused("kept-out"))["message"]
            assert await mira.closed() == Close.REMOVED
            for caller in (tomas, june):
                assert await caller.hears("peer-revoked") == {
                    "type": "peer-revoked",
                    "seat": mira.seat,
                    "reason": "removed",
                }
            ban = await Ban.objects.aget()
            assert (ban.person, ban.name) == (mira.entry.person, "Mira")
            assert ban.browser == mira.entry.browser

    async def test_a_member_goes_with_their_role(self) -> None:
        async with Meeting() as meeting:
            amara, elias = await self.host(meeting), await self.member(meeting)
            await quiet(amara)
            await amara.say(type="remove", to=elias.seat, ban=True)
            while (frame := await amara.next())["type"] == "peer-standing":
                assert frame["role"] == "guest"
            assert (frame["type"], frame["seat"]) == ("peer-revoked", elias.seat)
            has_role = Membership.objects.filter(user=self.elias)
            assert not await has_role.aexists()

    async def test_co_hosts_and_the_owner_are_not_sent_away_by_a_co_host(self) -> None:
        async with Meeting() as meeting:
            amara, tomas = await self.host(meeting), await self.co_host(meeting)
            await quiet(amara)
            for seat in (amara.seat, tomas.seat):
                await tomas.say(type="remove", to=seat, ban=True)
                assert (await tomas.refused("not-allowed"))["to"] == seat
            await amara.silent()
            assert not await Ban.objects.aexists()


class Spotlights(HostsTestCase):
    async def test_all_are_told_and_whoever_comes_later(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await quiet(amara)
            await amara.say(type="spotlight", seat=mira.seat)
            for caller in (amara, mira):
                assert (await caller.hears("spotlit"))["seat"] == mira.seat
            june = await self.guest(meeting, "June")
            assert june.welcome["spotlight"] == mira.seat
            await quiet(amara, mira)
            await amara.say(type="spotlight", seat="")
            assert (await june.hears("spotlit"))["seat"] == ""
            await amara.say(type="spotlight", seat="nobody")
            await amara.hears("spotlit")
            await amara.refused("unknown-seat")

    async def test_a_reload_does_not_end_it_and_leaving_does(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await amara.say(type="spotlight", seat=mira.seat)
            await mira.hears("spotlit")
            await mira.go()
            again = await meeting.back(mira, same_page=False)
            await again.join()
            assert again.welcome["spotlight"] == mira.seat
            await quiet(amara)
            await again.say(type="leave")
            assert (await amara.hears("peer-left"))["seat"] == mira.seat
            assert (await amara.hears("spotlit"))["seat"] == ""


class Roles(HostsTestCase):
    async def test_a_member_is_made_a_host_and_a_member_again(self) -> None:
        async with Meeting() as meeting:
            amara, elias = await self.host(meeting), await self.member(meeting)
            mira = await self.guest(meeting)
            await quiet(amara, elias)
            mute = {"type": "mute", "slot": "microphone", "seats": [mira.seat]}
            await elias.say(**mute)
            await elias.refused("not-allowed")
            await amara.say(type="promote", to=elias.seat, role="co-host")
            await stands(amara, elias, mira, seat=elias.seat, role="co-host")
            await elias.say(**mute)
            await stands(amara, elias, mira, seat=mira.seat, held=["microphone"])
            await amara.say(type="promote", to=elias.seat, role="member")
            await stands(amara, elias, mira, seat=elias.seat, role="member")
            await elias.say(**mute)
            await elias.refused("not-allowed")
            await mira.silent()

    async def test_it_survives_a_reload_and_the_owners_absence(self) -> None:
        async with Meeting() as meeting:
            amara, elias = await self.host(meeting), await self.member(meeting)
            await amara.say(type="promote", to=elias.seat, role="co-host")
            await stands(elias, role="co-host")
            await amara.say(type="leave")
            await elias.hears("peer-left")
            again = await meeting.back(elias, same_page=False)
            await again.join()
            assert again.welcome["role"] == "co-host"
            assert (await elias.closed()) == Close.MOVED

    async def test_nobody_is_promoted_by_being_first(self) -> None:
        async with Meeting() as meeting:
            mira = await self.guest(meeting)
            assert mira.welcome["role"] == "guest"
            elias = await self.member(meeting)
            assert elias.welcome["role"] == "member"
            await mira.say(type="lock", locked=True)
            assert (await mira.hears("peer-joined"))["person"]["role"] == "member"
            await mira.refused("not-allowed")

    async def test_guests_without_account_have_no_role(self) -> None:
        async with Meeting() as meeting:
            amara, mira = await self.host(meeting), await self.guest(meeting)
            await quiet(amara)
            for order in ({"type": "promote", "role": "co-host"}, {"type": "transfer"}):
                await amara.say(to=mira.seat, **order)
                assert (await amara.refused("not-allowed"))["to"] == mira.seat
            await mira.silent()

    async def test_the_owner_gives_the_room_away_and_stays_a_co_host(self) -> None:
        async with Meeting() as meeting:
            amara, tomas = await self.host(meeting), await self.co_host(meeting)
            await quiet(amara)
            await tomas.say(type="transfer", to=tomas.seat)
            await tomas.refused("not-allowed")
            await amara.say(type="transfer", to=tomas.seat)
            for caller in (amara, tomas):
                frames = [await caller.next() for _ in range(3)]
                roles = {
                    each["seat"]: each["role"]
                    for each in frames
                    if each["type"] == "peer-standing"
                }
                assert roles == {amara.seat: "co-host", tomas.seat: "owner"}
            await amara.say(type="promote", to=tomas.seat, role="member")
            await amara.refused("not-allowed")
            await tomas.say(type="promote", to=amara.seat, role="member")
            await stands(tomas, seat=amara.seat, role="member")

    async def test_a_host_may_do_what_was_forbidden_to_them(self) -> None:
        async with Meeting() as meeting:
            amara, elias = await self.host(meeting), await self.member(meeting)
            await amara.say(type="allow", to=elias.seat, power="chat", allowed=False)
            await stands(elias, forbidden=["chat"])
            await amara.say(type="promote", to=elias.seat, role="co-host")
            await stands(elias, role="co-host", forbidden=[])
            await amara.say(type="promote", to=elias.seat, role="member")
            await stands(elias, role="member", forbidden=["chat"])


class Lookalikes(HostsTestCase):
    async def test_a_guest_named_like_the_owner_is_marked(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara Osei", self.owner)
            mira = await self.guest(meeting, "Ámara 0sei")
            assert (await amara.hears("peer-joined"))["person"]["lookalike"]
            (seen,) = mira.welcome["people"]
            assert not seen["lookalike"]

    async def test_also_where_the_owner_is_not_there(self) -> None:
        async with Meeting() as meeting:
            mira = await self.guest(meeting, "AMARA OSEI")
            await lifecycle.presence.copy()
            await stands(mira, seat=mira.seat, lookalike=True)
            amara = await meeting.joined(self.big_room, "Amara Osei", self.owner)
            (seen,) = amara.welcome["people"]
            assert seen["lookalike"]
            await amara.say(type="rename", to=mira.seat, name="June")
            await stands(amara, seat=mira.seat, name="June", lookalike=False)

    async def test_an_account_that_says_another_name_is_marked_too(self) -> None:
        stranger = await sync_to_async(make_user)("June Park")
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Tomas Lind", self.tomas)
            june = await meeting.joined(self.big_room, "Tomas_Lind", stranger)
            amara = await self.host(meeting)
            marks = {
                each["seat"]: each["lookalike"] for each in amara.welcome["people"]
            }
            assert marks.pop(june.seat)
            assert not any(marks.values())
