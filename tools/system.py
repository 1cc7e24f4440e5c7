"""What the tests need of the machine: says what is missing, installs it if it may.

As root, or where `sudo` asks for no password, apt installs it; elsewhere the one
command to type is printed and the exit status is 1. Nothing is ever skipped. Ubuntu has
browsers as snaps only, which no test can drive: there a person has to fetch them.
"""

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PLACES = [
    "/usr/sbin",
    "/sbin",
    "/usr/local/sbin",
    "/opt/homebrew/bin",
    "/usr/local/bin",
]
KEG_NSS = ("/opt/homebrew/opt/nss/bin", "/usr/local/opt/nss/bin")
POSTGRES = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]


@dataclass(frozen=True)
class Piece:
    """A program of the machine: one of `programs` is found in PATH or `places`.

    `site` is where to get it from if the system's own package is of no use.
    """

    name: str
    programs: tuple[str, ...]
    apt: str
    brew: str
    places: tuple[str, ...] = ()
    site: str = ""
    # Of Linux alone: elsewhere nothing could be done with it.
    linux: bool = False

    def path(self) -> str | None:
        """The program the tests run; None if there is none."""
        path = os.pathsep.join([os.environ.get("PATH", ""), *PLACES, *self.places])
        found = (shutil.which(program, path=path) for program in self.programs)
        return next((each for each in found if each and not is_snap(each)), None)


def is_snap(program: str) -> bool:
    """Whether it is a snap, or Ubuntu's script that would fetch one."""
    real = Path(program).resolve()
    if real.name == "snap" or real.is_relative_to("/snap"):
        return True
    with real.open("rb") as file:
        head = file.read(4096)
    return head.startswith(b"#!") and b"/snap/bin/" in head


def postgres_places() -> tuple[str, ...]:
    return tuple(
        str(place)
        for base in POSTGRES
        for pattern in ("*/bin", "postgresql@*/bin")
        for place in Path(base).glob(pattern)
    )


CHROMIUM = Piece(
    "Chromium",
    ("chromium", "chromium-browser", "google-chrome", "Chromium"),
    "chromium",
    "--cask chromium",
    ("/Applications/Chromium.app/Contents/MacOS",),
    "the .deb of https://www.google.com/chrome/",
)
FIREFOX = Piece(
    "Firefox",
    ("firefox-esr", "firefox"),
    "firefox-esr",
    "--cask firefox",
    ("/Applications/Firefox.app/Contents/MacOS",),
    "the .deb of https://packages.mozilla.org/",
)
# Of NSS: lets a Chromium of the tests trust an authority.
CERTUTIL = Piece("certutil", ("certutil",), "libnss3-tools", "nss", KEG_NSS)
PIECES = (
    CHROMIUM,
    FIREFOX,
    Piece("Redis", ("redis-server",), "redis-server", "redis"),
    Piece("coturn", ("turnserver",), "coturn", "coturn"),
    Piece("PostgreSQL", ("initdb",), "postgresql", "postgresql", postgres_places()),
    Piece("nginx", ("nginx",), "nginx-light", "nginx"),
    Piece("Caddy", ("caddy",), "caddy", "caddy"),
    CERTUTIL,
    # Of these the network lab is made, see tests/network/.
    Piece("iproute2", ("tc",), "iproute2", "", linux=True),
    Piece("iptables", ("iptables",), "iptables", "", linux=True),
)


def has_snaps_for_browsers() -> bool:
    """Whether this is Ubuntu, or a system made from it."""
    try:
        told = platform.freedesktop_os_release()
    except OSError:
        return False
    return "ubuntu" in (told["ID"], *told.get("ID_LIKE", "").split())


def from_elsewhere(missing: list[Piece]) -> list[Piece]:
    """Those that this system's archive does not have in a form that helps."""
    if sys.platform == "darwin" or not has_snaps_for_browsers():
        return []
    return [piece for piece in missing if piece.site]


def by_apt(missing: list[Piece]) -> list[str]:
    return ["apt-get", "install", "-y", *(piece.apt for piece in missing)]


def by_hand(missing: list[Piece]) -> str:
    """What a person has to do: one line to type, and what to fetch on Ubuntu."""
    if sys.platform == "darwin":
        return "Type: " + " && ".join(f"brew install {piece.brew}" for piece in missing)
    sudo = "" if os.geteuid() == 0 else "sudo "
    fetched = from_elsewhere(missing)
    told = [f"Install {piece.name} from {piece.site}" for piece in fetched]
    if packages := [piece for piece in missing if piece not in fetched]:
        command = f"{sudo}apt-get update && {sudo}{' '.join(by_apt(packages))}"
        told.append(f"Type: {command}")
    if fetched:
        told.insert(0, "Ubuntu has snaps of browsers only, which tests cannot drive.")
    return "\n".join(told)


def without_password() -> list[str] | None:
    """What to put before a command that needs root; None: it is not to be had."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def install(missing: list[Piece], before: list[str]) -> bool:
    """Install by apt, which asks nothing, what it has."""
    fetched = from_elsewhere(missing)
    missing = [piece for piece in missing if piece not in fetched]
    if not missing:
        return False
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    commands = (["apt-get", "update"], by_apt(missing))
    return all(
        subprocess.run(
            [*before, *quiet, *command], stdin=subprocess.DEVNULL, check=False
        ).returncode
        == 0
        for command in commands
    )


def needed() -> list[Piece]:
    """What tests have a use for on this system."""
    return [piece for piece in PIECES if sys.platform == "linux" or not piece.linux]


def not_found() -> list[Piece]:
    return [piece for piece in needed() if piece.path() is None]


def main() -> int:
    missing = not_found()
    if not missing:
        print("System:", ", ".join(piece.name for piece in needed()), "are here.")
        return 0
    print("System: missing", ", ".join(piece.name for piece in missing), flush=True)
    before = without_password()
    if before is not None and install(missing, before):
        missing = not_found()
        if not missing:
            print("System: installed.")
            return 0
    print(f"The tests need them. {by_hand(missing)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
