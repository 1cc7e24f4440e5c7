"""Who connects with whom by which path."""

from __future__ import annotations

from collections.abc import Callable

from tests.network.conftest import Callers
from tests.network.lab import Lab
from tests.network.paths import come, met


def test_two_cones_meet_without_the_relay(
    lab: Lab, callers: Callers, tell: Callable[[str], None]
) -> None:
    room = lab.site().new_room()
    mira, amara = (callers.at(lab.client(name)) for name in ("Mira", "Amara"))
    come(mira, room)
    meeting = met(mira, amara, come(amara, room))
    tell(f"cone, cone: {meeting.kind}, {meeting.seconds:.2f} s")
    assert {path.local for path in meeting.paths} <= {"srflx", "prflx"}
