"""Who may make an account here, and with which e-mail address.

Nobody else decides it: the sign-up page, the log-in provider and the doors that lead to
them all ask here. People who were sent a room's link are guests and need no account, so
none of this concerns them.
"""

from collections.abc import Callable

import idna
from django.conf import settings
from django.http import HttpRequest

from conference import client, lan, parsers

Voucher = Callable[[HttpRequest], bool]

vouchers: list[Voucher] = []
"""Who can vouch for a visitor where sign-up is by invitation; one is enough."""


def may_sign_up(request: HttpRequest) -> bool:
    """Whether this visitor may make an account.

    Asks the vouchers, which may look into the database, only where it depends on them.
    """
    if settings.SIGNUP == "invited":
        return _is_at_this_machine(request) or any(
            vouches(request) for vouches in vouchers
        )
    return settings.SIGNUP == "open"


def refuses_address(email: str) -> str | None:
    """Why no account is made with this address, in words for its owner, if so.

    Only the part after the last @ counts, and it has to be one of `SIGNUP_DOMAINS`
    itself: names below it are others'. Holds for new accounts; who has one may change
    the address later.
    """
    domains = settings.SIGNUP_DOMAINS
    if not domains or parsers.ascii_domain(email.rpartition("@")[2]) in domains:
        return None
    named = " or ".join(map(idna.decode, domains))
    return f"Only addresses at {named} can make an account here."


def _is_at_this_machine(request: HttpRequest) -> bool:
    return settings.SIGNUP_OPEN_HERE and lan.is_own(client.of_request(request))
