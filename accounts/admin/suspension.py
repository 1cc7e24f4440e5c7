"""Who is shut out, in the administration: one row for each time."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from conference.administration.choosing import Searches
from conference.administration.part import WithActs
from conference.client import of_request

from .. import suspending
from ..models import Suspension, User
from ..models.suspension import REASON_LENGTH
from ..names import visible_line
from .reach import out_of_reach

if TYPE_CHECKING:
    SuspensionForm = forms.ModelForm[Suspension]
else:
    SuspensionForm = forms.ModelForm


class InForceFilter(admin.SimpleListFilter):
    """For rows that hold until they are lifted, or until their time is over."""

    title = "state"
    parameter_name = "state"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, str]]:
        return [("holds", "In force"), ("over", "Lifted or over")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        over = Q(lifted_at__isnull=False) | Q(until__lte=timezone.now())
        if self.value() == "holds":
            return queryset.exclude(over)
        if self.value() == "over":
            return queryset.filter(over)
        return queryset


class NewSuspension(SuspensionForm):
    """Whom, why, and for how long; whoever asks is `by`."""

    by: HttpRequest

    class Meta:
        model = Suspension
        fields = ("user", "reason", "until")

    def clean_user(self) -> User:
        user: User = self.cleaned_data["user"]
        if why := out_of_reach(self.by, user):
            raise forms.ValidationError(why)
        if Suspension.objects.in_force().filter(user=user).exists():
            raise forms.ValidationError("This account is suspended already.")
        return user

    def clean_reason(self) -> str:
        """It is shown to the person, and stands in the log: one line, seen whole."""
        reason = visible_line(self.cleaned_data["reason"])
        if not reason:
            raise forms.ValidationError("Type a reason that can be seen.")
        if len(reason) > REASON_LENGTH:
            raise forms.ValidationError(f"Use at most {REASON_LENGTH} characters.")
        return reason

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until is not None and until <= timezone.now():
            raise forms.ValidationError("This is over already.")
        return until


@admin.register(Suspension)
class SuspensionAdmin(WithActs[Suspension], Searches[Suspension]):
    """To add one logs the person out everywhere, calls included; to lift one does not
    log them in.
    """

    form = NewSuspension
    list_display = ("user", "reason", "made_by", "made_at", "until", "state")
    list_filter = (InForceFilter, "made_at")
    list_select_related = ("user", "made_by")
    search_fields = ("user__email", "user__display_name", "reason")
    date_hierarchy = "made_at"
    ordering = ("-made_at", "-pk")
    autocomplete_fields = ("user",)
    actions = ("lift",)

    def get_fields(
        self, request: HttpRequest, obj: Suspension | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return ("user", "reason", "until")
        told = ("made_by", "made_at", "state", "lifted_at", "lifted_by")
        return ("user", "reason", "until", *told)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Suspension | None = None
    ) -> tuple[str, ...]:
        return () if obj is None else self.get_fields(request, obj)

    def get_form(
        self,
        request: HttpRequest,
        obj: Suspension | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[NewSuspension]:
        form = super().get_form(request, obj, change, **kwargs)
        made: type[NewSuspension] = type("NewSuspension", (form,), {"by": request})
        return made

    def has_delete_permission(
        self, request: HttpRequest, obj: Suspension | None = None
    ) -> bool:
        """What was done stays to be seen; it goes when the account goes."""
        match = request.resolver_match
        own = match is not None and "accounts_suspension" in (match.url_name or "")
        return not own and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: Suspension, form: Any, change: bool
    ) -> None:
        if change:
            return
        made = suspending.suspend(
            obj.user,
            reason=obj.reason,
            until=obj.until,
            by=asker(request),
            address=of_request(request),
        )
        for field in made._meta.concrete_fields:
            setattr(obj, field.attname, getattr(made, field.attname))

    def acts_for(self, request: HttpRequest, row: Suspension) -> list[tuple[str, str]]:
        may = row.holds and not out_of_reach(request, row.user)
        return super().acts_for(request, row) if may else []

    @admin.display(description="state")
    def state(self, suspension: Suspension) -> str:
        if suspension.lifted_at is not None:
            return "Lifted"
        return "In force" if suspension.holds else "Over"

    @admin.action(description="Lift", permissions=["change"])
    def lift(self, request: HttpRequest, chosen: QuerySet[Suspension]) -> None:
        count = 0
        for suspension in chosen.select_related("user"):
            if not suspension.holds:
                continue
            if why := out_of_reach(request, suspension.user):
                messages.error(request, f"{suspension.user}: {why}")
                continue
            suspending.lift(suspension, asker(request), of_request(request))
            count += 1
        if count:
            messages.success(
                request, f"Lifted: {count}. Whoever it was may log in again."
            )


def asker(request: HttpRequest) -> User:
    """Who acts; only staff come so far."""
    assert isinstance(request.user, User)
    return request.user
