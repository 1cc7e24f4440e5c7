"""Who makes a request, for views that care."""

from django.http import HttpRequest

from .models import User


class SignedInRequest(HttpRequest):
    """A request that `login_required` let through."""

    user: User


def signed_in(request: HttpRequest) -> User | None:
    """The account that makes the request, or None for somebody without one."""
    return request.user if request.user.is_authenticated else None
