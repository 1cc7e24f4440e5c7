"""Response headers that hold for every page."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

P = ParamSpec("P")
MEDIA = ("camera", "microphone", "display-capture")
NEVER = ("geolocation", "payment", "usb")
PAGE_POLICY = ", ".join(f"{feature}=()" for feature in MEDIA + NEVER)
BARE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
}
"""For answers that are no page and never reach the middleware."""

CALL_POLICY = ", ".join(
    [f"{feature}=(self)" for feature in MEDIA] + [f"{feature}=()" for feature in NEVER]
)


class HeadersMiddleware(MiddlewareMixin):
    """Adds what a view did not say itself: no devices, and nothing kept by caches."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Permissions-Policy", PAGE_POLICY)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def uses_devices(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """For the call page, which may use camera, microphone and screen.

    What is answered in its place (a way to log in, a refusal) may not.
    """

    @wraps(view)
    def allowed(
        request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.OK:
            response.headers["Permissions-Policy"] = CALL_POLICY
        return response

    return allowed
