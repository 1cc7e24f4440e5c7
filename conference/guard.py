"""Nobody opens what the table of rights does not say.

The table decides here what can be known before any room is looked at: whether there is
a row at all, whether it is for looking or for acting, and whether it is for people with
an account, or for the administration's, alone.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import ResolverMatch, reverse

from accounts.requests import signed_in

from .methods import METHODS, Answer
from .rights import ADMINISTRATION, NO_ACCOUNT, Row, row_of


class Guard:
    """A middleware; asks once it is known which view would answer."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        row = None if match is None else row_of(match.view_name)
        if match is None or row is None:
            raise Http404
        if request.method == "OPTIONS":
            return None
        may = row.may(request.method or "")
        if not may:
            return HttpResponseNotAllowed([m for m in METHODS if row.may(m)])
        return _led_to_log_in(request, match, row, administers=may <= ADMINISTRATION)


def _led_to_log_in(
    request: HttpRequest, match: ResolverMatch, row: Row, *, administers: bool
) -> HttpResponseBase | None:
    """The way to log in, for somebody whom the row leaves out whatever room it is."""
    user = signed_in(request)
    if administers:
        if user is not None and user.is_active and user.is_staff:
            return None
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if user is not None or row.may(request.method or "") & NO_ACCOUNT:
        return None
    return redirect_to_login(_way_back(request, match, row))


def _way_back(request: HttpRequest, match: ResolverMatch, row: Row) -> str:
    """Where log-in leads to: this page, or the one whose button was pressed."""
    if not row.back or request.method in ("GET", "HEAD"):
        return request.get_full_path()
    link = {"link": match.kwargs["link"]} if row.back == "room" else {}
    return resolve_url(row.back, **link)
