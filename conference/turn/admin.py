"""The line on which coturn takes orders of those who run it (its option `cli-port`).

A text protocol of coturn's own: whatever arrives in one piece is one command, and each
answer ends with a prompt. Nothing on it is encrypted: it is for this machine alone.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

ANSWER_SECONDS = 5.0
MOST_BYTES = 4 * 1024 * 1024
PROMPT = b"> "
ASKS_PASSWORD = b"Enter password:"
_TELNET = re.compile(rb"\xff[\xfb-\xfe].", re.DOTALL)
_SESSION = re.compile(rb"id=(\d+), user <([^>\r\n]*)>")
_NAME = re.compile(r"[0-9A-Za-z:._-]+")
_TOTAL = re.compile(rb"Total sessions[^:\r\n]*: (\d+)")


class AdminAway(Exception):
    """It does not answer, or does not know our password; its text says which."""


class Session(NamedTuple):
    """One allocation, with the name by which it was asked for."""

    id: str
    user: str


class Admin:
    """One connection; `admin_at` opens and closes it. Every method raises AdminAway."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._writer = writer

    async def sessions(self, part: str) -> tuple[list[Session], bool]:
        """Those whose user's name holds `part`, and whether these are all.

        coturn lists so many at once (`cli-max-output-sessions`) and counts the rest.
        """
        if not _NAME.fullmatch(part):
            raise ValueError(f"no part of a user's name: {part!r}")
        answer = await self._ask(f"psp {part}")
        found = [
            Session(number.decode(), user.decode("utf-8", "replace"))
            for number, user in _SESSION.findall(answer)
        ]
        total = _TOTAL.search(answer)
        if total is None:
            raise AdminAway("it does not list its sessions")
        return found, len(found) >= int(total[1])

    async def cancel(self, session: Session) -> None:
        """End the allocation; one that is gone already is no matter."""
        await self._ask(f"cs {session.id}")

    async def log_in(self, password: str) -> None:
        """Say the password, which coturn asks for first."""
        if not _asks_password(await self._hear()):
            return
        if not password.strip():
            # An empty line is answered as if it were the right one.
            raise AdminAway("it asks for a password, and we have none")
        self._say(password)
        if _asks_password(await self._hear()):
            raise AdminAway("it does not take our password")

    async def _ask(self, command: str) -> bytes:
        self._say(command)
        return await self._hear()

    def _say(self, words: str) -> None:
        self._writer.write(words.encode() + b"\n")

    async def _hear(self) -> bytes:
        """All that it says up to where it waits for us."""
        heard = b""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                while not (heard.endswith(PROMPT) or _asks_password(heard)):
                    piece = await self._reader.read(65536)
                    if not piece:
                        raise AdminAway("it hung up")
                    heard = _TELNET.sub(b"", heard + piece)
                    if len(heard) > MOST_BYTES:
                        raise AdminAway("it does not stop talking")
        except TimeoutError:
            raise AdminAway("it does not answer") from None
        except OSError as fault:
            raise AdminAway(str(fault)) from fault
        return heard


def _asks_password(heard: bytes) -> bool:
    return heard.rstrip().endswith(ASKS_PASSWORD)


@asynccontextmanager
async def admin_at(host: str, port: int, password: str) -> AsyncIterator[Admin]:
    """Where coturn takes orders, ready to take ours; raises AdminAway."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as fault:
        raise AdminAway(str(fault) or "nobody answers there") from fault
    admin = Admin(reader, writer)
    try:
        await admin.log_in(password)
        yield admin
    finally:
        writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await writer.wait_closed()
