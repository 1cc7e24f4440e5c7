"""A tab behind another one: hidden, with timers that come once a second at best.

Playwright keeps every page that it holds visible, so this Chromium is spoken to with
the few words of its protocol that are needed.
"""

from __future__ import annotations

import contextlib
import json
import time
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser.browsers import FLAGS, chromium_program
from tests.servers import Process, folder_for, free_port, listens, wait_until

COMMAND_SECONDS = 30.0
JOIN_SECONDS = 40.0


class Tab:
    """One tab, made at `url`, with scripts that run before its page."""

    def __init__(self, socket: ClientConnection, scripts: Sequence[str]) -> None:
        self.socket = socket
        self.count = 0
        self.session = ""
        made = self.send("Target.createTarget", url="about:blank")
        self.target = str(made["targetId"])
        attached = self.send(
            "Target.attachToTarget", targetId=self.target, flatten=True
        )
        self.session = str(attached["sessionId"])
        self.send("Page.enable")
        for script in scripts:
            self.send("Page.addScriptToEvaluateOnNewDocument", source=script)

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result; events are of no interest."""
        self.count += 1
        command = {"id": self.count, "method": method, "params": params}
        if self.session:
            command["sessionId"] = self.session
        self.socket.send(json.dumps(command))
        end = time.monotonic() + COMMAND_SECONDS
        while True:
            answer = json.loads(self.socket.recv(max(0.1, end - time.monotonic())))
            if answer.get("id") == self.count:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result

    def evaluate(self, expression: str) -> Any:
        answer = self.send(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_until(self, expression: str, seconds: float = JOIN_SECONDS) -> None:
        wait_until(lambda: bool(self.evaluate(expression)), expression, seconds)

    def join(self, url: str, name: str) -> None:
        """Go to the door of a call and through it, with microphone and camera off."""
        self.send("Page.navigate", url=url)
        self.wait_until(
            "document.querySelector('[data-part=join]')?.disabled === false"
        )
        for device in ("microphone", "camera"):
            self.evaluate(f"document.querySelector('[data-part={device}]').click()")
        self.evaluate(
            "{ const field = document.querySelector('input[name=name]');"
            f"field.value = {json.dumps(name)};"
            "field.form.requestSubmit(); }"
        )

    def goes_behind(self) -> None:
        """Another tab of the same window is in front from now on."""
        before = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.send("Target.activateTarget", targetId=before)
        self.wait_until("document.visibilityState === 'hidden'")


@contextlib.contextmanager
def tab(*scripts: str) -> Iterator[Tab]:
    """The one tab of a Chromium of its own."""
    port = free_port()
    with folder_for("chromium") as folder:
        process = Process(
            [
                *(chromium_program(), "--headless=new", *FLAGS),
                *(f"--user-data-dir={folder / 'profile'}", "--disable-extensions"),
                f"--remote-debugging-port={port}",
            ],
            folder,
        )
        try:
            process.start().wait_until(lambda: listens(port))
            with urllib.request.urlopen(
                f"http://127.0.0.1:{port}/json/version", timeout=COMMAND_SECONDS
            ) as said:
                address = json.load(said)["webSocketDebuggerUrl"]
            with connect(address, max_size=None) as socket:
                yield Tab(socket, scripts)
        finally:
            process.end()
