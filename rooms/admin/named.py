"""How the log calls rooms and reports, as long as they are there."""

from collections.abc import Iterator, Mapping

from django.db.models import Q
from django.urls import reverse

from accounts.admin.belongings import SHOWN_AT_MOST, Belonging
from accounts.models import User
from conference.audit.names import MARKS_AT_MOST, Named

from ..models import Membership, Report, Role, Room, Seat


def rooms_by_number(numbers: set[str]) -> Mapping[str, Named]:
    found = Room.objects.filter(pk__in=[each for each in numbers if each.isdecimal()])
    return {
        str(room.pk): Named(
            room.name, reverse("admin:rooms_livecall_change", args=[room.pk])
        )
        for room in found
    }


def reports_by_id(ids: set[str]) -> Mapping[str, Named]:
    found = Report.objects.filter(public_id__in=ids)
    return {
        report.public_id: Named(
            "A report", reverse("admin:rooms_report_change", args=[report.pk])
        )
        for report in found
    }


def marks_of_rooms(word: str) -> Iterator[str]:
    """Of those that are called so, or have this link."""
    found = Room.objects.filter(Q(name__icontains=word) | Q(link=word))
    for number in found.order_by("-pk").values_list("pk", flat=True)[:MARKS_AT_MOST]:
        yield f"room:{number}"


def calls_with(user: User) -> Iterator[Belonging]:
    """Where they sit now."""
    for seat in Seat.objects.live().filter(user=user).select_related("room"):
        yield Belonging(
            seat.room.name, reverse("admin:rooms_livecall_change", args=[seat.room_id])
        )


def rooms_of(user: User) -> Iterator[Belonging]:
    for room in Room.objects.owned_by(user)[:SHOWN_AT_MOST]:
        yield Belonging(room.name, reverse("admin:rooms_room_change", args=[room.pk]))


def roles_of(user: User) -> Iterator[Belonging]:
    """What they are in rooms of others."""
    theirs = Membership.objects.filter(user=user).exclude(role=Role.OWNER)
    for each in theirs.select_related("room").order_by("-since")[:SHOWN_AT_MOST]:
        yield Belonging(
            f"{each.room.name}: {each.get_role_display()}",
            reverse("admin:rooms_room_change", args=[each.room_id]),
        )


def reports_about(user: User) -> Iterator[Belonging]:
    for report in user.reports.all()[:SHOWN_AT_MOST]:
        yield Belonging(
            f"{report.made_at:%Y-%m-%d}: {report.get_reason_display()}, "
            f"{report.get_state_display().lower()}",
            reverse("admin:rooms_report_change", args=[report.pk]),
        )
