"""The way every address that begins with a room's link takes to its view.

It reads the link kindly, counts links that open nothing, and turns each refusal into
the page that says what to do.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse

from accounts.models import User
from accounts.requests import signed_in
from conference.client import of_request
from conference.views import too_many

from .. import access, throttle
from ..links import read_link
from ..models import Room
from ..rights import Act
from ..visitors import Visitor
from .refusals import ask_password, kept_out

View = Callable[[HttpRequest, Room], HttpResponse]
LinkView = Callable[[HttpRequest, str], HttpResponse]
Rule = Callable[[Visitor, str], Room]
"""An answer of rooms.access: the room of a link, or an exception."""


def entering(view: View) -> LinkView:
    """Let in everybody whom the room's link opens it for."""

    @wraps(view)
    def by_link(request: HttpRequest, link: str) -> HttpResponse:
        try:
            return _canonical(request, link) or view(
                request, room_by_link(request, link)
            )
        except access.SignInNeeded:
            return redirect_to_login(_way_back(request, resolve_url("call", link)))
        except access.KeptOut as refusal:
            return kept_out(request, refusal)
        except access.PasswordNeeded as refusal:
            return ask_password(request, refusal.room)
        except throttle.TooManyGuesses:
            return too_many_guesses(request)

    return by_link


def acting(act: Act) -> Callable[[View], LinkView]:
    """Let in whose role in the room allows this, as it is now."""

    def allows(user: User, link: str) -> Room:
        return access.act(user, link, act)

    return lambda view: _by_account(view, allows, _room_page)


def hosting(view: View) -> LinkView:
    """Let in the room's hosts; the view asks for each act by itself."""
    return _by_account(view, access.host, _room_page)


def _room_page(link: str) -> str:
    return resolve_url("room", link)


def having_a_place(view: View) -> LinkView:
    """Let in whom the owner let into the room by name."""
    return _by_account(view, access.place, lambda _: resolve_url("my-rooms"))


def _by_account(
    view: View, allows: Callable[[User, str], Room], page: Callable[[str], str]
) -> LinkView:
    """Let in whom the rule allows; `page` is where the view's buttons are."""

    @wraps(view)
    def by_link(request: HttpRequest, link: str) -> HttpResponse:
        user = signed_in(request)
        if user is None:
            return redirect_to_login(_way_back(request, page(link)))

        def rule(_: Visitor, link: str) -> Room:
            return allows(user, link)

        try:
            return _canonical(request, link) or view(
                request, room_by_link(request, link, rule)
            )
        except throttle.TooManyGuesses:
            return too_many_guesses(request)

    return by_link


def room_by_link(request: HttpRequest, text: str, rule: Rule = access.enter) -> Room:
    """The room that `text` opens for the one who asks, by this rule.

    Raises what the rule raises, and throttle.TooManyGuesses.
    """
    link = read_link(text)
    if link is None:
        # Nothing a room could have: no guess, and no question to the database.
        raise Http404
    visitor = Visitor.of(request)
    address = of_request(request)
    try:
        throttle.check(address)
    except throttle.TooManyGuesses:
        # Others behind the same address may guess; that locks nobody out of their own.
        if not access.belongs(visitor, link):
            raise
    try:
        return rule(visitor, link)
    except Http404:
        throttle.count_miss(address, link)
        raise


def _canonical(request: HttpRequest, text: str) -> HttpResponse | None:
    """The way to the same page under the link's true form, for those who look."""
    link = read_link(text)
    match = request.resolver_match
    if link in (None, text) or match is None or request.method not in ("GET", "HEAD"):
        return None
    return redirect(reverse(match.view_name, kwargs={**match.kwargs, "link": link}))


def _way_back(request: HttpRequest, page: str) -> str:
    """Where log-in leads to: this page, or the one whose button was pressed."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else page


def too_many_guesses(request: HttpRequest) -> HttpResponse:
    """The page for addresses that tried too many links."""
    return too_many(request, throttle.WINDOW_SECONDS)
