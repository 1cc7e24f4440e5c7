"""Hostile frames by everybody there is: nothing breaks, and nobody gains a right.

Each of the people of the table of rights fires at a room, and all rows and seats are
compared with what they were: only what this one may do has changed. The room next door
goes on meanwhile. The short form runs always; `--soak` sends 1,000,000 frames in all.
"""

import logging
import math
from typing import Any
from unittest import mock

import pytest

from accounts.models import User
from conference.rights import Who
from rooms.signalling import backlog
from rooms.signalling import socket as sockets

from .cast import CastTestCase
from .fuzzer import Records
from .meeting import Meeting
from .siege import Siege

SHORT, LONG = 1_500, math.ceil(1_000_000 / len(Who))


class Fuzz(CastTestCase):
    """One test for each of the people; see the end of this file."""

    frames: int

    @pytest.fixture(autouse=True)
    def _length(self, request: pytest.FixtureRequest) -> None:
        soak = request.config.getoption("--soak", default=False)
        self.frames = LONG if soak else SHORT

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        # A room for each round.
        cls.owner.room_quota = 1_000_000
        User.objects.bulk_update([cls.owner], ["room_quota"])

    async def test_hostile_frames_break_nothing_for_slow_readers(self) -> None:
        # So little may be unheard that everybody under fire falls behind all the time.
        with (
            mock.patch.object(backlog, "BACKLOG_CHARACTERS", 4 * 1024),
            mock.patch.object(sockets, "RESYNC_SECONDS", 0.2),
        ):
            told = await self.under_fire(Who.GUEST, self.frames // 3, slow=True)
        assert told.count("resync") > 3

    async def one(self, who: Who) -> None:
        told = await self.under_fire(who, self.frames)
        assert "resync" not in told
        assert "error" in told

    async def under_fire(
        self, who: Who, frames: int, *, slow: bool = False
    ) -> list[str]:
        """Have this one fire so many; what they and others were told, by type."""
        records = Records()
        logging.getLogger().addHandler(records)
        try:
            async with Meeting() as meeting:
                siege = Siege(self, meeting, who, slow=slow)
                await siege.go_on_for(frames)
        finally:
            logging.getLogger().removeHandler(records)
        assert [record.getMessage() for record in records.found] == []
        return siege.told


def _of(who: Who) -> Any:
    async def test(self: Fuzz) -> None:
        await self.one(who)

    return test


for _who in Who:
    setattr(Fuzz, f"test_frames_of_{_who}_break_nothing".replace("-", "_"), _of(_who))


def test_everybody_fires() -> None:
    made = [name for name in vars(Fuzz) if name.startswith("test_frames_of_")]
    assert len(made) == len(Who)
    assert LONG * len(made) >= 1_000_000
