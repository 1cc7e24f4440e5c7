"""How Parley proves to its own doctor who it is and what a proxy makes of requests.

The doctor asks with a word that only this SECRET_KEY can sign, and is told what arrived
and a proof that only this SECRET_KEY can make. To anybody else there is no such page.
"""

import secrets
from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_safe

from ..client import forwarded, of_request

GOOD_FOR = timedelta(minutes=1)
PROCESS = secrets.token_hex(8)
"""Tells this process from others that serve the same site."""


def signer() -> TimestampSigner:
    return TimestampSigner(salt="conference.doctor.question")


def question() -> str:
    return signer().sign(secrets.token_urlsafe(16))


def proof(asked: str) -> str:
    return salted_hmac(
        "conference.doctor.answer", asked, algorithm="sha256"
    ).hexdigest()


@require_safe
def echo(request: HttpRequest, asked: str) -> JsonResponse:
    try:
        signer().unsign(asked, max_age=GOOD_FOR)
    except BadSignature as fault:
        raise Http404 from fault
    return JsonResponse(
        {
            "proof": proof(asked),
            "process": PROCESS,
            "client": of_request(request),
            "forwarded_for": forwarded(request.headers),
        }
    )
