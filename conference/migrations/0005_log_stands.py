"""From here on the database refuses to change or delete what the audit log says."""

from typing import Any

from django.db import migrations

from conference.audit import guard


def put_up(apps: Any, editor: Any) -> None:
    guard.put_up(editor.connection)


def take_down(apps: Any, editor: Any) -> None:
    guard.take_down(editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("conference", "0004_audit"),
    ]

    operations = [migrations.RunPython(put_up, take_down)]
