"""How long somebody has to wait whom allauth's limits have turned away."""

import time

from allauth.core.internal.ratelimit import get_cache_key, get_rates
from django.core.cache import cache
from django.http import HttpRequest

APP = "allauth.account"
USUAL = 60.0
"""Seconds that are said where the limit is not known."""

ACTIONS = {
    "account_login": "login",
    "account_signup": "signup",
    "account_reset_password": "reset_password",
    "account_reset_password_from_key": "reset_password_from_key",
    "account_reauthenticate": "reauthenticate",
    "account_change_password": "change_password",
    "account_set_password": "change_password",
    "account_email": "manage_email",
    "openid_connect_login": "provider",
}
"""The limit that a page asks, by the page's name."""


def seconds_to_wait(request: HttpRequest) -> float:
    """Until the page that was asked for too often answers again."""
    match = request.resolver_match
    action = ACTIONS.get(match.url_name or "") if match else None
    if action is None:
        return USUAL
    waits = []
    for rate in get_rates(app=APP, action=action):
        if rate.per == "user" and not request.user.is_authenticated:
            continue
        key = get_cache_key(
            request,
            app=APP,
            action=action,
            rate=rate,
            key=request.POST.get("email", "").lower(),
        )
        # The newest first; the oldest of as many as are allowed has to grow too old.
        history = cache.get(key, [])
        if len(history) >= rate.amount:
            waits.append(history[rate.amount - 1] + rate.duration - time.time())
    return max(waits, default=USUAL)
