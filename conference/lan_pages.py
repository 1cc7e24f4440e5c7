"""For devices on the local network: how to trust the authority of `make run LAN=1`.

Anywhere else these pages are not there.
"""

from collections.abc import Callable
from functools import wraps

from cryptography import x509
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .certificates import fingerprint
from .tls import store

# What makes phones and Firefox offer to trust it (RFC 2585 has the name without "x-").
MEDIA_TYPE = "application/x-x509-ca-cert"


def with_authority(
    view: Callable[[HttpRequest, bytes], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Gives the view the authority's certificate, in PEM; 404 where there is none."""

    @require_safe
    @wraps(view)
    def shown(request: HttpRequest) -> HttpResponse:
        if not settings.LAN:
            raise Http404
        try:
            return view(request, store().public.read_bytes())
        except FileNotFoundError:
            raise Http404 from None

    return shown


@with_authority
def trust(request: HttpRequest, pem: bytes) -> HttpResponse:
    """How to trust it, device by device."""
    shown = fingerprint(x509.load_pem_x509_certificate(pem))
    return render(request, "lan.html", {"fingerprint": shown})


@with_authority
def authority(request: HttpRequest, pem: bytes) -> HttpResponse:
    """The certificate itself; its key never leaves DATA_DIR."""
    return HttpResponse(pem, content_type=MEDIA_TYPE)
