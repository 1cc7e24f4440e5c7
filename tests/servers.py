"""Real servers for the tests: own free port, own folder, ended by pid.

Nothing here touches a service of the machine. Every start waits for a fact (an
answer on the port), and every end takes the whole process group that was started.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import os
import pwd
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from conference.turn.database import keep_secret

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 40.0
END_SECONDS = 15.0
POLL_SECONDS = 0.03
GROUND = "PARLEY_TESTS_GROUND"


class NotYet(AssertionError):
    """What was waited for did not come true in time."""


def wait_until(
    fact: Callable[[], object], what: str, seconds: float = START_SECONDS
) -> None:
    """Return when `fact` is true; `NotYet` names `what` when time is up."""
    end = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > end:
            raise NotYet(f"{what}: not within {seconds:g} s")
        time.sleep(POLL_SECONDS)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of 127.0.0.1 that nobody holds at this moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tool(name: str, *folders: str) -> str:
    """The path of a server program, looked for in PATH and where Debian hides it."""
    places = [os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", *folders]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        raise FileNotFoundError(f"{name} is not installed: see `make test`")
    return found


@dataclass
class Process:
    """A program started in its own process group, its words kept in `log`."""

    command: list[str]
    folder: Path
    env: Mapping[str, str] | None = None
    user: str | None = None
    log: Path = field(init=False)
    running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.log = self.folder / f"{Path(self.command[0]).name}.log"

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                cwd=self.folder if self.user else ROOT,
                env=dict(self.env) if self.env is not None else None,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                user=self.user,
                group=pwd.getpwnam(self.user).pw_gid if self.user else None,
            )
        return self

    @property
    def pid(self) -> int:
        assert self.running is not None
        return self.running.pid

    def words(self) -> str:
        """Everything the program has said so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait_until(self, fact: Callable[[], object]) -> None:
        """Wait for a fact, but not longer than the program lives."""

        def alive_and_ready() -> bool:
            assert self.running is not None
            if self.running.poll() is not None:
                raise RuntimeError(f"{self.command[0]} ended:\n{self.words()}")
            return bool(fact())

        try:
            wait_until(alive_and_ready, f"{self.command[0]} answers")
        except NotYet as fault:
            raise NotYet(f"{fault}\n{self.words()}") from None

    def ends(self, seconds: float = END_SECONDS) -> int:
        """Wait until it ends by itself; returns its exit code."""
        assert self.running is not None
        code = self.running.wait(seconds)
        self.running = None
        return code

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Send `how` to the group and wait; SIGKILL follows if it is not heeded."""
        if self.running is None:
            return
        for act in (how, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, act)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.running.wait(END_SECONDS)
                break
        self.running = None


@contextlib.contextmanager
def folder_for(name: str, user: str | None = None) -> Iterator[Path]:
    """A temporary folder, owned by `user`, gone afterwards."""
    with tempfile.TemporaryDirectory(
        prefix=f"parley-{name}-", ignore_cleanup_errors=True
    ) as made:
        folder = Path(made)
        if user is not None:
            owner = pwd.getpwnam(user)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        yield folder


def listens(port: int) -> bool:
    """Does anything accept connections on this port of 127.0.0.1?"""
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False


# Parley itself


def environment(folder: Path, port: int, **settings: str) -> dict[str, str]:
    """The environment of one server: every setting said, so no `.env` has a say."""
    inherited = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
    defaults = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DEBUG": "False",
        "BIND": "127.0.0.1",
        "PORT": str(port),
        "SITE_URL": f"http://localhost:{port}",
        "SITE_NAME": "Parley",
        "ALLOWED_HOSTS": "",
        "TRUSTED_PROXIES": "0",
        "DATABASE_URL": f"sqlite:///{folder / 'parley.sqlite3'}",
        "REDIS_URL": "",
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "INFO",
        "LOG_FORMAT": "",
        "METRICS_TOKEN": "",
        "STUN_URLS": "",
        "TURN": "",
        "TURN_URLS": "",
        "TURN_SECRET": "",
        "TURN_ADMIN": "",
        "TURN_ADMIN_PASSWORD": "",
        "LAN": "",
        "FAST_SOCKETS": "",
        "STRANGERS_PER_ADDRESS": "",
        "DRAIN_SECONDS": "",
        "REQUIRE_STAFF_2FA": "",
        "SIGNUP": "",
        "SIGNUP_DOMAINS": "",
        # One owner makes the rooms of all tests that share a server.
        "ROOMS_PER_PERSON": "10000",
        "INVITATIONS_PER_DAY": "",
        "EMAIL_URL": "",
        "MAIL_FROM": "",
        "OIDC_ISSUER": "",
        "OIDC_NAME": "",
        "OIDC_CLIENT_ID": "",
        "OIDC_CLIENT_SECRET": "",
        "PYTHONUNBUFFERED": "1",
    }
    kept = {name: os.environ[name] for name in inherited if name in os.environ}
    return kept | defaults | settings


def manage(env: Mapping[str, str], *words: str) -> str:
    """Run `manage.py` and return what it printed."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *words],
        cwd=ROOT,
        env=dict(env),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(words)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def share_ground() -> Path:
    """The folder of `ground`; processes started from now on have the same one."""
    if GROUND not in os.environ:
        os.environ[GROUND] = tempfile.mkdtemp(prefix="parley-ground-")
        atexit.register(shutil.rmtree, os.environ[GROUND], ignore_errors=True)
    return Path(os.environ[GROUND])


