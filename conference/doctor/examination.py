"""All checks at once, each within its time."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import connections

from . import (
    Finding,
    State,
    address,
    bad,
    clock,
    configuration,
    database,
    disk,
    layer,
    mail,
    relay,
)

logger = logging.getLogger(__name__)

LIMIT_SECONDS = 12.0
Check = Callable[[], Iterable[Finding]]
CHECKS: dict[str, Check] = {
    "Settings": configuration.check,
    "Address": address.check,
    "Database": database.check,
    "Redis": layer.check,
    "Mail": mail.check,
    "STUN": relay.check_stun,
    "TURN": relay.check_turn,
    "TURN_ADMIN": relay.check_admin,
    "Time": clock.check,
    "Disk": disk.check,
}


def examine(
    checks: dict[str, Check] | None = None, seconds: float = LIMIT_SECONDS
) -> list[Finding]:
    """What every check found, in their order; a check without an answer is bad."""
    running = [
        Running(about, check).start() for about, check in (checks or CHECKS).items()
    ]
    end = time.monotonic() + seconds
    return [
        finding
        for each in running
        for finding in each.findings(end - time.monotonic(), seconds)
    ]


def worst(findings: Iterable[Finding]) -> State:
    return max((finding.state for finding in findings), default=State.GOOD)


@dataclass(slots=True)
class Running:
    """A check in a thread of its own, which nobody waits for when its time is up."""

    about: str
    check: Check
    found: list[Finding] | None = None
    thread: threading.Thread = field(init=False)

    def start(self) -> "Running":
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self

    def findings(self, patience: float, limit: float) -> list[Finding]:
        self.thread.join(max(0.0, patience))
        if self.found is None:
            return [
                bad(
                    self.about,
                    f"There was no answer within {limit:g} seconds.",
                    "A firewall that swallows packets does this, or a wrong address.",
                )
            ]
        return self.found

    def _run(self) -> None:
        try:
            self.found = list(self.check())
        except Exception as fault:
            logger.exception("Doctor, %s", self.about)
            self.found = [
                bad(
                    self.about,
                    f"This check itself failed ({type(fault).__name__}).",
                    "The log has the whole story. Tell us: that is a mistake of ours.",
                )
            ]
        finally:
            connections.close_all()
