"""What people cost is added up, and the largest crowd that fits is found."""

from __future__ import annotations

import pytest

from bench.mesh.decoding import Price, Watched, price
from bench.mesh.limit import CAMERA, SOUND_BITS, Load, largest, shown_of
from bench.mesh.sender import Sample, Stream

PRICE = Price(pixel=0.002e-6, stream=0.03)


def load(people: int, *, browser: float = 0.5, rate: float = 15.0) -> Load:
    stream = Stream(440, 248, rate, 1.6e6, 0.25e6, 0.05, frozenset({"none"}))
    sample = Sample(
        streams=(stream,) * (people - 1),
        received=(15.1,) * (people - 2) + (rate,),
        machine=0.5,
        others=0.0,
        browser=browser,
        viewers=0.1,
        ramp=5.0,
        steady=True,
    )
    return Load(people, "310 by 352", sample, 10e6, PRICE)


def test_watching_costs_by_pixels_and_by_streams() -> None:
    def cores(streams: int, pixels: float) -> float:
        return 0.15 + 0.03 * streams + 0.002e-6 * pixels

    watched = [
        Watched(streams, pixels, cores(streams, pixels), 0.0)
        for streams, pixels in ((1, 1.7e6), (1, 6.9e6), (1, 27.6e6), (4, 6.8e6))
    ]
    found = price(watched)
    assert found.pixel == pytest.approx(0.002e-6)
    assert found.stream == pytest.approx(0.03)


def test_sending_and_watching_are_added_up() -> None:
    one = load(8)
    assert one.cores == pytest.approx(0.5 + 0.02 + 7 * 0.03)
    assert one.up == pytest.approx(7 * (0.25e6 + SOUND_BITS))
    assert one.down == pytest.approx(7 * (0.25e6 + SOUND_BITS))
    # Of more than nine cameras nine come in; every voice does.
    assert load(16).down == pytest.approx(9 * 0.25e6 + 15 * SOUND_BITS)


def test_nobody_decodes_more_cameras_than_are_shown() -> None:
    views = [{"width": 310, "height": 172, "rate": 15}] * 15
    assert shown_of(CAMERA, views) == 9 * 310 * 172 * 15


@pytest.mark.parametrize(
    ("loads", "most"),
    [
        ([load(4), load(8), load(16)], 16),
        ([load(16), load(8, browser=1.8), load(4)], 4),
        ([load(4), load(8, rate=14.4)], 4),
        ([load(4, browser=3.0), load(8)], 0),
    ],
)
def test_the_limit_is_the_most_below_which_all_fit(
    loads: list[Load], most: int
) -> None:
    assert largest(loads) == most
