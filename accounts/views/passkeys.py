"""Logging in with a passkey alone.

What the passkey has to sign waits in the asking browser, in a signed cookie that is
good for minutes and once. allauth would keep a session for everybody who asks.
"""

import hashlib
from typing import Any

from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY, begin_authentication
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

SALT = "accounts.passkey"
SECONDS = 300
"""How long somebody may look for their passkey."""


class PasskeyLogin(LoginWebAuthnView):  # type: ignore[misc] # has no types
    """Says what has to be signed to programs that ask; logs in who has signed it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "application/json" not in request.headers.get("Accept", ""):
            return redirect("account_login")
        changed = request.session.modified
        answer = JsonResponse({"request_options": begin_authentication()})
        asked = request.session.pop(STATE_SESSION_KEY)
        request.session.modified = changed
        answer.set_cookie(
            settings.PASSKEY_COOKIE_NAME,
            signing.dumps(asked, salt=SALT),
            max_age=SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return answer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.session[STATE_SESSION_KEY] = _asked(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        request.session.pop(STATE_SESSION_KEY, None)
        answer.delete_cookie(settings.PASSKEY_COOKIE_NAME, samesite="Lax")
        return answer


def _asked(request: HttpRequest) -> Any:
    """What this browser was asked to sign; None if nothing, too long ago, or twice."""
    cookie = request.COOKIES.get(settings.PASSKEY_COOKIE_NAME, "")
    try:
        asked = signing.loads(cookie, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    used = hashlib.sha256(asked["challenge"].encode()).hexdigest()
    return asked if cache.add(f"{SALT}:{used}", True, SECONDS) else None
