"""A program: `fill` puts two rows of every model into a database, `show` tells all.

Run with the settings of the database in question, and any number of steps, such as
`fill show backup=FILE`. A model that is new is filled and told like the others, without
a line here.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import django
from django.db import models

SAID = "Zoë 👩‍👩‍👧 “quoted” \u2028 \\ ' \" \t; DROP TABLE -- %s ﬁn"
WHEN = datetime(2026, 2, 28, 23, 59, 59, 123457, tzinfo=UTC)
# What a rule of the database itself asks of the rows.
SPECIAL: dict[str, tuple[object, object]] = {
    "rooms.room.people_limit": (2, 16),
    "rooms.membership.role": ("owner", "co-host"),
    "accounts.user.email": ("a@example.org", "b@example.org"),
    "account.emailaddress.primary": (True, False),
    "admin.logentry.action_flag": (1, 3),
}


def value(field: Any, number: int) -> object:
    """Something hard to carry that the field may hold; another one for each number."""
    label = f"{field.model._meta.label_lower}.{field.name}"
    if label in SPECIAL:
        return SPECIAL[label][number]
    if field.remote_field is not None:
        rows = list(field.related_model._base_manager.order_by("pk"))
        # From the end: the first are those that migrations made.
        return None if field.null and number else rows[-1 - number % len(rows)].pk
    if field.choices:
        return [key for key, _ in field.flatchoices][number % len(field.flatchoices)]
    if isinstance(field, models.FileField):
        return f"{field.name}/{number}.bin"
    if field.null and number:
        return None
    plain: dict[str, object] = {
        "BooleanField": not number,
        "DateTimeField": WHEN + timedelta(microseconds=number),
        "DateField": date(2026, 1, 1 + number),
        "TimeField": time(23, 59, 59, number),
        "DurationField": timedelta(days=number, microseconds=7),
        "JSONField": {"key": [1, 2.5, None, SAID], "number": number},
        "BinaryField": bytes(range(256)) + bytes([number]),
        "TextField": f"{SAID}\r\n{number}" * 20,
        "FloatField": 0.1 + number,
        "UUIDField": f"00000000-0000-4000-8000-00000000000{number}",
        "GenericIPAddressField": f"2001:db8::{number + 1}",
    }
    kind = field.get_internal_type()
    if kind in plain:
        return plain[kind]
    if "Integer" in kind or kind.endswith("AutoField"):
        return number + 1
    # Text of every other kind, as long as may be.
    return f"{number}{SAID}"[: field.max_length].ljust(min(field.max_length, 200), "x")


def fill() -> None:
    from django.conf import settings

    from conference.backup.rows import BY_MIGRATIONS, kinds

    for kind in kinds():
        if kind._meta.label_lower in BY_MIGRATIONS:
            continue
        for number in (0, 1):
            row = kind()
            for field in kind._meta.concrete_fields:
                if not field.primary_key or field.remote_field is not None:
                    setattr(row, field.attname, value(field, number))
                elif field.get_internal_type().endswith("AutoField"):
                    # A gap, which must stay, and where counting goes on behind it.
                    setattr(row, field.attname, (number + 1) * 1000)
                else:
                    setattr(row, field.attname, value(field, number))
            row.save_base(raw=True, force_insert=True)
            for field in kind._meta.concrete_fields:
                if isinstance(field, models.FileField):
                    path = Path(settings.MEDIA_ROOT, str(value(field, number)))
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(bytes(range(256)) * (number + 1))


def plain(thing: Any) -> object:
    return bytes(thing) if isinstance(thing, memoryview) else thing


def show() -> dict[str, list[str]]:
    """Every row of every model, and the sum of every file, as plain text."""
    from django.conf import settings

    from conference.backup.rows import kinds

    told = {
        kind._meta.label_lower: [
            repr([(name, plain(thing)) for name, thing in sorted(row.items())])
            for row in kind._base_manager.order_by("pk").values()
        ]
        for kind in kinds()
    }
    root = Path(settings.MEDIA_ROOT)
    told["files"] = [
        f"{path.relative_to(root)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted(root.rglob("*"))
        if path.is_file()
    ]
    return told


def go_on() -> None:
    """Make rows as people do: their keys must not be taken yet."""
    from tests.factories import make_room, make_user

    make_room(make_user("Somebody new"))


def main(steps: list[str]) -> None:
    from django.core.management import call_command

    for step in steps:
        what, _, path = step.partition("=")
        if what == "show":
            sys.stdout.write(json.dumps(show()))
        elif path:
            call_command(what, path, verbosity=0, stdout=io.StringIO())
        else:
            {"fill": fill, "go-on": go_on}[what]()


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1:])
