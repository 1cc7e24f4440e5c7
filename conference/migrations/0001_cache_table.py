"""The table of the cache that counts limits when there is no Redis.

Made in any case, so that a site may gain or lose its Redis at any time.
"""

from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "cache_entries"


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    alias = editor.connection.alias
    call_command("createcachetable", TABLE, database=alias, verbosity=0)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(f"DROP TABLE {editor.quote_name(TABLE)}")


class Migration(migrations.Migration):
    initial = True
    dependencies = ()
    operations = (migrations.RunPython(create, drop),)
