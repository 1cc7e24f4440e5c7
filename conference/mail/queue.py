"""Mail that waits in the database, and its way to the mail server."""

import logging
from collections.abc import Callable

from ..models import OutgoingMail
from ..sealing import SealBroken
from .letter import Letter
from .line import Fault, Line, ServerFault
from .signals import mail_failed, mail_sent

logger = logging.getLogger(__name__)

BATCH = 50
"""Mails on one connection: servers hang up after some."""

DROPPED = "The people who run this site dropped the mail."
UNREADABLE = "Written with another SECRET_KEY, so nobody can read it any more."


def forget(reference: str) -> int:
    """Drop what waits under this reference; returns how many mails that were.

    One that is on its way at this very moment may still arrive.
    """
    dropped, _ = OutgoingMail.objects.filter(reference=reference).delete()
    return dropped


def drop(mail: OutgoingMail) -> None:
    """Give it up for whoever runs the site, and keep nothing of it."""
    mail.delete()
    logger.info("Mail dropped by the administration, after %d tries.", mail.attempts)
    mail_failed.send_robust(
        OutgoingMail, reference=mail.reference, fault=DROPPED, final=True
    )


def deliver(line: Line, stopping: Callable[[], bool] = lambda: False) -> int:
    """Hand in what is due, each mail by one sender, whatever other processes do.

    A mail that cannot go waits or is given up, and holds no other one back. Ends when
    nothing is due or `stopping` says so, and returns how many mails the server took;
    raises ServerFault where the server itself cannot be used.
    """
    sent = tried = 0
    while not stopping() and (mail := OutgoingMail.objects.claim_next()):
        if _taken(mail, line):
            sent += 1
            if sent == 1:
                # It is there again, for all that could not reach it.
                OutgoingMail.objects.hurry()
        tried += 1
        if tried % BATCH == 0:
            line.close()
    return sent


def _taken(mail: OutgoingMail, line: Line) -> bool:
    name = str(mail)
    try:
        line.send(Letter.opened(bytes(mail.sealed)))
    except SealBroken:
        mail.give_up(UNREADABLE)
        _tell_failed(mail, UNREADABLE, final=True)
        return False
    except Fault as fault:
        _put_off(mail, fault)
        if isinstance(fault, ServerFault):
            line.close()
            raise
        return False
    mail.delete()
    logger.info("%s was taken by the mail server.", name)
    mail_sent.send_robust(OutgoingMail, reference=mail.reference)
    return True


def _put_off(mail: OutgoingMail, fault: Fault) -> None:
    if fault.final:
        mail.give_up(str(fault))
        waits = False
    else:
        waits = mail.put_off(str(fault), server_away=isinstance(fault, ServerFault))
    _tell_failed(mail, fault.words, final=not waits, reply=fault.reply)


def _tell_failed(mail: OutgoingMail, words: str, final: bool, reply: str = "") -> None:
    what = "is given up" if final else "waits"
    said = f" ({reply})" if reply else ""
    logger.warning("%s %s after try %d: %s%s", mail, what, mail.attempts, words, said)
    mail_failed.send_robust(
        OutgoingMail, reference=mail.reference, fault=words, final=final
    )
