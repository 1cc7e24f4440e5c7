"""Who may make an account here, and with which e-mail address.

Nobody else decides it: the sign-up page, the log-in provider and the doors that lead to
them all ask here. People who were sent a room's link are guests and need no account, so
none of this concerns them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

import idna
from django.conf import settings
from django.http import HttpRequest

from conference import client, lan, parsers

from .models import User


@dataclass(frozen=True, slots=True)
class Voucher:
    """Somebody who can speak for a visitor where sign-up is by invitation.

    `vouches` says whether it would, and changes nothing. `count` speaks for one
    sign-up, and returns what it did so by, or None; it counts whatever comes of that
    sign-up, so that nobody learns from it whether an account was made. `redeem` is for
    the account's first log-in, with its address confirmed: whether that by which it
    spoke is this account's now, and no other's, whatever runs at once.
    """

    vouches: Callable[[HttpRequest], bool]
    count: Callable[[HttpRequest], str | None]
    redeem: Callable[[str, User], bool]


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


def count_sign_up(request: HttpRequest) -> str | None:
    """Who speaks for this sign-up, which its form is ready for; None: nobody.

    To be asked once for each, whether or not its address has an account. "" is for one
    that needs nobody.
    """
    if settings.SIGNUP == "invited" and not _is_at_this_machine(request):
        return next(_counted(request), None)
    return "" if may_sign_up(request) else None


def may_begin(request: HttpRequest, user: User) -> bool:
    """Whether this account, whose address is confirmed, may log in.

    Once it may, it may ever after. So many sign-ups one can speak for, only so many
    become accounts: another invitation has to speak for those who come too late.
    """
    if not user.vouched_by:
        return True
    if settings.SIGNUP == "invited" and not user.is_superuser:
        spoken = chain([user.vouched_by], _counted(request))
        if not any(each.redeem(by, user) for by in spoken for each in vouchers):
            return False
    user.vouched_by = ""
    user.save(update_fields=["vouched_by"])
    return True


def _counted(request: HttpRequest) -> Iterator[str]:
    for voucher in vouchers:
        if (spoken_by := voucher.count(request)) is not None:
            yield spoken_by


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
