"""Somebody in a call here whose socket another process holds."""

import logging

import msgspec

from conference.log import about

from ..holder import Departure
from ..hub import Hub
from ..protocol import (
    Close,
    Incoming,
    ProtocolError,
    Rank,
    Revoked,
    encode,
    error,
)
from .packets import Attach, Closed, Lost, Refused, Said, Stands
from .parties import SILENCE, Converse, Party, bring_in, need_rank, target_of
from .post import Post

logger = logging.getLogger(__name__)

HELD_MESSAGES = 64

RELAYED = frozenset(
    {
        "peer-offer",
        "peer-answer",
        "peer-candidates",
        "peer-restart",
        "peer-chat-ack",
    }
)
"""What one seat sends another; kept chat and the rest are told anew by a welcome."""


class Remote:
    """The wire of a conversation here, up to the process that holds the socket."""

    def __init__(
        self,
        post: Post,
        hub: Hub,
        process: str,
        attach: Attach,
        before: "Remote | None" = None,
    ) -> None:
        self.process = process
        self.number = attach.socket
        self.first = attach.first
        self.entry = attach.entry
        self.is_stale = False
        """Something got lost, and the branch has not attached it anew since."""
        self._attach = attach
        self._before = before
        self._post = post
        self._hub = hub
        self._party: Party | None = None
        self._told: tuple[Rank, int] | None = None
        self._held: list[Incoming] = []

    @property
    def room(self) -> int:
        return self.entry.room

    @property
    def is_admitted(self) -> bool:
        return self._party is not None

    def admit(self, converse: Converse) -> None:
        """The call is run here: come to its door, and back to one's seat.

        `before`, the same socket by its earlier number, departs; nobody sees it leave.
        """
        before, self._before = self._before, None
        if before is not None:
            before.mute()
        attach = self._attach
        party = converse(
            self, attach.entry, attach.bind, attach.instance, attach.checked
        )
        self._party = party
        bring_in(party, self, attach.wish, self._refuse)
        self._stand()
        if before is not None:
            before.depart("lost")
        held, self._held = self._held, []
        for message in held:
            self.act(message)

    def act(self, message: Incoming) -> None:
        """What the client says; the branch has checked all but the rank."""
        if self._party is None:
            if len(self._held) < HELD_MESSAGES:
                self._held.append(message)
            else:
                self._refuse(_undeliverable(message))
            return
        try:
            need_rank(self._party, message)
            self._party.act(message)
        except ProtocolError as fault:
            self._refuse(fault)
        except Exception:
            # A fault of ours: it ends neither this socket nor anybody else's.
            logger.exception(
                "A message could not be handled",
                extra=about(self.room, self.entry.seat),
            )
            self.post(encode(error("try-again")))
        self._stand()

    def show(self) -> None:
        if self._party is not None:
            self._party.show()

    def depart(self, how: Departure) -> None:
        """The socket is no more."""
        party, self._party = self._party, None
        if party is not None:
            party.wire = SILENCE
            party.depart(how)

    def mute(self) -> None:
        """Let nothing of this reach the branch any more."""
        if self._party is not None:
            self._party.wire = SILENCE

    def lose(self) -> None:
        """The call is run elsewhere now: the branch has to look for it."""
        self.mute()
        self._party = None
        self._send(Lost(self.number))

    def post(self, frame: str) -> None:
        """A frame from the call."""
        self._stand()
        self._send(Said([self.number], frame))

    def close(self, code: int) -> None:
        """The call is over for this socket, or this process is."""
        if code == Close.RESTART:
            self._send(Lost(self.number))
        else:
            self._send(Closed(self.number, code))

    def tell_sender(self, frame: str) -> None:
        """A frame did not reach the branch: whoever asked for it is told."""
        message = msgspec.json.decode(frame)
        kind = message["type"]
        if kind not in RELAYED and not (kind == "peer-chat" and not message["number"]):
            return
        call = self._hub.get(self.room)
        seat = call.seats.get(message["from"]) if call is not None else None
        if seat is not None and seat.holder is not None:
            fault = error("undeliverable", kind.removeprefix("peer-"), self.entry.seat)
            seat.holder.tell(fault)

    def _stand(self) -> None:
        """The branch has to know the rank before the client acts on it."""
        if self._party is None:
            return
        now = (self._party.rank, self._party.since)
        if now != self._told:
            self._told = now
            self._send(Stands(self.number, *now))

    def _refuse(self, fault: ProtocolError) -> None:
        revoked = isinstance(fault, Revoked)
        self._send(Refused(self.number, fault.code, fault.about, fault.to, revoked))

    def _send(self, packet: Stands | Said | Refused | Closed | Lost) -> None:
        self._post.send(self.process, packet)


def _undeliverable(message: Incoming) -> ProtocolError:
    kind = str(message.__struct_config__.tag)
    return ProtocolError("undeliverable", kind, target_of(message))
