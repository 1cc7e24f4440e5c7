"""Signals of a pair that go past a server that is away."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.calls import watch
from tests.calls.company import Company
from tests.calls.conftest import Callers
from tests.calls.gatherings import owner_of
from tests.calls.stack import Stack
from tests.calls.trial import Call

pytestmark = pytest.mark.alone

SECONDS = 60.0
LOST = "Connection to the server lost"
FRAGMENT = "(one) => /a=ice-ufrag:(.*)/.exec(one.currentLocalDescription.sdp)[1]"


def test_pairs_mend_themselves_over_their_own_channel_and_through_others(
    one_process: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
) -> None:
    room = owner_of(one_process).new_room()
    come, server = callers(one_process), one_process.first
    people = [come(name).join(room) for name in ("Mira", "Amara", "June")]
    mira = people[0]
    call = Call(people)
    company = Company(people)
    for person in people:
        person.press("Chat")
    call.write(1)
    server.end(signal.SIGKILL)
    for person in people:
        expect(person.page.get_by_text(LOST)).to_be_visible()

    # Both search for another path, and agree on it over the one that they have.
    before = company.at_both_ends("Mira", "Amara", FRAGMENT)
    began = watch.now()
    company.at_both_ends("Mira", "Amara", "(one) => one.restartIce()")
    mira.wait_until(
        lambda: not {*before} & {*company.at_both_ends("Mira", "Amara", FRAGMENT)},
        "and Amara have searched anew",
    )
    company.until_they_hear("Mira", "Amara", SECONDS)
    call.is_whole()

    # One end of it is no more: another one is made by way of June.
    began = watch.now()
    company.at_end("Mira", "Amara", "(one) => one.close()")
    company.until_they_hear("Mira", "Amara", SECONDS)
    tell(f"built anew in {company.without('Mira', 'Amara', began) / 1000:.1f} s")
    others = company.gaps(began, watch.now())
    june = {name for name in others if "June" in name}
    assert june == {"June ← Mira", "June ← Amara", "Mira ← June", "Amara ← June"}

    server.start()
    for person in people:
        expect(person.page.get_by_text(LOST)).to_be_hidden(timeout=SECONDS * 1000)
        # Their chat covers the pictures, so that nobody asks for any.
        person.hears(2)
    assert [person.seat for person in people] == [*call.seats.values()]
    call.was_read()
