"""Bars are kept or missed by arithmetic, and void is neither."""

from __future__ import annotations

from typing import Any

import pytest

from bench.mesh.cases import (
    Case,
    Result,
    asked,
    of_plain,
    of_shown,
    void,
    wanted_pixels,
)
from bench.mesh.rows import again_lines, lines, provisional, remarks
from bench.mesh.sender import Camera, Look, Sample, Stream, is_steady, received, streams

SMALL = Camera(640, 360)
FULL = 640 * 360 * 30


def stream(pixels: float = FULL, limit: str = "none") -> Stream:
    return Stream(640, 360, 30, pixels, 1e6, 0.1, frozenset({limit}))


def sample(**facts: Any) -> Sample:
    known: dict[str, Any] = {
        "streams": (stream(),),
        "received": (30.0, 14.0),
        "machine": 0.5,
        "others": 0.1,
        "browser": 0.4,
        "viewers": 0.02,
        "ramp": 5.0,
        "steady": True,
    }
    return Sample(**(known | facts))


def result(pixels: float, wanted: float = 0.0) -> Result:
    return Result(wanted, "", [sample(streams=(stream(pixels),))])


def test_a_grid_asks_as_the_page_does_and_sizes_ask_for_themselves() -> None:
    grid = [{"width": 310, "height": 352, "rate": 15}] * 7
    assert asked(Case(SMALL, 8), grid) == grid
    views = asked(Case(SMALL, 4, "small", (160, 90)), grid)
    assert views == [{"width": 160, "height": 90, "rate": 30}] * 3
    hidden = asked(Case(SMALL, 4, "hidden", (0, 0)), grid)
    assert hidden == [{"width": 0, "height": 0, "rate": 0}] * 3


def test_nobody_can_be_shown_more_than_the_camera_has() -> None:
    views = [
        {"width": 310, "height": 352, "rate": 15},
        {"width": 1280, "height": 720, "rate": 60},
        {"width": 0, "height": 0, "rate": 0},
    ]
    assert wanted_pixels(SMALL, views) == 310 * 352 * 15 + FULL


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, ""),
        ({"machine": 0.86}, "86%"),
        ({"streams": (stream(), stream(limit="cpu"))}, "cpu"),
        ({"steady": False, "ramp": 45.0}, "not steady"),
    ],
)
def test_a_busy_machine_voids_a_sample(facts: dict[str, Any], why: str) -> None:
    found = void(sample(**facts))
    assert bool(found) == bool(why)
    assert why in found


def test_pixels_are_held_against_what_is_shown() -> None:
    assert of_shown(result(1.25 * FULL, FULL)) == ("1.25", True)
    assert of_shown(result(1.26 * FULL, FULL)) == ("1.26", False)
    assert of_shown(result(0.0, 0.0))[1] is True
    assert of_shown(result(1000.0, 0.0))[1] is False
    assert of_shown(Result(FULL)) == ("void", None)


def test_only_a_crowd_in_a_grid_is_held_against_the_plain_mesh() -> None:
    crowd, few = Case(SMALL, 8), Case(SMALL, 4)
    assert of_plain(crowd, result(0.25 * FULL), result(FULL)) == ("0.25", True)
    assert of_plain(crowd, result(0.26 * FULL), result(FULL)) == ("0.26", False)
    assert of_plain(few, result(FULL), result(FULL)) == ("1.00", None)
    tiny = Case(Camera(320, 180), 8)
    assert of_plain(tiny, result(FULL), result(FULL)) == ("1.00", None)
    assert of_plain(crowd, result(FULL), Result(why=["busy"])) == ("void", None)
    # Nobody asked for it.
    assert of_plain(few, result(FULL), Result()) == ("", None)


