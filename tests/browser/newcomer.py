"""A newcomer's machine: an empty folder, a terminal, and README.md to go by.

Their environment holds nothing of Parley's, and nothing of the tests or of make, but
for the port, which is chosen so that others may try at the same time.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shlex
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

from conference import env
from tests.servers import ROOT, NotYet, folder_for, free_port, listens, wait_until

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OF_TESTS = re.compile("MAKE|MFLAGS|TEST_|PYTEST|VIRTUAL_ENV|DJANGO_|GIT_|ASGI_")
START_SECONDS, INSTALL_SECONDS = 120.0, 900.0
END_SECONDS = 30.0


def readme(folder: Path) -> str:
    """README.md as the newest commit has it, like all that a clone brings."""
    shown = subprocess.run(
        ["git", "show", "HEAD:README.md"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return shown.stdout


def lines_with(text: str, words: str) -> list[str]:
    """The lines to type of the first block of shell commands that has these words."""
    for block in BLOCK.findall(text):
        if words in block:
            return [line for line in block.splitlines() if line and line[0] != "#"]
    raise AssertionError(f"README.md has no block of commands with “{words}”")


@contextlib.contextmanager
def heeding_control_c() -> Iterator[None]:
    """What is started now heeds SIGINT, as in a terminal.

    Shells let what they start in the background ignore it, and so would all programs
    that tests in the background start.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Running:
    """A command in a terminal of its own, 100 columns wide."""

    def __init__(self, line: str, place: Path, env: dict[str, str]) -> None:
        self.line = line
        self.heard = b""
        self.outer, inner = os.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 100, 0, 0))
        with heeding_control_c():
            self.process = subprocess.Popen(
                ["sh", "-c", line],
                cwd=place,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=inner,
                stderr=inner,
                start_new_session=True,
            )
        os.close(inner)
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        # The terminal of a program that has ended cannot be read (EIO).
        with contextlib.suppress(OSError):
            while more := os.read(self.outer, 4096):
                self.heard += more

    @property
    def screen(self) -> str:
        return self.heard.decode(errors="replace").replace("\r\n", "\n")

    def shows(self, pattern: str, seconds: float) -> str:
        """Wait until this has been printed; returns the pattern's first group."""

        def printed() -> re.Match[str] | None:
            found = re.search(pattern, self.screen)
            if found is None and self.process.poll() is not None:
                raise RuntimeError(f"{self.line} ended:\n{self.screen}")
            return found

        wait_until(printed, f"{self.line} shows {pattern}", seconds)
        found = printed()
        assert found is not None
        return found[1]

    def press_control_c(self) -> None:
        """End it as its own words say, and see that it has gone in peace."""
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired as fault:
            raise NotYet(f"{fault}\n{self.screen}") from None
        self.listener.join(END_SECONDS)
        assert "Traceback" not in self.screen, self.screen

    def end(self) -> None:
        """Whatever happened: nothing of it is left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.listener.join()
        os.close(self.outer)


class Newcomer:
    """Types what README.md says, line by line, from an empty folder on."""

    def __init__(self, folder: Path, *, patient: bool) -> None:
        self.place = folder
        self.port = free_port()
        self.env = {
            name: value
            for name, value in os.environ.items()
            if name not in env.known and not OF_TESTS.match(name)
        } | {"PORT": str(self.port), "TERM": "xterm-256color", "PYTHONUTF8": "1"}
        self.patience = INSTALL_SECONDS if patient else START_SECONDS
        self.opened = contextlib.ExitStack()

    def types(self, line: str) -> None:
        """Type a line and wait for its end; where it went, the next one begins."""
        done = subprocess.run(
            ["sh", "-c", f"{line} && pwd"],
            cwd=self.place,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        self.place = Path(done.stdout.splitlines()[-1])

    def starts(self, line: str) -> Running:
        """Type a line whose program stays."""
        running = Running(line, self.place, self.env)
        self.opened.callback(running.end)
        return running

    def opens_link(self, running: Running) -> str:
        """The address that the program asks to open."""
        return running.shows(r"Open (https?://\S+)\n(?s:.*)Stop with", self.patience)

    def clones(self, line: str) -> None:
        """Type the line that fetches the repository, with its address put in."""
        source = shlex.quote(str(ROOT))
        self.types(re.sub(r"git clone (<[^>]*>|\S+)", f"git clone -q {source}", line))

    def borrows(self, venv: Path) -> None:
        """Spare the download: packages are those of this virtual environment."""
        own = self.place / ".venv"
        own.mkdir()
        for name in ("bin", "lib", "pyvenv.cfg"):
            (own / name).symlink_to(venv / name)
        # Newer than requirements.txt, as after the download.
        (own / ".run").touch()

    def is_gone(self) -> bool:
        return not listens(self.port)


@contextlib.contextmanager
def newcomer(*, patient: bool) -> Iterator[Newcomer]:
    """Somebody in an empty folder; `patient` enough for a download, or not."""
    with folder_for("newcomer") as folder:
        person = Newcomer(folder, patient=patient)
        with person.opened:
            yield person
