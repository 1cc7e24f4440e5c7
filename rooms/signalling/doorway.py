"""Those who have said hello to a call and do not sit in it."""

from collections.abc import Callable, Iterator

from .holder import Socket
from .protocol import Door, encode


class Doorway:
    """Everybody in it sees what `look` says of the inside, and nothing twice."""

    def __init__(self, look: Callable[[], Door]) -> None:
        self._look = look
        self._sockets: dict[Socket, None] = {}
        self._seen = ""

    def __iter__(self) -> Iterator[Socket]:
        return iter(list(self._sockets))

    def __len__(self) -> int:
        return len(self._sockets)

    def stand(self, socket: Socket) -> None:
        """Be told who is inside, and be told of to nobody."""
        if self._sockets:
            self.tell()
        else:
            self._seen = encode(self._look())
        self._sockets[socket] = None
        socket.post(self._seen)

    def tell(self) -> None:
        """Something may have changed inside."""
        if not self._sockets:
            return
        seen = encode(self._look())
        if seen != self._seen:
            self._seen = seen
            for socket in self._sockets:
                socket.post(seen)

    def leave(self, socket: Socket) -> None:
        """Go in, or away."""
        self._sockets.pop(socket, None)

    def clear(self) -> None:
        self._sockets.clear()