def test_a_row_says_yes_no_or_void() -> None:
    crowd, few = Case(SMALL, 8), Case(SMALL, 4)
    void_one = Result(why=["97% of the machine, others 60%"])
    rows = lines(
        {
            crowd: (result(FULL), result(0.2 * FULL, FULL)),
            few: (void_one, result(2 * FULL, FULL)),
            Case(SMALL, 2): (result(FULL), void_one),
        }
    )
    assert [row[-1] for row in rows] == ["met", "yes", "NO", "void"]
    assert {len(row) for row in rows} == {len(rows[0])}
    doubtful = lines({few: (Result(kept=[sample(machine=0.9)]), result(FULL, FULL))})
    assert doubtful[1][-1] == "(yes)"
    # The viewer who gets least counts.
    assert rows[1][9] == "14.0"
    (said, other) = remarks({few: (void_one, result(1.0)), crowd: (Result(), void_one)})
    assert "plain mesh: 1 void (97%" in said
    assert "Parley" in other


def test_void_samples_that_count_are_owned_up_to() -> None:
    quiet, busy = sample(), sample(machine=0.97, others=0.6)
    case = Case(SMALL, 4)
    assert provisional({case: (Result(kept=[quiet]), Result())}) == ""
    said = provisional({case: (Result(kept=[quiet, busy]), Result(kept=[busy]))})
    assert "2 of 3 samples" in said
    assert "60% to 60%" in said


def test_showing_again_counts_by_its_median_and_stopping_by_its_worst() -> None:
    tries: list[dict[str, float | None]] = [
        {"shown": shown, "stopped": stopped}
        for shown, stopped in ((100, 300), (200, 400), (900, 999))
    ]
    _, shown, stopped = again_lines(tries)
    assert (shown[1], shown[-1]) == ("100 / 200 / 900", "yes")
    assert stopped[-1] == "yes"
    _, shown, stopped = again_lines([*tries, {"shown": None, "stopped": 1001}])
    assert "1 never" in shown[1]
    assert (shown[-1], stopped[-1]) == ("NO", "NO")
    _, shown, _ = again_lines([{"shown": None, "stopped": None}])
    assert (shown[1], shown[-1]) == ("never", "NO")


def look(target: float, width: int = 640, *, limited: bool = False) -> Look:
    return Look(width, 360, target, limited)


def test_what_is_sent_is_steady_when_looks_agree() -> None:
    assert not is_steady([[look(1.0)]] * 3)
    assert is_steady([[look(0.1)], *[[look(1.0)]] * 4])
    assert not is_steady([[look(0.8)], *[[look(1.0)]] * 3])
    assert not is_steady([[look(1.0, 320)], *[[look(1.0)]] * 3])
    assert is_steady([[look(0.0, 0)]] * 4)
    # On the way up it may rest for a while.
    assert not is_steady([[look(1.0, limited=True)]] * 11)
    assert is_steady([[look(1.0, limited=True)]] * 12)


def test_pixels_are_summed_with_the_size_of_each_step() -> None:
    def pair(frames: int, width: int, height: int) -> dict[str, Any]:
        return {
            "frames": frames,
            "width": width,
            "height": height,
            "bytes": 1000 * frames,
            "encoding": frames / 100,
            "limits": ["none"],
        }

    looks = [
        {"at": 1000.0, "pairs": [pair(10, 640, 360)]},
        {"at": 2000.0, "pairs": [pair(40, 640, 360)]},
        {"at": 3000.0, "pairs": [pair(70, 320, 180)]},
    ]
    (found,) = streams(looks)
    assert found.pixels == 15 * (640 * 360 + 320 * 180)
    assert (found.pictures, found.bits) == (30, 240_000)
    assert found.encoding == pytest.approx(0.3)
    assert (found.width, list(found.limits)) == (320, ["none"])


def test_received_pictures_are_those_of_all_slots() -> None:
    def facts(*counts: int) -> dict[str, Any]:
        return {"slots": [{"pictures": count} for count in counts]}

    assert list(received([facts(0, 10)], [facts(0, 70)], 2.0)) == [30.0]
