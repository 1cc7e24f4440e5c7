"""The relay over TLS, as networks need that let nothing else out."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
from pathlib import Path

from conference.certificates import Authority
from tests.servers import wait_until
from tests.turn.client import Client
from tests.turn.conftest import Relay, relay_in
from tests.turn.space import Space

NAME = "turn.example.org"
TLS_PORT = 443


def shown(relay: Relay, trust: ssl.SSLContext) -> bytes:
    """The certificate that the relay shows, by which an allocation is made."""

    async def ask() -> bytes:
        place = (relay.place[0], TLS_PORT)
        client = Client(place, relay.credentials(), tls=trust, name=NAME)
        async with client, asyncio.timeout(10):
            assert (await client.allocate())[0] == relay.place[0]
            await client.refresh(0)
            return client.certificate()

    return relay.space.run(ask())


def test_it_relays_on_443_and_takes_a_renewed_certificate(
    network: Space, tmp_path: Path
) -> None:
    """Without an end to any call, as docs/deployment.md has certbot ask for."""
    authority = Authority.make("Authority of a test", [NAME])
    chain, public = tmp_path / "turn.pem", tmp_path / "ca.crt"
    chain.write_bytes(authority.certify("A test", [NAME], 90).pem())
    public.write_bytes(authority.public_pem())
    trust = ssl.create_default_context(cafile=str(public))
    options = (f"--tls-listening-port={TLS_PORT}", f"--cert={chain}", f"--pkey={chain}")
    with relay_in(network, *options, address="11.4.4.4") as relay:
        first = shown(relay, trust)
        chain.write_bytes(authority.certify("A test", [NAME], 90).pem())
        assert shown(relay, trust) == first
        os.kill(relay.process.pid, signal.SIGUSR2)
        wait_until(lambda: shown(relay, trust) != first, "coturn takes the new one")
