"""What a page of a call has received and shown while something went wrong around it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Route

from tests.browser.person import Facts, Person

HERE = Path(__file__).parent
SCRIPT = (HERE / "watch.js").read_text()
WORKER = HERE / "watch_worker.js"


def install(context: BrowserContext) -> None:
    """Let every page of this context be watched; for after the probe."""

    def answer(route: Route) -> None:
        route.fulfill(path=WORKER, content_type="text/javascript")

    context.route("**/watch_worker.js", answer)
    context.add_init_script(SCRIPT)


def stand_by(person: Person) -> None:
    """Make of this page two ends of one connection that no server has a part in.

    What they miss, the machine has not given them.
    """
    person.context.route(
        "**/bystander", lambda route: route.fulfill(content_type="text/html", body="")
    )
    person.goto("/bystander")
    person.page.evaluate(
        """async () => {
          const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
          one.onicecandidate = ({ candidate }) => other.addIceCandidate(candidate);
          other.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate);
          const media = await navigator.mediaDevices.getUserMedia(
            { audio: true, video: true });
          for (const track of media.getTracks()) one.addTransceiver(track);
          await one.setLocalDescription();
          await other.setRemoteDescription(one.localDescription);
          await other.setLocalDescription();
          await one.setRemoteDescription(other.localDescription);
        }"""
    )


def now() -> float:
    """Milliseconds since 1970, as the pages on this machine count them."""
    return time.time() * 1000


@dataclass(frozen=True)
class Gap:
    """The longest time without a packet of one stream, in a window and before it."""

    person: str
    stream: str
    before: float
    during: float

    def __str__(self) -> str:
        return f"{self.person}/{self.stream} {self.before:.0f}→{self.during:.0f}"


def gaps(person: Person, start: float, end: float, calm: float) -> list[Gap]:
    """Of each stream that came in before `start`: how it was then, and until `end`.

    `calm` is where the window before the fault begins.
    """
    before, during = person.page.evaluate(
        "([calm, start, end]) =>"
        " Promise.all([watch.gaps(calm, start), watch.gaps(start, end)])",
        [calm, start, end],
    )
    then = {stream["name"]: stream for stream in before}
    return [
        Gap(person.name, name, then[name]["gap"], stream["gap"])
        for stream in during
        if then.get(name := stream["name"], {}).get("count")
    ]


def shown(person: Person) -> list[Facts]:
    """What became of the others' tiles so far, in order."""
    seen: list[Facts] = person.page.evaluate("() => watch.seen")
    return seen


def connected(person: Person) -> list[float]:
    """When its connections were established, in milliseconds since 1970."""
    times: list[float] = person.page.evaluate("() => watch.connected")
    return times


def write(person: Person, per_second: float) -> None:
    """From now on this person writes "<name> 0", "<name> 1", …"""
    person.page.evaluate(
        "([name, often]) => watch.write(name, often)", [person.name, per_second]
    )


def stop_writing(person: Person) -> None:
    person.page.evaluate("() => watch.stopWriting()")


def written(person: Person) -> int:
    """How many messages this page has written so far."""
    count: int = person.page.evaluate("() => watch.written()")
    return count


def heard_at(person: Person) -> float:
    """When the server was heard last, in milliseconds since 1970."""
    time: float = person.page.evaluate("() => watch.heardAt()")
    return time


def read(person: Person) -> list[str]:
    """What the chat of this page shows, in order."""
    texts: list[str] = person.page.evaluate("() => watch.read()")
    return texts