@functools.cache
def ground() -> Path:
    """A migrated SQLite file and the collected static files, made once per run.

    The workers of a run share them: the first who asks makes them, the others wait.
    """
    folder = share_ground()
    made = folder / "made"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            env = environment(folder, 0)
            manage(env, "migrate", "--verbosity", "0")
            manage(env, "collectstatic", "--noinput", "--verbosity", "0")
            made.touch()
    return folder


class Parley:
    """One real server of the product; `with Parley() as server:` starts and ends it."""

    def __init__(self, folder: Path, name: str = "localhost", **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.host = f"{name}:{self.port}"
        self.url = f"http://{self.host}"
        self.env = environment(folder, self.port, SITE_URL=self.url, **settings)
        self.process = Process(
            [sys.executable, str(ROOT / "manage.py"), "serve"], folder, self.env
        )

    def manage(self, *words: str) -> str:
        """Run a management command against this server's database."""
        return manage(self.env, *words)

    def prepare(self) -> None:
        (self.folder / "static").symlink_to(ground() / "static")
        if self.env["DATABASE_URL"].startswith("sqlite:"):
            shutil.copy(ground() / "parley.sqlite3", self.folder)
        else:
            self.manage("migrate", "--verbosity", "0")

    def start(self) -> Self:
        self.process.start().wait_until(self.answers)
        return self

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop the server; `start()` brings it back on the same port and data."""
        self.process.end(how)

    def answers(self) -> bool:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/accounts/login/", headers={"Host": self.host}
        )
        try:
            with urllib.request.urlopen(request, timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    @property
    def trust(self) -> ssl.SSLContext | None:
        """What a client has to trust to speak with it; None: it speaks plainly."""
        return None

    def line(self, seconds: float = 10) -> socket.socket:
        """A bare connection, up to where bytes of HTTP may be sent."""
        name = self.host.rpartition(":")[0]
        plain = socket.create_connection((name, self.port), seconds)
        return (
            self.trust.wrap_socket(plain, server_hostname=name) if self.trust else plain
        )

    def words(self) -> str:
        return self.process.words()


@contextlib.contextmanager
def prepared_server(name: str = "localhost", **settings: str) -> Iterator[Parley]:
    """As `parley_server`, and not started yet: its `env` may still be changed."""
    with folder_for("server") as folder:
        server = Parley(folder, name, **settings)
        server.prepare()
        try:
            yield server
        finally:
            server.end()


@contextlib.contextmanager
def parley_server(name: str = "localhost", **settings: str) -> Iterator[Parley]:
    """`manage.py serve` with these settings, on its own port, database and folder.

    `name` is the host in its SITE_URL; it listens on 127.0.0.1 in any case.
    """
    with prepared_server(name, **settings) as server:
        yield server.start()


# What it can stand on


@dataclass(frozen=True)
class Store:
    """What servers stand on; `end` stops it, `start` brings it back where it was."""

    url: str
    process: Process
    answers: Callable[[], bool]

    def start(self) -> Self:
        self.process.start().wait_until(self.answers)
        return self

    def end(self, how: signal.Signals) -> None:
        self.process.end(how)


@contextlib.contextmanager
def own_redis() -> Iterator[Store]:
    """A Redis that keeps nothing on disk and may be stopped on the way."""
    port = free_port()
    with folder_for("redis") as folder:
        process = Process(
            [
                *(tool("redis-server"), "--port", str(port), "--bind", "127.0.0.1"),
                *("--save", "", "--appendonly", "no", "--dir", str(folder)),
            ],
            folder,
        )

        def answers() -> bool:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", port), 1) as redis,
            ):
                redis.sendall(b"PING\r\n")
                return redis.recv(16).startswith(b"+PONG")
            return False

        try:
            yield Store(f"redis://127.0.0.1:{port}/0", process, answers).start()
        finally:
            process.end()


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """A Redis that keeps nothing on disk; yields its URL."""
    with own_redis() as store:
        yield store.url


def postgres_folders() -> list[str]:
    """Where PostgreSQL keeps its programs, the newest version first."""
    places = [*Path("/usr/lib/postgresql").glob("*/bin")]
    places += [
        place
        for base in ("/opt/homebrew/opt", "/usr/local/opt")
        for place in Path(base).glob("postgresql@*/bin")
    ]

    def version(place: Path) -> int:
        return int("".join(filter(str.isdigit, place.parent.name)) or "0")

    return [str(place) for place in sorted(places, key=version, reverse=True)]


def postgres_user() -> str | None:
    """Whom PostgreSQL runs as: it refuses root, so root lends it a smaller account."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextlib.contextmanager
def own_postgres() -> Iterator[Store]:
    """A PostgreSQL cluster of its own, which may be stopped on the way."""
    port, user, where = free_port(), postgres_user(), postgres_folders()
    # An unkind LANG would stop initdb; C.UTF-8 exists wherever it matters.
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    if sys.platform == "darwin":
        env["LC_ALL"] = "en_US.UTF-8"
    with folder_for("postgres", user) as folder:
        data = str(folder / "data")
        made = Process(
            [
                *(tool("initdb", *where), "-D", data, "-U", "parley", "-A", "trust"),
                *("-E", "UTF8", "--no-sync"),
            ],
            folder,
            env,
            user,
        ).start()
        assert made.running is not None
        if made.running.wait(START_SECONDS):
            raise RuntimeError(f"initdb failed:\n{made.words()}")
        process = Process(
            [
                *(tool("postgres", *where), "-D", data, "-p", str(port)),
                *("-k", str(folder), "-c", "listen_addresses=127.0.0.1"),
                *("-c", "fsync=off", "-c", "full_page_writes=off"),
            ],
            folder,
            env,
            user,
        )
        ready = [
            *(tool("pg_isready", *where), "-q", "-h", "127.0.0.1", "-p", str(port))
        ]

        def answers() -> bool:
            return subprocess.run(ready, check=False).returncode == 0

        url = f"postgres://parley@127.0.0.1:{port}/postgres"
        try:
            yield Store(url, process, answers).start()
        finally:
            # SIGINT is PostgreSQL's "fast" shutdown: it does not wait for clients.
            process.end(signal.SIGINT)


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL cluster of its own; yields its URL."""
    with own_postgres() as store:
        yield store.url


@dataclass(frozen=True)
class Turn:
    """A running TURN server: what `TURN_URLS` and `TURN_SECRET` have to say."""

    port: int
    secret: str
    process: Process
    database: Path
    admin: str = ""
    """Where it takes orders, as `TURN_ADMIN` has it; empty: nowhere."""
    admin_password: str = ""

    @property
    def url(self) -> str:
        return f"turn:127.0.0.1:{self.port}"


def stun_answers(port: int) -> bool:
    """Does a STUN binding request (RFC 8489) get its answer from this port?"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.5)
        request = b"\x00\x01\x00\x00\x21\x12\xa4\x42" + secrets.token_bytes(12)
        with contextlib.suppress(OSError):
            probe.sendto(request, ("127.0.0.1", port))
            return probe.recv(512)[:2] == b"\x01\x01"
    return False


def with_orders(folder: Path, port: int, password: str) -> Path:
    """The shipped file, changed as docs/deployment.md says, so that it takes orders."""
    shipped = (ROOT / "deploy/turnserver.conf").read_text()
    assert shipped.count("\nno-cli\n") == 1
    lines = f"cli-ip=127.0.0.1\ncli-port={port}\ncli-password={password}"
    changed = folder / "turnserver.conf"
    changed.write_text(shipped.replace("\nno-cli\n", f"\n{lines}\n"))
    return changed


@contextlib.contextmanager
def turn_server(
    *options: str, lets_in: bool = True, takes_orders: bool = False
) -> Iterator[Turn]:
    """coturn with the shipped file, on loopback; `lets_in` what that file denies."""
    here = ("--allow-loopback-peers", "--allowed-peer-ip=127.0.0.1") if lets_in else ()
    orders = free_port() if takes_orders else 0
    password = secrets.token_urlsafe(24) if takes_orders else ""
    port = free_port(socket.SOCK_DGRAM)
    secret = secrets.token_urlsafe(24)
    with folder_for("turn") as folder:
        keep_secret(folder / "turndb", secret)
        file = ROOT / "deploy/turnserver.conf"
        if takes_orders:
            file = with_orders(folder, orders, password)
        process = Process(
            [
                *(tool("turnserver"), "-c", str(file)),
                *("--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"),
                *(f"--listening-port={port}", f"--userdb={folder / 'turndb'}"),
                *(f"--pidfile={folder / 'pid'}", "--verbose", *here, *options),
            ],
            folder,
        )
        try:
            process.start().wait_until(lambda: stun_answers(port))
            admin = f"127.0.0.1:{orders}" if takes_orders else ""
            yield Turn(port, secret, process, folder / "turndb", admin, password)
        finally:
            process.end()
