"""Sockets, brought to where their call is run."""

from ..hub import Hub
from .attachments import Attachments
from .attendance import Attendance
from .parties import Converse
from .remote import Remote
from .remotes import Remotes
from .room import Room
from .rooms import Rooms


class Moves:
    """Brings everybody of a room to its home, here or elsewhere."""

    def __init__(
        self,
        hub: Hub,
        rooms: Rooms,
        attachments: Attachments,
        remotes: Remotes,
        converse: Converse,
    ) -> None:
        self._hub = hub
        self._rooms = rooms
        self._attachments = attachments
        self._remotes = remotes
        self._converse = converse

    def move(self, room: Room) -> None:
        """The room's home may be another: bring those there who are not yet."""
        for attendance in list(room.attendances):
            self.place(room, attendance)
        for remote in list(room.remotes):
            if not self._rooms.is_ours(room):
                self._remotes.drop(remote)
                remote.lose()
            elif not remote.is_admitted:
                self.admit(room, remote)

    def place(self, room: Room, attendance: Attendance) -> None:
        """Bring a socket of ours to the room's home."""
        if not self._rooms.is_ours(room):
            if attendance.home != room.home:
                self._attachments.attach(attendance, room.home)
        elif not attendance.is_here:
            self._attachments.unlist(attendance)
            call = self._rooms.open(room, attendance.entry)
            attendance.sit_here(self._converse)
            self._hub.settle(call)

    def admit(self, room: Room, remote: Remote) -> None:
        """Bring another's socket into the call, which is run here."""
        call = self._rooms.open(room, remote.entry)
        remote.admit(self._converse)
        self._hub.settle(call)

    def set_off(self, room: Room) -> None:
        """Let our sockets wait: the room has no home just now."""
        for attendance in room.attendances:
            self._attachments.unlist(attendance)
            attendance.set_off()
