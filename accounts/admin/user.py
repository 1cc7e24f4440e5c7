"""Accounts, in the administration."""

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.admin.filters import BooleanFieldListFilter
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from conference.administration.part import WithActs
from conference.client import of_request

from .. import suspending
from ..addresses import refuse_taken, vouch_for
from ..deletion import delete_account
from ..models import Suspension, User
from ..second_step import has_second_step
from ..words import refuse_unmailable
from .belongings import SHOWN_AT_MOST, Belonging, shelves
from .reach import out_of_reach
from .suspension import asker

if TYPE_CHECKING:
    # Django's own are generic for checkers of types alone.
    CreationForm = AdminUserCreationForm[User]
    ChangeForm = UserChangeForm[User]
    ModelAdmin = BaseUserAdmin[User]
else:
    CreationForm = AdminUserCreationForm
    ChangeForm = UserChangeForm
    ModelAdmin = BaseUserAdmin


class NewUserForm(CreationForm):
    """An account made by an administrator."""

    class Meta:
        model = User
        fields = ("email", "display_name")

    def clean_email(self) -> str:
        return not_anothers(self.cleaned_data["email"], self.instance)


class ChangedUserForm(ChangeForm):
    """An account as an administrator may change it."""

    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str:
        return not_anothers(self.cleaned_data["email"], self.instance)


def not_anothers(email: str, user: User) -> str:
    """The address, unless somebody else has confirmed it as theirs."""
    refuse_unmailable(email)
    refuse_taken(email, user)
    return email


# The provider is named by the environment, and no token of it is kept.
admin.site.unregister(SocialApp)
admin.site.unregister(SocialToken)


class SuspendedFilter(admin.SimpleListFilter):
    """Who cannot log in now because somebody said so."""

    title = "suspended"
    parameter_name = "suspended"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[User]"
    ) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[User]
    ) -> models.QuerySet[User]:
        suspended = Suspension.objects.in_force().values("user")
        if self.value() == "yes":
            return queryset.filter(pk__in=suspended)
        if self.value() == "no":
            return queryset.exclude(pk__in=suspended)
        return queryset


RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
"""What nobody gives but an administrator: whoever has it could take everything."""


@admin.register(User)
class UserAdmin(WithActs[User], ModelAdmin):
    """Finds people by name or address; the password is never shown."""

    change_form_template = "admin/accounts/user_form.html"
    form = ChangedUserForm
    add_form = NewUserForm
    list_display = (
        "email",
        "display_name",
        "is_active",
        "suspended",
        "is_staff",
        "date_joined",
        "last_login",
    )
    list_filter = (
        "is_active",
        SuspendedFilter,
        "is_staff",
        "is_superuser",
        "may_create_rooms",
        ("emailaddress__verified", BooleanFieldListFilter),
        "date_joined",
        "last_login",
    )
    search_fields = ("email", "display_name")
    ordering = ("-date_joined", "-pk")
    date_hierarchy = "date_joined"
    readonly_fields = (
        *("addresses", "second_step", "suspended"),
        *("date_joined", "last_login"),
    )
    actions = ("log_out",)
    fieldsets = (
        (None, {"fields": ("email", "addresses", "display_name", "password")}),
        ("Standing", {"fields": ("is_active", "suspended", "second_step")}),
        (
            "Rights",
            {
                "fields": (
                    "is_staff",
                    "is_superuser",
                    "may_create_rooms",
                    "room_quota",
                    "groups",
                    "user_permissions",
                )
            },
        ),
        ("Times", {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "email",
                    "display_name",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        now = timezone.now()
        holds = models.Q(until=None) | models.Q(until__gt=now)
        mine = Suspension.objects.filter(holds, user=models.OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(shut_out=models.Exists(mine.filter(lifted_at=None)))
        )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Without the password's hash for those who may only look."""
        found = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return found
        return [
            (
                words,
                {
                    **told,
                    "fields": [each for each in told["fields"] if each != "password"],
                },
            )
            for words, told in found
        ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> tuple[str, ...]:
        told = tuple(super().get_readonly_fields(request, obj))
        return told if _is_administrator(request) else (*told, *RIGHTS)

    def has_change_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        return _may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        return _may_touch(request, obj) and super().has_delete_permission(request, obj)

    def has_log_out_permission(self, request: HttpRequest) -> bool:
        """Who may suspend somebody may do what is less."""
        return bool(request.user.has_perm("accounts.add_suspension"))

    def is_filled_in(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        told: dict[str, Any] = {}
        if user is not None:
            told["belongings"] = [
                (words, list(show(user))[:SHOWN_AT_MOST])
                for words, show in shelves.items()
            ]
            told["may_suspend"] = (
                self.has_log_out_permission(request)
                and not out_of_reach(request, user)
                and not user.suspensions.in_force().exists()
            )
        return super().change_view(
            request, object_id, form_url, {**told, **(extra_context or {})}
        )

    def acts_for(self, request: HttpRequest, row: User) -> list[tuple[str, str]]:
        return [] if out_of_reach(request, row) else super().acts_for(request, row)

    @admin.display(ordering="shut_out")
    def suspended(self, user: Any) -> str:
        return "Yes" if user.shut_out else "No"

    @admin.display(description="two-step log-in")
    def second_step(self, user: User) -> str:
        return "On" if has_second_step(user) else "Off"

    @admin.action(description="Log out everywhere", permissions=["log_out"])
    def log_out(self, request: HttpRequest, chosen: models.QuerySet[User]) -> None:
        """End every session of theirs, and every call they are in."""
        count = 0
        for user in chosen:
            if why := out_of_reach(request, user):
                messages.error(request, f"{user}: {why}")
                continue
            suspending.log_out(user, asker(request), of_request(request))
            count += 1
        if count:
            messages.success(request, f"Logged out everywhere: {count}.")

    @admin.display(description="e-mail addresses")
    def addresses(self, user: User) -> str:
        """Every address that opens the account, to look at."""
        rows = EmailAddress.objects.filter(user_id=user.pk).order_by(
            "-primary", "email"
        )
        return format_html_join(
            mark_safe("<br>"),  # noqa: S308 # ours
            "{} ({}{})",
            (
                (
                    row.email,
                    "main, " if row.primary else "",
                    "confirmed" if row.verified else "not confirmed",
                )
                for row in rows.order_by("-primary", "email")
            ),
        )

    def save_model(
        self, request: HttpRequest, obj: User, form: Any, change: bool
    ) -> None:
        """Store the account; an address that an administrator typed is confirmed."""
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            vouch_for(obj)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """As if the person had left: no name of theirs stays anywhere."""
        delete_account(obj)

    def delete_queryset(
        self, request: HttpRequest, queryset: models.QuerySet[User]
    ) -> None:
        for user in queryset:
            delete_account(user)


def _is_administrator(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    """Whether this account is none of those that are above whoever asks."""
    above = user is not None and (user.is_staff or user.is_superuser)
    return not above or _is_administrator(request)


def _suspensions(user: User) -> list[Belonging]:
    return [
        Belonging(
            f"{each.made_at:%Y-%m-%d}: {each.reason}",
            reverse("admin:accounts_suspension_change", args=[each.pk]),
        )
        for each in user.suspensions.all()
    ]


shelves["Suspensions"] = _suspensions
