"""The lab: people at home behind NATs and firewalls, Parley and its relay outside.

    with Lab() as lab:
        site = lab.site()
        mira = lab.client("Mira", nat="cone")
        amara = lab.client("Amara", nat="symmetric")
        page = mira.browser(playwright, lab.account).new_page()
        page.goto(site.url + site.new_room())

Whatever is said of a home (rate, loss, what is cut) may change while a call runs.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Self

from conference.certificates import Authority
from tests.browser.trust import trust
from tests.network.client import Client
from tests.network.home import Firewall, Home, IPFamily, Nat
from tests.network.internet import Internet, on_bridge
from tests.network.namespace import Namespace, say_hosts
from tests.network.site import Relay, Site
from tests.servers import folder_for

RELAY = "turn.example.org"
# Where each site stands on the bridge.
SITES = {10: "call.example.org", 12: "stun.example.org", 13: "wrong.example.org"}
RELAY_PLACE = 11


def sweep() -> None:
    """Remove the folders of runs that were killed: nothing else is left of them."""
    for folder in Path(tempfile.gettempdir()).glob("parley-lab-*-*"):
        _, _, pid, _ = folder.name.split("-", 3)
        if not Path("/proc", pid).exists():
            shutil.rmtree(folder, ignore_errors=True)


class Lab:
    """Raises NoNamespaces where it cannot be built."""

    def __init__(self) -> None:
        self._open = contextlib.ExitStack()
        sweep()
        self.folder = self._open.enter_context(folder_for(f"lab-{os.getpid()}"))
        self._clients: list[Client] = []
        self._homes: list[Home] = []
        self._sites: dict[str, Site] = {}
        self._relay: Relay | None = None

    def __enter__(self) -> Self:
        try:
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()

    def _build(self) -> None:
        self._open.enter_context(ground := Namespace("internet"))
        names = {**SITES, RELAY_PLACE: RELAY}
        lines = ["127.0.0.1 localhost", "::1 localhost"]
        for place, name in names.items():
            here = on_bridge(place)
            # WebRTC asks for STUN and TURN servers by names that end with a dot.
            lines += [f"{here.v4} {name} {name}.", f"{here.v6} {name} {name}."]
        say_hosts(ground, self.folder, "\n".join(lines) + "\n")
        self.net = Internet(ground)
        hosts = [*names.values()]
        self.authority = Authority.make("Authority of the lab", hosts)
        tls = self.folder / "tls"
        tls.mkdir()
        (tls / "ca.crt").write_bytes(self.authority.public_pem())
        # The account that runs all browsers, which trusts the authority.
        self.account = self.folder / "account"
        trust(self.account, tls / "ca.crt")

    # Servers

    @property
    def relay(self) -> Relay:
        """The one STUN and TURN server."""
        if self._relay is None:
            place = self._place("relay")
            self._relay = Relay(self.net, RELAY_PLACE, place, self.authority)
            self._open.callback(self._relay.close)
            self._relay.start()
        return self._relay

    def site(self, name: str = "call.example.org", **settings: str) -> Site:
        """The site of this name, started when it is asked for first.

        Without `settings` it names the relay for STUN and TURN.
        """
        if name not in self._sites:
            place = next(place for place, each in SITES.items() if each == name)
            settings = settings or self.relay.settings()
            folder = self._place(name)
            site = Site(self.net, place, name, folder, self.authority, **settings)
            self._open.callback(site.close)
            self._sites[name] = site
            site.start()
        return self._sites[name]

    @property
    def sites(self) -> list[Site]:
        """Those that were asked for so far."""
        return [*self._sites.values()]

    def with_stun_only(self) -> Site:
        """A site whose administration has set up no TURN server."""
        return self.site("stun.example.org", **self.relay.stun())

    def with_wrong_secret(self) -> Site:
        """A site whose credentials the TURN server refuses."""
        wrong = self.relay.settings("a secret that the relay does not have")
        return self.site("wrong.example.org", **wrong)

    def _place(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder

    # People

    def home(self, nat: Nat = "cone", firewall: Firewall = "open") -> Home:
        """A network of its own; several clients may be in it."""
        self._homes.append(home := Home(self.net, nat, firewall))
        return home

    def client(
        self,
        name: str,
        home: Home | None = None,
        *,
        nat: Nat = "cone",
        firewall: Firewall = "open",
        families: tuple[IPFamily, ...] = (4,),
    ) -> Client:
        """A machine in this home, or in one of its own of this kind."""
        client = Client(name, home or self.home(nat, firewall), families)
        self._clients.append(client)
        return client

    def send_home(self) -> None:
        """Whoever was there is gone, with their homes; the servers stay."""
        while self._clients:
            self._clients.pop().close()
        while self._homes:
            self._homes.pop().close()

    def close(self) -> None:
        try:
            self.send_home()
        finally:
            self._open.close()
