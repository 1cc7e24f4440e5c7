"""What people reported, in the administration: a queue to work on."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.suspension import asker
from conference.administration.part import WithActs, on_own_pages
from conference.client import of_request

from .. import reports
from ..models import Report, ReportNote
from ..models.report import WORDS_LENGTH
from ..names import visible_lines

if TYPE_CHECKING:
    NotesInline = admin.StackedInline[ReportNote, Report]
    NoteForm = forms.ModelForm[ReportNote]
else:
    NotesInline = admin.StackedInline
    NoteForm = forms.ModelForm


class NewNote(NoteForm):
    """What somebody writes down, in lines."""

    class Meta:
        model = ReportNote
        fields = ("text",)
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}  # noqa: RUF012

    def clean_text(self) -> str:
        text = visible_lines(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError("Type a note that can be seen.")
        if len(text) > WORDS_LENGTH:
            raise forms.ValidationError(f"Use at most {WORDS_LENGTH} characters.")
        return text


class Notes(NotesInline):
    """Those that are written stay as they are; one more can be added."""

    model = ReportNote
    extra = 1
    can_delete = False
    form = NewNote
    fields = ("text", "by", "at")
    readonly_fields = ("by", "at")
    verbose_name = "note"

    def has_change_permission(
        self, request: HttpRequest, obj: Report | None = None
    ) -> bool:
        return False


class StateFilter(admin.SimpleListFilter):
    """Without a choice, what is still to be done."""

    title = "state"
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Report]"
    ) -> list[tuple[str, str]]:
        return [*Report.State.choices, ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": "To do"} if number == 0 else choice

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Report]
    ) -> QuerySet[Report]:
        if self.value() in Report.State.values:
            return queryset.filter(state=self.value())
        if self.value() == "all":
            return queryset
        return queryset.exclude(state=Report.State.CLOSED)


@admin.register(Report)
class ReportAdmin(WithActs[Report]):
    """Nobody changes what was reported; what is done about it is the state, and notes.

    Who acts does so on the pages it leads to.
    """

    list_display = (
        "made_at",
        "state",
        "reason",
        "about_whom",
        "room_name",
        "words",
        "notes_count",
    )
    list_filter = (StateFilter, "reason", "made_at")
    list_select_related = ("room", "about_user")
    search_fields = (
        *("words", "about_name", "about_user__email", "room_name"),
        *("reporter_user__email", "notes__text", "public_id"),
    )
    date_hierarchy = "made_at"
    ordering = ("-made_at", "-pk")
    actions = ("take", "close", "reopen")
    whole_list = "?state=all"
    inlines = (Notes,)
    fields = (
        *("state", "reason", "words", "about_whom", "where", "by_whom"),
        *("made_at", "closed_at"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        return super().get_queryset(request).annotate(count=Count("notes"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Report | None = None
    ) -> bool:
        return not on_own_pages(request, self) and super().has_delete_permission(
            request, obj
        )

    def is_filled_in(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("rooms.add_reportnote"))

    def acts_for(self, request: HttpRequest, row: Report) -> list[tuple[str, str]]:
        names = {
            Report.State.OPEN: ("take", "close"),
            Report.State.ACTING: ("close", "reopen"),
            Report.State.CLOSED: ("reopen",),
        }[Report.State(row.state)]
        return [each for each in super().acts_for(request, row) if each[0] in names]

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        """A note is its writer's; so it is not saved as the form has it."""
        formset.save(commit=False)
        for made in formset.new_objects:
            noted = reports.note(
                form.instance, made.text, asker(request), of_request(request)
            )
            made.pk = noted.pk

    @admin.display(description="about")
    def about_whom(self, report: Report) -> str:
        if not report.about:
            return "The room"
        if report.about_user is None:
            guest = " (guest)" if report.about.startswith("g:") else ""
            return f"{report.about_name}{guest}"
        url = reverse("admin:accounts_user_change", args=[report.about_user.pk])
        return format_html('<a href="{}">{}</a>', url, report.about_name)

    @admin.display(description="room")
    def where(self, report: Report) -> str:
        if report.room is None:
            return f"{report.room_name} (deleted)"
        url = reverse("admin:rooms_livecall_change", args=[report.room.pk])
        return format_html('<a href="{}">{}</a>', url, report.room_name)

    @admin.display(description="reported by")
    def by_whom(self, report: Report) -> str:
        if report.reporter_user is None:
            return "A guest"
        url = reverse("admin:accounts_user_change", args=[report.reporter_user.pk])
        return format_html('<a href="{}">{}</a>', url, report.reporter_user)

    @admin.display(description="notes")
    def notes_count(self, report: Any) -> int:
        return int(report.count)

    @admin.action(description="Take", permissions=["change"])
    def take(self, request: HttpRequest, chosen: QuerySet[Report]) -> None:
        self._put(request, chosen, Report.State.ACTING)

    @admin.action(description="Close", permissions=["change"])
    def close(self, request: HttpRequest, chosen: QuerySet[Report]) -> None:
        self._put(request, chosen, Report.State.CLOSED)

    @admin.action(description="Open again", permissions=["change"])
    def reopen(self, request: HttpRequest, chosen: QuerySet[Report]) -> None:
        self._put(request, chosen, Report.State.OPEN)

    def _put(
        self, request: HttpRequest, chosen: QuerySet[Report], state: Report.State
    ) -> None:
        by, address = asker(request), of_request(request)
        count = sum(reports.put(each, state, by, address) for each in chosen)
        messages.success(request, f"{state.label}: {count}.")
