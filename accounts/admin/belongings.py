"""What somebody has on the site, for the page of their account.

Other apps add theirs; accounts know nothing of rooms.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..models import User


class Belonging(NamedTuple):
    """One thing of theirs; `url` is its page in the administration."""

    text: str
    url: str


shelves: dict[str, Callable[[User], Iterable[Belonging]]] = {}
"""By what stands above it: what to show of somebody, the most important first."""

SHOWN_AT_MOST = 50
