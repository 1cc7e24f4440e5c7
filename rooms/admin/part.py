"""What the lists of a room's parts have in common."""

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

Part = TypeVar("Part", bound=Model)


if TYPE_CHECKING:
    PartAdmin = admin.ModelAdmin
else:

    class PartAdmin(admin.ModelAdmin, Generic[Part]):
        """Django's own, which only checkers of types know as generic."""


class WrittenByCalls(PartAdmin[Part], Generic[Part]):
    """Shown, never edited: running calls write these rows.

    They cannot be deleted one by one, but go when their room goes.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not on_own_pages(request, self) and super().has_delete_permission(
            request, obj
        )


def on_own_pages(request: HttpRequest, model_admin: "admin.ModelAdmin[Any]") -> bool:
    """Whether the request is for this list, and not for one that owns its rows."""
    match = request.resolver_match
    own = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}_"
    return match is not None and (match.url_name or "").startswith(own)
