"""Whoever logs out, or is logged out, leaves what that log-in had opened."""

from datetime import timedelta
from unittest import mock

from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import suspending
from accounts.models import User
from accounts.sessions import lasting
from rooms.signalling import logins as log_ins
from rooms.signalling.lifecycle import hub, logins
from rooms.signalling.protocol import VERSION, Close
from tests.factories import PASSWORD, make_user

from .browsers import Browser, committed, log_in, sits
from .meeting import Caller, CallTestCase, Meeting, quiet

ANOTHER = "nine yellow pears"
CHANGE = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}


class LogInCase(CallTestCase):
    elias: User

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.elias = make_user("Elias")

    async def goes(self, caller: Caller, about: str = "") -> str:
        """They are sent away; what they were told."""
        told = await caller.refused("ticket-refused")
        assert told["about"] == about
        assert await caller.closed() == Close.REVOKED
        return str(told["message"])

    async def is_revoked(self, caller: Caller, *others: Caller) -> None:
        """The others have heard that this seat is not to be believed any more."""
        told = {"type": "peer-revoked", "seat": caller.seat, "reason": "revoked"}
        for other in others:
            assert await other.rest() == [told]

    async def refused(self, meeting: Meeting, caller: Caller) -> None:
        """What this page has, whatever it is, opens nothing."""
        await meeting.opened(caller)
        own = {"instance": caller.instance, **caller.token}
        await caller.say(type="hello", protocol=VERSION, **own)
        await self.goes(caller, "hello")


