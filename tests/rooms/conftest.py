"""The people these tests are about, and a clock for what goes by days."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.people import _fresh_limits as _fresh_limits
from tests.people import admin as admin
from tests.people import anonymous as anonymous
from tests.people import guest as guest
from tests.people import member as member
from tests.people import owner as owner
from tests.people import room as room
from tests.people import stranger as stranger


class Noon:
    """Noon of the day on which a test began, and of days after."""

    def __init__(self) -> None:
        self.now = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def pass_a_day(self) -> None:
        self.now += timedelta(days=1)


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> Noon:
    """Stop the clock, so that no test runs over midnight."""
    stopped = Noon()
    monkeypatch.setattr(timezone, "now", stopped)
    return stopped
