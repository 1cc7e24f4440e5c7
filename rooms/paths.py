"""What a path on this site leads to."""

from django.urls import Resolver404, resolve

from .links import read_link
from .models import Invitation


def invitation_at(path: str) -> Invitation | None:
    """The invitation whose page it is, whatever has become of it."""
    token = _argument(path, "invitation", "token")
    return Invitation.objects.by_token(token) if token else None


def link_at(path: str) -> str | None:
    """The link of the room, real or not, whose call page it is; in its true form."""
    return read_link(_argument(path, "call", "link"))


def _argument(path: str, view_name: str, name: str) -> str:
    """What the path says at this place of this view's address; "" if it is another."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    return str(match.kwargs[name]) if match.view_name == view_name else ""
