"""The rooms that one process has to do with, and what it knows of who is in them."""

from collections.abc import Iterator

from ..call import Call
from ..hub import Hub
from ..tickets import Entry
from .copies import restore
from .packets import Copy
from .room import Room


class Rooms:
    """Rooms that somebody here is in, or whose call this process, `own`, runs."""

    def __init__(self, own: str, hub: Hub) -> None:
        self.own = own
        self._hub = hub
        self._rooms: dict[int, Room] = {}

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self._rooms.values()))

    def __contains__(self, number: int) -> bool:
        return number in self._rooms

    def get(self, number: int) -> Room | None:
        return self._rooms.get(number)

    def at(self, number: int) -> Room:
        """The room of this number, known from now on."""
        room = self._rooms.get(number)
        if room is None:
            room = self._rooms[number] = Room(number)
        return room

    def forget(self, room: Room) -> None:
        self._rooms.pop(room.number, None)

    def clear(self) -> None:
        self._rooms.clear()

    @property
    def homes(self) -> int:
        """How many have their home here."""
        return sum(self.is_ours(room) for room in self)

    @property
    def branches(self) -> int:
        """How many have sockets here and their home elsewhere."""
        return sum(
            room.home not in ("", self.own) and bool(room.attendances) for room in self
        )

    @property
    def has_unclaimed(self) -> bool:
        """Whether a call is run here of which Redis does not say that it is ours."""
        return any(self.is_ours(room) and not room.claimed for room in self)

    def is_ours(self, room: Room) -> bool:
        """Whether the room's call is run here."""
        return room.home == self.own

    def is_empty(self, room: Room) -> bool:
        """Whether nobody here needs to know of it any more."""
        here = self.is_ours(room) and self._hub.get(room.number) is not None
        return not (room.attendances or room.remotes or here)

    # Whether all of a room is known here

    def open(self, room: Room, entry: Entry) -> Call:
        """The room's call, with all that is known of it; somebody is about to enter."""
        call = self._hub.open(entry)
        call.partial = room.partial
        room.doubted = room.doubted or room.partial
        copy, room.copy = room.copy, None
        if copy is not None:
            restore(call, copy)
            self._hub.expel_void(call)
        return call

    def will_welcome(self, number: int) -> None:
        """Somebody is about to be welcomed; note whether it is with half the truth."""
        room = self._rooms.get(number)
        if room is not None and room.partial:
            room.doubted = True

    def take_in(self, copy: Copy) -> None:
        """Somebody was a room's home, or thought so, and knows who was there."""
        room = self._rooms.get(copy.facts.room)
        if room is None or not self.is_ours(room):
            return
        call = self._hub.get(room.number)
        if call is None:
            room.copy = copy
            return
        known = len(call.seats)
        restore(call, copy)
        self._hub.expel_void(call)
        if len(call.seats) > known:
            call.welcome_all()
        self._hub.settle(call)

    def doubt(self, room: Room) -> None:
        """Others may know more of this room than is known here."""
        room.partial = True
        call = self._hub.get(room.number)
        if call is not None:
            call.partial = True
            call.seats.recall()

    def put_off(self, room: Room, seconds: float) -> None:
        """Whoever is missed may well be with a process that cannot say so."""
        call = self._hub.get(room.number)
        if call is not None:
            call.seats.put_off_the_lost(seconds)
            self._hub.settle(call)

    def become_whole(self, room: Room) -> None:
        """All who could know more have come with what they knew."""
        room.partial = False
        doubted, room.doubted = room.doubted, False
        call = self._hub.get(room.number)
        if call is None:
            return
        call.partial = False
        if doubted and not call.seats.partial:
            call.welcome_all()
