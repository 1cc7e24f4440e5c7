"""F3: whoever writes to somebody that is just going is not harmed by it."""

from tests.rooms.signalling.neighbour import Neighbour
from tests.servers import Parley

from .rough import Rough

SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
OFFERS = 60
SLOTS = {"microphone": "on", "camera": "off", "screen": "off", "screenAudio": "off"}


def talk_to(sender: Rough, target: str, version: int) -> list[str]:
    """Offer and broadcast while the other is going; the codes of errors."""
    for number in range(OFFERS):
        sender.say(type="offer", to=target, epoch=version, number=number, sdp=SDP)
        if number % 4 == 0:
            sender.say(type="state", version=version + number, slots=SLOTS)
    return [m["code"] for m in sender.rest() if m["type"] == "error"]


def test_the_sender_outlives_whom_the_server_closes(
    server: Parley, room: str, neighbour: Neighbour
) -> None:
    with Rough(server, room, "Sender") as sender, Rough(server, room, "Bad") as bad:
        sender.join()
        bad.join()
        for _ in range(40):
            bad.say_raw(b"nonsense")
        # Closed for abuse, but it does not answer the close frame, and stays connected.
        assert sender.hears("peer-left")["seat"] == bad.seat
        assert set(talk_to(sender, bad.seat, 100)) == {"unknown-seat"}
        assert bad.ended() == 4400
        sender.ping()
        sender.hears("pong")
        neighbour.goes_on()


def test_the_sender_outlives_whose_line_is_reset(
    server: Parley, room: str, neighbour: Neighbour
) -> None:
    with Rough(server, room, "Sender") as sender, Rough(server, room, "Gone") as gone:
        sender.join()
        gone.join()
        gone.reset()
        # Before and after the server knows: the seat is there, only nobody serves it.
        assert talk_to(sender, gone.seat, 100) == []
        with Rough(server, room, "New") as new:
            new.join()
            sender.say(type="offer", to=new.seat, epoch=9, number=0, sdp=SDP)
            assert new.hears("peer-offer")["from"] == sender.seat
        neighbour.goes_on()
