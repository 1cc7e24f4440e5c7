"""A room that hides network addresses: what passes between its pairs."""

from __future__ import annotations

from unittest import mock

import msgspec
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from rooms.signalling import lookups
from rooms.signalling.hiding import hidden
from rooms.signalling.lifecycle import presence
from rooms.signalling.protocol import (
    Answer,
    Candidate,
    Candidates,
    ChatAck,
    Offer,
    Restart,
)
from tests.rooms.signalling.meeting import Caller, CallTestCase, Meeting, quiet
from tests.rooms.signalling.test_lives import process_is_killed

RELAY = "candidate:7 1 udp 41885439 198.51.100.7 51234 typ relay"
TO = "q8Jx2mT5s1aB"
OWN = ["192.168.1.23", "203.0.113.9", "2001:db8::23"]
"""Addresses of a person, as they stand in the lines below."""


def passed(*lines: str) -> list[str] | None:
    """What is left of candidates with these lines."""
    candidates = tuple(Candidate(line, "0", "aB3d") for line in lines)
    left = hidden(Candidates(TO, 1, 2, candidates))
    if left is None:
        return None
    assert isinstance(left, Candidates)
    assert (left.to, left.epoch, left.number) == (TO, 1, 2)
    assert {(one.sdp_mid, one.username_fragment) for one in left.candidates} == {
        ("0", "aB3d")
    }
    return [one.candidate for one in left.candidates]


@pytest.mark.parametrize(
    "line",
    [
        "candidate:1 1 udp 2113937151 192.168.1.23 50000 typ host",
        "candidate:1 1 udp 2113937151 aa-bb.local 50000 typ host generation 0",
        "candidate:2 1 tcp 1518280447 192.168.1.23 9 typ host tcptype active",
        "candidate:3 1 udp 1677 203.0.113.9 50001 typ srflx raddr 192.168.1.23 rport 1",
        "candidate:4 1 udp 1677 203.0.113.9 50001 typ prflx raddr 192.168.1.23 rport 1",
        "candidate:1 1 udp 21 192.168.1.23 50000 typ host typ relay",
        "candidate:1 1 udp 21 192.168.1.23 50000 typ relayed",
        "candidate:1 1 udp 21 192.168.1.23 50000 typ  relay",
        "candidate:1 1 udp 21 192.168.1.23 50000 TYP relay",
        "candidate:1 1 udp 21 192.168.1.23 50000 typ relay raddr",
        " candidate:7 1 udp 41885439 192.168.1.23 51234 typ relay",
        "192.168.1.23",
    ],
)
def test_only_candidates_of_relays_pass(line: str) -> None:
    assert passed(line) is None
    assert passed(line, RELAY, line) == [f"{RELAY} raddr 0.0.0.0 rport 0"]


def test_the_address_beside_a_relay_is_taken_away_and_the_rest_stays() -> None:
    full = f"{RELAY} raddr 203.0.113.9 rport 50001 generation 0 network-cost 50"
    twice = f"{RELAY} raddr 203.0.113.9 rport 1 raddr 192.168.1.23 generation 0"
    six = "candidate:7 1 udp 4 2001:db8:7::7 5123 typ relay raddr 2001:db8::23 rport 1"
    assert passed(full, twice, six) == [
        f"{RELAY} raddr 0.0.0.0 rport 0 generation 0 network-cost 50",
        f"{RELAY} raddr 0.0.0.0 rport 0 generation 0",
        "candidate:7 1 udp 4 2001:db8:7::7 5123 typ relay raddr :: rport 0",
    ]


def test_beside_a_relay_stands_what_browsers_say_and_nothing_else() -> None:
    said = " generation 0 ufrag aB3d network-id 1 network-cost 50 tcptype active"
    whole = f"{RELAY} note 192.168.1.23 RADDR 203.0.113.9 rport 1{said}"
    odd = f"{RELAY} ufrag 192.168.1.23 generation 2001:db8::23 x y"
    assert passed(whole, odd, f"{RELAY} generation 0 ") == [
        f"{RELAY} raddr 0.0.0.0 rport 0{said}",
        f"{RELAY} raddr 0.0.0.0 rport 0",
        f"{RELAY} raddr 0.0.0.0 rport 0 generation 0",
    ]


