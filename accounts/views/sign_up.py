"""The page on which people make an account."""

from typing import Any

from allauth.account.views import SignupView
from django.db import transaction
from django.http import HttpResponse


class SignUp(SignupView):  # type: ignore[misc] # has no types
    """allauth's, but that an account is made as a whole, with its mail, or not."""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        return answer
