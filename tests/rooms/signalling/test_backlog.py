"""What a client has not heard is counted, however little or much it says."""

import random

import pytest

from rooms.signalling.backlog import (
    BACKLOG_CHARACTERS,
    FRAME_CHARACTERS,
    MARK_CHARACTERS,
    Backlog,
)
from rooms.signalling.protocol import ProtocolError


def test_what_is_heard_makes_room() -> None:
    backlog = Backlog()
    size = 10_000
    fits = BACKLOG_CHARACTERS // (size + FRAME_CHARACTERS)
    for _ in range(fits):
        assert backlog.takes(size)
    assert not backlog.takes(size)
    assert backlog.sent == fits
    assert not backlog.hear(1, 0)
    assert backlog.takes(size)
    assert not backlog.takes(size)
    assert backlog.hear(fits + 1, 0)
    assert backlog.characters == 0


def test_many_small_frames_are_not_free() -> None:
    backlog = Backlog()
    while backlog.takes(0):
        pass
    assert backlog.sent == BACKLOG_CHARACTERS // FRAME_CHARACTERS


def test_a_lie_is_refused_and_changes_nothing() -> None:
    backlog = Backlog()
    for _ in range(3):
        backlog.takes(MARK_CHARACTERS)
    backlog.hear(2, 0)
    before = backlog.characters
    for frames in (4, 2**31 - 1, 1, 0):
        with pytest.raises(ProtocolError) as fault:
            backlog.hear(frames, 0)
        assert (fault.value.code, fault.value.about) == ("bad-message", "ping")
    assert backlog.characters == before
    assert not backlog.hear(2, 0)
    # What has not left yet cannot have come.
    with pytest.raises(ProtocolError):
        backlog.hear(3, 1)
    assert backlog.hear(3, 0)


def test_it_counts_right_whatever_is_sent_and_heard() -> None:
    dice = random.Random(5)
    backlog = Backlog()
    costs: list[int] = []
    heard = 0
    for _ in range(20_000):
        if dice.random() < 0.9:
            size = dice.choice((0, 15, 200, 3000, 60_000))
            unheard = sum(costs[heard:])
            fits = unheard + size + FRAME_CHARACTERS <= BACKLOG_CHARACTERS
            # Rounded by lots, never to the client's favour.
            if backlog.takes(size):
                assert fits
                costs.append(size + FRAME_CHARACTERS)
            else:
                assert not fits or backlog.characters > unheard
        else:
            heard = dice.randint(heard, len(costs))
            assert backlog.hear(heard, 0) == (heard == len(costs))
        slack = backlog.characters - sum(costs[heard:])
        assert 0 <= slack < MARK_CHARACTERS


def test_what_is_thrown_away_was_never_sent() -> None:
    backlog = Backlog()
    for _ in range(10):
        backlog.takes(5000)
    backlog.unsend(4)
    backlog.takes_in_any_case(20)
    assert backlog.sent == 7
    assert not backlog.hear(6, 1)
    assert backlog.hear(7, 0)
    assert backlog.characters == 0
