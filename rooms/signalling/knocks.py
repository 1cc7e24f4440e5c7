"""What hosts are shown of those who wait in the lobby."""

from collections.abc import Callable, Iterable

from .holder import Socket
from .protocol import Knocker, Knocks
from .seats import Claim, Knock

KNOCKS_PER_SECOND = 0.1
KNOCKS_AT_ONCE = 5
"""One person's: each rings at every host's."""


def knocks(
    waiting: Iterable[Knock[Socket]], looks_alike: Callable[[Claim], bool]
) -> Knocks:
    """Who waits, first come first; `looks_alike`: whose name could be another's."""
    return Knocks(
        tuple(
            Knocker(
                seat=knock.claim.seat,
                name=knock.claim.name,
                picture=knock.claim.picture,
                guest=knock.claim.guest,
                lookalike=looks_alike(knock.claim),
                since=knock.since,
            )
            for knock in waiting
        )
    )
