"""The rows of the log. The database itself refuses to change or delete one."""

from collections.abc import Mapping

from django.db import models

from .names import Named, named


class AuditEntry(models.Model):
    """One act. People are named by id: who they were is looked up while they exist."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    action = models.CharField(max_length=32, db_index=True)
    actor = models.CharField(max_length=64, blank=True, db_index=True)
    room = models.BigIntegerField(null=True, blank=True, db_index=True)
    target = models.CharField(max_length=96, blank=True, db_index=True)
    reason = models.CharField(max_length=500, blank=True)
    address = models.CharField(max_length=32, blank=True)
    """A keyed digest (HMAC-SHA-256, shortened) of the actor's network address."""
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = "act"
        verbose_name_plural = "audit log"

    known: Mapping[str, Named] | None = None
    """What the marks stand for, where somebody has looked them up for many."""

    def __str__(self) -> str:
        return f"{self.action} by {self.actor or 'the program'}"

    @property
    def room_mark(self) -> str:
        return "" if self.room is None else f"room:{self.room}"

    @property
    def marks(self) -> set[str]:
        """Everybody and everything that it names."""
        return {self.actor, self.target, self.room_mark} - {""}

    def name_of(self, mark: str) -> Named | None:
        """What this mark of the entry is called now; None if it is gone."""
        if self.known is None:
            self.known = named(self.marks)
        return self.known.get(mark)
