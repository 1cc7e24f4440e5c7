"""`python -m bench [--rounds N] [--write]`: prints the table, side by side.

Rounds are interleaved: each measures every wait once on either side. A sample during
which other work took more than 15% of the machine is set aside, said, and taken again
(three times at most; then it counts, and that is said too).
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from playwright.sync_api import sync_playwright

from bench import machine, table
from bench.quiet import Disturbances
from bench.samples import (
    LARGE,
    MOST_SIGNALS,
    SMALL,
    Signals,
    Wait,
    click,
    reload,
    signals,
)
from bench.sides import Side, floor, product
from bench.weight import MOST, Weight, weigh
from tests.browser.browsers import FLAGS, chromium_program


@dataclass
class Tally:
    """All samples of one wait on one side."""

    disturbances: Disturbances
    kept: list[float] = field(default_factory=list)

    def add(self, take: Callable[[], Wait]) -> None:
        def timed() -> tuple[float, float]:
            wait = take()
            return wait.ms, wait.others

        self.kept.append(self.disturbances.undisturbed(timed))

    @property
    def median(self) -> float:
        return statistics.median(self.kept)

    def __str__(self) -> str:
        low, high = min(self.kept), max(self.kept)
        return f"{low:.0f} / {self.median:.0f} / {high:.0f}"


@dataclass(frozen=True)
class Row:
    what: str
    floor: str
    parley: str
    ratio: str
    bar: str
    met: bool

    def cells(self) -> list[str]:
        return [
            *(self.what, self.floor, self.parley, self.ratio, self.bar),
            table.met(self.met),
        ]


HEAD = ["", "floor", "Parley", "ratio", "bar", "met"]


def wait_row(what: str, floor: Tally, parley: Tally, bar: float) -> Row:
    ratio = parley.median / floor.median
    return Row(
        f"{what}, ms min / median / max",
        str(floor),
        str(parley),
        f"{ratio:.2f}",
        f"≤ {bar:g} of the floor",
        ratio <= bar,
    )


def signal_rows(floor: list[Signals], parley: list[Signals]) -> list[Row]:
    def middle(values: list[int]) -> int:
        return round(statistics.median(values))

    ours = middle([one.messages for one in parley])
    theirs = middle([one.messages for one in floor])
    our_bytes = middle([one.bytes for one in parley])
    their_bytes = middle([one.bytes for one in floor])
    return [
        Row(
            "signalling messages per pair after the welcome",
            str(theirs),
            str(ours),
            f"{ours / theirs:.2f}",
            f"≤ {MOST_SIGNALS}",
            ours <= MOST_SIGNALS,
        ),
        Row(
            "bytes of these messages",
            str(their_bytes),
            str(our_bytes),
            f"{our_bytes / their_bytes:.2f}",
            "",
            True,
        ),
    ]


def weight_rows(floor: Weight, parley: Weight) -> list[Row]:
    def row(what: str, theirs: int, ours: int, bar: int, unit: int = 1) -> Row:
        shown = (str(theirs), str(ours), str(bar))
        if unit > 1:
            shown = (
                f"{theirs / unit:.1f} kB",
                f"{ours / unit:.1f} kB",
                f"{bar / unit:g} kB",
            )
        return Row(what, shown[0], shown[1], "", f"≤ {shown[2]}", ours <= bar)

    return [
        row("call page: requests", floor.requests, parley.requests, MOST.requests),
        row("call page: depth in round trips", floor.depth, parley.depth, MOST.depth),
        row("call page: over the wire", floor.bytes, parley.bytes, MOST.bytes, 1000),
        row(
            "call page: JS over the wire",
            floor.script_bytes,
            parley.script_bytes,
            MOST.script_bytes,
            1000,
        ),
    ]


def measure(rounds: int) -> tuple[list[Row], list[str]]:
    """All rows, and remarks on what disturbed them."""
    noise = Disturbances()
    clicks, reloads, fifths = ((Tally(noise), Tally(noise)) for _ in range(3))
    said: tuple[list[Signals], list[Signals]] = ([], [])
    with sync_playwright() as playwright, floor() as bare, product() as parley:
        browser = playwright.chromium.launch(
            executable_path=chromium_program(), args=FLAGS
        )
        sides: tuple[Side, Side] = (bare, parley)
        # The first call of a browser loads codecs and fonts: it is not measured.
        for side in sides:
            click(browser, side, 2, LARGE)
        for number in range(rounds):
            for index, side in enumerate(sides):
                clicks[index].add(partial(click, browser, side, 2, LARGE))
                reloads[index].add(partial(reload, browser, side))
                fifths[index].add(partial(click, browser, side, 5, SMALL))
                said[index].append(signals(browser, side))
            sys.stderr.write(f"round {number + 1} of {rounds} done\n")
        weights = [weigh(browser, side) for side in sides]
        browser.close()
    rows = [
        wait_row("click on “Join” → first frame, both ways", *clicks, 1.2),
        wait_row("reload (floor: navigation) → first frame", *reloads, 3.5),
        wait_row("last of five joins → frames from all", *fifths, 1.5),
        *signal_rows(*said),
        *weight_rows(*weights),
    ]
    return rows, [f"{rounds} interleaved rounds; {noise}"]


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    words.add_argument("--rounds", type=int, default=7)
    words.add_argument("--write", action="store_true", help="into docs/measured.md")
    chosen = words.parse_args()
    rows, remarks = measure(chosen.rounds)
    lines = [HEAD, *(row.cells() for row in rows)]
    said = [machine.described(), *remarks, table.as_text(lines)]
    sys.stdout.write("\n".join(said) + "\n")
    if chosen.write:
        table.write("bench", [*remarks, table.as_markdown(lines)])


if __name__ == "__main__":
    main()
