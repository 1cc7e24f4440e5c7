"""F2: unexpected input ends nothing, and who is gone is not left in a roster."""

import pytest

from tests.rooms.signalling.neighbour import Neighbour
from tests.servers import Parley

from .rough import Ended, Rough

SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
BAD: list[tuple[bytes, int]] = [
    (b"{", 1),
    (b"\x00\xff", 2),
    (b"", 1),
    (b'{"type":"offer"}', 1),
    (b"[" * 60_000, 1),
    (b'{"type":"ping","heard":0,"heard":0}', 1),
    (b'{"type":"chat-ack","to":"a","id":"\\ud800"}', 1),
]


def test_what_is_no_message_is_answered_and_the_socket_goes_on(
    server: Parley, room: str, neighbour: Neighbour
) -> None:
    with Rough(server, room, "Odd") as odd, Rough(server, room, "Other") as other:
        odd.join()
        other.join()
        for payload, opcode in BAD:
            odd.say_raw(payload, opcode)
            assert odd.hears("error")["code"] == "bad-message"
        odd.say(type="offer", to=other.seat, epoch=1, number=0, sdp=SDP)
        assert other.hears("peer-offer")["from"] == odd.seat
        neighbour.goes_on()


@pytest.mark.parametrize(
    ("payload", "opcode"),
    [
        pytest.param(b"\xff\xfe", 1, id="not UTF-8"),
        pytest.param(b"x", 3, id="an unknown opcode"),
        pytest.param(b"x", 0, id="the rest of nothing"),
        pytest.param(b"x" * 200, 9, id="a long ping"),
    ],
)
def test_who_breaks_the_wire_is_gone_for_everybody(
    server: Parley, room: str, neighbour: Neighbour, payload: bytes, opcode: int
) -> None:
    with Rough(server, room, "Odd") as odd, Rough(server, room, "Other") as other:
        other.join()
        odd.join()
        odd.say_raw(payload, opcode)
        odd.ended()
        # Its place is kept for a while: nobody serves it, and a newcomer is told so.
        assert other.hears("peer-away", "peer-left")["seat"] == odd.seat
        with Rough(server, room, "New") as new:
            people = {one["seat"]: one for one in new.join().welcome["people"]}
            assert people.get(odd.seat, {"away": True})["away"]
            assert not people[other.seat]["away"]
        neighbour.goes_on()


def test_whose_tab_is_closed_is_in_no_roster_and_cannot_be_spoken_to(
    server: Parley, room: str, neighbour: Neighbour
) -> None:
    with Rough(server, room, "Odd") as odd, Rough(server, room, "Other") as other:
        other.join()
        odd.join()
        odd.say_raw((1001).to_bytes(2, "big"), 8)
        with pytest.raises(Ended):
            odd.next()
        assert other.hears("peer-left") == {
            **{"type": "peer-left", "seat": odd.seat, "reason": "closed"}
        }
        other.say(type="offer", to=odd.seat, epoch=1, number=0, sdp=SDP)
        assert other.hears("error")["code"] == "unknown-seat"
        with Rough(server, room, "New") as new:
            people = [one["seat"] for one in new.join().welcome["people"]]
            assert odd.seat not in people
        neighbour.goes_on()
