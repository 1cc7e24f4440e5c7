"""`manage.py reset_2fa EMAIL`: for somebody whose phone and codes are gone."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.addresses import whose
from accounts.models import User
from accounts.second_step import take_away


class Command(BaseCommand):
    help = (
        "Take two-step log-in off an account, so that its password opens it again, "
        "and log it out everywhere. Be sure first that it is its owner who asks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="an address that opens the account")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = whose(email) or User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"No account has the address {email}.")
        count = take_away(user)
        if not count:
            self.stdout.write(
                f"{user.email} had no two-step log-in; it is logged out everywhere."
            )
            return
        self.stdout.write(
            f"{user.email} logs in with the password alone now, and is logged out "
            "everywhere. It should set up two-step log-in again at once."
        )
