"""The way to the provider and back, in place of allauth's two views."""

import logging
from http import HTTPStatus

from allauth.core import ratelimit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import (
    OAuth2CallbackView,
    OAuth2LoginView,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from .faults import Unusable
from .provider import Conversation

log = logging.getLogger(__name__)


@require_http_methods(["GET", "POST"])
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Ask on GET, leave for the provider on POST.

    Whoever leaves gets a session that waits for them, and the provider is asked about
    itself: not without end.
    """
    if request.method == "POST":
        refused: HttpResponse | None = ratelimit.consume_or_429(
            request, action="provider"
        )
        if refused is not None:
            return refused
    return _talk(OAuth2LoginView, request, provider_id)


@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Come back. It changes something only in the browser that left, and once."""
    return _talk(OAuth2CallbackView, request, provider_id)


def failed(request: HttpRequest, why: str) -> HttpResponse:
    """The page for a provider that does not work; `why` is for the log."""
    log.warning("Log-in provider: %s", why)
    return render(
        request,
        "socialaccount/authentication_error.html",
        status=HTTPStatus.BAD_GATEWAY,
    )


def _talk(
    view: type[OAuth2LoginView | OAuth2CallbackView],
    request: HttpRequest,
    provider_id: str,
) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(Conversation(request, provider_id))(
            request
        )
    except SocialApp.DoesNotExist as fault:
        raise Http404 from fault
    except Unusable as fault:
        return failed(request, str(fault))
    return answer
