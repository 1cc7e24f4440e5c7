"""The SQLite file in which coturn looks a secret up, for each allocation anew.

So the secret is in no file that is copied about and in nobody's process list, and a new
one holds at once: a coturn that were started anew for it would end every relayed call.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

PLACE = Path("/var/lib/turn/turndb")
REALM = "parley"
"""As in deploy/turnserver.conf; coturn keeps secrets by it."""
BUSY_SECONDS = 5.0

# coturn's own table, for a file that it has not opened yet.
_TABLE = """CREATE TABLE IF NOT EXISTS turn_secret (
    realm varchar(127) default '', value varchar(256), primary key (realm, value)
)"""


def keep_secret(file: Path, secret: str, *, alone: bool = False) -> int:
    """Have coturn take credentials that are made from `secret`, from now on.

    `alone` takes all others back. Returns how many others hold besides. A file that is
    made here is its owner's only; raises OSError or sqlite3.Error where it cannot be
    written.
    """
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as database, database:
        database.execute(_TABLE)
        if alone:
            database.execute("DELETE FROM turn_secret WHERE realm = ?", [REALM])
        row = "INSERT OR IGNORE INTO turn_secret (realm, value) VALUES (?, ?)"
        database.execute(row, [REALM, secret])
        count = "SELECT count(*) FROM turn_secret WHERE realm = ?"
        (held,) = database.execute(count, [REALM]).fetchone()
    return int(held) - 1
