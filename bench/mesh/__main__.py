"""`python -m bench.mesh`: what a camera costs its sender, beside a plain mesh.

One measured Chromium, and viewers that connect, feed back and decode nothing. Rounds
are interleaved: each takes every case, and within it both sides, in turn the one and
the other first. A sample on a machine busier than 85%, or limited by "cpu", is void: it
is taken again twice, and what was void is said.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import sys
from collections.abc import Iterator, Sequence

from playwright.sync_api import Browser, Playwright, sync_playwright

from bench import machine, table
from bench.sides import floor, product
from tests.browser.browsers import own_chromium
from tests.servers import folder_for

from .camera import film
from .cases import CROWD, MOST_OF_MACHINE, Case, Result, asked, void, wanted_pixels
from .crowd import Crowd, crowd
from .rows import again_lines, lines, provisional, remarks
from .sender import Camera, Sample, Sender, sending
from .sides import Meeting, Parley, Plain

CAMERAS = {"320": (320, 180), "640": (640, 360), "1280": (1280, 720)}
SIZES = {"hidden": (0, 0), "small": (160, 90), "large": (1280, 720)}
SIZED_PEOPLE = 4
VOID_TRIES = 3
AGAIN_TRIES = 24

Again = list[dict[str, float | None]]


def cases(cameras: Sequence[str], people: Sequence[int]) -> Iterator[Case]:
    for name in cameras:
        camera = Camera(*CAMERAS[name])
        for count in people:
            yield Case(camera, count)
        for size, view in SIZES.items():
            yield Case(camera, SIZED_PEOPLE, size, view)


class Bench:
    """Both sides and the viewers; a browser for each camera."""

    def __init__(
        self, sides: tuple[Meeting, Meeting], viewers: Crowd, tries: int
    ) -> None:
        self.sides = sides
        self.tries = tries
        """For a sample that counts; 0: every one does, void or not."""
        self.viewers = viewers
        self.results: dict[Case, tuple[Result, Result]] = {}
        self.again: Again = []
        self.void_again = 0

    def round(
        self, browser: Browser, pid: int, todo: Sequence[Case], turn: int
    ) -> None:
        """Every case once, on either side."""
        for case in todo:
            both = self.results.setdefault(case, (Result(), Result()))
            order = (0, 1) if turn % 2 == 0 else (1, 0)
            for side in order:
                if case.view is not None and side == 0:
                    continue
                self._measure(browser, pid, case, side, both[side])

    def show_again(
        self, browser: Browser, pid: int, camera: Camera, tries: int
    ) -> None:
        """Viewers of a grid of four hide the sender and show it again, in turn.

        A try on a machine busier than samples may have it is void as well.
        """
        case = Case(camera, SIZED_PEOPLE)
        with self._sending(browser, pid, case, 1) as sender:
            views = asked(case, sender.grid())
            self.viewers.show(views)
            sender.steady()
            left = tries
            for number in range(tries * max(1, self.tries)):
                viewer = number % len(views)
                busy = machine.Busy()
                took = self.viewers.show_again(viewer, views[viewer])
                if self.tries and busy.share() > MOST_OF_MACHINE:
                    self.void_again += 1
                    continue
                self.again.append(took)
                left -= 1
                if not left:
                    break

    def _measure(
        self, browser: Browser, pid: int, case: Case, side: int, result: Result
    ) -> None:
        for _ in range(max(1, self.tries)):
            with self._sending(browser, pid, case, side) as sender:
                sample = self._sample(sender, case, side, result)
            fault = void(sample)
            said = (
                f"{self.sides[side].name} {case.camera} {case.people} {case.name}: "
                f"{sample.pixels / 1e6:.1f} Mpx/s {sample.bits / 1e6:.2f} Mbit/s, "
                f"browser {sample.browser:.2f}, viewers {sample.viewers:.2f} cores, "
                f"machine {sample.machine:.0%}, others {sample.others:.0%}, "
                f"ramp {sample.ramp:.0f} s {fault}\n"
            )
            sys.stderr.write(said)
            if fault:
                result.why.append(fault)
            if not fault or not self.tries:
                result.kept.append(sample)
                return

    def _sample(self, sender: Sender, case: Case, side: int, result: Result) -> Sample:
        if side == 1:
            views = asked(case, sender.grid())
            result.wanted = wanted_pixels(case.camera, views)
            first = views[0]
            result.view = f"{first['width']}×{first['height']}, {first['rate']}/s"  # noqa: RUF001
            self.viewers.show(views)
        return sender.sample()

    def _sending(
        self, browser: Browser, pid: int, case: Case, side: int
    ) -> contextlib.AbstractContextManager[Sender]:
        return sending(
            browser, pid, self.sides[side], self.viewers, case.people - 1, case.camera
        )


def measure(playwright: Playwright, chosen: argparse.Namespace) -> Bench:
    todo = list(cases(chosen.cameras, chosen.people))
    with (
        floor() as bare,
        product() as parley,
        crowd() as viewers,
        folder_for("camera") as folder,
    ):
        bench = Bench((Plain(bare), Parley(parley)), viewers, chosen.tries)
        for turn in range(chosen.rounds):
            for camera, own in itertools.groupby(todo, lambda case: case.camera):
                clip = folder / f"{camera.width}.y4m"
                if not clip.exists():
                    film(clip, camera.width, camera.height)
                flag = f"--use-file-for-fake-video-capture={clip}"
                with own_chromium(playwright, flag) as (browser, process):
                    bench.round(browser, process.pid, list(own), turn)
                    if turn == 0 and chosen.again:
                        bench.show_again(browser, process.pid, camera, chosen.again)
            sys.stderr.write(f"round {turn + 1} of {chosen.rounds} done\n")
    return bench


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m bench.mesh", description=__doc__)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--write", action="store_true", help="into docs/measured.md")
    words.add_argument("--cameras", nargs="+", choices=CAMERAS, default=["640", "1280"])
    words.add_argument(
        "--people", nargs="+", type=int, default=list(range(2, CROWD + 1))
    )
    words.add_argument(
        "--tries",
        type=int,
        default=VOID_TRIES,
        help="for a sample that counts; 0: count void ones, and say so",
    )
    words.add_argument("--again", type=int, default=AGAIN_TRIES, help="tries a camera")
    chosen = words.parse_args()
    with sync_playwright() as playwright:
        bench = measure(playwright, chosen)
    tables = [lines(bench.results)]
    if bench.again:
        tables.append(again_lines(bench.again))
    said = [f"{chosen.rounds} interleaved rounds."]
    if chosen.tries:
        said += remarks(bench.results)
        if bench.void_again:
            said.append(f"{bench.void_again} tries to show a tile again were void.")
    elif doubt := provisional(bench.results):
        said.append(doubt)
    shown = [machine.described(), *said, *map(table.as_text, tables)]
    sys.stdout.write("\n\n".join(shown) + "\n")
    if chosen.write:
        table.write("bench-mesh", ["\n\n".join(said), *map(table.as_markdown, tables)])


if __name__ == "__main__":
    main()
