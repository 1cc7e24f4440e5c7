"""Parley and what it stands beside in the lab: its proxy, its relay, their names.

All as deploy/ has it: the unchanged turnserver.conf and nginx.conf, but for name,
certificate and what else differs from machine to machine.
"""

from __future__ import annotations

import contextlib
import secrets
import ssl
from pathlib import Path
from typing import Any

from conference.certificates import Authority
from conference.turn.database import keep_secret
from tests.browser.visitor import Visitor
from tests.network.internet import Address, Internet
from tests.network.namespace import Namespace
from tests.network.passage import Passage
from tests.proxy import AROUND, DEPLOYED
from tests.servers import ROOT, Parley, Process, tool

TURNSERVER = ROOT / "deploy/turnserver.conf"
BACKEND = 8000
STUN = "stun:{}:3478"
TURN = ("turn:{}:3478", "turn:{}:3478?transport=tcp", "turns:{}:443?transport=tcp")


class Server:
    """A host on the bridge, with a name that everybody in the lab knows."""

    def __init__(
        self, net: Internet, place: int, name: str, folder: Path, authority: Authority
    ) -> None:
        self.name = name
        self.folder = folder
        # What to end, the last first.
        self._ends = contextlib.ExitStack()
        self.host = self._ends.enter_context(Namespace(name, net.host))
        self._ends.callback(net.detach, place)
        self.address: Address = net.attach(self.host, place, "eth0")
        self.pem = folder / f"{name}.pem"
        self.pem.write_bytes(authority.certify("Tests", [name]).pem())

    def runs(self, *words: str, env: dict[str, str] | None = None) -> Process:
        """Start a program here; ended with this host, or with the test run."""
        process = Process(self.host.server(*words), self.folder, env)
        self._ends.callback(process.end)
        process.log = self.folder / f"{self.name}-{Path(words[0]).name}.log"
        return process.start()

    def listens(self, port: int) -> bool:
        """Whether anything here accepts connections on this TCP port."""
        return bool(self.host.run("ss", "-Htln", f"sport = :{port}").strip())

    def close(self) -> None:
        self._ends.close()


class Relay(Server):
    """coturn: STUN and TURN at 3478, TURN over TLS at 443."""

    def __init__(self, net: Internet, place: int, folder: Path, authority: Authority):
        super().__init__(net, place, "turn.example.org", folder, authority)
        self.secret = secrets.token_urlsafe(24)
        database, here = folder / "turndb", self.address
        keep_secret(database, self.secret)
        self.process = self.runs(
            *(tool("turnserver"), "-c", str(TURNSERVER), "-v"),
            *(f"--listening-ip={here.v4}", f"--listening-ip={here.v6}"),
            *(f"--relay-ip={here.v4}", f"--userdb={database}"),
            *("--tls-listening-port=443", f"--cert={self.pem}", f"--pkey={self.pem}"),
            # The lab's own addresses are none that a relay in the world should reach.
            "--allowed-peer-ip=203.0.113.0-203.0.113.255",
            f"--pidfile={folder / 'turn.pid'}",
        )

    def start(self) -> None:
        self.process.wait_until(lambda: self.listens(3478) and self.listens(443))

    def stun(self) -> dict[str, str]:
        """Settings of a site that names it for STUN only."""
        return {"STUN_URLS": STUN.format(self.name)}

    def settings(self, secret: str = "") -> dict[str, str]:
        """Settings of a site that may use all of it; `secret` may be a wrong one."""
        return self.stun() | {
            "TURN_URLS": ",".join(url.format(self.name) for url in TURN),
            "TURN_SECRET": secret or self.secret,
        }


class Site(Server):
    """Parley at https://NAME, in the lab and, for tests without a browser, outside."""

    def __init__(
        self,
        net: Internet,
        place: int,
        name: str,
        folder: Path,
        authority: Authority,
        **settings: str,
    ) -> None:
        super().__init__(net, place, name, folder, authority)
        self.url = f"https://{name}"
        self.authority = folder.parent / "tls" / "ca.crt"
        self.parley = Backend(self, settings)
        self._ends.callback(self.parley.end)
        self.proxy = self._proxied()
        self.passage = Passage(self.host, 443)
        self._ends.callback(self.passage.close)
        self._owner: Visitor | None = None

    def start(self) -> None:
        self.parley.prepare()
        self.parley.start()
        self.proxy.wait_until(lambda: self.listens(443))

    def _proxied(self) -> Process:
        text = DEPLOYED.read_text()
        for old, new in {
            "/etc/letsencrypt/live/call.example.org/fullchain.pem": str(self.pem),
            "/etc/letsencrypt/live/call.example.org/privkey.pem": str(self.pem),
            "/var/log/nginx/parley": str(self.folder / "nginx"),
            "call.example.org": self.name,
        }.items():
            assert old in text, f"{old} is not in {DEPLOYED}"
            text = text.replace(old, new)
        (self.folder / "site.conf").write_text(text)
        config = self.folder / "nginx.conf"
        config.write_text(AROUND.format(folder=self.folder))
        return self.runs(tool("nginx"), "-c", str(config))

    @property
    def owner(self) -> Visitor:
        """Who owns the rooms, and has come over HTTP from outside the lab."""
        if self._owner is None:
            trust = ssl.create_default_context(cafile=str(self.authority))
            trust.check_hostname = False
            self._owner = Visitor(self.passage.url, self.name, trust=trust)
            self._owner.sign_up("owner@example.com", "Olive Owner")
        return self._owner

    def new_room(self, name: str = "Friday kitchen table", **how: Any) -> str:
        """Make a room and return the path of its call page."""
        return self.owner.new_room(name, **how)

    def words(self) -> str:
        return self.parley.words()


class Backend(Parley):
    """The process behind the proxy; may be ended and started by a test."""

    def __init__(self, site: Site, settings: dict[str, str]) -> None:
        super().__init__(site.folder, TRUSTED_PROXIES="1", SIGNUP="open", **settings)
        self.site = site
        self.env |= {"PORT": str(BACKEND), "SITE_URL": site.url}
        self.process.env = self.env
        self.process.command = site.host.server(*self.process.command)
        self.process.log = site.folder / "serve.log"

    def answers(self) -> bool:
        return self.site.listens(BACKEND)
