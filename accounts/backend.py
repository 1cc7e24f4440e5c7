"""Whom passwords and sessions open the site for."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend as Allauth
from asgiref.sync import sync_to_async

from .models import User


class AuthenticationBackend(Allauth):  # type: ignore[misc] # has no types
    """allauth's, but that a suspended account opens nothing while that lasts.

    Its end needs nobody's doing: each request asks anew, in the query that it makes
    for the account anyway.
    """

    def user_can_authenticate(self, user: User) -> bool:
        return bool(super().user_can_authenticate(user)) and not user.is_suspended

    def get_user(self, user_id: Any) -> User | None:
        """The account of a session; None while it is closed or suspended."""
        return User.objects.may_log_in().filter(pk=user_id).first()

    async def aget_user(self, user_id: Any) -> User | None:
        return await sync_to_async(self.get_user)(user_id)
