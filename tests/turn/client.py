"""A TURN client that asks for what no browser would, over UDP or TCP (RFC 8656)."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from tests.turn import stun
from tests.turn.stun import Message, Place

ANSWER_SECONDS = 5.0
MISMATCH = 437
FIRST_CHANNEL = 0x4000
V4, V6 = 1, 2


class Refused(Exception):
    """The server answered with this error code (RFC 8489, 14.8; RFC 8656, 19)."""

    def __init__(self, answer: Message) -> None:
        super().__init__(answer.code)
        self.code = answer.code


class Client(asyncio.DatagramProtocol):
    """One client with at most one allocation; `async with` opens and closes the way.

    Whatever the server sends of its own accord is in `data`: (peer, bytes), a channel's
    with its peer as well.
    """

    def __init__(
        self,
        server: Place,
        credentials: tuple[str, str],
        *,
        tcp: bool = False,
        tls: ssl.SSLContext | None = None,
        name: str | None = None,
    ) -> None:
        self.server = server
        self.name = name
        self.username, self.password = credentials
        self.tcp = tcp or tls is not None
        self.tls = tls
        self.data: asyncio.Queue[tuple[Place, bytes]] = asyncio.Queue()
        self.software = ""
        self._realm: str = ""
        self._nonce = b""
        self._waiting: dict[bytes, asyncio.Future[Message]] = {}
        self._channels: dict[int, Place] = {}
        self._datagrams: asyncio.DatagramTransport | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        if self.tcp:
            reader, self._writer = await asyncio.open_connection(
                *self.server, ssl=self.tls, server_hostname=self.name
            )
            self._reading = loop.create_task(self._read(reader))
        else:
            await self._open()
        return self

    async def _open(self) -> None:
        """Speak over UDP from a port of the system's choice, as nobody known yet."""
        if self._datagrams is not None:
            self._datagrams.close()
        self._nonce = b""
        loop = asyncio.get_running_loop()
        self._datagrams, _ = await loop.create_datagram_endpoint(
            lambda: self, remote_addr=self.server
        )

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._datagrams is not None:
            self._datagrams.close()
        if self._reading is not None:
            self._reading.cancel()
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    def certificate(self) -> bytes:
        """What the server showed, where there is TLS."""
        assert self._writer is not None
        shown = self._writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        assert isinstance(shown, bytes)
        return shown

    # What one may ask

    async def binding(self) -> Place:
        """Our own address, as the server sees it."""
        answer = await self._transact(Message(stun.BINDING, stun.REQUEST), None)
        return answer.place(stun.XOR_MAPPED_ADDRESS)

    async def allocate(
        self,
        *,
        family: int = 0,
        lifetime: int = 600,
        transport: int = stun.UDP,
        tries: int = 3,
    ) -> Place:
        """The address at which the server relays for us.

        A port that another client had a while ago may still stand for that one's
        allocation: then another is taken (RFC 8656, 7.4).
        """
        wishes: list[tuple[int, bytes | Place]] = [
            (stun.REQUESTED_TRANSPORT, bytes([transport, 0, 0, 0])),
            (stun.LIFETIME, struct.pack(">I", lifetime)),
        ]
        if family:
            wishes.append((stun.ADDRESS_FAMILY, bytes([family, 0, 0, 0])))
        try:
            answer = await self._ask(stun.ALLOCATE, wishes)
        except Refused as refused:
            if refused.code != MISMATCH or tries < 2 or self._datagrams is None:
                raise
            await self._open()
            return await self.allocate(
                family=family, lifetime=lifetime, transport=transport, tries=tries - 1
            )
        return answer.place(stun.XOR_RELAYED_ADDRESS)

    async def refresh(self, lifetime: int) -> int:
        """Seconds that the allocation lives on; asking for 0 gives it back."""
        answer = await self._ask(
            stun.REFRESH, [(stun.LIFETIME, struct.pack(">I", lifetime))]
        )
        granted = answer.get(stun.LIFETIME)
        assert granted is not None
        seconds: int = struct.unpack(">I", granted)[0]
        return seconds

    async def permit(self, *peers: str) -> None:
        await self._ask(
            stun.CREATE_PERMISSION,
            [(stun.XOR_PEER_ADDRESS, (peer, 0)) for peer in peers],
        )

    async def bind(self, peer: Place) -> int:
        """The number of a channel that leads to this peer from now on."""
        channel = FIRST_CHANNEL + len(self._channels)
        wishes: list[tuple[int, bytes | Place]] = [
            (stun.CHANNEL_NUMBER, struct.pack(">HH", channel, 0)),
            (stun.XOR_PEER_ADDRESS, peer),
        ]
        await self._ask(stun.CHANNEL_BIND, wishes)
        self._channels[channel] = peer
        return channel

    def send(self, peer: Place, data: bytes) -> None:
        """A Send indication: nobody answers, whatever becomes of it."""
        message = Message(stun.SEND, stun.INDICATION)
        message.attributes.extend(
            [
                (stun.XOR_PEER_ADDRESS, stun.address_bytes(peer, message.transaction)),
                (stun.DATA_VALUE, data),
            ]
        )
        self._write(message.encode())

    def send_by(self, channel: int, data: bytes) -> None:
        padding = bytes(-len(data) % 4) if self.tcp else b""
        self._write(struct.pack(">HH", channel, len(data)) + data + padding)

    # The way there and back

    async def _ask(
        self, method: int, wishes: Sequence[tuple[int, bytes | Place]]
    ) -> Message:
        """A request with our credentials; raises Refused."""
        for _ in range(2):
            message = Message(method, stun.REQUEST)
            for kind, wish in wishes:
                value = (
                    stun.address_bytes(wish, message.transaction)
                    if isinstance(wish, tuple)
                    else wish
                )
                message.attributes.append((kind, value))
            key = None
            if self._nonce:
                message.attributes.extend(
                    [
                        (stun.USERNAME, self.username.encode()),
                        (stun.REALM, self._realm.encode()),
                        (stun.NONCE, self._nonce),
                    ]
                )
                key = stun.long_term_key(self.username, self._realm, self.password)
            answer = await self._transact(message, key)
            if answer.kind == stun.SUCCESS:
                return answer
            is_first = not self._nonce
            if answer.code == 438 or (answer.code == 401 and is_first):
                self._nonce = answer.get(stun.NONCE) or b""
                self._realm = (answer.get(stun.REALM) or b"").decode()
                continue
            break
        raise Refused(answer)

    async def _transact(self, message: Message, key: bytes | None) -> Message:
        answered = asyncio.get_running_loop().create_future()
        self._waiting[message.transaction] = answered
        self._write(message.encode(key))
        async with asyncio.timeout(ANSWER_SECONDS):
            answer: Message = await answered
        self.software = (answer.get(stun.SOFTWARE) or b"").decode() or self.software
        return answer

    def _write(self, data: bytes) -> None:
        if self._writer is not None:
            self._writer.write(data)
        elif self._datagrams is not None:
            self._datagrams.sendto(data)

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._take(data)

    def error_received(self, exc: Exception) -> None:
        self._fail(exc)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                head = await reader.readexactly(4)
                kind, length = struct.unpack(">HH", head)
                rest = length + (-length % 4) if kind & 0xC000 else length + 16
                body = await reader.readexactly(rest)
                self._take(head + body[: length if kind & 0xC000 else rest])
        except (asyncio.IncompleteReadError, OSError) as fault:
            self._fail(fault)

    def _fail(self, fault: Exception) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError(str(fault)))

    def _take(self, data: bytes) -> None:
        if data[0] & 0xC0 == 0x40:
            channel, length = struct.unpack_from(">HH", data)
            self.data.put_nowait((self._channels[channel], data[4 : 4 + length]))
            return
        message = Message.decode(data)
        if message.method == stun.DATA and message.kind == stun.INDICATION:
            told = message.get(stun.DATA_VALUE) or b""
            self.data.put_nowait((message.place(stun.XOR_PEER_ADDRESS), told))
            return
        waiting = self._waiting.pop(message.transaction, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)
