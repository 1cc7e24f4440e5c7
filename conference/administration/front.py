"""What stands on the administration's first page, beside the lists."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest

from rooms.models import Day, Report, Seat

from ..models import ServingProcess
from .plot import plot

DAYS = 30


def front(request: HttpRequest) -> dict[str, Any]:
    """As much of it as this person may see."""
    told: dict[str, Any] = {}
    may = request.user.has_perm
    if may("rooms.view_livecall"):
        told["now"] = (
            Seat.objects.live()
            .order_by()
            .aggregate(
                people=Count("pk"),
                away=Count("pk", filter=Q(away=True)),
                calls=Count("room", distinct=True),
            )
        )
        told["plot"] = plot(Day.objects.lately(DAYS))
    if getattr(request.user, "is_superuser", False):
        told["processes"] = list(ServingProcess.objects.all())
    if may("rooms.view_report"):
        told["reports"] = Report.objects.aggregate(
            open=Count("pk", filter=Q(state=Report.State.OPEN)),
            acting=Count("pk", filter=Q(state=Report.State.ACTING)),
        )
    return told
