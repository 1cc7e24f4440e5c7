"""OpenID Connect providers for the tests: a real one, and one that lies."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.servers import Process, folder_for, free_port, listens

CLIENT = "parley"
CALLBACK = "/accounts/oidc/oidc/login/callback/"

Claims = dict[str, Any]


@dataclass(frozen=True)
class RealProvider:
    """`oidc-provider` in a process of its own."""

    issuer: str
    secret: str

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a server that asks this provider."""
        return {
            "OIDC_ISSUER": self.issuer,
            "OIDC_NAME": "Harbour Club",
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": self.secret,
        }


@contextlib.contextmanager
def real_provider(port: int, site: str, **people: Claims) -> Iterator[RealProvider]:
    """The provider of these people, by the name they log in with, for one site."""
    secret = secrets.token_urlsafe(24)
    client = {
        "client_id": CLIENT,
        "client_secret": secret,
        "redirect_uris": [site + CALLBACK],
    }
    told = json.dumps({"port": port, "client": client, "people": people})
    with folder_for("provider") as folder:
        process = Process(
            [*("sh", "tools/with-node", ".venv", "node"), "tests/provider.js"],
            folder,
            {"PATH": os.environ["PATH"], "PROVIDER": told},
        )
        try:
            process.start().wait_until(lambda: listens(port))
            yield RealProvider(f"http://localhost:{port}", secret)
        finally:
            process.end()


def come_back(address: str, login: str) -> str:
    """Log in at the real provider, beginning at `address`, and agree to everything.

    Returns the address on our site to which the provider sends people back.
    """
    with requests.Session() as browser:
        answer = browser.get(address, allow_redirects=False, timeout=10)
        while True:
            if answer.is_redirect:
                address = urljoin(address, answer.headers["location"])
                if urlsplit(address).path == CALLBACK:
                    return address
                answer = browser.get(address, allow_redirects=False, timeout=10)
                continue
            answer.raise_for_status()
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert form, answer.text
            assert prompt, answer.text
            address = urljoin(address, form[1])
            answer = browser.post(
                address,
                {"prompt": prompt[1], "login": login, "password": "anything"},
                allow_redirects=False,
                timeout=10,
            )


@functools.cache
def made_key(name: str) -> rsa.RSAPrivateKey:
    """A key for signatures; making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Liar:
    """A provider that says what a test puts into its mouth, under its own key."""

    port: int = field(default_factory=free_port)
    claims: Claims = field(default_factory=dict)
    userinfo: Claims = field(default_factory=dict)
    discovery: Claims = field(default_factory=dict)
    headers: Claims = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Any = None
    raw: dict[str, bytes] = field(default_factory=dict)
    nonce: str = ""

    @property
    def own_key(self) -> rsa.RSAPrivateKey:
        return made_key("own")

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    def says(self, path: str) -> Any:
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "userinfo_endpoint": f"{self.issuer}/me",
                **self.discovery,
            }
        if path == "/jwks":
            public = jwt.algorithms.RSAAlgorithm.to_jwk(self.own_key.public_key())
            return {"keys": [{**json.loads(public), "kid": "one", "use": "sig"}]}
        if path == "/me":
            return {"sub": "mira", **self.userinfo}
        token = jwt.encode(
            {
                "iss": self.issuer,
                "sub": "mira",
                "aud": CLIENT,
                "iat": int(time.time()),
                "exp": int(time.time()) + 60,
                "nonce": self.nonce,
                "email": "mira@example.org",
                "email_verified": True,
                "name": "Mira Lind",
                **self.claims,
            },
            self.own_key if self.key is None else self.key,
            algorithm=self.algorithm,
            headers={"kid": "one", **self.headers},
        )
        return {"access_token": "any", "token_type": "Bearer", "id_token": token}

    def come_back(self, address: str) -> str:
        """What the provider answers who comes with this address, without asking."""
        asked = {name: said[0] for name, said in parse_qs(address).items()}
        self.nonce = asked["nonce"]
        return f"{CALLBACK}?code=any&state={asked['state']}"


@contextlib.contextmanager
def liar() -> Iterator[Liar]:
    told = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 # the library's name
            body = told.raw.get(self.path) or json.dumps(told.says(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:  # noqa: N802 # the library's name
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, format: str, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", told.port), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
