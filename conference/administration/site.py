"""The administration's doors. Its lists are in the apps' `admin` modules."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.options import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse

LEAVING = "admin:logout"
OURS = ("accounts", "conference", "rooms")

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Administration(AdminSite):
    """One log-in with the site's own limits, a second step, and a log of all acts."""

    def register(
        self, model_or_iterable: Any, admin_class: Any = None, **how: Any
    ) -> None:
        """Every list records what is done in it, those of other packages too."""
        from ..audit.admin_acts import Recorded

        listed = admin_class or ModelAdmin
        recorded = type(
            listed.__name__, (Recorded, listed), {"__doc__": listed.__doc__}
        )
        super().register(model_or_iterable, recorded, **how)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """By way of `/accounts/login/`, whose limits guard the administration too."""
        led: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return led

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Lead staff without a second step to where they set one up.

        Where REQUIRE_STAFF_2FA says so, and from every page but the way out.
        """
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def asked(request: HttpRequest, *words: Any, **named: Any) -> Any:
            if self._lacks_step(request):
                return _to_second_step(request)
            return guarded(request, *words, **named)

        return cast("View", asked)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        from .front import front

        return super().index(request, {**front(request), **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        words = f"{settings.SITE_NAME} administration"
        context: dict[str, Any] = super().each_context(request)
        return {**context, "site_header": words, "site_title": words}

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """What is ours first; lists of other packages are rarely needed."""
        found: list[Any] = super().get_app_list(request, app_label)
        return sorted(found, key=lambda app: app["app_label"] not in OURS)

    def _lacks_step(self, request: HttpRequest) -> bool:
        from accounts.second_step import has_second_step

        match = request.resolver_match
        leaves = match is not None and match.view_name == LEAVING
        return (
            settings.REQUIRE_STAFF_2FA
            and not leaves
            and self.has_permission(request)
            and not has_second_step(request.user)
        )


def _to_second_step(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request,
        "The administration is open to people with two-step log-in alone. Set up an "
        "app or a passkey here, then go on.",
    )
    return redirect("mfa_index")
