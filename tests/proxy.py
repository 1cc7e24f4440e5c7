"""Real proxies with the files of deploy/, on free ports, before Parleys of tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conference.certificates import Authority
from tests.servers import ROOT, Process, folder_for, free_port, listens, tool

DEPLOYED = ROOT / "deploy/nginx.conf"
AROUND = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Nginx:
    """Where it listens, and the authority that vouches for it."""

    folder: Path
    port: int
    plain_port: int

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def authority(self) -> Path:
        return self.folder / "ca.crt"

    @contextlib.contextmanager
    def serving(self, backend: int, **changes: str) -> Iterator[None]:
        """With the file of deploy/; `changes` say which of its lines to replace.

        Only what differs from machine to machine is put in: name, ports, certificate.
        """
        text = DEPLOYED.read_text()
        for old, new in {
            "127.0.0.1:8000": f"127.0.0.1:{backend}",
            "[::]:443 ssl http2": f"[::1]:{self.port} ssl http2",
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "[::]:80": f"[::1]:{self.plain_port}",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "https://call.example.org": self.url,
            "server_name call.example.org": "server_name localhost",
            "/etc/letsencrypt/live/call.example.org/fullchain.pem": "SITE",
            "/etc/letsencrypt/live/call.example.org/privkey.pem": "SITE",
            "SITE": str(self.folder / "site.pem"),
            "/var/log/nginx/parley": str(self.folder / "log"),
            **changes,
        }.items():
            assert old in text, f"{old} is not in {DEPLOYED}"
            text = text.replace(old, new)
        (self.folder / "site.conf").write_text(text)
        config = self.folder / "nginx.conf"
        config.write_text(AROUND.format(folder=self.folder))
        process = Process([tool("nginx"), "-c", str(config)], self.folder)
        try:
            process.start().wait_until(lambda: listens(self.port))
            yield
        finally:
            process.end()


@contextlib.contextmanager
def nginx() -> Iterator[Nginx]:
    """Not started yet: `serving` does that, with one file or another."""
    with folder_for("nginx") as folder:
        authority = Authority.make("Authority of the tests", ["localhost"])
        site = authority.certify("Tests", ["localhost"])
        (folder / "site.pem").write_bytes(site.pem())
        made = Nginx(folder, free_port(), free_port())
        made.authority.write_bytes(authority.public_pem())
        yield made


@contextlib.contextmanager
def caddy(port: int, *backends: int) -> Iterator[str]:
    """A Caddy with the file of deploy/ before these ports; yields its address.

    Without https: for that, Caddy would ask an authority on the net.
    """
    text = (ROOT / "deploy/Caddyfile").read_text()
    for old, new in {
        "{\n": "{\n\tadmin off\n",
        "call.example.org {": f"http://localhost:{port} {{",
        "reverse_proxy 127.0.0.1:8000": "reverse_proxy "
        + " ".join(f"127.0.0.1:{backend}" for backend in backends),
    }.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    with folder_for("caddy") as folder:
        config = folder / "Caddyfile"
        config.write_text(text)
        run = ["run", "--config", str(config), "--adapter", "caddyfile"]
        homes = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        process = Process([tool("caddy"), *run], folder, homes)
        try:
            process.start().wait_until(lambda: listens(port))
            yield f"http://localhost:{port}"
        finally:
            process.end()
