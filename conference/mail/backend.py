"""Where Django hands mails in."""

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.console import EmailBackend as ConsoleBackend
from django.db import transaction

from ..models import OutgoingMail
from . import postman
from .letter import BadMail, letters_of, recipient_hash

logger = logging.getLogger(__name__)

REFERENCE = "reference"
"""The attribute by which a message says what it is about (see signals.py)."""


class QueueBackend(BaseEmailBackend):
    """Stores mails within the caller's transaction, and never asks the network.

    So a page that sends one takes the same time whatever the mail server does. What
    can be no mail is left out and logged, without its words.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        stored = 0
        for message in email_messages:
            try:
                letters = letters_of(message)
            except BadMail as fault:
                logger.error("A mail was not taken: %s", fault)
                continue
            OutgoingMail.objects.bulk_create(
                OutgoingMail(
                    sealed=letter.sealed(),
                    reference=getattr(message, REFERENCE, ""),
                    recipient_hash=recipient_hash(letter.recipient),
                )
                for letter in letters
            )
            stored += bool(letters)
        if stored:
            transaction.on_commit(postman.wake)
        return stored


class PrintBackend(ConsoleBackend):
    """Prints mails where the site runs, for one without a mail server."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        good = []
        for message in email_messages:
            try:
                letters_of(message)
            except BadMail as fault:
                logger.error("A mail was not printed: %s", fault)
            else:
                good.append(message)
        return super().send_messages(good) or 0
