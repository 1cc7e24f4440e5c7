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

# As coturn makes them when it is asked for the first time. Whoever comes in that moment
# finds the file locked and is refused: so it finds them made already.
_TABLES = {
    "turn_secret": "realm varchar(127) default '', value varchar(256), "
    "primary key (realm, value)",
    "turnusers_lt": "realm varchar(127) default '', name varchar(512), "
    "hmackey char(128), primary key (realm, name)",
    "allowed_peer_ip": "realm varchar(127) default '', ip_range varchar(256), "
    "primary key (realm, ip_range)",
    "denied_peer_ip": "realm varchar(127) default '', ip_range varchar(256), "
    "primary key (realm, ip_range)",
    "turn_origin_to_realm": "origin varchar(127), realm varchar(127), "
    "primary key (origin)",
    "turn_realm_option": "realm varchar(127) default '', opt varchar(32), "
    "value varchar(128), primary key (realm, opt)",
    "oauth_key": "kid varchar(128), ikm_key varchar(256), "
    "timestamp bigint default 0, lifetime integer default 0, "
    "as_rs_alg varchar(64) default '', realm varchar(127) default '', "
    "primary key (kid)",
    "admin_user": "name varchar(32), realm varchar(127), password varchar(127), "
    "primary key (name)",
}


def keep_secret(file: Path, secret: str, *, alone: bool = False) -> int:
    """Have coturn take credentials that are made from `secret`, from now on.

    `alone` takes all others back. Returns how many others hold besides. A file that is
    made here is its owner's only; raises OSError or sqlite3.Error where it cannot be
    written.
    """
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as database, database:
        # Nobody who is just asking coturn for a relay finds the file locked by us.
        database.execute("PRAGMA journal_mode = WAL")
        for table, columns in _TABLES.items():
            database.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
        if alone:
            database.execute("DELETE FROM turn_secret WHERE realm = ?", [REALM])
        row = "INSERT OR IGNORE INTO turn_secret (realm, value) VALUES (?, ?)"
        database.execute(row, [REALM, secret])
        count = "SELECT count(*) FROM turn_secret WHERE realm = ?"
        (held,) = database.execute(count, [REALM]).fetchone()
    return int(held) - 1
