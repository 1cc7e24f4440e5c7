"""F1: a full queue never costs the sender, and nobody is forgotten for reading late."""

from tests.rooms.signalling.neighbour import Neighbour
from tests.servers import Parley

from .rough import Rough

LINE = "candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host generation 0"
ONE = [{"candidate": LINE, "sdpMid": "0", "usernameFragment": "aB3d"}]
MESSAGES = 300
"""Channels' queues hold 100; clients may send so many candidates at once."""


def test_what_is_not_read_yet_is_kept_and_its_sender_lives(
    server: Parley, room: str, neighbour: Neighbour
) -> None:
    with (
        Rough(server, room, "Sender") as sender,
        Rough(server, room, "Late") as late,
        Rough(server, room, "Prompt") as prompt,
    ):
        for each in (sender, late, prompt):
            each.join()
        for number in range(MESSAGES // 2):
            for target in (late, prompt):
                sender.say(
                    **{"type": "candidates", "to": target.seat, "epoch": 1},
                    **{"number": number, "candidates": ONE},
                )
        # A broadcast goes the same way.
        sender.say(
            type="state",
            version=2,
            slots=dict.fromkeys(("camera", "screen"), "off")
            | {"microphone": "muted", "screenAudio": "off"},
        )
        for reader in (prompt, late):
            numbers = [
                reader.hears("peer-candidates")["number"] for _ in range(MESSAGES // 2)
            ]
            assert numbers == list(range(MESSAGES // 2))
            assert reader.hears("peer-state")["from"] == sender.seat
        assert not [m for m in sender.rest() if m["type"] == "error"]
        neighbour.goes_on()
