"""Who left is in no file of the server any more, however one looks for them."""

from __future__ import annotations

import re
import sqlite3
import urllib.parse
from contextlib import closing
from pathlib import Path

from PIL import Image

from tests.accounts.views.own import drawn
from tests.browser.visitor import PASSWORD, Visitor
from tests.conference.test_large_bodies import send
from tests.servers import parley_server

NAME = "Noor al-Haddad"
EMAIL = "noor.of.the.byte.search@example.org"
FURTHER = "noor.elsewhere@example.net"


def holds(folder: Path, *traces: bytes) -> list[str]:
    """Which of the server's files hold one of these, whatever their case."""
    found = []
    for path in folder.rglob("*"):
        # What the server said, mails without a server for them included, is no data.
        if path.is_symlink() or not path.is_file() or path.suffix == ".log":
            continue
        content = path.read_bytes().lower()
        found += [
            f"{path.relative_to(folder)}: {trace.decode()}"
            for trace in traces
            if trace.lower() in content
        ]
    return sorted(found)


def pictures(folder: Path) -> list[Path]:
    return list((folder / "media").rglob("*.webp"))


def test_no_file_holds_address_name_or_picture() -> None:
    with parley_server() as server:
        # Somebody else is there as well, and stays.
        tomas = Visitor(server.url)
        tomas.sign_up("tomas.who.stays@example.org", "Tomas Lind")
        noor = Visitor(server.url)
        noor.sign_up(EMAIL, NAME)
        noor.post("/accounts/email/", email=FURTHER, action_add="")
        noor.new_room("The table of Noor al-Haddad", keeps_chat=True)
        assert send(noor, drawn())[0] == 302
        traces = [NAME.encode(), EMAIL.encode(), FURTHER.encode()]
        [picture] = pictures(server.folder)
        traces += [picture.stem.encode()]
        before = holds(server.folder, *traces)
        for trace in traces:
            assert any(trace.decode().lower() in each.lower() for each in before)
        with Image.open(picture) as shown:
            assert shown.size == (256, 256)

        # With a reader about, SQLite does not fold its write-ahead log in by itself.
        with closing(sqlite3.connect(server.folder / "parley.sqlite3")) as reader:
            assert reader.execute("SELECT COUNT(*) FROM accounts_user").fetchone()
            noor.post("/accounts/reauthenticate/", password=PASSWORD)
            address = noor.post("/accounts/delete/")
            assert urllib.parse.urlsplit(address).path == "/"
            assert not holds(server.folder, *traces)
        assert not pictures(server.folder)
        assert holds(server.folder, b"tomas.who.stays@example.org")
        assert re.search("Tomas Lind", tomas.get("/rooms/"))
        server.end()
        assert not holds(server.folder, *traces)
