"""What a sign-up was for, from the form until its account logs in.

A mail lies in between, and until it is answered nothing may tell whether the address
was free. So what somebody came for is kept in their browser's session, under the
address they typed, whether or not it has an account; it comes true when the account of
that address logs in, in that browser.
"""

from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from .models import User

_KEY = "arrival"
_LONGEST = 500


def wanted(request: HttpRequest) -> str:
    """The path on this site that sign-up leads to, as its page was asked for it."""
    return path_on_site(request.POST.get("next") or request.GET.get("next") or "")


def path_on_site(address: str) -> str:
    """Its path; "" for an address of another site, or one longer than any of ours."""
    if len(address) > _LONGEST:
        return ""
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return ""
    return urlsplit(address).path


def keep(request: HttpRequest, email: str, path: str) -> None:
    """Note that somebody signs up with this address, for the sake of this path."""
    request.session[_KEY] = {"whose": _hash(email), "path": path}


def ahead(request: HttpRequest, user: User) -> str | None:
    """What this account signed up for in this browser; None: it did not, or has it."""
    kept = request.session.get(_KEY)
    if kept is None or not _is_of(user, kept["whose"]):
        return None
    return str(kept["path"])


def arrive(request: HttpRequest, user: User) -> str | None:
    """The same, this once."""
    path = ahead(request, user)
    if path is not None:
        del request.session[_KEY]
    return path


def _is_of(user: User, hashed: str) -> bool:
    mine = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return hashed in map(_hash, (user.email, *mine))


def _hash(email: str) -> str:
    """Keyed: the session of who never comes back holds nobody's address."""
    return salted_hmac(
        "accounts.arrival", email.lower(), algorithm="sha256"
    ).hexdigest()
