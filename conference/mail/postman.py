"""Delivers mail beside the pages: one thread of its own in each process that serves."""

import logging
import threading

from django.conf import settings
from django.db import DatabaseError, connections

from ..models import OutgoingMail
from .address import MailServer
from .line import Line, ServerFault
from .queue import deliver

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5
"""So often it looks for what other processes stored; its own it hears of at once."""
TIDY_ROUNDS = 720
END_SECONDS = 3


class Postman:
    """Goes whenever the bell rings, and every few seconds."""

    def __init__(self, server: MailServer) -> None:
        self.line = Line(server)
        self._bell = threading.Event()
        self._ended = threading.Event()
        self._stuck = False
        # A server that does not answer must not hold up the end of the process; what
        # it held is due again when its claim ends.
        self._thread = threading.Thread(target=self._work, name="postman", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ring(self) -> None:
        self._bell.set()

    def end(self) -> bool:
        """Finish the mail at hand, within END_SECONDS; returns whether it did."""
        self._ended.set()
        self._bell.set()
        self._thread.join(END_SECONDS)
        return not self._thread.is_alive()

    def _work(self) -> None:
        rounds = 0
        while not self._ended.is_set():
            self._bell.clear()
            self._round(tidy=rounds % TIDY_ROUNDS == 0)
            rounds += 1
            self._bell.wait(LOOK_SECONDS)

    def _round(self, tidy: bool) -> None:
        try:
            if tidy:
                OutgoingMail.objects.forget_old()
            deliver(self.line, self._ended.is_set)
        except ServerFault:
            # Told already, with the mail that met it; the others wait for the next.
            pass
        except DatabaseError as fault:
            if not self._stuck:
                logger.warning("Mail waits, the database does not answer: %r", fault)
            self._stuck = True
        except Exception:
            logger.exception("Mail could not be looked after; the next try follows")
        else:
            self._stuck = False
        finally:
            self.line.close()
            connections.close_all()


_postman: Postman | None = None


def start() -> None:
    """Deliver from now on, if the settings name a mail server."""
    global _postman
    if settings.EMAIL_URL is not None and _postman is None:
        _postman = Postman(settings.EMAIL_URL)
        _postman.start()


def wake() -> None:
    """A mail was stored: no need to wait. Nothing happens where none delivers."""
    if _postman is not None:
        _postman.ring()


def end() -> None:
    """Stop delivering; blocks for some seconds at most."""
    global _postman
    postman, _postman = _postman, None
    if postman is not None and not postman.end():
        logger.warning("The mail server did not answer; its mail is tried again later.")
