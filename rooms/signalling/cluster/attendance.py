"""One client's way into its call, wherever that is run: here, or at another process.

A socket keeps its attendance while the home of its room moves. The client is shown a
fresh `welcome` then, of the same seat with the same `since`, and nobody sees it leave.
"""

import asyncio
from typing import TYPE_CHECKING

import msgspec

from .. import metrics
from ..holder import Departure
from ..protocol import (
    Close,
    Incoming,
    Join,
    Leave,
    ProtocolError,
    Rank,
    Relayed,
    State,
    encode,
    error,
)
from ..tickets import Entry
from .packets import Act, Attach, Depart, Show
from .parties import SILENCE, Converse, Party, Refuse, Wire, bring_in, need_rank

if TYPE_CHECKING:
    from .cluster import Cluster

HELD_MESSAGES = 64
"""So many wait while a room's home is looked for."""

ANSWER_SECONDS = 10.0
"""A home that lives and yet says nothing for so long is given up."""


class Attendance:
    """What a socket has of its call; stands where a Conversation does otherwise."""

    def __init__(
        self,
        cluster: "Cluster",
        wire: Wire,
        entry: Entry,
        bind: str,
        instance: str,
        *,
        checked: bool,
        refuse: Refuse,
    ) -> None:
        self.entry = entry
        self.wire = wire
        self.home = ""
        self.number = 0
        """What the home calls this socket; 0 while it is attached to none."""
        self.first = 0
        """The first number that it ever had."""
        self.earlier: list[int] = []
        """Numbers before, at the same home; it has not answered to this one yet."""
        self.unanswered = 0
        """Beats since it was attached without an answer."""
        self._cluster = cluster
        self._bind = bind
        self._instance = instance
        self._checked = checked
        self._refuse = refuse
        self._here: Party | None = None
        self._rank = Rank.ANYONE
        self._wish: Join | None = None
        self._held: list[Incoming] = []
        self._answered = asyncio.Event()

    @property
    def rank(self) -> Rank:
        """How far this person has come."""
        return self._rank if self._here is None else self._here.rank

    @property
    def is_here(self) -> bool:
        """Whether the call is run in this process."""
        return self._here is not None

    @property
    def is_answered(self) -> bool:
        """Whether the client has been shown the door, or sent away."""
        return self._answered.is_set()

    async def answered(self) -> None:
        """Wait for that; where no home can be reached the room goes on here.

        So this ends in any case.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._answered.wait()
        except TimeoutError:
            metrics.dropped("no-home")
            self.wire.close(Close.RESTART)

    def act(self, message: Incoming) -> None:
        """Do what was asked, or have it done."""
        self._remember(message)
        if self._here is not None:
            self._here.act(message)
        elif self.number:
            self._cluster.post.send(self.home, Act(self.number, message))
            if isinstance(message, Relayed):
                metrics.relayed()
        elif isinstance(message, Join | State | Leave):
            # The next home is told so as it is asked.
            pass
        elif len(self._held) < HELD_MESSAGES:
            self._held.append(message)
        else:
            self.undelivered(message)

    def show(self) -> None:
        """Tell the client anew all that it should know."""
        if self._here is not None:
            self._here.show()
        elif self.number:
            self._cluster.post.send(self.home, Show(self.number))

    def depart(self, how: Departure) -> None:
        """The socket is no more, or nothing more is taken from it."""
        self.wire = SILENCE
        here, self._here = self._here, None
        if here is not None:
            here.depart(how)
        elif self.number:
            self._cluster.post.send(self.home, Depart(self.number, how))
        self._cluster.detach(self)

    # For the cluster

    def sit_here(self, converse: Converse) -> None:
        """The room's call is run here: come to its door, and back to one's seat."""
        self.set_off()
        party = converse(self, self.entry, self._bind, self._instance, self._checked)
        self._here = party
        bring_in(party, self, self._wish, self._refuse)
        self._answered.set()
        self._act_held()

    def attach(self, home: str, number: int) -> None:
        """The room's call is run at another process."""
        if home != self.home:
            self.set_off()
        elif self.number:
            self.earlier.append(self.number)
        self.home, self.number = home, number
        self.first = self.first or number
        self.unanswered = 0
        self._cluster.post.send(
            home,
            Attach(
                number,
                self.entry,
                self._bind,
                self._instance,
                self._checked,
                self._wish,
                self.first,
            ),
        )
        self._act_held()

    def set_off(self) -> None:
        """Leave the call where it was; what is said until the next place waits."""
        here, self._here = self._here, None
        if here is not None:
            here.wire = SILENCE
            self._rank = here.rank
            self.entry = here.entry
            self._checked = here.checked
            self._keep(here.since)
        self.number, self.home = 0, ""
        self.earlier.clear()

    def stands(self, rank: Rank, since: int) -> None:
        """The home says how far they have come, and since when they sit."""
        self._rank = rank
        self._keep(since)
        if rank is not Rank.ANYONE:
            self._answered.set()

    def post(self, frame: str) -> None:
        """A frame from the call."""
        self.wire.post(frame)

    def close(self, code: int) -> None:
        """The call is over for this socket."""
        self._answered.set()
        self.wire.close(code)

    def refused(self, fault: ProtocolError) -> None:
        """The home would not do what was asked."""
        self._answered.set()
        self._refuse(fault)

    def undelivered(self, message: Incoming) -> None:
        """This did not reach the home, and will not be sent again."""
        about = str(message.__struct_config__.tag)
        to = getattr(message, "to", None)
        seats = (to,) if isinstance(to, str) else to or ("",)
        for seat in seats:
            self.wire.post(encode(error("undeliverable", about, seat)))

    def _remember(self, message: Incoming) -> None:
        # What has to be said again wherever the call is run next.
        match message:
            case Join():
                self._wish = message
                self._cluster.will_welcome(self.entry.room)
            case State():
                if self._wish is not None and message.version > self._wish.version:
                    self._wish = msgspec.structs.replace(
                        self._wish, version=message.version, slots=message.slots
                    )
            case Leave():
                self._wish = None
                self.entry = msgspec.structs.replace(
                    self.entry, since=0, instance="", admitted=False
                )
            case _:
                pass

    def _keep(self, since: int) -> None:
        if since:
            # As a welcome says it: whoever sits was let in, and people are there.
            self.entry = msgspec.structs.replace(
                self.entry,
                since=since,
                instance=self._instance,
                admitted=True,
                running=True,
            )

    def _act_held(self) -> None:
        held, self._held = self._held, []
        for message in held:
            try:
                if self._here is not None:
                    # Whoever was to come back may wait for a place now.
                    need_rank(self._here, message)
                self.act(message)
            except ProtocolError as fault:
                self._refuse(fault)
