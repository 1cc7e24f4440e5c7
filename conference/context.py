"""What every template may name."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.policy import may_sign_up

from . import texts
from .origin import is_local


def site(request: HttpRequest) -> dict[str, object]:
    """Names and policies of the site, and what this visitor may do.

    `SIGNUP_OPEN`, whether this visitor may make an account, is found out when a page
    asks for it: it may cost a query. `PROVIDER` is what people call the log-in
    provider, empty where there is none.
    """
    return {
        "SITE_NAME": settings.SITE_NAME,
        "PROVIDER": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "SIGNUP": settings.SIGNUP,
        "SIGNUP_OPEN": SimpleLazyObject(lambda: may_sign_up(request)),
        "SIGNUP_OPEN_HERE": settings.SIGNUP_OPEN_HERE,
        # Pages that promise a mail say so: includes/no_mail.html.
        "MAILS_ARE_PRINTED": settings.EMAIL_URL is None,
        # Pages that show links say so: includes/this_machine_only.html.
        "THIS_MACHINE_ONLY": is_local(settings.SITE_URL),
        "LAN": settings.LAN,
        # Browsers fetch no service worker under a certificate that people only waved
        # through, and Chromium logs an error for it.
        "KEEPS_OFFLINE_PAGE": not settings.LAN,
        "LEGAL_IS_WRITTEN": SimpleLazyObject(texts.legal_is_written),
    }
