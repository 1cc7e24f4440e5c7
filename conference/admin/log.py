"""The audit log, in the administration: to be read, searched and taken along."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html

from ..audit import Action, record
from ..audit.admin_acts import by
from ..audit.export import ROWS_AT_MOST, table
from ..audit.log import address_mark
from ..audit.models import AuditEntry
from ..audit.names import marks_of, named
from ..client import canonical, of_request

if TYPE_CHECKING:
    EntryAdmin = admin.ModelAdmin[AuditEntry]
else:
    EntryAdmin = admin.ModelAdmin


class ActFilter(admin.SimpleListFilter):
    """Every act there is, without a look through the whole log."""

    title = "act"
    parameter_name = "act"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[AuditEntry]"
    ) -> list[tuple[str, str]]:
        return [(str(each), in_words(each)) for each in sorted(Action)]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        return queryset.filter(action=self.value()) if self.value() else queryset


class TimeFilter(admin.DateFieldListFilter):
    """Django's, under a name that reads."""

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self.title = "time"


class ActorFilter(admin.SimpleListFilter):
    """Who acts, by the kind of their mark."""

    title = "actor"
    parameter_name = "by"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[AuditEntry]"
    ) -> list[tuple[str, str]]:
        return [("u:", "People with accounts"), ("g:", "Guests"), ("-", "Nobody known")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        kind = self.value()
        if kind == "-":
            return queryset.filter(actor="")
        return queryset.filter(actor__startswith=kind) if kind else queryset


class NamedList(ChangeList):
    """Looks up all names of one page at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        entries: Any = list(self.result_list)
        known = named({mark for entry in entries for mark in entry.marks})
        for entry in entries:
            entry.known = known
        self.result_list = entries


@admin.register(AuditEntry)
class AuditEntryAdmin(EntryAdmin):
    """Nobody writes here, and the database refuses whoever tries (audit.guard)."""

    change_list_template = "admin/log_list.html"
    list_display = ("at", "act", "who", "in_room", "on", "reason", "address")
    list_display_links = ("at",)
    list_filter = (ActFilter, ActorFilter, ("at", TimeFilter))
    search_fields = ("reason",)
    search_help_text = (
        "A name or an address of somebody who has an account, a room's name, a word of "
        "a reason, a mark such as u:5, or the network address that somebody came from."
    )
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
    show_full_result_count = False
    fields = ("at", "act", "who", "in_room", "on", "reason", "address", "details")
    readonly_fields = fields

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedList

    def get_urls(self) -> list[URLPattern]:
        mine = path(
            "export/",
            self.admin_site.admin_view(self.export_view),
            name="conference_auditentry_export",
        )
        return [mine, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: AuditEntry | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: AuditEntry | None = None
    ) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """Each word has to fit: people and rooms by what they are called now."""
        for word in search_term.split():
            queryset = queryset.filter(_fits(word))
        return queryset, False

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """What the list shows with the same search and filters, newest first."""
        if request.method != "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        chosen = self.get_changelist_instance(request).get_queryset(request)
        entries = chosen.order_by("-at", "-pk")[:ROWS_AT_MOST]
        made = table(entries.iterator(chunk_size=500))
        record(Action.LOG_EXPORTED, actor=by(request), address=of_request(request))
        answer = HttpResponse(made, content_type="text/csv; charset=utf-8")
        name = f"audit-log-{timezone.localdate():%Y-%m-%d}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    @admin.display(description="act", ordering="action")
    def act(self, entry: AuditEntry) -> str:
        return in_words(entry.action)

    @admin.display(description="by", ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        return _shown(entry, entry.actor) if entry.actor else "The program"

    @admin.display(description="room", ordering="room")
    def in_room(self, entry: AuditEntry) -> str:
        return _shown(entry, entry.room_mark)

    @admin.display(description="to", ordering="target")
    def on(self, entry: AuditEntry) -> str:
        return _shown(entry, entry.target)


def in_words(action: str) -> str:
    """“Lobby on”, as people read it."""
    return str(action).replace("-", " ").capitalize()


def _fits(word: str) -> Q:
    marks = [word, *marks_of(word)]
    rooms = [int(mark[5:]) for mark in marks if _is_room(mark)]
    fits = Q(reason__icontains=word) | Q(action=word) | Q(address=word)
    fits |= Q(actor__in=marks) | Q(target__in=marks) | Q(room__in=rooms)
    if address := canonical(word):
        fits |= Q(address=address_mark(address))
    return fits


def _is_room(mark: str) -> bool:
    kind, _, number = mark.partition(":")
    return kind == "room" and number.isdecimal() and len(number) <= 18


def _shown(entry: AuditEntry, mark: str) -> str:
    """The name; of people, who may be called alike, with the mark."""
    if not mark:
        return ""
    found = entry.name_of(mark)
    if found is None:
        kind, _, rest = mark.partition(":")
        return f"Guest {rest[:6]}" if kind == "g" else mark
    number = f" ({mark})" if mark.startswith("u:") else ""
    return format_html('<a href="{}">{}</a>{}', found.url, found.text, number)
