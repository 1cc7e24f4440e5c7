"""Mail that waits in the database, and its way to the mail server."""

from ..models import OutgoingMail


def forget(reference: str) -> int:
    """Drop what waits under this reference; returns how many mails that were.

    One that is on its way at this very moment may still arrive.
    """
    dropped, _ = OutgoingMail.objects.filter(reference=reference).delete()
    return dropped
