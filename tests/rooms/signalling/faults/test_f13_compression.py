"""F13: nothing is compressed, so that no few bytes become many, or secrets lengths."""

from tests.rooms.signalling.neighbour import Neighbour
from tests.servers import Parley

from .rough import Rough


def test_compression_is_offered_in_vain(
    server: Parley, room: str, neighbour: Neighbour
) -> None:
    offer = "permessage-deflate; client_max_window_bits"
    with Rough(server, room, "Small", extensions=offer) as small:
        assert "Sec-WebSocket-Extensions" not in small.response.headers
        small.join()
        # A frame that says it is compressed is no frame here (RFC 6455, 5.2).
        small.write(bytes((0xC1, 0x82)) + bytes(4) + b"{}")
        assert small.ended() in (1002, 1006)
        neighbour.goes_on()
