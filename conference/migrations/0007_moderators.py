"""The group "Moderators", with just the rights that moderating needs."""

from typing import Any

from django.db import migrations

from conference import moderators


def make(apps: Any, editor: Any) -> None:
    moderators.make(apps)


def unmake(apps: Any, editor: Any) -> None:
    moderators.unmake(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("conference", "0006_serving_processes"),
        ("accounts", "0005_suspension"),
        ("rooms", "0010_days_and_calls"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make, unmake)]
