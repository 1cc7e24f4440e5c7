"""Chromium as the tests, the bench and the pictures start it."""

from __future__ import annotations

from tests.servers import tool

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--auto-select-desktop-capture-source=Entire screen",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium_program() -> str:
    """The first Chromium or Chrome of the machine."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        try:
            return tool(name, "/Applications/Chromium.app/Contents/MacOS")
        except FileNotFoundError:
            continue
    raise FileNotFoundError("Chromium is not installed: see `make test`")
