"""What the tests need of the machine: says what is missing, installs it if it may.

As root, or where `sudo` asks for no password, apt installs it; elsewhere the one
command to type is printed and the exit status is 1. Nothing is ever skipped.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PLACES = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin"]
POSTGRES = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]


@dataclass(frozen=True)
class Piece:
    """A program of the machine: one of `programs` is found in PATH or `places`."""

    name: str
    programs: tuple[str, ...]
    apt: str
    brew: str
    places: tuple[str, ...] = ()

    def found(self) -> bool:
        path = os.pathsep.join([os.environ.get("PATH", ""), *PLACES, *self.places])
        return any(shutil.which(program, path=path) for program in self.programs)


def postgres_places() -> tuple[str, ...]:
    return tuple(
        str(place)
        for base in POSTGRES
        for pattern in ("*/bin", "postgresql@*/bin")
        for place in Path(base).glob(pattern)
    )


PIECES = (
    Piece(
        "Chromium",
        ("chromium", "chromium-browser", "google-chrome", "Chromium"),
        "chromium",
        "--cask chromium",
        ("/Applications/Chromium.app/Contents/MacOS",),
    ),
    Piece(
        "Firefox",
        ("firefox-esr", "firefox"),
        "firefox-esr",
        "--cask firefox",
        ("/Applications/Firefox.app/Contents/MacOS",),
    ),
    Piece("Redis", ("redis-server",), "redis-server", "redis"),
    Piece("coturn", ("turnserver",), "coturn", "coturn"),
    Piece("PostgreSQL", ("initdb",), "postgresql", "postgresql", postgres_places()),
)


def by_apt(missing: list[Piece]) -> list[str]:
    return ["apt-get", "install", "-y", *(piece.apt for piece in missing)]


def by_hand(missing: list[Piece]) -> str:
    """The one line that a person types."""
    if sys.platform == "darwin":
        return " && ".join(f"brew install {piece.brew}" for piece in missing)
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get update && {sudo}{' '.join(by_apt(missing))}"


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
    """Install by apt, which asks nothing."""
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    commands = (["apt-get", "update"], by_apt(missing))
    return all(
        subprocess.run(
            [*before, *quiet, *command], stdin=subprocess.DEVNULL, check=False
        ).returncode
        == 0
        for command in commands
    )


def main() -> int:
    missing = [piece for piece in PIECES if not piece.found()]
    if not missing:
        print("System: Chromium, Firefox, Redis, coturn and PostgreSQL are here.")
        return 0
    print("System: missing", ", ".join(piece.name for piece in missing), flush=True)
    before = without_password()
    if before is not None and install(missing, before):
        missing = [piece for piece in PIECES if not piece.found()]
        if not missing:
            print("System: installed.")
            return 0
    print(f"The tests need them. Type: {by_hand(missing)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