def test_the_end_of_candidates_passes() -> None:
    assert passed("") == [""]


SDP = [
    "v=0",
    "o=- 46117 2 IN IP4 192.168.1.23",
    "s=-",
    "c=IN IP6 2001:db8::23",
    "t=0 0",
    "a=group:BUNDLE 0 1",
    "m=audio 50000 UDP/TLS/RTP/SAVPF 111",
    "c=IN IP4 203.0.113.9",
    "a=rtcp:50001 IN IP4 203.0.113.9",
    "a=candidate:1 1 udp 2113937151 192.168.1.23 50000 typ host generation 0",
    f"a={RELAY} raddr 203.0.113.9 rport 50001 generation 0",
    "a=remote-candidates:1 192.168.1.23 50000",
    "a=ice-ufrag:aB3d",
    "a=end-of-candidates",
    "m=video 0 UDP/TLS/RTP/SAVPF 96",
    "a=rtcp-mux",
    "a=mid:1",
]
HIDDEN = [
    "v=0",
    "o=- 46117 2 IN IP4 0.0.0.0",
    "s=-",
    "c=IN IP4 0.0.0.0",
    "t=0 0",
    "a=group:BUNDLE 0 1",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "c=IN IP4 0.0.0.0",
    "a=rtcp:9 IN IP4 0.0.0.0",
    f"a={RELAY} raddr 0.0.0.0 rport 0 generation 0",
    "a=ice-ufrag:aB3d",
    "a=end-of-candidates",
    "m=video 0 UDP/TLS/RTP/SAVPF 96",
    "a=rtcp-mux",
    "a=mid:1",
]


@pytest.mark.parametrize("kind", [Offer, Answer])
def test_a_description_names_nobodys_address(kind: type[Offer | Answer]) -> None:
    sdp = "".join(f"{line}\r\n" for line in SDP)
    left = hidden(kind(TO, 1, 2, sdp))
    assert isinstance(left, kind)
    assert left.sdp.split("\r\n") == [*HIDDEN, ""]
    assert not any(address in left.sdp for address in OWN)
    assert left == msgspec.structs.replace(left, to=TO, epoch=1, number=2)


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("a=Candidate:1 1 udp 2113937151 192.168.1.23 50000 typ host", []),
        ("a= candidate:1 1 udp 2113937151 192.168.1.23 50000 typ host", []),
        ("A=candidate: 1 1 udp 2113937151 192.168.1.23 50000 typ host", []),
        (" a =candidate :1 1 udp 2113937151 192.168.1.23 50000 typ host ", []),
        ("a=REMOTE-candidates:1 192.168.1.23 50000", []),
        ("a=RTCP:50001 IN IP4 192.168.1.23", ["a=rtcp:9 IN IP4 0.0.0.0"]),
        ("C= in ip4 192.168.1.23", ["c=IN IP4 0.0.0.0"]),
        ("O=- 1 2 in ip4 192.168.1.23", ["o=- 1 2 IN IP4 0.0.0.0"]),
        ("o=", ["o=- 0 0 IN IP4 0.0.0.0"]),
        ("m=audio  50000 RTP 111", ["m=audio 9 RTP 111"]),
        ("m=", ["m= 9"]),
        (f"a=CANDIDATE:{RELAY[10:]}", [f"a={RELAY} raddr 0.0.0.0 rport 0"]),
        ("a=rtcp-fb:96 nack pli", ["a=rtcp-fb:96 nack pli"]),
        ("s=a=candidate:1", ["s=a=candidate:1"]),
        ("candidate", ["candidate"]),
    ],
)
def test_a_line_is_known_however_a_browser_may_read_it(
    line: str, seen: list[str]
) -> None:
    left = hidden(Offer(TO, 1, 2, f"v=0\r\n{line}\r\n"))
    assert isinstance(left, Offer)
    assert left.sdp.split("\r\n") == ["v=0", *seen, ""]


def test_what_holds_no_address_passes_as_it_is() -> None:
    for message in (Restart(TO, 1, "ice"), ChatAck(TO, "Zk3vQ0c1-7")):
        assert hidden(message) is message


