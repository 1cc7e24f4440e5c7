"""What becomes of a report: somebody takes it, notes what they found, and closes it."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from conference.audit import Action, record

from .models import Report, ReportNote

_ACTIONS = {
    Report.State.OPEN: Action.REPORT_OPENED,
    Report.State.ACTING: Action.REPORT_TAKEN,
    Report.State.CLOSED: Action.REPORT_CLOSED,
}


def put(report: Report, state: str, by: User, address: str = "") -> bool:
    """Let the report be in this state; False if it is already."""
    wanted = Report.State(state)
    closed = timezone.now() if wanted is Report.State.CLOSED else None
    with transaction.atomic():
        mine = Report.objects.filter(pk=report.pk).exclude(state=wanted)
        if not mine.update(state=wanted, closed_at=closed):
            return False
        _write(_ACTIONS[wanted], report, by, address)
    report.state, report.closed_at = wanted, closed
    return True


def note(report: Report, text: str, by: User, address: str = "") -> ReportNote:
    """Write something down for the others who work on it."""
    with transaction.atomic():
        made = ReportNote.objects.create(report=report, by=by, text=text)
        _write(Action.REPORT_NOTE, report, by, address)
    return made


def _write(action: Action, report: Report, by: User, address: str) -> None:
    record(
        action,
        actor=f"u:{by.pk}",
        room=report.room_id,
        target=f"report:{report.public_id}",
        address=address,
    )
