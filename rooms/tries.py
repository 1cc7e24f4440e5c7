"""How often something may be tried, counted in the cache that all processes share.

There is a fixed number of slots. A try takes one before it is made, and `add` gives a
slot to one taker only, so that the limit holds exactly, whatever runs at once. A slot
is free again after a while, or once the try has turned out to be right.
"""

import secrets
from dataclasses import dataclass

from django.core.cache import cache


@dataclass(frozen=True, slots=True)
class Tries:
    """So many within these seconds, of what has this name."""

    name: str
    most: int
    seconds: int

    def begin(self) -> str | None:
        """Take a slot, to be given back to `was_right`; None: there is none left."""
        keys = [f"tries:{self.name}:{number}" for number in range(self.most)]
        taken = cache.get_many(keys)
        free = [key for key in keys if key not in taken]
        # Those who try at the same time begin to look at different ones.
        secrets.SystemRandom().shuffle(free)
        return next((key for key in free if cache.add(key, 1, self.seconds)), None)

    def was_right(self, slot: str) -> None:
        """It counts for nothing."""
        cache.delete(slot)