HOST = {
    "candidate": "candidate:1 1 udp 2113937151 192.168.1.23 50000 typ host",
    "sdpMid": "0",
    "usernameFragment": "aB3d",
}
RELAYED = HOST | {"candidate": f"{RELAY} raddr 192.168.1.23 rport 50000"}


class Hiding(CallTestCase):
    async def say(self, caller: Caller, to: str, number: int) -> None:
        """What a page that knows nothing of the room's wish would say."""
        pair = {"to": to, "epoch": 1, "number": number}
        sdp = "".join(f"{line}\r\n" for line in SDP)
        await caller.say(type="offer", **pair, sdp=sdp)
        await caller.say(type="candidates", **pair, candidates=[HOST])
        await caller.say(type="candidates", **pair, candidates=[HOST, RELAYED])
        await caller.silent()

    async def heard(self, caller: Caller) -> tuple[list[str], str]:
        frames = await caller.rest()
        return [frame["type"] for frame in frames], str(frames)

    async def test_a_room_hides_addresses_from_when_its_owner_says_so(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            mira = await meeting.joined(self.room)
            await amara.hears("peer-joined")
            await self.say(mira, amara.seat, 0)
            kinds, told = await self.heard(amara)
            assert kinds == ["peer-offer", "peer-candidates", "peer-candidates"]
            assert OWN[0] in told

            self.room.relay_only = True
            await self.room.asave()
            await presence.copy()
            for each in (amara, mira):
                assert (await each.hears("room-changed"))["room"]["relayOnly"] is True
            await self.say(mira, amara.seat, 1)
            kinds, told = await self.heard(amara)
            assert kinds == ["peer-offer", "peer-candidates"]
            assert not any(address in told for address in OWN)
            assert RELAY in told

    async def test_nobody_there_is_said_of_what_would_not_pass_either(self) -> None:
        await sync_to_async(self.room.change)(relay_only=True)
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            pair = {"to": "nobody", "epoch": 1, "number": 0}
            await mira.say(type="candidates", **pair, candidates=[HOST])
            await mira.refused("unknown-seat")

    async def test_a_process_that_knows_no_rows_yet_hides_them_too(self) -> None:
        await sync_to_async(self.room.change)(relay_only=True)
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            mira = await meeting.joined(self.room)
            await process_is_killed(amara, mira)
            amara_again = await meeting.back(amara, same_page=True)
            await amara_again.join()
            again = await meeting.back(mira, same_page=True)
            await again.join()
            await quiet(amara_again)
            assert again.welcome["room"]["relayOnly"] is True
            await self.say(again, amara.seat, 0)
            kinds, told = await self.heard(amara_again)
            assert kinds == ["peer-offer", "peer-candidates"]
            assert OWN[0] not in told

    async def test_of_two_old_tokens_the_stricter_holds_until_the_row_is_read(
        self,
    ) -> None:
        # The older one may be right again: the owner may have changed their mind since.
        away = OperationalError("away")
        for mira_is_first in (False, True):
            async with Meeting() as meeting:
                await sync_to_async(self.room.change)(relay_only=True)
                mira = await meeting.joined(self.room)
                await sync_to_async(self.room.change)(relay_only=False)
                amara = await meeting.joined(self.room, "Amara", self.owner)
                await process_is_killed(amara, mira)
                callers = [mira, amara] if mira_is_first else [amara, mira]
                with mock.patch.object(lookups, "_read", side_effect=away):
                    back = [
                        await (await meeting.back(each, same_page=True)).join()
                        for each in callers
                    ]
                first, second = back
                assert first.welcome["room"]["relayOnly"] is mira_is_first
                assert second.welcome["room"]["relayOnly"] is True
                # Who came before by the other token is told.
                changed = await first.hears("room-changed")
                assert changed["room"]["relayOnly"] is True
                await quiet(first)
                await self.say(second, first.seat, 0)
                kinds, said = await self.heard(first)
                assert kinds == ["peer-offer", "peer-candidates"]
                assert not any(address in said for address in OWN)

                await presence.copy()
                for each in back:
                    changed = await each.hears("room-changed")
                    assert changed["room"]["relayOnly"] is False
                await self.say(second, first.seat, 1)
                assert OWN[0] in (await self.heard(first))[1]
