"""A machine of a person: its interfaces, what becomes of them, and its browser."""

from __future__ import annotations

import stat
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from tests.browser.browsers import FLAGS, chromium_program
from tests.network.home import Home, IPFamily
from tests.network.internet import QUICK
from tests.network.namespace import Namespace
from tests.network.site import Relay

WIFI = "wlan0"
MOBILE = "wwan0"


class Client:
    """Stands in a home; `families` are the versions of IP that it has."""

    def __init__(self, name: str, home: Home, families: tuple[IPFamily, ...]) -> None:
        self.name = name
        self.home = home
        self.families = families
        self.host = Namespace(name, home.net.host)
        self.host.switch(*QUICK)
        if 6 not in families:
            self.host.switch("ipv6/conf/default/disable_ipv6=1")
        self.host.ip("link set lo up")
        self._interface = WIFI
        self._end = home.attach(self.host, WIFI, families)
        self._browser: Browser | None = None

    def browser(self, playwright: Playwright, account: Path, *flags: str) -> Browser:
        """The one Chromium here; `account` is the home folder of who runs it."""
        if self._browser is None:
            enter = account / f"chromium-{self.host.pid}"
            words = [*self.host.command(), chromium_program()]
            quoted = " ".join(f"'{word}'" for word in words)
            enter.write_text(f'#!/bin/sh\nexec {quoted} "$@"\n')
            enter.chmod(enter.stat().st_mode | stat.S_IXUSR)
            self._browser = playwright.chromium.launch(
                executable_path=enter, args=[*FLAGS, *flags], env={"HOME": str(account)}
            )
        return self._browser

    # What becomes of its way out

    def roam(self, to: Home) -> None:
        """Another network appears, and the one it was in disappears."""
        before, end = self.home, self._end
        self._interface = MOBILE if self._interface == WIFI else WIFI
        self.home = to
        self._end = to.attach(self.host, self._interface, self.families)
        before.detach(end)

    def leave(self) -> None:
        """Its network disappears: what `roam` does, without another."""
        self.home.detach(self._end)

    def enter(self, to: Home) -> None:
        """A network appears, after `leave`."""
        self.home = to
        self._end = to.attach(self.host, self._interface, self.families)

    def unplug(self) -> None:
        """Its interface is there and finds itself in no network."""
        self.home.carrier(self._end, False)

    def plug(self) -> None:
        self.home.carrier(self._end, True)

    def cut(self, other: Client, *, relay: Relay | None = None) -> None:
        """Nothing goes from one to the other any more; each reaches everybody else.

        Where both may use a relay, that is a way round: neither reaches the one that is
        given here. `home.mend` on both sides lets all through again.
        """
        if self.home is other.home:
            raise ValueError("no router stands between two in one home")
        self.home.cut(*other.home.seen_as)
        if relay is not None:
            for client in (self, other):
                client.home.cut(str(relay.address.v4), str(relay.address.v6))

    def loss(self, share: float) -> None:
        """As of its home, which others may be in."""
        self.home.loss(share)

    def uplink(self, rate: str) -> None:
        self.home.uplink(rate)

    def downlink(self, rate: str) -> None:
        self.home.downlink(rate)

    def close(self) -> None:
        if self._browser is not None:
            # Asked to end, a Chromium may wait for ever for the network it has lost.
            self.host.kill()
            self._browser.close()
            self._browser = None
        self.host.close()
