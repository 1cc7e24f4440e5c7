"""People, in the administration."""

from typing import TYPE_CHECKING

from allauth.socialaccount.models import SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from .models import User

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


class ChangedUserForm(ChangeForm):
    """An account as an administrator may change it."""

    class Meta:
        model = User
        fields = "__all__"


# The provider is named by the environment, and no token of it is kept.
admin.site.unregister(SocialApp)
admin.site.unregister(SocialToken)


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
    list_filter = ("is_active", "is_staff", "is_superuser", "date_joined", "last_login")
    search_fields = ("email", "display_name")
    ordering = ("-date_joined", "-pk")
    date_hierarchy = "date_joined"
    readonly_fields = ("date_joined", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "display_name", "password")}),
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
