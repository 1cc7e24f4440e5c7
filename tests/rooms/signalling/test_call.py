"""Who meets whom, who waits, who hears of it: two and more people at real sockets."""

from rooms.signalling.protocol import Close
from rooms.signalling.seats import GRACE_SECONDS

from .meeting import SDP, SLOTS, CallTestCase, Meeting, quiet


class Joining(CallTestCase):
    async def test_at_the_door_one_sees_who_is_inside(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.room, "Amara", self.owner)
            mira = await meeting.caller(self.room)
            assert await mira.hello() == {
                "type": "door",
                "room": {
                    "name": "Friday kitchen table",
                    "limit": 2,
                    "keepsChat": False,
                    "relayOnly": False,
                    "access": "anyone",
                    "locked": False,
                    "lobby": False,
                    "forbidden": [],
                },
                "people": [{"name": "Amara", "picture": ""}],
                "full": False,
            }

    async def test_a_welcome_says_everything_needed(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            mira = await meeting.joined(self.room, "  Mira\u202e ")
            welcome = dict(mira.welcome)
            assert welcome.pop("resume")
            assert welcome.pop("since") > amara.welcome["since"]
            assert welcome == {
                "type": "welcome",
                "seat": mira.entry.seat,
                "name": "Mira",
                "picture": "",
                "role": "guest",
                "room": {
                    "name": "Friday kitchen table",
                    "limit": 2,
                    "keepsChat": False,
                    "relayOnly": False,
                    "access": "anyone",
                    "locked": False,
                    "lobby": False,
                    "forbidden": [],
                },
                "link": self.room.link,
                "people": [
                    {
                        "seat": amara.seat,
                        "instance": amara.instance,
                        "since": amara.welcome["since"],
                        "name": "Amara",
                        "picture": "",
                        "role": "owner",
                        "guest": False,
                        "lookalike": False,
                        "forbidden": [],
                        "held": [],
                        "answersOnly": False,
                        "away": False,
                        "version": 1,
                        "slots": SLOTS,
                    }
                ],
                "iceServers": [],
                "iceExpires": 0,
                "chatNumber": 0,
                "partial": False,
                "forbidden": [],
                "held": [],
                "spotlight": "",
                "ending": 0,
            }

    async def test_a_picture_is_shown_with_its_person(self) -> None:
        self.owner.picture = f"pictures/{'a1' * 16}.webp"
        path = f"/accounts/pictures/{'a1' * 16}.webp"
        async with Meeting() as meeting:
            elias = await meeting.joined(self.big_room, "Elias")
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            assert amara.welcome["picture"] == path
            assert (await elias.hears("peer-joined"))["person"]["picture"] == path
            mira = await meeting.caller(self.big_room)
            door = await mira.hello()
            assert [each["picture"] for each in door["people"]] == ["", path]
            await mira.join()
            assert [each["picture"] for each in mira.welcome["people"]] == ["", path]

    async def test_the_others_hear_who_joined(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            mira = await meeting.at_door(self.room)
            await mira.join(answersOnly=True)
            heard = await amara.hears("peer-joined")
            assert heard["person"] == {
                "seat": mira.seat,
                "instance": mira.instance,
                "since": mira.welcome["since"],
                "name": "Mira",
                "picture": "",
                "role": "guest",
                "guest": True,
                "lookalike": False,
                "forbidden": [],
                "held": [],
                "answersOnly": True,
                "away": False,
                "version": 1,
                "slots": SLOTS,
            }
            await mira.silent()

    async def test_turn_credentials_come_with_the_welcome_and_not_before(self) -> None:
        turn = {"TURN_URLS": ["turn:turn.example.org"], "TURN_SECRET": "secret"}
        async with Meeting() as meeting:
            with self.settings(**turn):
                mira = await meeting.at_door(self.room)
                assert "turn.example.org" not in str(mira.frames)
                await mira.join()
        (server,) = mira.welcome["iceServers"]
        assert server["urls"] == ["turn:turn.example.org"]
        assert server["username"].startswith("1795000600:")
        assert mira.welcome["iceExpires"] == 1_795_000_300_000

    async def test_somebody_at_the_door_is_not_heard_of_and_hears_no_talk(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            elias = await meeting.joined(self.big_room, "Elias")
            await quiet(amara)
            mira = await meeting.at_door(self.big_room)
            offer = {"to": elias.seat, "epoch": 1, "number": 0, "sdp": SDP}
            await amara.say(type="offer", **offer)
            await amara.say(type="state", version=2, slots=SLOTS)
            await quiet(amara, elias)
            await mira.go()
            await amara.silent()
            await elias.silent()
        assert [frame["type"] for frame in mira.frames] == ["door"]
        everything = str(mira.frames)
        assert "v=0" not in everything
        assert amara.seat not in everything
        heard = str(amara.frames + elias.frames)
        assert mira.entry.seat not in heard
        assert "Mira" not in heard

    async def test_whoever_stands_at_the_door_sees_changes_inside(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.at_door(self.room)
            amara = await meeting.joined(self.room, "Amara")
            assert (await mira.hears("door"))["people"] == [
                {"name": "Amara", "picture": ""}
            ]
            elias = await meeting.joined(self.room, "Elias")
            door = await mira.hears("door")
            assert door["people"] == [
                {"name": "Amara", "picture": ""},
                {"name": "Elias", "picture": ""},
            ]
            assert door["full"]
            await elias.say(type="leave")
            assert not (await mira.hears("door"))["full"]
            await quiet(amara)

    async def test_joining_again_on_the_same_socket_brings_a_fresh_welcome(
        self,
    ) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            first = mira.welcome
            await amara.rest()
            await mira.join()
            assert mira.welcome["since"] == first["since"]
            await amara.silent()

    async def test_a_name_without_a_visible_character_is_refused(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.at_door(self.room)
            for name in ("", " \u200b\u2060 ", "x" * 61):
                await mira.ask(name=name)
                assert (await mira.refused("bad-name"))["about"] == "join"
            await mira.join()

    async def test_a_ticket_used_twice_makes_one_seat(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            first = await meeting.joined(self.room)
            await quiet(amara)
            second = await meeting.opened(
                type(first)(first.entry, "Mira", first.cookies, first.token)
            )
            await second.hello()
            await second.join()
            assert await first.closed() == Close.MOVED
            assert second.seat == first.seat
            heard = await amara.rest()
            assert [frame["type"] for frame in heard] == ["peer-joined"]
            assert heard[0]["person"]["seat"] == first.seat


class Waiting(CallTestCase):
    async def test_the_first_who_waits_enters_when_a_place_is_free(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            elias = await meeting.joined(self.room, "Elias")
            mira = await meeting.at_door(self.room)
            tomas = await meeting.at_door(self.room, "Tomas")
            await mira.ask()
            assert (await mira.hears("waiting"))["ahead"] == 0
            await tomas.ask()
            assert (await tomas.hears("waiting"))["ahead"] == 1
            await elias.say(type="leave")
            await mira.is_welcome()
            assert (await tomas.rest())[-1] == {
                "type": "door",
                "room": mira.welcome["room"],
                "people": [
                    {"name": "Amara", "picture": ""},
                    {"name": "Mira", "picture": ""},
                ],
                "full": True,
            }
            assert {"type": "waiting", "ahead": 0} in tomas.frames
            left, joined = (await amara.rest())[-2:]
            assert left == {"type": "peer-left", "seat": elias.seat, "reason": "left"}
            assert joined["person"]["seat"] == mira.seat

    async def test_two_race_for_the_last_place_and_one_wins(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.room, "Amara")
            racers = [await meeting.at_door(self.room, f"R{n}") for n in range(4)]
            for racer in racers:
                await racer.ask()
            answers = [
                frame["type"]
                for racer in racers
                for frame in await racer.rest()
                if frame["type"] != "door"
            ]
            assert sorted(answers) == ["waiting"] * 3 + ["welcome"]

    async def test_whoever_gives_up_waiting_is_passed_over(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            await meeting.joined(self.room, "Elias")
            mira = await meeting.at_door(self.room)
            tomas = await meeting.at_door(self.room, "Tomas")
            await mira.ask()
            await tomas.ask()
            await quiet(mira, tomas)
            await mira.say(type="leave")
            assert (await mira.rest())[-1]["type"] == "door"
            assert {"type": "waiting", "ahead": 0} in await tomas.rest()
            await amara.go()
            await meeting.some_time(3.5)
            assert "welcome" in [frame["type"] for frame in await tomas.rest()]
            assert "welcome" not in [frame["type"] for frame in await mira.rest()]

    async def test_a_closed_tabs_place_is_held_for_its_reload(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            elias = await meeting.joined(self.room, "Elias")
            mira = await meeting.at_door(self.room)
            await mira.ask()
            await quiet(amara, mira)
            await elias.go(1001)
            assert (await amara.hears("peer-left"))["reason"] == "closed"
            await meeting.some_time(2.5)
            back = await meeting.back(elias, same_page=False)
            await back.join()
            assert back.seat == elias.seat
            assert "welcome" not in [frame["type"] for frame in await mira.rest()]
            assert (await amara.hears("peer-joined"))["person"]["seat"] == elias.seat


class Leaving(CallTestCase):
    async def test_leaving_brings_back_to_the_door(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await amara.rest()
            await mira.say(type="leave")
            assert (await mira.hears("door"))["people"] == [
                {"name": "Amara", "picture": ""}
            ]
            assert await amara.hears("peer-left") == {
                "type": "peer-left",
                "seat": mira.seat,
                "reason": "left",
            }
            await mira.join()
            await amara.hears("peer-joined")

    async def test_a_reload_takes_the_same_seat_as_a_new_instance(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await amara.rest()
            # The new page is quicker than the old socket's end.
            again = await meeting.back(mira, same_page=False)
            await again.join()
            assert again.seat == mira.seat
            assert again.welcome["since"] > mira.welcome["since"]
            assert await mira.closed() == Close.MOVED
            person = (await amara.hears("peer-joined"))["person"]
            assert person["seat"] == mira.seat
            assert person["instance"] == again.instance
            await mira.go()
            await amara.silent()

    async def test_a_lost_socket_is_not_seen_if_it_comes_back(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await amara.rest()
            await mira.go(1006)
            away = {"type": "peer-away", "seat": mira.seat, "away": True}
            assert await amara.hears("peer-away") == away
            await meeting.some_time(GRACE_SECONDS - 0.5)
            again = await meeting.back(mira, same_page=True)
            await again.join()
            assert again.seat == mira.seat
            assert again.welcome["since"] == mira.welcome["since"]
            assert await amara.hears("peer-away") == away | {"away": False}
            await meeting.some_time(GRACE_SECONDS + 1)
            await amara.silent()
            offer = {"to": again.seat, "epoch": 1, "number": 0, "sdp": SDP}
            await amara.say(type="offer", **offer)
            await again.hears("peer-offer")

    async def test_what_changed_meanwhile_is_told_on_return(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await amara.rest()
            await mira.go(1006)
            again = await meeting.back(mira, same_page=True)
            await again.join(version=5, slots=SLOTS | {"camera": "off"})
            assert (await amara.hears("peer-away"))["away"]
            assert not (await amara.hears("peer-away"))["away"]
            heard = await amara.hears("peer-state")
            assert heard["version"] == 5
            assert heard["slots"]["camera"] == "off"

    async def test_a_socket_that_stays_lost_gives_up_its_seat(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await amara.rest()
            await mira.go(1006)
            await amara.hears("peer-away")
            await meeting.some_time(GRACE_SECONDS - 0.1)
            await amara.silent()
            await meeting.some_time(0.2)
            assert await amara.hears("peer-left") == {
                "type": "peer-left",
                "seat": mira.seat,
                "reason": "lost",
            }

    async def test_a_seat_that_was_given_up_is_taken_anew(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await mira.go(1006)
            await meeting.some_time(GRACE_SECONDS + 1)
            await amara.rest()
            again = await meeting.back(mira, same_page=True)
            await again.join()
            assert again.seat == mira.seat
            assert again.welcome["since"] > mira.welcome["since"]
            await amara.hears("peer-joined")


class Talking(CallTestCase):
    async def test_a_signal_reaches_its_target_alone_stamped_by_the_server(
        self,
    ) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            elias = await meeting.joined(self.big_room, "Elias")
            mira = await meeting.joined(self.big_room)
            await quiet(amara, elias)
            pair = {"epoch": 1_795_000_000_000, "number": 3}
            line = "candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host"
            candidate = {"candidate": line, "sdpMid": "0", "usernameFragment": "aB3d"}
            for kind, fields in (
                ("offer", pair | {"sdp": SDP}),
                ("answer", pair | {"sdp": SDP}),
                ("candidates", pair | {"candidates": [candidate]}),
                ("restart", {"epoch": 5, "kind": "ice"}),
                ("chat-ack", {"id": "abc-1"}),
            ):
                await mira.say(type=kind, to=elias.seat, **fields)
                assert await elias.hears(f"peer-{kind}") == {
                    "type": f"peer-{kind}",
                    "from": mira.seat,
                    **fields,
                }
            await amara.silent()
            await mira.silent()

    async def test_nobody_can_speak_as_somebody_else(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await amara.rest()
            ack = {"type": "chat-ack", "to": amara.seat, "id": "abc-1"}
            for forged in ("from", "seat", "room", "user", "role"):
                await mira.say(**ack, **{forged: amara.seat})
                await mira.refused("bad-message")
            await amara.silent()

    async def test_a_seat_of_another_room_is_unknown(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.other_room, "Amara")
            mira = await meeting.joined(self.room)
            offer = {"epoch": 1, "number": 0, "sdp": SDP}
            for seat in (amara.seat, mira.seat, "nobody"):
                await mira.say(type="offer", to=seat, **offer)
                assert await mira.refused("unknown-seat") == {
                    "type": "error",
                    "code": "unknown-seat",
                    "message": "That person is no longer in the call.",
                    "about": "offer",
                    "to": seat,
                }
            await amara.silent()

    async def test_a_state_is_told_once_and_an_older_one_dropped(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await amara.rest()
            muted = SLOTS | {"microphone": "muted"}
            await mira.say(type="state", version=4, slots=muted)
            assert await amara.hears("peer-state") == {
                "type": "peer-state",
                "from": mira.seat,
                "version": 4,
                "slots": muted,
            }
            for version in (4, 3):
                await mira.say(type="state", version=version, slots=SLOTS)
            await quiet(mira)
            await amara.silent()
            tomas = await meeting.at_door(self.room, "Tomas")
            await amara.say(type="leave")
            await tomas.ask()
            welcome = [f for f in await tomas.rest() if f["type"] == "welcome"]
            assert welcome[0]["people"][0]["slots"] == muted
