"""Stock Firefox over WebDriver BiDi: as much of it as a call's tests need.

Debian ships no geckodriver; Firefox itself answers BiDi on its remote debugging port
(W3C WebDriver BiDi). Calls are in step: one command, its answer; events that arrive
between are kept.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.exceptions import InvalidMessage
from websockets.sync.client import ClientConnection, connect

from tests.servers import NotYet, Process, folder_for, free_port, wait_until
from tools.system import FIREFOX

COMMAND_SECONDS = 30.0
PREFERENCES: dict[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    # The voices' <audio> must play without a gesture after a reload.
    "media.autoplay.default": 0,
    "remote.active-protocols": 1,
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.server": "data:,",
}


class BidiError(AssertionError):
    """Firefox answered a command with an error, or a script threw."""


class Firefox:
    """One Firefox process and its BiDi session."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.count = 0
        self.events: list[dict[str, Any]] = []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result."""
        self.count += 1
        command = {"id": self.count, "method": method, "params": params}
        self.socket.send(json.dumps(command))
        end = time.monotonic() + COMMAND_SECONDS
        while True:
            answer = json.loads(self.socket.recv(max(0.1, end - time.monotonic())))
            if answer.get("id") == self.count:
                if answer["type"] == "error":
                    raise BidiError(f"{method}: {answer['error']} {answer['message']}")
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def new_page(self) -> Page:
        """A tab in a user context of its own: no cookie of another page is seen."""
        context = self.send("browser.createUserContext")["userContext"]
        made = self.send("browsingContext.create", type="tab", userContext=context)
        return Page(self, str(made["context"]), str(context))


class Page:
    """One tab: go there, run scripts, press what has an accessible name."""

    def __init__(self, browser: Firefox, context: str, user_context: str) -> None:
        self.browser = browser
        self.context = context
        self.user_context = user_context

    def preload(self, script: str) -> None:
        """Run `script` before every page of this tab."""
        self.browser.send(
            "script.addPreloadScript",
            functionDeclaration=f"() => {{ {script} }}",
            contexts=[self.context],
        )

    def goto(self, url: str) -> None:
        self.browser.send(
            "browsingContext.navigate", context=self.context, url=url, wait="complete"
        )

    def reload(self) -> None:
        self.browser.send("browsingContext.reload", context=self.context, wait="none")

    def evaluate(self, function: str, argument: object = None) -> Any:
        """Call a JavaScript function; value and argument travel as JSON."""
        result = self.browser.send(
            "script.callFunction",
            functionDeclaration=(
                "async (text) => JSON.stringify("
                f"await ({function})(JSON.parse(text)) ?? null)"
            ),
            arguments=[{"type": "string", "value": json.dumps(argument)}],
            target={"context": self.context},
            awaitPromise=True,
            userActivation=True,
        )
        if result["type"] == "exception":
            raise BidiError(result["exceptionDetails"]["text"])
        return json.loads(result["result"]["value"])

    def find(self, role: str, name: str) -> dict[str, Any] | None:
        """The element with this role and accessible name, once it is there."""
        found = self.browser.send(
            "browsingContext.locateNodes",
            context=self.context,
            locator={"type": "accessibility", "value": {"role": role, "name": name}},
        )
        nodes: list[dict[str, Any]] = found["nodes"]
        return nodes[0] if nodes else None

    def wait_for(self, role: str, name: str, seconds: float = 20) -> dict[str, Any]:
        node: dict[str, Any] | None = None

        def there() -> bool:
            nonlocal node
            # Between two documents there is no tree to search.
            with contextlib.suppress(BidiError):
                node = self.find(role, name)
            return node is not None

        wait_until(there, f"Firefox shows {role} “{name}”", seconds)
        assert node is not None
        return node

    def click(self, role: str, name: str) -> None:
        """A real pointer press in the middle of the element."""
        origin = {
            "type": "element",
            "element": {"sharedId": self.wait_for(role, name)["sharedId"]},
        }
        self.browser.send(
            "input.performActions",
            context=self.context,
            actions=[
                {
                    "type": "pointer",
                    "id": "mouse",
                    "actions": [
                        {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
                        {"type": "pointerDown", "button": 0},
                        {"type": "pointerUp", "button": 0},
                    ],
                }
            ],
        )

    def type(self, text: str) -> None:
        """Press the keys of `text` where the focus is; "\\ue007" is Enter."""
        keys = [
            {"type": act, "value": key} for key in text for act in ("keyDown", "keyUp")
        ]
        self.browser.send(
            "input.performActions",
            context=self.context,
            actions=[{"type": "key", "id": "keys", "actions": keys}],
        )

    def close(self) -> None:
        self.browser.send("browser.removeUserContext", userContext=self.user_context)

    def errors(self) -> list[str]:
        """Errors of this tab's console, and what it threw and did not catch."""
        # Events come in order: an answer now is behind all errors until now.
        self.browser.send("session.status")
        said = (
            event["params"]
            for event in self.browser.events
            if event.get("method") == "log.entryAdded"
        )
        return [
            str(entry["text"])
            for entry in said
            if entry["level"] == "error"
            and entry["source"].get("context") == self.context
        ]


def write_profile(folder: Path) -> Path:
    profile = folder / "profile"
    profile.mkdir()
    lines = [
        f"user_pref({json.dumps(name)}, {json.dumps(value)});"
        for name, value in PREFERENCES.items()
    ]
    (profile / "user.js").write_text("\n".join(lines))
    return profile


def program() -> str:
    """Debian's long-term Firefox, or whichever there is."""
    if (found := FIREFOX.path()) is None:
        raise FileNotFoundError("Firefox is not installed: see `make test`")
    return found


@contextlib.contextmanager
def firefox() -> Iterator[Firefox]:
    """A headless Firefox with its fake camera and microphone."""
    port = free_port()
    with folder_for("firefox") as folder:
        process = Process(
            [
                *(program(), "--headless", "--no-remote", "--profile"),
                *(str(write_profile(folder)), f"--remote-debugging-port={port}"),
            ],
            folder,
        )
        socket: ClientConnection | None = None

        def answers() -> bool:
            nonlocal socket
            with contextlib.suppress(OSError, InvalidMessage, NotYet):
                socket = connect(f"ws://127.0.0.1:{port}/session", max_size=None)
            return socket is not None

        try:
            process.start().wait_until(answers)
            assert socket is not None
            with socket:
                yield Firefox(socket)
        finally:
            process.end()
