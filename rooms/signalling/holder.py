"""Who stands at the door of a call or serves a seat in it, as the call sees them."""

from typing import Literal, Protocol

from .protocol import ServerMessage
from .tickets import Entry

Departure = Literal["left", "closed", "lost"]


class Socket(Protocol):
    """What a call needs of the socket of somebody who has said hello.

    `checked`: the entry was compared with the rows, or is too young to need it.
    """

    entry: Entry
    bind: str
    instance: str
    checked: bool

    def tell(self, message: ServerMessage) -> None: ...

    def post(self, frame: str) -> None: ...

    def close(self, code: int) -> None: ...

    def __hash__(self) -> int: ...
