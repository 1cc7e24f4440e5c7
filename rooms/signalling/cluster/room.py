"""What one process knows of where a room's call is run."""

import asyncio
from dataclasses import dataclass, field

from .attendance import Attendance
from .packets import Copy
from .remote import Remote


@dataclass(eq=False)
class Room:
    """A room that somebody here is in, or whose home is here.

    `home`: the process that runs its call; empty while that is looked for. `claimed`:
    Redis says that it is ours, and has been there since. `partial`: others may know
    more of the room; `doubted`: somebody may have been told so. `settled`: beats since
    all others had found their homes. `written`: the copy that Redis has; `copy`: what
    the last home knew, until the call is run here.
    """

    number: int
    home: str = ""
    claimed: bool = False
    partial: bool = False
    doubted: bool = False
    settled: int = 0
    written: bytes = b""
    copy: Copy | None = None
    attendances: dict[Attendance, None] = field(default_factory=dict)
    remotes: dict[Remote, None] = field(default_factory=dict)
    sought: bool = False
    """Its home is to be looked for, at once."""
    sought_again: bool = False
    """Or at the next beat."""
    work: asyncio.Task[None] | None = None
