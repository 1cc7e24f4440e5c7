"""Who is taken for dead, and when it is Redis that is away."""

from rooms.signalling.cluster.beats import (
    AWAY_AFTER,
    DEAD_AFTER,
    DEAD_AT_MOST,
    RETURN_BEATS,
    Beats,
    Standing,
)


def beaten(beats: Beats, times: int) -> list[str]:
    """So many own beats leave and come back; who died by them."""
    dead = []
    for _ in range(times):
        beats.sent()
        dead += beats.came_back()[1]
    return dead


def test_who_is_silent_for_some_of_our_own_beats_is_dead() -> None:
    beats = Beats("own")
    beats.heard("other", leaving=False)
    assert beaten(beats, DEAD_AFTER - 1) == []
    assert beats.standing("other") is Standing.LIVES
    assert beaten(beats, 1) == ["other"]
    assert beats.standing("other") is Standing.DEAD
    assert beats.others == set()
    assert beaten(beats, 10) == []


def test_any_sign_of_life_begins_the_count_anew() -> None:
    beats = Beats("own")
    for _ in range(20):
        beats.heard("other", leaving=False)
        assert beaten(beats, DEAD_AFTER - 1) == []


def test_nobody_dies_while_we_do_not_hear_ourselves() -> None:
    beats = Beats("own")
    beats.heard("other", leaving=False)
    said = [beats.sent() for _ in range(100)]
    assert said.index(True) == AWAY_AFTER
    assert said.count(True) == 1
    assert not beats.online
    assert beats.standing("other") is Standing.LIVES


def test_when_redis_is_back_the_others_get_time_to_find_it() -> None:
    beats = Beats("own")
    beats.heard("other", leaving=False)
    for _ in range(10):
        beats.sent()
    assert beats.came_back() == (True, [])
    assert beats.online
    assert beaten(beats, RETURN_BEATS + DEAD_AFTER - 1) == []
    assert beaten(beats, 1) == ["other"]


def test_standing_still_oneself_kills_nobody_and_is_not_redis_away() -> None:
    # However long it lasted: no beat of ours left, so none is missed.
    beats = Beats("own")
    beats.heard("other", leaving=False)
    beaten(beats, 1)
    beats.sent()
    beats.heard("other", leaving=False)
    assert beats.came_back() == (False, [])
    assert beats.online


def test_a_name_that_was_never_heard_is_dead_after_the_same_time() -> None:
    beats = Beats("own")
    assert beats.standing("gone") is Standing.UNKNOWN
    beats.watch("gone")
    assert beats.standing("gone") is Standing.UNKNOWN
    assert beaten(beats, DEAD_AFTER) == ["gone"]
    assert beats.standing("gone") is Standing.DEAD
    beats.watch("gone")
    assert beats.standing("gone") is Standing.DEAD


def test_the_dead_may_turn_out_to_live() -> None:
    beats = Beats("own")
    beats.heard("other", leaving=False)
    beaten(beats, DEAD_AFTER)
    assert beats.heard("other", leaving=False) == (True, False)
    assert beats.standing("other") is Standing.LIVES
    assert beats.heard("other", leaving=False) == (False, False)


def test_leaving_is_told_once_and_ends_with_death() -> None:
    beats = Beats("own")
    assert beats.heard("other", leaving=True) == (False, True)
    assert beats.heard("other", leaving=True) == (False, False)
    assert beats.standing("other") is Standing.LEAVES
    beats.bury("other")
    assert beats.standing("other") is Standing.DEAD


def test_the_dead_of_years_are_forgotten() -> None:
    beats = Beats("own")
    for number in range(DEAD_AT_MOST + 5):
        beats.bury(f"other-{number}")
    assert beats.standing("other-4") is Standing.UNKNOWN
    assert beats.standing("other-5") is Standing.DEAD
