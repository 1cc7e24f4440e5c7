"""What every template may name."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "SITE_NAME": settings.SITE_NAME,
        # Pages that promise a mail say so: includes/no_mail.html.
        "MAILS_ARE_PRINTED": settings.EMAIL_URL is None,
    }
