"""What lists of the administration have in common."""

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

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


SAVING = ("show_save", "show_save_and_continue", "show_save_and_add_another")


class WithActs(PartAdmin[Part], Generic[Part]):
    """Its page is to look at; beside it stand the list's actions, for this one row."""

    change_form_template = "admin/acts_form.html"
    whole_list = ""
    """The query of a list that leaves no row out, where one does without any."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        told: dict[str, Any] = {
            "acts": [] if row is None else self.acts_for(request, row),
            "whole_list": self.whole_list,
        }
        if not self.is_filled_in(request):
            told |= dict.fromkeys(SAVING, False)
        return super().change_view(
            request, object_id, form_url, {**told, **(extra_context or {})}
        )

    def is_filled_in(self, request: HttpRequest) -> bool:
        """Whether anything on the page can be written and saved."""
        return False

    def acts_for(self, request: HttpRequest, row: Part) -> list[tuple[str, str]]:
        """By name, in words: what this person may do with this row."""
        return [
            (name, str(act[2]).partition(" the selected")[0])
            for name, act in self.get_actions(request).items()
            if act is not None and name != "delete_selected"
        ]
