"""Renaming and removing a passkey of one's own.

In place of allauth's, whose addresses hold the number of a row.
"""

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import EditWebAuthnView, RemoveWebAuthnView

from ..keys import own_key


class KeyRename(EditWebAuthnView):  # type: ignore[misc] # has no types
    def get_object(self, queryset: object = None) -> Authenticator:
        return own_key(self.request.user, self.kwargs["public_id"])


class KeyRemoval(RemoveWebAuthnView):  # type: ignore[misc] # has no types
    def get_object(self, queryset: object = None) -> Authenticator:
        return own_key(self.request.user, self.kwargs["public_id"])
