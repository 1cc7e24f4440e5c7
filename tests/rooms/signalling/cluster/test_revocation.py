"""Two real processes: whoever's right is taken back is out, and all others know it.

Elias sits with Amara and Mira, who come by different processes, and loses his right in
every way there is. What counts is when the others are told, and his own socket closes.
"""

from __future__ import annotations

import signal
import statistics
import time
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.servers import Parley

from .acts import Acts, Made
from .site import Person, Site, site

WITHIN = 1.0
WITHOUT_REDIS = 15.0
"""Seconds, as promised in SECURITY.md; of the first, 99 of 100."""

BESIDE = (
    *("suspended", "closed", "deleted", "logged_out", "password", "session_deleted"),
    *("membership", "invitation", "removed", "banned"),
)
"""Done by a program beside the processes, as from another one."""

INVITED = ("membership", "invitation")
KEPT_OUT = ("removed", "banned")

Tell = Callable[[str, dict[str, list[float]]], None]


class Browser:
    """Somebody's cookies, and what their pages post."""

    def __init__(self, server: Parley, session: str) -> None:
        self.server = server
        self.cookies = f"parley_session={session}"
        page = self._open("/accounts/profile/")
        given = " ".join(page.headers.get_all("Set-Cookie") or [])
        token = given.partition("parley_csrf=")[2].partition(";")[0]
        self.token = token
        self.cookies += f"; parley_csrf={token}"

    def post(self, path: str, **fields: str) -> None:
        words = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token, **fields})
        self._open(path, words.encode())

    def _open(self, path: str, data: bytes | None = None) -> Any:
        headers = {"Cookie": self.cookies, "Origin": self.server.url}
        request = urllib.request.Request(f"{self.server.url}{path}", data, headers)
        return urllib.request.urlopen(request, timeout=30)


class Three:
    """Amara and Mira at different processes, and Elias with one of them."""

    def __init__(self, site: Site, made: Made, where: Parley) -> None:
        first, second = site.servers
        path = made["path"]
        names = ("Amara", "Mira", "Elias")
        people = [
            Person(site, path, name, server, session).connect(server).join()
            for name, server, session in zip(
                names, (first, second, where), made["sessions"], strict=True
            )
        ]
        self.amara, self.mira, self.elias = people
        for person in people:
            others = {each.seat for each in people if each is not person}
            person.until(lambda p=person, o=others: p.people.keys() == o)  # type: ignore[misc]

    def told(self, begun: float, seconds: float, reason: str) -> list[float]:
        """After how long the two were told, and Elias's socket was closed."""
        took = []
        for person in (self.amara, self.mira):
            person.until(lambda p=person: self.elias.seat not in p.people, seconds)  # type: ignore[misc]
            took.append(time.monotonic() - begun)
            told = person.frames[-1]
            assert (told["type"], told["reason"]) == ("peer-revoked", reason)
        codes = closed(self.elias, seconds)
        took.append(time.monotonic() - begun)
        assert codes == (4412 if reason == "removed" else 4403)
        return took


def closed(person: Person, seconds: float) -> int:
    """The code with which the socket is closed, after what was said last."""
    end = time.monotonic() + seconds
    while True:
        try:
            person.socket.recv(max(end - time.monotonic(), 0.01))
        except ConnectionClosed as closing:
            return closing.rcvd.code if closing.rcvd else 1006


@pytest.fixture(scope="module")
def two() -> Iterator[Site]:
    with site(2) as made:
        yield made
        for server in made.servers:
            assert "Traceback" not in server.words()


@pytest.fixture(scope="module")
def acts(two: Site) -> Iterator[Acts]:
    with Acts(two.servers[0]) as made:
        yield made


def how_many(soak: bool) -> int:
    return 40 if soak else 1


def room_for(acts: Acts, act: str) -> Made:
    return acts.do("make", {"invited": act in INVITED, "member": act != "invitation"})


def reason_of(act: str) -> str:
    return "removed" if act in KEPT_OUT else "revoked"


