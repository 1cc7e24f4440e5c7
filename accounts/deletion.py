"""How an account goes: with all that is its own, and its name from all that is not.

Other apps add to `farewells` what has to be done for theirs before the row goes.
"""

import json
import re
from collections.abc import Callable, Iterable

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.models.deletion import Collector
from django.utils import timezone

from conference.mail.letter import recipient_hash
from conference.models import OutgoingMail

from .addresses import addresses_of
from .models import User
from .sessions import end_sessions

SOMEBODY = "Somebody who left"
"""What stands where their name stood, in what others keep."""

farewells: list[Callable[[User, list[str]], None]] = []
"""Called with the person and all their addresses, within the deletion's transaction."""


def is_only_administrator(user: User) -> bool:
    """Whether nobody could administer the site without this person."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and user.is_active and not others.exists()


def delete_account(user: User) -> None:
    """Delete the account, or nothing but its sessions where something fails.

    Afterwards neither name nor address nor picture is left
    in the database or beside it; backups that were made before keep them.
    """
    addresses = addresses_of(user)
    # It reads every session of the site: while it does, others may write.
    began = timezone.now()
    end_sessions(user, naming=addresses)
    with transaction.atomic():
        for farewell in farewells:
            farewell(user, addresses)
        _unname_what_goes(user)
        _unname_in_texts([user.display_name, *addresses])
        waiting = [recipient_hash(each) for each in addresses]
        OutgoingMail.objects.filter(recipient_hash__in=waiting).delete()
        end_sessions(user, naming=addresses, since=began)
        user.delete()
    transaction.on_commit(_empty_journal)


def unname_in_log(model: type[models.Model], keys: Iterable[object]) -> None:
    """Let the administration's log of these rows name nobody any more."""
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model),
        object_id__in=[str(key) for key in keys],
    ).update(object_repr=SOMEBODY, change_message="")


def _unname_what_goes(user: User) -> None:
    collector = Collector(using=user._state.db or "default")
    collector.collect([user])
    for model, rows in collector.data.items():
        unname_in_log(model, [row.pk for row in rows])
    for query in collector.fast_deletes:
        if isinstance(query, models.QuerySet):
            unname_in_log(query.model, query.values_list("pk", flat=True))


def _unname_in_texts(names: list[str]) -> None:
    """Also where the log of another thing tells of a part of it that named them."""
    for name in names:
        for field, written in (("object_repr", name), ("change_message", _json(name))):
            whole = re.compile(rf"(?<!\w){re.escape(written)}(?!\w)", re.IGNORECASE)
            for entry in LogEntry.objects.filter(**{f"{field}__icontains": written}):
                setattr(entry, field, whole.sub(SOMEBODY, getattr(entry, field)))
                entry.save(update_fields=[field])


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _empty_journal() -> None:
    """SQLite's write-ahead log still holds pages as they were before."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
