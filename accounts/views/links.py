"""The pages behind the links in mails, in place of allauth's.

Opened in the browser of somebody else, allauth's log that person out before anything
is pressed: a link in any page of any site would do.
"""

from allauth.account.views import ConfirmEmailView, PasswordResetFromKeyView
from django.http import HttpRequest


class _OnPress:
    """Ends the login of another when the page's button is pressed, not before."""

    request: HttpRequest

    def logout(self) -> None:
        if self.request.method == "POST":
            super().logout()  # type: ignore[misc] # of the view that this stands before


class _ConfirmEmail(_OnPress, ConfirmEmailView):  # type: ignore[misc] # has no types
    pass


class _NewPassword(_OnPress, PasswordResetFromKeyView):  # type: ignore[misc] # has no types
    pass


confirm_email = _ConfirmEmail.as_view()
new_password = _NewPassword.as_view()
