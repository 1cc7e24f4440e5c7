"""What stands in the logs of the proxies of deploy/, and what does not."""

from __future__ import annotations

import contextlib
import re
import ssl
import urllib.error
import urllib.request
from pathlib import Path

from conference.log import SECRET_PLACES
from tests.proxy import nginx
from tests.servers import ROOT, Process, folder_for, free_port, listens, tool

SECRET = "Kq3-v_9ZsecretOfALink0"  # noqa: S105 # opens nothing
ASKED = [
    *(f"/{place}/{SECRET}/" for place in SECRET_PLACES),
    f"/r/{SECRET}/room/?x={SECRET}",
    f"/rooms/?next=/i/{SECRET}/",
    f"/accounts/login/?next=%2Fi%2F{SECRET}%2F",
    f"//i/{SECRET}/",
]
PLAIN = "/privacy/"


def ask(url: str, trusting: ssl.SSLContext | None = None) -> None:
    """As a browser that comes from the page of an invitation; nobody answers."""
    request = urllib.request.Request(  # noqa: S310 # the proxy's own
        url, headers={"Referer": f"https://localhost/i/{SECRET}/"}
    )
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=20, context=trusting).close()


def test_nginx_writes_no_link_down() -> None:
    with nginx() as proxy:
        trusting = ssl.create_default_context(cafile=str(proxy.authority))
        with proxy.serving(free_port()):
            for path in (*ASKED, PLAIN):
                ask(f"{proxy.url}{path}", trusting)
            # The plain port leads to the other, which ends the handshake at once.
            with contextlib.suppress(urllib.error.URLError):
                ask(f"http://localhost:{proxy.plain_port}/i/{SECRET}/")
        written = {path.name: path.read_text() for path in proxy.folder.glob("log*")}

    assert set(written) == {"log.log", "log-error.log"}
    assert SECRET not in "".join(written.values())
    asked = re.findall(r'"GET (\S+)" (\d+)', written["log.log"])
    assert [path for path, _ in asked] == [
        *(f"/{place}/-" for place in SECRET_PLACES),
        *("/r/-", "/rooms/", "/accounts/login/", "/i/-", PLAIN, "/i/-"),
    ]
    assert {status for _, status in asked} == {"502", "301"}


MASKED = [*(f"/{place}/-" for place in SECRET_PLACES), "/r/-", "/rooms/-"]
MASKED += ["/accounts/login/-", "//i/-"]


def test_the_pattern_for_caddy_fits() -> None:
    text = (ROOT / "deploy/Caddyfile").read_text()
    found = re.search(r'request>uri regexp "(.*)" "\$1-"', text)
    assert found is not None
    shown = [re.sub(found[1], lambda hit: f"{hit[1] or ''}-", path) for path in ASKED]
    assert shown == MASKED
    assert not re.search(found[1], PLAIN)


def test_caddy_writes_no_link_down() -> None:
    """On a port of its own, and without https."""
    port = free_port()
    text = (ROOT / "deploy/Caddyfile").read_text()
    for old, new in {
        "{\n": "{\n\tadmin off\n",
        "call.example.org {": f"http://localhost:{port} {{\n\tlog",
        "127.0.0.1:8000": f"127.0.0.1:{free_port()}",
        # Nobody is waited for who will not come.
        "lb_try_duration 5s": "lb_try_duration 0s",
    }.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    with folder_for("caddy") as folder:
        config = folder / "Caddyfile"
        config.write_text(text)
        run = ["run", "--config", str(config), "--adapter", "caddyfile"]
        homes = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        caddy = Process([tool("caddy"), *run], folder, homes)

        def told() -> list[str]:
            return re.findall(r'handled request.*"uri": "([^"]*)"', caddy.words())

        try:
            caddy.start().wait_until(lambda: listens(port))
            for path in (*ASKED, PLAIN):
                ask(f"http://localhost:{port}{path}")
            caddy.wait_until(lambda: PLAIN in told())
        finally:
            caddy.end()
        assert SECRET not in caddy.words()
        assert told() == [*MASKED, PLAIN]
        assert caddy.words().count("http.log.error") == len(ASKED) + 1


def test_the_files_know_every_place_that_the_site_knows() -> None:
    for name in ("nginx.conf", "Caddyfile"):
        text = Path(ROOT / "deploy" / name).read_text()
        assert f"{'|'.join(SECRET_PLACES)})/" in text, name
