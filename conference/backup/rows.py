"""Which rows a backup holds, and their way out of a database and into another."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, time
from graphlib import TopologicalSorter
from typing import IO, Any

from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from ..audit import guard

LEFT_OUT = {
    "sessions.session": "everybody logs in again",
    "usersessions.usersession": "everybody logs in again",
    "rooms.seat": "who sits in a call at this moment",
    "rooms.barred": "who was sent away from one in the last minutes",
    "conference.outgoingmail": "mail that waits: it would go out twice",
    "conference.servingprocess": "which processes serve at this moment",
}
"""Models whose rows no backup holds, and why; nor does it hold counts of limits."""

BY_MIGRATIONS = ("contenttypes.contenttype", "auth.permission")
"""What a fresh database holds already."""

SAY_NOTHING = (*BY_MIGRATIONS, "auth.group", "auth.group_permissions")
"""Nobody has used a database that holds these alone: one group comes with it, too."""

Kind = type[models.Model]


class Exact(DjangoJSONEncoder):
    """Times with their microseconds, which Django's own encoder cuts off."""

    def default(self, o: Any) -> Any:
        if isinstance(o, datetime | date | time):
            return o.isoformat()
        return super().default(o)


def kinds() -> list[Kind]:
    """Every model with a table, links of many to many included, targets first."""
    found: dict[Kind, set[Kind]] = {
        model: {
            field.related_model
            for field in model._meta.concrete_fields
            if isinstance(field.related_model, type) and field.related_model != model
        }
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    return list(TopologicalSorter(found).static_order())


def kept() -> list[Kind]:
    return [kind for kind in kinds() if kind._meta.label_lower not in LEFT_OUT]


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read within is of one moment; on SQLite others may write meanwhile.

    Must not stand within another transaction.
    """
    with ExitStack() as after:
        if connection.vendor == "sqlite":
            # Ours is IMMEDIATE, which would keep every writer out.
            sqlite: Any = connection
            sqlite.ensure_connection()
            after.callback(setattr, sqlite, "transaction_mode", sqlite.transaction_mode)
            sqlite.transaction_mode = "DEFERRED"
        after.enter_context(transaction.atomic(durable=True))
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                )
        yield


def write(kind: Kind, stream: IO[str]) -> int:
    """One line for each row, in the order of their keys; returns how many."""
    count = 0

    def each() -> Iterator[models.Model]:
        nonlocal count
        for row in kind._base_manager.order_by("pk").iterator(chunk_size=500):
            count += 1
            yield row

    fields = [field.name for field in kind._meta.concrete_fields]
    serializers.serialize("jsonl", each(), stream=stream, fields=fields, cls=Exact)
    return count


def files_named(kind: Kind) -> Iterator[str]:
    """The names of files that this model's rows speak of."""
    for field in kind._meta.concrete_fields:
        if isinstance(field, models.FileField):
            names = kind._base_manager.exclude(**{field.name: ""})
            yield from names.values_list(field.name, flat=True).iterator()


def read(stream: IO[str]) -> int:
    """Write each line's row as it is: no signal's work, no `save` of a model's own."""
    count = 0
    for found in serializers.deserialize("jsonl", stream):
        found.save(save_m2m=False, force_insert=True)
        count += 1
    return count


def is_empty() -> bool:
    """Whether nobody has used this database yet."""
    return not any(
        kind._base_manager.exists()
        for kind in kept()
        if kind._meta.label_lower not in SAY_NOTHING
    )


def clear() -> None:
    """Delete every row of every model, those of no backup too.

    The log's as well, which the database refuses to everybody else.
    """
    with guard.lowered(connection), connection.cursor() as cursor:
        for kind in reversed(kinds()):
            table = connection.ops.quote_name(kind._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")


def settle() -> None:
    """After rows came in with keys of their own; raises IntegrityError.

    PostgreSQL must be told where to go on counting, and both databases put off what
    they ask of foreign keys until the end.
    """
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kept()):
            cursor.execute(statement)
    connection.check_constraints()
