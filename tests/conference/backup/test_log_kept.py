"""A restore puts the audit log back, too, and the guard over it stands as before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conference.backup.conftest import NewSite

COURSE = """
import django
django.setup()
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from conference.audit import Action, guard, record
from conference.audit.models import AuditEntry

call_command("migrate", verbosity=0)
record(Action.BAN, actor="u:1", reason="before")
call_command("backup", {archive!r}, verbosity=0)
record(Action.BAN, actor="u:1", reason="after")
call_command("restore", {archive!r}, "--replace", verbosity=0)
assert guard.stands(connection)
for wrong in (AuditEntry.objects.all().delete,
              lambda: AuditEntry.objects.update(reason="")):
    try:
        with transaction.atomic():
            wrong()
    except IntegrityError:
        continue
    raise SystemExit("the database let it happen")
record(Action.LET_BACK, actor="u:1", reason="and goes on")
print(connection.vendor, list(AuditEntry.objects.order_by("pk").values_list(
    "reason", flat=True)))
"""


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_the_log_goes_back_and_stays_guarded(
    site: NewSite, new_database: Callable[[str], str], vendor: str
) -> None:
    made = site("mine", new_database("mine") if vendor == "postgresql" else "")
    archive = str(made.folder.parent / "backup.tar.gz")

    said = made.python(COURSE.format(archive=archive)).splitlines()

    assert said[-1] == f"{vendor} ['before', 'and goes on']"
