"""People, in the administration."""

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.filters import BooleanFieldListFilter
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from .addresses import refuse_taken, vouch_for
from .deletion import delete_account
from .models import User
from .words import refuse_unmailable

if TYPE_CHECKING:
    # Django's own are generic for checkers of types alone.
    CreationForm = AdminUserCreationForm[User]
    ChangeForm = UserChangeForm[User]
    ModelAdmin = BaseUserAdmin[User]
    SessionAdmin = admin.ModelAdmin[UserSession]
else:
    CreationForm = AdminUserCreationForm
    ChangeForm = UserChangeForm
    ModelAdmin = BaseUserAdmin
    SessionAdmin = admin.ModelAdmin


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
# allauth's own looks for names of people in a column that accounts here do not have.
admin.site.unregister(UserSession)


@admin.register(User)
class UserAdmin(ModelAdmin):
    """Finds people by name or address; the password is never shown."""

    form = ChangedUserForm
    add_form = NewUserForm
    list_display = (
        "email",
        "display_name",
        "is_active",
        "is_staff",
        "date_joined",
        "last_login",
    )
    list_filter = (
        "is_active",
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
    readonly_fields = ("addresses", "date_joined", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "addresses", "display_name", "password")}),
        (
            "Rights",
            {
                "fields": (
                    "is_active",
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


@admin.register(UserSession)
class UserSessionAdmin(SessionAdmin):
    """Who is logged in from where. Log-in writes these rows; to delete one ends it."""

    list_display = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__display_name", "ip")
    ordering = ("-created_at", "-pk")
    fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        """Log that browser out, as its owner would."""
        obj.end()

    def delete_queryset(
        self, request: HttpRequest, queryset: models.QuerySet[UserSession]
    ) -> None:
        for session in queryset:
            session.end()
