"""Would the mail server take our mail, and does any wait?"""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Min
from django.utils import timezone
from django.utils.timesince import timesince

from ..mail.line import Line, ServerFault
from ..models import OutgoingMail
from ..origin import LOOPBACK, is_local
from . import Finding, bad, good, look

ABOUT = "Mail"
LATE = timedelta(hours=1)


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
    if is_local(settings.SITE_URL):
        return good(ABOUT, f"{means}, which is right for trying it out.")
    return look(
        ABOUT,
        f"{means}. Invitations must be copied by hand, and nobody can ask for a new "
        "password.",
        "Set EMAIL_URL.",
    )


def _queue() -> Iterator[Finding]:
    waiting = OutgoingMail.objects.all()
    count = waiting.count()
    if not count:
        yield good(ABOUT, "No mail waits.")
        return
    oldest = waiting.aggregate(at=Min("created_at"))["at"] or timezone.now()
    last = waiting.exclude(fault="").order_by("-next_at").first()
    said = f" The last fault: {last.fault.rstrip('.')}." if last else ""
    found = f"{count} waiting, the oldest for {timesince(oldest)}.{said}"
    if timezone.now() - oldest > LATE:
        yield look(
            ABOUT, found, "They go by themselves once the fault is mended, in order."
        )
    else:
        yield good(ABOUT, found)
