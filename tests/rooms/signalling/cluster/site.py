"""One site, served by several real processes over a real Redis, and people in calls."""

import http.cookiejar
import json
import re
import secrets
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Self

from redis import Redis
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.servers import Parley, Store, folder_for, own_redis

SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
SLOTS = {"microphone": "on", "camera": "on", "screen": "off", "screenAudio": "off"}
SECONDS = 15
"""So long something is waited for that takes some seconds at most."""

ROOMS = """
import json
from accounts.models import User
from rooms.models import Room
owner = User.objects.create_user("amara@example.org", "seven green apples")
rooms = [Room.objects.make(owner=owner, name=f"Friday {day}") for day in range(24)]
rooms[-1].change(keeps_chat=True)
print(json.dumps([room.link for room in rooms]))
"""

Frame = dict[str, Any]


class NotHeard(AssertionError):
    """What should have been said was not."""


class Site:
    """Processes with one database, one key and one Redis."""

    def __init__(self, redis: Store, servers: list[Parley], lines: ExitStack) -> None:
        self.redis = redis
        self.servers = servers
        self._lines = lines
        made = self.servers[0].manage("shell", "-c", ROOMS)
        self._rooms: list[str] = json.loads(made.splitlines()[-1])

    def room(self, *, keeps_chat: bool = False) -> str:
        """The path of a call that nobody has been in; one of them keeps its chat."""
        return f"/r/{self._rooms.pop(-1 if keeps_chat else 0)}/"

    def person(self, room: str, name: str, server: Parley) -> "Person":
        """Somebody in the call, by way of this process."""
        person = Person(self, room, name, server)
        person.connect(server)
        person.join()
        return person

    def is_copied(self, *people: "Person") -> bool:
        """Whether Redis has a copy of their room with all of them in it."""
        with Redis.from_url(self.redis.url) as redis:
            copies = [redis.get(key) or b"" for key in redis.keys("parley:*seats*")]
        return any(all(each.seat.encode() in c for each in people) for c in copies)

    def open(self, server: Parley, path: str, cookies: str) -> ClientConnection:
        return self._lines.enter_context(
            connect(
                f"ws://localhost:{server.port}{path}",
                origin=Origin(server.url),
                additional_headers={"Cookie": cookies},
                ping_interval=None,
            )
        )


class Person:
    """A page without its script, which remembers what it was told."""

    def __init__(
        self, site: Site, room: str, name: str, server: Parley, session: str = ""
    ) -> None:
        self.site = site
        self.path = room
        self.name = name
        self.instance = f"page-{name}"
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        logged_in = [f"parley_session={session}"] if session else []
        browser.addheaders = [("Cookie", each) for each in logged_in]
        with browser.open(f"{server.url}{room}", timeout=SECONDS) as page:
            data = re.search(rb'id="call-data"[^>]*>(.*?)</script>', page.read())
        assert data is not None
        self.page: Frame = json.loads(data[1])
        given = [f"{each.name}={each.value}" for each in jar]
        self.cookies = "; ".join(logged_in + given)
        self.welcome: Frame = {}
        self.welcomes = 0
        self.frames: list[Frame] = []
        self.people: dict[str, Frame] = {}
        self.said = 0

    @property
    def seat(self) -> str:
        return str(self.welcome["seat"])

    @property
    def since(self) -> int:
        return int(self.welcome["since"])

    def connect(self, server: Parley) -> Self:
        """Open a socket at this process, and say hello with what there is."""
        self.socket = self.site.open(server, self.page["socket"], self.cookies)
        token = (
            {"resume": self.welcome["resume"]}
            if self.welcome
            else {"ticket": self.page["ticket"]}
        )
        self.say(
            type="hello",
            protocol=self.page["protocol"],
            instance=self.instance,
            **token,
        )
        self.hears("door")
        return self

    def join(self) -> Self:
        before = self.welcomes
        self.say(type="join", name=self.name, version=1, slots=SLOTS)
        self.until(lambda: self.welcomes > before)
        return self

    def say(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def offer(self, to: "Person") -> None:
        self.said += 1
        self.say(type="offer", to=to.seat, epoch=1, number=self.said, sdp=SDP)

    def next(self, seconds: float = SECONDS) -> Frame:
        """The next frame, and what it says of the others."""
        try:
            frame: Frame = json.loads(self.socket.recv(seconds))
        except TimeoutError:
            raise NotHeard(f"{self.name} was told {self.frames[-10:]}") from None
        except ConnectionClosed as end:
            raise NotHeard(f"{self.name}'s socket was closed: {end}") from None
        self.frames.append(frame)
        match frame["type"]:
            case "welcome":
                self.welcome = frame
                self.welcomes += 1
                people = {each["seat"]: each for each in frame["people"]}
                self.people = self.people | people if frame["partial"] else people
            case "peer-joined":
                self.people[frame["person"]["seat"]] = frame["person"]
            case "peer-left":
                del self.people[frame["seat"]]
            case "peer-revoked":
                self.people.pop(frame["seat"], None)
            case "peer-away" if frame["seat"] in self.people:
                self.people[frame["seat"]]["away"] = frame["away"]
        return frame

    def hears(self, kind: str) -> Frame:
        """The next frame of this type, whatever comes before it."""
        while (frame := self.next())["type"] != kind:
            pass
        return frame

    def until(self, fact: Callable[[], object], seconds: float = SECONDS) -> None:
        """Listen until what was heard makes it true."""
        end = time.monotonic() + seconds
        while not fact():
            self.next(max(end - time.monotonic(), 0.01))

    def rest(self) -> list[Frame]:
        """What has been said up to now; that all has come is known from the pong."""
        begin = len(self.frames)
        self.say(type="ping", heard=0)
        self.hears("pong")
        return self.frames[begin:]

    def gets_through(self, to: "Person") -> None:
        """Say something until the other one hears it, as pages do; nothing twice."""
        for _ in range(30):
            self.offer(to)
            if self._arrives(to):
                return
        raise NotHeard(f"{self.name} is not heard by {to.name}")

    def _arrives(self, to: "Person") -> bool:
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            try:
                frame = to.next(0.5)
            except NotHeard:
                if to.socket.close_code is not None:
                    raise
                return False
            if frame["type"] == "peer-offer" and frame["number"] == self.said:
                return bool(frame["from"] == self.seat)
        return False

    def was_left_by(self) -> list[str]:
        """The seats that were said to be empty."""
        return [each["seat"] for each in self.frames if each["type"] == "peer-left"]


@contextmanager
def site(processes: int) -> Iterator[Site]:
    """A site with so many processes, and an end to all of it."""
    with own_redis() as redis, folder_for("site") as folder, ExitStack() as stack:
        servers: list[Parley] = []
        shared = {"REDIS_URL": redis.url, "SECRET_KEY": secrets.token_urlsafe(48)}
        for number in range(processes):
            own = folder / str(number)
            own.mkdir()
            shared["DATABASE_URL"] = f"sqlite:///{folder / '0' / 'parley.sqlite3'}"
            server = Parley(own, **shared)
            server.prepare()
            servers.append(server)
        for server in servers:
            server.process.start()
            stack.callback(server.end)
        for server in servers:
            server.process.wait_until(server.answers)
        with ExitStack() as lines:
            yield Site(redis, servers, lines)
