"""Whom those in the administration may act on."""

from django.http import HttpRequest

from ..models import User

TOO_HIGH = "Only an administrator may do this to somebody who is staff."
ONESELF = "You cannot do this to yourself."


def out_of_reach(request: HttpRequest, user: User) -> str:
    """Why whoever asks may not suspend this person, or log them out; empty: may.

    Nobody locks themselves out, and no moderator shuts out those above them.
    """
    if user.pk == request.user.pk:
        return ONESELF
    above = user.is_staff or user.is_superuser
    if above and not getattr(request.user, "is_superuser", False):
        return TOO_HIGH
    return ""
