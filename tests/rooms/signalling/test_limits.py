"""How much is let through, told by a clock that the test moves."""

from rooms.signalling.limits import Patience, TokenBucket

from .meeting import Time


def test_a_burst_passes_and_then_the_rate() -> None:
    time = Time()
    bucket = TokenBucket(2, 3, time.clock.now)
    assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]
    time.pass_by(0.5)
    assert [bucket.take() for _ in range(2)] == [True, False]
    time.pass_by(1000)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_what_is_refused_costs_nothing() -> None:
    time = Time()
    bucket = TokenBucket(1, 1, time.clock.now)
    assert bucket.take()
    for _ in range(9):
        time.pass_by(0.1)
        assert not bucket.take()
    time.pass_by(0.11)
    assert bucket.take()


def test_a_clock_that_steps_back_gives_nothing_away() -> None:
    time = Time()
    bucket = TokenBucket(1, 2, time.clock.now)
    assert bucket.take()
    time.pass_by(-3600)
    assert [bucket.take() for _ in range(2)] == [True, False]


def test_patience_is_lost_with_the_last_of_too_many_faults() -> None:
    time = Time()
    patience = Patience(30, 10, time.clock.now)
    assert not any(patience.lost() for _ in range(29))
    assert patience.lost()


def test_patience_forgets_old_faults() -> None:
    time = Time()
    patience = Patience(3, 10, time.clock.now)
    for _ in range(20):
        assert not patience.lost()
        time.pass_by(5.1)
    assert not patience.lost()
    time.pass_by(4)
    assert patience.lost()
