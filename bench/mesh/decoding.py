"""What pictures cost whoever watches: one real Chromium that decodes and paints.

It has its own process, and shows what pages of another Chromium send it over the plain
mesh. The slope of its CPU over pixels is the price of a pixel; what several small
pictures cost beyond that is the price of a stream with its sound.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from bench import machine
from bench.sides import Floor
from tests.browser.browsers import own_chromium
from tests.servers import NotYet

from .camera import film
from .sender import SCRIPT, STEP_MS, WINDOW, Camera

CAMERAS = (Camera(320, 180), Camera(640, 360), Camera(1280, 720))
MANY = 4
UNSEEN = {"width": 96, "height": 54, "frameRate": 1}
"""What the watching page sends itself: next to nothing."""
RAMP_SECONDS = 45.0
SAMPLE_SECONDS = 8.0


@dataclass(frozen=True)
class Watched:
    """So many streams: pixels decoded a second, cores, and of them the decoder's."""

    streams: int
    pixels: float
    cores: float
    decoding: float


@dataclass(frozen=True)
class Price:
    """In cores: of a pixel a second, and of a stream besides."""

    pixel: float
    stream: float


def price(watched: Sequence[Watched]) -> Price:
    """Of single streams in several sizes, and one more sample with many streams."""
    single = [one for one in watched if one.streams == 1]
    line = statistics.linear_regression(
        [one.pixels for one in single], [one.cores for one in single]
    )
    beyond = [
        (one.cores - line.intercept - line.slope * one.pixels) / (one.streams - 1)
        for one in watched
        if one.streams > 1
    ]
    return Price(max(0.0, line.slope), max(0.0, statistics.mean(beyond)))


def watch(playwright: Playwright, floor: Floor, folder: Path) -> list[Watched]:
    """One stream in each size, smallest first, then many small ones."""
    watched = [_watch(playwright, floor, folder, camera, 1) for camera in CAMERAS]
    return [*watched, _watch(playwright, floor, folder, CAMERAS[0], MANY)]


def _watch(
    playwright: Playwright, floor: Floor, folder: Path, camera: Camera, streams: int
) -> Watched:
    clip = folder / f"{camera.width}.y4m"
    if not clip.exists():
        film(clip, camera.width, camera.height)
    flag = f"--use-file-for-fake-video-capture={clip}"
    with (
        own_chromium(playwright, flag) as (sends, _),
        own_chromium(playwright) as (watches, process),
    ):
        wanted = {"width": camera.width, "height": camera.height, "frameRate": 30}
        watching = _page(watches, floor, UNSEEN)
        for _ in range(streams):
            _page(sends, floor, wanted)
        _until_whole(watching, camera, streams)
        before, spent = _came(watching), machine.tree_seconds(process.pid)
        began = time.monotonic()
        watching.wait_for_timeout(1000 * SAMPLE_SECONDS)
        passed = time.monotonic() - began
        after = _came(watching)
        return Watched(
            streams=streams,
            pixels=(after["pixels"] - before["pixels"]) / passed,
            cores=(machine.tree_seconds(process.pid) - spent) / passed,
            decoding=(after["decoding"] - before["decoding"]) / passed,
        )


def _page(browser: Browser, floor: Floor, camera: dict[str, int]) -> Page:
    context = browser.new_context(
        viewport=WINDOW,  # type: ignore[arg-type]  # a typed dict of these
    )
    context.add_init_script(SCRIPT.replace("__CAMERA__", json.dumps(camera)))
    page = context.new_page()
    floor.enter(page, 0)
    return page


def _came(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("() => bench.watching()")
    return found


def _until_whole(page: Page, camera: Camera, streams: int) -> None:
    """Wait until so many pictures come in full size."""
    end = time.monotonic() + RAMP_SECONDS
    while _came(page)["widths"] != [camera.width] * streams:
        if time.monotonic() > end:
            raise NotYet(f"a picture of {camera}")
        page.wait_for_timeout(STEP_MS)
