"""Who sits in running calls, in the administration."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from conference.administration.part import WrittenByCalls

from ..models import Seat


class LiveFilter(admin.SimpleListFilter):
    """Rows of a process that died stay until they are cleared away."""

    title = "state"
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Seat]"
    ) -> list[tuple[str, str]]:
        return [("live", "In a call now"), ("stale", "No longer refreshed")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Seat]
    ) -> QuerySet[Seat]:
        live = Seat.objects.live().values("pk")
        if self.value() == "live":
            return queryset.filter(pk__in=live)
        if self.value() == "stale":
            return queryset.exclude(pk__in=live)
        return queryset


@admin.register(Seat)
class SeatAdmin(WrittenByCalls[Seat]):
    """A copy that is a few seconds old at most."""

    list_display = ("name", "user", "room", "since", "seen", "live", "process")
    list_filter = (LiveFilter, "process")
    list_select_related = ("room", "user")
    search_fields = ("name", "user__email", "room__name", "room__link")
    ordering = ("-since", "-pk")

    @admin.display(boolean=True, description="in the call")
    def live(self, seat: Seat) -> bool:
        return seat.is_live()
