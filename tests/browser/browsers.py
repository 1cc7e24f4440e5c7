"""Chromium as the tests, the bench and the pictures start it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, Playwright

from tests.servers import Process, folder_for, free_port, listens
from tools.system import CHROMIUM

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

# An init script: whatever the page wants, its media goes through TURN.
RELAY_ONLY = """
  const Plain = RTCPeerConnection;
  window.RTCPeerConnection = class extends Plain {
    constructor(wanted, ...more) {
      super({ ...wanted, iceTransportPolicy: "relay" }, ...more);
    }
    setConfiguration(wanted) {
      super.setConfiguration({ ...wanted, iceTransportPolicy: "relay" });
    }
  };
"""


def chromium_program() -> str:
    """The first Chromium or Chrome of the machine."""
    if (found := CHROMIUM.path()) is None:
        raise FileNotFoundError("Chromium is not installed: see `make test`")
    return found


@contextlib.contextmanager
def own_chromium(
    playwright: Playwright, *flags: str
) -> Iterator[tuple[Browser, Process]]:
    """A Chromium whose process the test holds, so that it can be killed."""
    port = free_port()
    with folder_for("chromium") as folder:
        process = Process(
            [
                *(chromium_program(), "--headless=new", *FLAGS, *flags),
                *(f"--user-data-dir={folder / 'profile'}", "--disable-extensions"),
                f"--remote-debugging-port={port}",
            ],
            folder,
        )
        try:
            process.start().wait_until(lambda: listens(port))
            address = f"http://127.0.0.1:{port}"
            yield playwright.chromium.connect_over_cdp(address), process
        finally:
            process.end()
