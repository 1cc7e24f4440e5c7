"""What an invitation says, apart from whom it is for."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from django.utils import timezone

from ..models import Invitation


@dataclass(frozen=True, slots=True)
class Terms:
    """The fields of Invitation of these names."""

    role: Invitation.Role
    note: str = ""
    expires_at: datetime | None = None
    uses_limit: int | None = None
    starts_at: datetime | None = None
    duration: timedelta = timedelta(hours=1)
    zone: str = "UTC"

    @classmethod
    def of(cls, old: Invitation) -> Self:
        """Of one that is sent again: for as long as before, counted from now.

        A meeting that has begun is left out.
        """
        now = timezone.now()
        terms = cls(
            role=Invitation.Role(old.role),
            note=old.note,
            uses_limit=old.uses_limit,
            starts_at=old.starts_at,
            duration=old.duration,
            zone=old.zone,
        )
        if old.expires_at is not None:
            terms = replace(terms, expires_at=now + (old.expires_at - old.created_at))
        if old.starts_at is not None and old.starts_at <= now:
            terms = replace(terms, starts_at=None)
        return terms