class Told(LogInCase):
    """By a process, to all; here there is one."""

    async def test_a_log_out_ends_what_that_browser_had_opened(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            laptop, phone = await log_in(self.elias), await log_in(self.elias)
            here = await sits(meeting, laptop, self.big_room)
            there = await sits(meeting, phone, self.big_room)
            door = await meeting.opened(await self.page(laptop))
            await door.hello()
            await quiet(amara, here, there, door)
            assert await committed(laptop.post, "/accounts/logout/") == 302
            await self.goes(here)
            await self.goes(door)
            await self.is_revoked(here, amara, there)

    async def page(self, browser: Browser) -> Caller:
        return await sync_to_async(browser.page)(self.big_room)

    async def test_an_old_cookie_opens_nothing_with_any_token(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            laptop = await log_in(self.elias)
            elias = await sits(meeting, laptop, self.big_room)
            unused = await self.page(laptop)
            await quiet(amara)
            await committed(laptop.post, "/accounts/logout/")
            await self.goes(elias)
            await self.is_revoked(elias, amara)
            await self.refused(meeting, unused)
            await self.refused(meeting, elias.again(same_page=True))
            await self.refused(meeting, elias.again(same_page=False))
            await amara.silent()

    async def test_nor_where_nobody_has_heard_of_it(self) -> None:
        async with Meeting() as meeting:
            laptop = await log_in(self.elias)
            elias = await sits(meeting, laptop, self.big_room)
            await elias.go()
            await meeting.some_time(4)
            assert list(hub) == []
            await sync_to_async(laptop.post)("/accounts/logout/")
            await self.refused(meeting, elias.again(same_page=True))

    async def test_a_seat_that_no_socket_serves_goes_too(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            laptop = await log_in(self.elias)
            elias = await sits(meeting, laptop, self.big_room)
            await elias.go(1006)
            await quiet(amara)
            await committed(laptop.post, "/accounts/logout/")
            # Told in the background of this loop, so not by the time it is asked.
            assert (await amara.hears("peer-revoked"))["seat"] == elias.seat
            await self.refused(meeting, elias.again(same_page=True))

    async def test_who_logs_in_again_comes_back_in_another_seat(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            laptop = await log_in(self.elias)
            before = await sits(meeting, laptop, self.big_room)
            await quiet(amara)
            await committed(laptop.post, "/accounts/logout/")
            await self.goes(before)
            after = await sits(meeting, await log_in(self.elias), self.big_room)
            assert after.seat != before.seat
            await amara.hears_only("peer-revoked", "peer-joined")

    async def test_a_guest_who_logs_in_stays_where_they_are(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            guest = await meeting.joined(self.big_room, "June", guest="june")
            await quiet(amara, guest)
            browser = await log_in(self.elias)
            await committed(browser.client.logout)
            await guest.silent()
            await amara.silent()


class EveryCall(LogInCase):
    """What ends all that an account has open."""

    async def ends(self, meeting: Meeting, words: str, *act: object) -> Caller:
        """The words that Elias reads, in both rooms, when this is done."""
        amara = await meeting.joined(self.big_room, "Amara", self.owner)
        mira = await meeting.joined(self.big_room)
        elias = await meeting.joined(self.big_room, "Elias", self.elias)
        next_door = await meeting.joined(self.other_room, "Elias", self.elias)
        await quiet(amara, mira, elias, next_door)
        do, *rest = act
        assert callable(do)
        await committed(do, *rest)
        for each in (elias, next_door):
            assert words in await self.goes(each)
        await self.is_revoked(elias, amara, mira)
        await self.refused(meeting, elias.again(same_page=True))
        return elias

    async def test_another_password(self) -> None:
        async with Meeting() as meeting:
            browser = await log_in(self.elias)

            def change() -> None:
                path = "/accounts/password/change/"
                assert browser.client.post(path, CHANGE).status_code == 302

            await self.ends(meeting, "password of your account was changed", change)
            # They are still logged in where they changed it.
            again = await sits(meeting, browser, self.big_room)
            await logins.look()
            await again.silent()

    async def test_a_password_that_the_administration_sets(self) -> None:
        def change() -> None:
            self.elias.set_password(ANOTHER)
            self.elias.save()

        async with Meeting() as meeting:
            await self.ends(meeting, "password", change)

    async def test_a_closed_account(self) -> None:
        def close() -> None:
            self.elias.is_active = False
            self.elias.save()

        async with Meeting() as meeting:
            await self.ends(meeting, "was closed", close)

    async def test_a_deleted_account(self) -> None:
        async with Meeting() as meeting:
            elias = User.objects.get
            await self.ends(
                meeting,
                "",
                lambda: elias(pk=self.elias.pk).delete(),
            )

    async def test_a_suspension_which_says_why(self) -> None:
        def suspend() -> None:
            suspending.suspend(self.elias, reason="Shouts.", until=None, by=self.owner)

        async with Meeting() as meeting:
            await self.ends(meeting, "Your account is suspended. Shouts.", suspend)

    async def test_a_forced_log_out(self) -> None:
        async with Meeting() as meeting:
            words = "The people who run this site have logged you out."
            await self.ends(meeting, words, suspending.log_out, self.elias, None)

    async def test_logging_out_everywhere(self) -> None:
        async with Meeting() as meeting:
            browser = await log_in(self.elias)

            def leave() -> None:
                browser.client.post("/accounts/sessions/", {"everywhere": "1"})

            await self.ends(meeting, "You logged out everywhere.", leave)


class Found(LogInCase):
    """In the rows, where nobody said so."""

    async def elias_in(self, meeting: Meeting) -> tuple[Browser, Caller, Caller]:
        amara = await meeting.joined(self.big_room, "Amara", self.owner)
        laptop = await log_in(self.elias)
        elias = await sits(meeting, laptop, self.big_room)
        await logins.look()
        await quiet(amara, elias)
        return laptop, amara, elias

    async def test_a_log_out_of_which_nobody_was_told(self) -> None:
        async with Meeting() as meeting:
            laptop, amara, elias = await self.elias_in(meeting)
            # Not committed as far as Django's hooks know, so nothing is told.
            await sync_to_async(laptop.post)("/accounts/logout/")
            await logins.look()
            await self.goes(elias)
            await self.is_revoked(elias, amara)

    async def test_a_session_that_is_over_by_itself(self) -> None:
        async with Meeting() as meeting:
            laptop, amara, elias = await self.elias_in(meeting)
            mine = Session.objects.filter(session_key=laptop.session)
            ends = timezone.now() + timedelta(seconds=3)
            await mine.aupdate(expire_date=ends)
            assert await logins.look() == ends
            assert 0 < await logins.try_look() <= 3
            await elias.silent()
            await mine.aupdate(expire_date=timezone.now())
            await logins.look()
            await self.goes(elias)
            await self.is_revoked(elias, amara)

    async def test_all_are_asked_for_at_once_and_guests_never(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            with mock.patch.object(log_ins, "lasting", wraps=lasting) as asked:
                assert await logins.look() is None
                asked.assert_not_called()
                for name in ("Noor", "Tomas"):
                    user = await sync_to_async(make_user)(name)
                    await sits(meeting, await log_in(user), self.big_room)
                await quiet(mira)
                assert await logins.look() is not None
                asked.assert_called_once()
            await mira.silent()
