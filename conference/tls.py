"""The certificates of this machine's own network, kept in DATA_DIR/tls.

    authority.pem  key and certificate of the authority; 0600; kept for years
    ca.crt         its certificate alone, for devices to trust
    site.pem       key and certificate of the server; 0600; made anew when needed

The certificates themselves are those of certificates.py (RFC 5280).
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from . import lan
from .certificates import (
    SITE_DAYS,
    SPARE_DAYS,
    Authority,
    Damaged,
    Pair,
    general_name,
    hosts_of,
)
from .origin import host_of

FOLDER = "tls"
PairT = TypeVar("PairT", bound=Pair)
SECRET = 0o600
PUBLIC = 0o644


def store() -> "Store":
    """That of this site: for its own address and all of this machine's."""
    hosts = dict.fromkeys([host_of(settings.SITE_URL), *lan.hosts()])
    name = f"{settings.SITE_NAME} on {lan.machine()}"
    return Store(settings.DATA_DIR / FOLDER, name, list(hosts))


@dataclass(slots=True)
class Store:
    """A folder with an authority and a certificate for `hosts` of its making.

    `name` is what devices call it: the authority's is made from it.
    """

    folder: Path
    name: str
    hosts: list[str]
    done: list[str] = field(default_factory=list)
    """What had to be done, in words that follow "Parley"."""

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def public(self) -> Path:
        return self.folder / "ca.crt"

    @property
    def site(self) -> Path:
        return self.folder / "site.pem"

    def prepare(self) -> list[str]:
        """Make what is missing, damaged, too old, or for other addresses.

        Starts at the same time wait for each other, and find the same files. Returns
        what was done; raises OSError where the folder cannot be written.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            authority = self._authority()
            self._site(authority)
        return self.done

    def _authority(self) -> Authority:
        kept = self._read(Authority, self.authority)
        why = ""
        if kept is not None:
            if kept.days_left() < SITE_DAYS:
                why = " since the old one is about to expire"
            elif not all(kept.permits(host) for host in self.hosts):
                why = " since the old one may not vouch for the present addresses"
            else:
                self._publish(kept)
                return kept
        made = Authority.make(f"Local authority of {self.name}", self.hosts)
        self._write(self.authority, made.pem(), SECRET)
        self._publish(made)
        again = "; devices that trusted the old one have to trust it" if why else ""
        self.done.append(f"made a certificate authority{why}: {self.public}{again}")
        return made

    def _site(self, authority: Authority) -> None:
        kept = self._read(Pair, self.site)
        wanted = {str(general_name(host).value) for host in self.hosts}
        if (
            kept is not None
            and authority.has_signed(kept.certificate)
            and kept.days_left() >= SPARE_DAYS
            and hosts_of(kept.certificate) == wanted
        ):
            return
        made = authority.certify(self.name, self.hosts)
        self._write(self.site, made.pem(), SECRET)
        self.done.append(f"made a certificate for {', '.join(self.hosts)}")

    def _publish(self, authority: Authority) -> None:
        public = authority.public_pem()
        if not self.public.exists() or self.public.read_bytes() != public:
            self._write(self.public, public, PUBLIC)

    def _read(self, kind: type[PairT], path: Path) -> PairT | None:
        """The pair in this file, which nobody else may read; None if there is none."""
        try:
            pair = kind.read(path.read_bytes())
        except FileNotFoundError:
            return None
        except Damaged:
            self.done.append(f"found {path} damaged and makes it anew")
            return None
        path.chmod(SECRET)
        return pair

    def _write(self, path: Path, content: bytes, mode: int) -> None:
        """Whole or not at all, and never readable by more people than `mode` says."""
        handle, made = tempfile.mkstemp(dir=self.folder)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(content)
        os.replace(made, path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
