"""How many people a common laptop carries: the default limit of a room.

`python -m bench.mesh.limit` measures one sender in grids of more and more people, and
what watching costs; then it adds both up, in cores of this machine, and compares with
the budget below. Everybody is taken to be among those whose cameras are shown, so that
the sender pays for all.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Playwright, sync_playwright

from bench import table
from bench.sides import floor, product
from tests.browser.browsers import own_chromium
from tests.servers import folder_for

from .camera import film
from .cases import MOST_OF_MACHINE, Case, asked, wanted_pixels
from .crowd import crowd
from .decoding import Price, Watched, price, watch
from .sender import Camera, Sample, sending
from .sides import Parley

CAMERA = Camera(640, 360)
PEOPLE = (4, 6, 8, 9, 12, 16)

CORES = 2.0
"""Half of a laptop with four: the other half is the system's, and its fan's."""
UP_BITS = 10e6
DOWN_BITS = 50e6
LEAST_RATE = 15.0
SLACK = 0.5
"""Pictures a second that a window of seconds may miss by where it begins and ends."""
SHOWN = 9
"""As many cameras are shown at most (static/js/call/upkeep/policy.js)."""
SOUND_BITS = 60e3
"""Of one voice on the line: 32 kbit/s of Opus in packets of 20 ms, and their heads."""


@dataclass(frozen=True)
class Load:
    """What so many people cost each of them."""

    people: int
    view: str
    sample: Sample
    watched: float
    """Pixels a second that are decoded here: of those shown, as they are sent."""
    price: Price

    @property
    def watching(self) -> float:
        """Cores for decoding and painting; every voice is a stream too."""
        return self.price.pixel * self.watched + self.price.stream * (self.people - 1)

    @property
    def cores(self) -> float:
        return self.sample.browser + self.watching

    @property
    def up(self) -> float:
        return self.sample.bits + SOUND_BITS * (self.people - 1)

    @property
    def down(self) -> float:
        others = self.people - 1
        return self.sample.bits * min(SHOWN, others) / others + SOUND_BITS * others

    @property
    def slowest(self) -> float:
        return min(self.sample.received)

    @property
    def fits(self) -> bool:
        return (
            self.slowest >= LEAST_RATE - SLACK
            and self.cores <= CORES
            and self.up <= UP_BITS
            and self.down <= DOWN_BITS
        )


def largest(loads: Sequence[Load]) -> int:
    """The most people that fit, and all fewer do; 0: nobody."""
    found = 0
    for load in sorted(loads, key=lambda one: one.people):
        if not load.fits:
            break
        found = load.people
    return found


def shown_of(camera: Camera, views: Sequence[dict[str, int]]) -> float:
    """Of the cameras of so many others, those that a page decodes."""
    return wanted_pixels(camera, views[:SHOWN])


def measure(
    playwright: Playwright, people: Sequence[int]
) -> tuple[list[Load], list[Watched]]:
    loads = []
    with (
        floor() as bare,
        product() as parley,
        crowd() as viewers,
        folder_for("camera") as folder,
    ):
        watched = watch(playwright, bare, folder)
        paid = price(watched)
        clip = film(folder / "call.y4m", CAMERA.width, CAMERA.height)
        flag = f"--use-file-for-fake-video-capture={clip}"
        for count in people:
            case, side = Case(CAMERA, count), Parley(parley)
            with (
                own_chromium(playwright, flag) as (browser, process),
                sending(
                    browser, process.pid, side, viewers, count - 1, CAMERA
                ) as sender,
            ):
                views = asked(case, sender.grid())
                viewers.show(views)
                sample = sender.sample()
            first = views[0]
            view = f"{first['width']}×{first['height']}, {first['rate']}/s"  # noqa: RUF001
            loads.append(Load(count, view, sample, shown_of(CAMERA, views), paid))
            sys.stderr.write(f"{count} people: {loads[-1].cores:.2f} cores\n")
    return loads, watched


HEAD = [
    *("people", "tile", "sent Mpx/s", "sending, cores", "watching, cores", "together"),
    *("up Mbit/s", "down Mbit/s", "slowest viewer, 1/s", "machine", "fits"),
]


def lines(loads: Sequence[Load]) -> list[list[str]]:
    return [
        HEAD,
        *(
            [
                *(str(one.people), one.view, f"{one.sample.pixels / 1e6:.1f}"),
                *(f"{value:.2f}" for value in (one.sample.browser, one.watching)),
                *(f"{one.cores:.2f}", f"{one.up / 1e6:.1f}", f"{one.down / 1e6:.1f}"),
                *(f"{one.slowest:.1f}", f"{one.sample.machine:.0%}"),
                table.met(one.fits),
            ]
            for one in loads
        ),
    ]


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m bench.mesh.limit")
    words.add_argument("--people", nargs="+", type=int, default=list(PEOPLE))
    words.add_argument("--write", action="store_true", help="into docs/measured.md")
    chosen = words.parse_args()
    with sync_playwright() as playwright:
        loads, watched = measure(playwright, chosen.people)
    paid = loads[0].price
    said = [
        f"Watching costs {1e6 * paid.pixel:.4f} cores for a megapixel a second and "
        f"{paid.stream:.3f} for a stream ("
        + "; ".join(
            f"{one.streams} at {one.pixels / 1e6:.1f} Mpx/s: {one.cores:.2f}"
            for one in watched
        )
        + f"). Budget: {CORES:g} cores, {UP_BITS / 1e6:g} Mbit/s up, "
        f"{DOWN_BITS / 1e6:g} down. The most that fit: {largest(loads)}.",
        *(
            f"{one.people} people were measured on a busy machine, "
            f"{one.sample.others:.0%} of it by others: cores are upper bounds."
            for one in loads
            if one.sample.machine > MOST_OF_MACHINE
        ),
    ]
    found = lines(loads)
    sys.stdout.write("\n\n".join([*said, table.as_text(found)]) + "\n")
    if chosen.write:
        table.write("bench-mesh-limit", ["\n\n".join(said), table.as_markdown(found)])


if __name__ == "__main__":
    main()
