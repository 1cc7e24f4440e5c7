"""Make a room from the command line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User

from ...models import Room
from ...models.room import RoomRefused
from ...names import BadName


class Command(BaseCommand):
    """Prints the new room's link and nothing else, so that a script can use it."""

    help = "Make a room and print its link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the room is called")
        parser.add_argument(
            "--owner", required=True, metavar="E-MAIL", help="whose room it is"
        )
        parser.add_argument(
            "--access",
            choices=Room.Access.values,
            default=Room.Access.ANYONE.value,
            help="who may enter with the link (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> str:
        try:
            owner = User.objects.get_by_natural_key(options["owner"])
        except User.DoesNotExist as fault:
            raise CommandError(
                f"Nobody has an account with the address {options['owner']}."
            ) from fault
        try:
            room = Room.objects.make(
                owner=owner, name=options["name"], access=options["access"]
            )
        except BadName as fault:
            raise CommandError(str(fault)) from fault
        except RoomRefused as fault:
            raise CommandError(
                f"{owner} may have no further room. The administration says how many "
                "each person may own, and can make one beyond that."
            ) from fault
        return room.url
