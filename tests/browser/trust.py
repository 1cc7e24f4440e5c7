"""Chromium as a device that trusts the authority of a local network."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Playwright

from conference.certificates import Authority
from tests.browser.browsers import FLAGS, chromium_program
from tests.servers import folder_for
from tools.system import CERTUTIL


def trust(home: Path, certificate: Path) -> None:
    """Do what a person does in the settings of Chromium, for the account at `home`."""
    program = CERTUTIL.path()
    if program is None:
        raise FileNotFoundError("certutil is not installed: see `make test`")
    kept = home / ".pki" / "nssdb"
    kept.mkdir(parents=True)
    for words in (
        ["-N", "--empty-password"],
        ["-A", "-n", "Parley", "-t", "C,,", "-i", str(certificate)],
    ):
        subprocess.run([program, "-d", f"sql:{kept}", *words], check=True)


def waved_through(authority: Path) -> str:
    """For macOS, whose keychain no test may touch: what this authority signed, goes."""
    key = Authority.read(authority.read_bytes()).certificate.public_key()
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = base64.b64encode(hashlib.sha256(der).digest()).decode()
    return f"--ignore-certificate-errors-spki-list={digest}"


@contextlib.contextmanager
def trusting_chromium(playwright: Playwright, tls: Path) -> Iterator[Browser]:
    """A Chromium that accepts what the authority in folder `tls` has signed."""
    flags = [*FLAGS]
    with folder_for("device") as home:
        if sys.platform == "darwin":
            flags.append(waved_through(tls / "authority.pem"))
        else:
            trust(home, tls / "ca.crt")
        browser = playwright.chromium.launch(
            executable_path=chromium_program(),
            args=flags,
            env={**os.environ, "HOME": str(home)},
        )
        try:
            yield browser
        finally:
            browser.close()