def table(title: str, took: dict[str, list[float]]) -> str:
    """For docs/measured.md."""
    everything = [each for some in took.values() for each in some]
    rows = [
        f"| {act.replace('_', ' ')} | {len(some)} | {statistics.median(some):.3f} s"
        f" | {percentile(some):.3f} s | {max(some):.3f} s |"
        for act, some in [*took.items(), ("all of these", everything)]
    ]
    head = ["", title, "", "| by | n | median | p99 | most |"]
    return "\n".join([*head, "| --- | --- | --- | --- | --- |", *rows])


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Prints what was measured, whether or not the test passes."""

    def say(title: str, took: dict[str, list[float]]) -> None:
        with capsys.disabled():
            print(table(title, took))  # noqa: T201

    return say


def percentile(some: list[float]) -> float:
    """The least of them that 99 of 100 do not exceed."""
    return sorted(some)[max(0, -(-99 * len(some) // 100) - 1)]


def is_soon(took: dict[str, list[float]], soak: bool) -> None:
    """As promised; where other tests run beside, as most are heard."""
    every = [each for some in took.values() for each in some]
    figure = percentile(every) if soak else statistics.median(every)
    assert figure < WITHIN, table("not soon", took)


def test_everybody_knows_within_a_second(
    two: Site, acts: Acts, soak: bool, tell: Tell
) -> None:
    took: dict[str, list[float]] = defaultdict(list)
    places = cycle(two.servers)
    for _ in range(how_many(soak)):
        for act in BESIDE:
            made = room_for(acts, act)
            three = Three(two, made, next(places))
            begun = time.monotonic()
            acts.begin(act, made)
            heard = three.told(begun, 10, reason_of(act))
            later = (acts.end() or {}).get("begun", begun) - begun
            took[act] += [each - later for each in heard]
        made = acts.do("make", {})
        three = Three(two, made, next(places))
        browser = Browser(next(places), made["sessions"][2])
        next(places)
        with ThreadPoolExecutor() as pool:
            begun = time.monotonic()
            leaving = pool.submit(browser.post, "/accounts/logout/")
            took["log_out"] += three.told(begun, 10, "revoked")
            leaving.result()
    if soak:
        tell("Two processes and Redis: until the others were told, or it closed", took)
    is_soon(took, soak)


def test_who_changes_their_password_leaves_all_calls(two: Site, acts: Acts) -> None:
    """By the page for it; what takes its time there is the hash of a password."""
    made = acts.do("make", {})
    three = Three(two, made, two.servers[0])
    browser = Browser(two.servers[1], made["sessions"][2])
    browser.post(CHANGE, **PASSWORDS)
    three.told(time.monotonic(), 10, "revoked")


CHANGE = "/accounts/password/change/"
PASSWORDS = {
    "oldpassword": "seven green apples",
    "password1": "nine yellow pears",
    "password2": "nine yellow pears",
}


def test_a_deleted_room_closes_to_everybody(
    two: Site, acts: Acts, soak: bool, tell: Tell
) -> None:
    took: dict[str, list[float]] = defaultdict(list)
    for _ in range(how_many(soak)):
        made = acts.do("make", {})
        three = Three(two, made, two.servers[1])
        begun = time.monotonic()
        acts.begin("room_deleted", made)
        for person in (three.amara, three.mira, three.elias):
            assert closed(person, 10) == 4410
            took["room_deleted"].append(time.monotonic() - begun)
        acts.end()
    if soak:
        tell("A deleted room", took)
    is_soon(took, soak)


def test_a_session_ends_when_its_time_is_over(
    two: Site, acts: Acts, soak: bool, tell: Tell
) -> None:
    """Nobody says so: each process knows when the next one ends, and looks then."""
    rounds: list[tuple[Three, float]] = []
    for number in range(8 if soak else 1):
        made = acts.do("make", {})
        three = Three(two, made, two.servers[number % 2])
        # More than the time within which a process has looked at it.
        acts.do("expires", made | {"seconds": 8})
        rounds.append((three, time.monotonic() + 8))
    took: dict[str, list[float]] = defaultdict(list)
    for three, ends in rounds:
        took["session over"] += three.told(ends, 20, "revoked")
    if soak:
        tell("A session that is over by itself", took)
    assert min(took["session over"]) > -0.1
    is_soon(took, soak)


def test_without_redis_it_takes_seconds(
    two: Site, acts: Acts, soak: bool, tell: Tell
) -> None:
    """Redis is killed, and each process has to find out by itself what has changed."""
    took: dict[str, list[float]] = defaultdict(list)
    for _ in range(4 if soak else 1):
        rooms = {}
        for number, act in enumerate(BESIDE):
            made = room_for(acts, act)
            rooms[act] = made, Three(two, made, two.servers[number % 2])
        two.redis.end(signal.SIGKILL)
        begun = time.monotonic()
        try:
            for act, (made, _) in rooms.items():
                acts.do(act, made)
            done = time.monotonic()
            with ThreadPoolExecutor(len(rooms)) as pool:
                heard = {
                    act: pool.submit(three.told, begun, 30, reason_of(act))
                    for act, (_, three) in rooms.items()
                }
                for act, waits in heard.items():
                    took[act] += waits.result()
        finally:
            two.redis.start()
        assert done - begun < WITHOUT_REDIS
        wait_until_whole(two, acts)
    if soak:
        tell("Redis killed at that moment, and away", took)
    latest = max(each for some in took.values() for each in some)
    assert latest < WITHOUT_REDIS * (1 if soak else 2), table("late", took)


def wait_until_whole(two: Site, acts: Acts) -> None:
    """Both processes serve one call again."""
    made = acts.do("make", {})
    Three(two, made, two.servers[0])
