"""A client that does as it likes: writes what it wants, and reads until it stops to.

A plain TCP connection with a thread that listens, so that pings are answered while a
test is busy elsewhere.
"""

import contextlib
import json
import queue
import secrets
import selectors
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

from websockets.client import ClientProtocol
from websockets.frames import Frame as Part
from websockets.frames import Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import Origin
from websockets.uri import parse_uri

from rooms.loadtest.client import PING_CHARACTERS, SLOTS, Frame, Guest
from rooms.loadtest.line import GOING_AWAY, LOST
from rooms.signalling.protocol import VERSION
from tests.rooms.signalling.neighbour import SECONDS, guest_of
from tests.servers import Parley

CHUNK = 256 * 1024


def frame_of(payload: bytes, opcode: int = Opcode.TEXT) -> bytes:
    """A whole frame of a client (RFC 6455, 5.2), masked with zeros: quickly made."""
    length = len(payload)
    if length < 126:
        head = bytes((0x80 | opcode, 0x80 | length))
    elif length < 1 << 16:
        head = bytes((0x80 | opcode, 0xFE)) + length.to_bytes(2, "big")
    else:
        head = bytes((0x80 | opcode, 0xFF)) + length.to_bytes(8, "big")
    return head + bytes(4) + payload


class Ended(Exception):
    """The server ended the socket: with this code, or 1006 without a close frame."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Rough:
    """One socket of somebody who was shown the room's page."""

    def __init__(
        self,
        server: Parley,
        room: str,
        name: str = "Rough",
        *,
        buffer: int = 0,
        extensions: str = "",
        prompt: bool = False,
        back: "Rough | None" = None,
    ) -> None:
        """`buffer`: so many bytes the system may take in while nothing is read.

        `prompt`: say at once what has come, as pages do. `back`: who lost that
        socket, and comes back to the same seat.
        """
        self.guest: Guest = back.guest if back else guest_of(server, room, name)
        self.instance: str = back.instance if back else secrets.token_urlsafe(6)
        self._resume = str(back.welcome["resume"]) if back else ""
        self.welcome: Frame = {}
        self.came = 0
        """How many frames this socket has brought."""
        self._prompt = prompt
        self._unsaid = 0
        self._pinging = threading.Lock()
        self.line = socket.socket()
        if buffer:
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.line.connect(("127.0.0.1", server.port))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        path = f"/ws/rooms/{self.guest.link}/"
        self._wire = ClientProtocol(
            parse_uri(f"ws://127.0.0.1:{server.port}{path}"),
            origin=Origin(server.url),
            max_size=None,
        )
        self._inbox: queue.SimpleQueue[Frame | Ended] = queue.SimpleQueue()
        self._writing = threading.Lock()
        self._reads = threading.Event()
        self._reads.set()
        self._waker, self._woken = socket.socketpair()
        self.response = self._shake_hands(server.host, extensions)
        self._ear = threading.Thread(target=self._listen, name=f"ear of {name}")
        self._ear.start()

    def __enter__(self) -> "Rough":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave as a tab that is closed, where that can still be said."""
        if self.line.fileno() < 0:
            return
        with contextlib.suppress(OSError):
            self.say_raw(GOING_AWAY.to_bytes(2, "big"), Opcode.CLOSE)
        self._hang_up()

    @property
    def seat(self) -> str:
        return str(self.welcome["seat"])

    def hello(self) -> Frame:
        token = (
            {"resume": self._resume}
            if self._resume
            else {"ticket": self.guest.ticket()}
        )
        self.say(type="hello", protocol=VERSION, instance=self.instance, **token)
        return self.hears("door")

    def join(self) -> "Rough":
        self.hello()
        self.say(type="join", name=self.guest.name, version=1, slots=SLOTS)
        self.welcome = self.hears("welcome")
        return self

    def say(self, **message: Any) -> None:
        self.say_raw(json.dumps(message, ensure_ascii=False).encode())

    def say_raw(self, payload: bytes, opcode: int = Opcode.TEXT) -> None:
        self.write(frame_of(payload, opcode))

    def try_to_say(self, **message: Any) -> None:
        """Say something, though the server may have ended the line by now."""
        with contextlib.suppress(OSError):
            self.say(**message)

    def write(self, data: bytes) -> None:
        """Bytes, whether they are a frame or not."""
        with self._writing:
            self.line.sendall(data)

    @property
    def reads(self) -> bool:
        return self._reads.is_set()

    def stop_reading(self) -> None:
        """Take nothing more from the line, but for what is just being taken."""
        self._reads.clear()

    def read_on(self) -> None:
        self._reads.set()

    def next(self) -> Frame:
        """The next message; raises Ended when none comes any more."""
        message = self._inbox.get(timeout=SECONDS)
        if isinstance(message, Ended):
            self._inbox.put(message)
            raise message
        return message

    def hears(self, *kinds: str) -> Frame:
        """The next message of one of these types, whatever comes before it."""
        while (message := self.next())["type"] not in kinds:
            pass
        return message

    def ping(self) -> None:
        """Say how much has come."""
        with self._pinging:
            self._unsaid = 0
            self.say(type="ping", heard=self.came)

    def here(self) -> list[Frame]:
        """What has come by now; unlike `rest`, it asks for nothing."""
        return [self.next() for _ in range(self._inbox.qsize())]

    def rest(self) -> Iterator[Frame]:
        """All that was said up to now."""
        self.ping()
        while (message := self.next())["type"] != "pong":
            yield message

    def ended(self) -> int:
        """How the socket ends, once all that comes before was read."""
        while True:
            try:
                self.next()
            except Ended as end:
                return end.code

    def reset(self) -> None:
        """Vanish, as a machine does that is switched off: RST, no close frame."""
        linger = struct.pack("ii", 1, 0)
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._hang_up()

    def _hang_up(self) -> None:
        # Nobody may be inside a call with the line, or closing it closes nothing.
        self._waker.send(b"x")
        self._reads.set()
        self._ear.join()
        for each in (self.line, self._waker, self._woken):
            each.close()

    def _shake_hands(self, host: str, extensions: str) -> Response:
        request = self._wire.connect()
        del request.headers["Host"]
        request.headers["Host"] = host
        request.headers["Cookie"] = self.guest.cookie
        if extensions:
            request.headers["Sec-WebSocket-Extensions"] = extensions
        self._wire.send_request(request)
        self._flush()
        while self._wire.state is State.CONNECTING:
            self._wire.receive_data(self.line.recv(CHUNK))
            if self._wire.handshake_exc is not None:
                raise self._wire.handshake_exc
        (response,) = self._wire.events_received()
        assert isinstance(response, Response)
        return response

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._hear():
                self._wire.receive_data(data)
                self._take()
        self._wire.receive_eof()
        self._take()
        self._inbox.put(Ended(self._wire.close_code or LOST))

    def _hear(self) -> bytes:
        self._reads.wait()
        with selectors.DefaultSelector() as either:
            either.register(self.line, selectors.EVENT_READ)
            either.register(self._woken, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in either.select()}
        return b"" if self._woken in ready else self.line.recv(CHUNK)

    def _take(self) -> None:
        for part in self._wire.events_received():
            if isinstance(part, Part) and part.opcode is Opcode.TEXT:
                assert part.fin
                self._note(bytes(part.data))
        with contextlib.suppress(OSError):
            self._flush()

    def _note(self, text: bytes) -> None:
        message: Frame = json.loads(text)
        with self._pinging:
            self.came += 1
        self._unsaid += len(text)
        behind = message["type"] == "resync"
        if self._prompt and (behind or self._unsaid >= PING_CHARACTERS):
            with contextlib.suppress(OSError):
                self.ping()
        self._inbox.put(message)

    def _flush(self) -> None:
        for data in self._wire.data_to_send():
            if data:
                self.write(data)


def memory_of(server: Parley) -> int:
    """Bytes of memory that the server's processes hold."""
    told = subprocess.run(
        ["ps", "-A", "-o", "pgid=,rss="], capture_output=True, text=True, check=True
    )
    rows = (map(int, line.split()) for line in told.stdout.splitlines())
    return 1024 * sum(rss for group, rss in rows if group == server.process.pid)


__all__ = ["Ended", "Rough", "frame_of", "memory_of"]
