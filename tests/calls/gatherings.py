"""Calls as most of these tests begin them: one in a room that keeps its chat."""

from __future__ import annotations

import secrets

from tests.browser.visitor import Visitor
from tests.calls.conftest import Callers
from tests.calls.stack import Stack
from tests.calls.trial import Call

WORDS_PER_SECOND = 2
PAIRS = (("Mira", "Amara"), ("June", "Tariq"))


def owner_of(site: Stack) -> Visitor:
    """An account that makes rooms."""
    owner = Visitor(site.url)
    owner.sign_up(f"owner-{secrets.token_hex(4)}@example.com", "Olive Owner")
    return owner


def two_calls(site: Stack, come: Callers) -> list[Call]:
    """Two people in each of two rooms, who write to each other all the time.

    With two processes, the second of each pair comes by way of the second process.
    """
    owner = owner_of(site)
    ports = [process.port for process in site.processes]
    calls = []
    for names, keeps_chat in zip(PAIRS, (True, False), strict=True):
        room = owner.new_room(keeps_chat=keeps_chat)
        for name, way in zip(names, (ports, ports[::-1]), strict=True):
            site.proxy.lead(*way, owner=name)
        calls.append(Call([come(name).join(room) for name in names]))
    for call in calls:
        for person in call.people:
            person.press("Chat")
        call.write(WORDS_PER_SECOND)
    return calls
