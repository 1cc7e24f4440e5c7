"""Who lives, by what is heard of them; no clock is read and none is compared.

Every process tells all, itself included, once a second that it lives. Its own beats
are the measure: while they come back, whoever is silent for some of them is dead; when
they do not, it is Redis that cannot be reached, and nobody is taken for dead.
"""

from enum import Enum

DEAD_AFTER = 4
"""Own beats: three whole seconds lie between the first and the last of them."""

AWAY_AFTER = 2
"""So many own beats that did not come back say that Redis is away."""

RETURN_BEATS = 3
"""So many more the others get when Redis is back: they have to find it, too."""

DEAD_AT_MOST = 1000


class Standing(Enum):
    """What is known of another process."""

    LIVES = 1
    LEAVES = 2
    DEAD = 3
    UNKNOWN = 4


class Beats:
    """What one process knows of the others, and of its own line to Redis."""

    def __init__(self, own: str) -> None:
        self.online = True
        self._own = own
        self._unheard = 0
        self._silence: dict[str, int] = {}
        self._known: set[str] = set()
        self._leaving: set[str] = set()
        self._dead: dict[str, None] = {}
        self._heard_itself = False

    @property
    def is_alone(self) -> bool:
        """Whether this process lives and would have heard of another one."""
        return self._heard_itself and not self._known

    @property
    def others(self) -> set[str]:
        """Who lives beside this process, also if it is about to leave."""
        return set(self._known)

    def standing(self, name: str) -> Standing:
        if name in self._dead:
            return Standing.DEAD
        if name not in self._known:
            return Standing.UNKNOWN
        return Standing.LEAVES if name in self._leaving else Standing.LIVES

    def watch(self, name: str) -> None:
        """Wait for a sign of somebody who was never heard; it is dead without one."""
        if name not in self._dead:
            self._silence.setdefault(name, 0)

    def sent(self) -> bool:
        """A beat of our own leaves; true if it shows that Redis is away."""
        self._unheard += 1
        if self.online and self._unheard > AWAY_AFTER:
            self.online = False
            return True
        return False

    def came_back(self) -> tuple[bool, list[str]]:
        """Our own beat was heard: whether Redis is back, and who has died."""
        self._unheard = 0
        self._heard_itself = True
        returned, self.online = not self.online, True
        if returned:
            self._silence = dict.fromkeys(self._silence, -RETURN_BEATS)
            return True, []
        dead = []
        for name in list(self._silence):
            self._silence[name] += 1
            if self._silence[name] >= DEAD_AFTER:
                self.bury(name)
                dead.append(name)
        return False, dead

    def heard(self, name: str, *, leaving: bool) -> tuple[bool, bool]:
        """Somebody lives: whether they were taken for dead, and begin to leave."""
        was_dead = name in self._dead
        self._dead.pop(name, None)
        self._known.add(name)
        self._silence[name] = 0
        begins = leaving and name not in self._leaving
        if leaving:
            self._leaving.add(name)
        return was_dead, begins

    def bury(self, name: str) -> None:
        """It is no more, or so silent that it might as well not be."""
        self._silence.pop(name, None)
        self._known.discard(name)
        self._leaving.discard(name)
        self._dead[name] = None
        while len(self._dead) > DEAD_AT_MOST:
            del self._dead[next(iter(self._dead))]
