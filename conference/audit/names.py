"""Who or what the marks in the log stand for, looked up when somebody reads it.

A mark is `<kind>:<number or word>`. Apps say here how theirs are looked up; of what is
gone nothing is found, and the mark alone is shown.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

MARKS_AT_MOST = 200
"""So many people or rooms are looked for by one word."""


class Named(NamedTuple):
    """What a mark stands for, as it is called now, and its page."""

    text: str
    url: str


lookups: dict[str, Callable[[set[str]], Mapping[str, Named]]] = {}
"""By kind: what is called how, by what stands behind the colon. One query each."""

finders: list[Callable[[str], Iterable[str]]] = []
"""Each finds the marks of what is called by a word, or nearly."""


def named(marks: Iterable[str]) -> dict[str, Named]:
    """What is found of these, by mark."""
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for mark in marks:
        kind, _, rest = mark.partition(":")
        if rest:
            kinds[kind].add(rest)
    return {
        f"{kind}:{rest}": found
        for kind, rests in kinds.items()
        if kind in lookups
        for rest, found in lookups[kind](rests).items()
    }


def marks_of(word: str) -> list[str]:
    """Of everything that is called so."""
    return [mark for find in finders for mark in find(word)]
