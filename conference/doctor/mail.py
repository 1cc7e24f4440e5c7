"""Would the mail server take our mail, and does any wait?"""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.timesince import timesince

from ..mail.line import Line, ServerFault
from ..models import OutgoingMail
from ..origin import LOOPBACK
from . import Finding, at_home, bad, good, look

ABOUT = "Mail"
LATE = timedelta(hours=1)
Mails = QuerySet[OutgoingMail]


def check() -> Iterator[Finding]:
    server = settings.EMAIL_URL
    if server is None:
        yield _none()
        return
    line = Line(server)
    try:
        line.open()
    except ServerFault as fault:
        yield bad(
            ABOUT,
            f"{server.host}:{server.port}: {fault}",
            "Mails wait until it works. Compare EMAIL_URL with what your provider "
            "says: host, port, user, password, smtps:// or submission://.",
        )
    else:
        name = f"as {server.user}" if server.user else "without log-in"
        yield good(ABOUT, f"{server.host}:{server.port} lets us in, {name}.")
    finally:
        line.close()
    in_the_clear = not (server.tls or server.starttls)
    if server.password and in_the_clear and server.host not in LOOPBACK:
        yield look(
            ABOUT,
            "The password goes to the mail server in the clear.",
            "Use submission://… or smtps://… in EMAIL_URL.",
        )
    try:
        yield from _queue()
    except DatabaseError:
        yield look(ABOUT, "The database cannot be asked what waits.", "See Database.")


def _none() -> Finding:
    means = "Mails are printed where the site runs; nobody gets one"
    if at_home():
        return good(ABOUT, f"{means}, which is right for trying it out.")
    return look(
        ABOUT,
        f"{means}. Invitations must be copied by hand, and nobody can ask for a new "
        "password.",
        "Set EMAIL_URL.",
    )


def _queue() -> Iterator[Finding]:
    waiting = OutgoingMail.objects.waiting()
    given_up = OutgoingMail.objects.exclude(given_up_at=None)
    yield _waits(waiting) if waiting.exists() else good(ABOUT, "No mail waits.")
    if count := given_up.count():
        yield look(
            ABOUT,
            f"{count} given up.{_last_fault(given_up)}",
            "The administration shows each, under “Mails that wait”.",
        )


def _waits(waiting: Mails) -> Finding:
    oldest = waiting.aggregate(at=Min("created_at"))["at"] or timezone.now()
    found = (
        f"{waiting.count()} waiting, the oldest for {timesince(oldest)}."
        f"{_last_fault(waiting)}"
    )
    if timezone.now() - oldest < LATE:
        return good(ABOUT, found)
    return look(ABOUT, found, "They go by themselves once the fault is mended.")


def _last_fault(mails: Mails) -> str:
    last = mails.exclude(fault="").order_by("-next_at").first()
    return f" The last fault: {last.fault.rstrip('.')}." if last else ""
