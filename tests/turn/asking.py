"""One question to a TURN server that this process can reach as it is."""

from __future__ import annotations

import asyncio

from tests.turn.client import Client, Refused
from tests.turn.stun import Place


async def asked(client: Client) -> int:
    """The code with which an allocation is refused; 0: it was made, and given back."""
    async with client:
        try:
            await client.allocate()
        except Refused as refused:
            return refused.code
        await client.refresh(0)
        return 0


def refusal(server: Place, credentials: tuple[str, str]) -> int:
    return asyncio.run(asked(Client(server, credentials)))
