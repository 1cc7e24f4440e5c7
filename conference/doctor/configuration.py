"""What can be told from the settings alone."""

from collections.abc import Iterator

from django.conf import settings
from django.core import checks

from ..origin import is_local
from . import Finding, bad, good, look

ABOUT = "Settings"
VARIED = 16
"""A random key of 50 characters has more different ones than this."""


def check() -> Iterator[Finding]:
    found = list(_faults())
    yield from found or [good(ABOUT, "Nothing in the settings contradicts itself.")]


def _faults() -> Iterator[Finding]:
    site, here = settings.SITE_URL, is_local(settings.SITE_URL)
    if settings.DEBUG and not here:
        yield bad(
            ABOUT,
            "DEBUG is on: strangers see source code and settings on error pages.",
            "Set DEBUG=False, or take the line out.",
        )
    if len(set(settings.SECRET_KEY)) < VARIED or "insecure" in settings.SECRET_KEY:
        yield bad(
            ABOUT,
            "SECRET_KEY looks guessable. Who knows it can log in as anybody.",
            "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
        )
    if not settings.SECURE and not here:
        yield bad(
            ABOUT,
            f"SITE_URL is {site}: browsers give camera and microphone to https only.",
            "Put a proxy with a certificate before Parley and set "
            "SITE_URL=https://…; or, on your own network, serve with LAN=1.",
        )
    if settings.SECURE and not settings.TRUSTED_PROXIES and not settings.LAN:
        yield bad(
            ABOUT,
            "SITE_URL is https, but no proxy is trusted to say that it was https.",
            "Set TRUSTED_PROXIES=1 if one proxy of yours stands before Parley.",
        )
    if settings.TRUSTED_PROXIES and settings.BIND not in ("127.0.0.1", "::1"):
        yield look(
            ABOUT,
            f"Parley listens on {settings.BIND}: who reaches its port past the proxy "
            "can claim any address, and escapes the limits.",
            "Set BIND=127.0.0.1, or let a firewall keep others from the port.",
        )
    for host in settings.ALLOWED_HOSTS:
        if host.startswith(("*", ".")):
            yield look(
                ABOUT,
                f"ALLOWED_HOSTS has {host}: Parley answers to names that are not its "
                "own.",
                "Name the hosts one by one.",
            )
    # What Django asks of a site for others, the own network does not need.
    for_others = settings.SECURE and not settings.LAN
    for fault in checks.run_checks(include_deployment_checks=for_others):
        if fault.level >= checks.WARNING and not fault.is_silenced():
            yield look(ABOUT, f"{fault.id}: {fault.msg}", fault.hint or "")
