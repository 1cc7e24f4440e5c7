"""Who may make an account here, and with which e-mail address.

Nobody else decides it: the sign-up page, the log-in provider and the doors that lead to
them all ask here. People who were sent a room's link are guests and need no account, so
none of this concerns them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import idna
from django.conf import settings
from django.http import HttpRequest

from conference import client, lan, parsers


@dataclass(frozen=True, slots=True)
class Voucher:
    """Somebody who can speak for a visitor where sign-up is by invitation.

    `vouches` says whether it would, and changes nothing. `count` speaks for one
    sign-up, or returns False; it counts whatever comes of that sign-up, so that nobody
    learns from it whether an account was made.
    """

    vouches: Callable[[HttpRequest], bool]
    count: Callable[[HttpRequest], bool]


vouchers: list[Voucher] = []
"""One that vouches is enough."""


def may_sign_up(request: HttpRequest) -> bool:
    """Whether this visitor may make an account.

    Asks the vouchers, which may look into the database, only where it depends on them.
    """
    if settings.SIGNUP == "invited":
        return _is_at_this_machine(request) or any(
            voucher.vouches(request) for voucher in vouchers
        )
    return settings.SIGNUP == "open"


def count_sign_up(request: HttpRequest) -> bool:
    """Whether somebody speaks for this sign-up, which its form is ready for.

    To be asked once for each, whether or not its address has an account.
    """
    if settings.SIGNUP == "invited" and not _is_at_this_machine(request):
        return any(voucher.count(request) for voucher in vouchers)
    return may_sign_up(request)


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
