"""F6: 64 KiB is the most that is said either way, and who says more is told why."""

import pytest

from rooms.signalling.protocol import FRAME_BYTES
from tests.rooms.signalling.neighbour import Neighbour
from tests.servers import Parley

from .rough import Rough


@pytest.mark.parametrize("size", [FRAME_BYTES + 1, 300_000, 3_000_000])
def test_a_frame_that_is_too_long_is_told_so_and_ends(
    server: Parley, room: str, neighbour: Neighbour, size: int
) -> None:
    with Rough(server, room, "Long") as long, Rough(server, room, "Other") as other:
        other.join()
        long.join()
        long.say_raw(b" " * FRAME_BYTES)
        assert long.hears("error")["code"] in ("bad-message", "too-large")
        long.say_raw(b" " * size)
        assert long.ended() == 1009
        assert other.hears("peer-away", "peer-left")["seat"] == long.seat
        neighbour.goes_on()


def test_no_alphabet_makes_a_message_too_long_for_its_reader(
    server: Parley, room: str, neighbour: Neighbour
) -> None:
    text = "😀" * 4000
    with Rough(server, room, "Мира" * 15) as mira, Rough(server, room, "Ж" * 60) as zhe:
        zhe.join()
        mira.join()
        assert zhe.hears("peer-joined")["person"]["name"] == "Мира" * 15
        said = {"type": "chat", "id": f"{mira.instance}-1", "count": 1, "at": 1}
        mira.say(**said, text=text, to=[zhe.seat])
        assert zhe.hears("peer-chat")["text"] == text
        neighbour.goes_on()


def test_a_room_full_of_long_names_fits_into_a_frame(
    server: Parley, room: str, neighbour: Neighbour
) -> None:
    name = "😀" * 60
    with Rough(server, room, name) as first:
        others = [Rough(server, room, name) for _ in range(12)]
        try:
            first.join()
            for other in others:
                other.join()
            assert len(others[-1].welcome["people"]) >= 12
        finally:
            for other in others:
                other.close()
        neighbour.goes_on()
