"""Pictures are the one thing that may be larger than 64 KiB, and only where they go."""

from __future__ import annotations

import http.client
import re
import urllib.parse
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from accounts.pictures import MOST_BYTES
from conference.settings import LARGE_BODIES
from tests.accounts.test_pictures import png_of
from tests.accounts.views.own import drawn
from tests.browser.visitor import Visitor
from tests.servers import Parley, parley_server

[PLACE] = LARGE_BODIES
EDGE = "----edge"


@pytest.fixture(scope="module")
def server() -> Iterator[Parley]:
    with parley_server() as started:
        yield started


@pytest.fixture(scope="module")
def visitor(server: Parley) -> Visitor:
    """Somebody with an account, logged in."""
    made = Visitor(server.url)
    made.sign_up("noor@example.org", "Noor Haddad")
    return made


def form_of(token: str, content: bytes) -> bytes:
    """A form with a file, as browsers send it (RFC 7578)."""
    parts = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"'
        f"\r\n\r\n{token}\r\n"
        f'--{EDGE}\r\nContent-Disposition: form-data; name="picture"; '
        'filename="me.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    return parts.encode() + content + f"\r\n--{EDGE}--\r\n".encode()


def send(
    visitor: Visitor, content: bytes, path: str = PLACE, *, cookies: str | None = None
) -> tuple[int, str]:
    """Post the file; status and text of the answer."""
    found = re.search(
        r'name="csrfmiddlewaretoken" value="([^"]+)"',
        visitor.get("/accounts/profile/"),
    )
    assert found
    place = urllib.parse.urlsplit(visitor.url)
    with closing(
        http.client.HTTPConnection(str(place.hostname), place.port or 80, timeout=30)
    ) as line:
        # A server that refuses may hang up before everything is sent.
        with suppress(ConnectionError):
            line.request(
                "POST",
                path,
                form_of(found[1], content),
                {
                    "Content-Type": f"multipart/form-data; boundary={EDGE}",
                    "Cookie": visitor.cookies() if cookies is None else cookies,
                    "Origin": visitor.url,
                },
            )
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def picture_of(visitor: Visitor) -> str:
    found = re.search(r"/accounts/pictures/\w+\.webp", visitor.get("/rooms/"))
    return found[0] if found else ""


def test_a_large_picture_is_taken(visitor: Visitor) -> None:
    before = picture_of(visitor)
    content = drawn() + bytes(4 * 1024 * 1024)
    assert send(visitor, content)[0] == 302
    assert picture_of(visitor) not in ("", before)


def test_over_5_mb_is_said_and_far_over_is_cut_off(visitor: Visitor) -> None:
    status, text = send(visitor, drawn() + bytes(MOST_BYTES))
    assert (status, "larger than 5 MB" in text) == (200, True)
    assert send(visitor, bytes(LARGE_BODIES[PLACE]))[0] == 413


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/profile/",
        "/accounts/profile/picture/remove/",
        "/accounts/profile/picture",
        "/accounts/profile/picture//",
        "/accounts/%70rofile/picture/",
        "/accounts/login/",
        "/?/accounts/profile/picture/",
    ],
)
def test_nowhere_else(visitor: Visitor, path: str) -> None:
    assert send(visitor, bytes(100_000), path)[0] == 413


def test_not_for_browsers_without_a_session(visitor: Visitor) -> None:
    assert send(visitor, bytes(100_000), cookies="")[0] == 413


def test_not_for_sessions_of_nobody(visitor: Visitor) -> None:
    kept = picture_of(visitor)
    token = next(each for each in visitor.jar if each.name.endswith("csrf"))
    cookies = f"parley_session=nobodys; {token.name}={token.value}"
    assert send(visitor, drawn() + bytes(100_000), cookies=cookies)[0] == 302
    assert picture_of(visitor) == kept


@pytest.mark.parametrize(
    "content",
    [
        png_of(10_000, 10_000),
        png_of(60_000, 60_000),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    ],
    ids=["100 million points", "3,600 million points", "SVG"],
)
def test_bombs_and_drawings_are_refused_with_words(
    visitor: Visitor, content: bytes
) -> None:
    kept = picture_of(visitor)
    status, text = send(visitor, content)
    assert status == 200
    assert 'id="id_picture_error"' in text
    assert picture_of(visitor) == kept


def test_of_a_page_inside_a_picture_nothing_is_left(visitor: Visitor) -> None:
    page = b"<!DOCTYPE html><script>alert(document.domain)</script>"
    content = drawn(comment=page) + page
    assert content.count(page) == 2
    assert send(visitor, content)[0] == 302
    place = urllib.parse.urlsplit(visitor.url)
    with closing(
        http.client.HTTPConnection(str(place.hostname), place.port or 80, timeout=30)
    ) as line:
        line.request("GET", picture_of(visitor))
        answer = line.getresponse()
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith(
            "default-src 'none'"
        )
        body = answer.read()
    assert body.startswith(b"RIFF")
    assert b"script" not in body
