"""What the doctor said, for tests to look through."""

from __future__ import annotations

from collections.abc import Iterable

from conference.doctor import Finding, State


def said(findings: Iterable[Finding], state: State, words: str) -> Finding:
    """The one finding with these words, which must have this state."""
    all_of_them = list(findings)
    found = [each for each in all_of_them if words in each.found]
    assert len(found) == 1, all_of_them
    assert found[0].state == state, found[0]
    assert bool(found[0].do) == (state is not State.GOOD), found[0]
    return found[0]


def all_good(findings: Iterable[Finding]) -> list[str]:
    """What was found, if nothing of it is wrong."""
    listed = list(findings)
    wrong = [each for each in listed if each.state is not State.GOOD]
    assert not wrong, wrong
    return [each.found for each in listed]
