"""`manage.py send_mails`: deliver what is due, once, as from cron."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conference.mail.line import Line, ServerFault
from conference.mail.queue import deliver
from conference.models import OutgoingMail


class Command(BaseCommand):
    help = (
        "Send the mails that are due, once. Not needed where `serve` runs: it sends "
        "them by itself."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.EMAIL_URL is None:
            raise CommandError("no mail server is set: EMAIL_URL names it")
        OutgoingMail.objects.forget_old()
        line = Line(settings.EMAIL_URL)
        try:
            sent = deliver(line)
        except ServerFault as fault:
            raise CommandError(f"{fault} The mails are kept.") from fault
        finally:
            line.close()
        wait = OutgoingMail.objects.waiting().count()
        self.stdout.write(f"{sent} sent, {wait} waiting.")
