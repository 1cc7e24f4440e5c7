"""Those who have said hello to a call and do not sit in it."""

from collections.abc import Callable, Iterator
from enum import Enum, auto

from .holder import Socket
from .protocol import Door, encode


class Sight(Enum):
    """What somebody at the door may see of the inside.

    Who has to knock sees nothing of it; for a host there is always a place.
    """

    NOTHING = auto()
    ALL = auto()
    AS_HOST = auto()


class Doorway:
    """Everybody in it sees what `look` says of the inside, and nothing twice."""

    def __init__(
        self, look: Callable[[Sight], Door], sight_of: Callable[[Socket], Sight]
    ) -> None:
        self._look = look
        self._sight_of = sight_of
        self._seen: dict[Socket, str] = {}

    def __iter__(self) -> Iterator[Socket]:
        return iter(list(self._seen))

    def __len__(self) -> int:
        return len(self._seen)

    def stand(self, socket: Socket) -> None:
        """Be told who is inside, and be told of to nobody."""
        self._seen[socket] = ""
        self.tell()

    def tell(self) -> None:
        """Something may have changed inside, or in what somebody may see of it."""
        frames: dict[Sight, str] = {}
        for socket, seen in self._seen.items():
            sight = self._sight_of(socket)
            if sight not in frames:
                frames[sight] = encode(self._look(sight))
            if frames[sight] != seen:
                self._seen[socket] = frames[sight]
                socket.post(frames[sight])

    def leave(self, socket: Socket) -> None:
        """Go in, or away."""
        self._seen.pop(socket, None)

    def clear(self) -> None:
        self._seen.clear()
