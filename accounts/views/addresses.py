"""The page on which people add, confirm, choose and remove their addresses."""

from typing import Any

from allauth.account.views import EmailView
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ..words import REFUSED


class Addresses(EmailView):  # type: ignore[misc] # has no types
    """allauth's, but that what cannot be done changes nothing, and is said."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                answer: HttpResponse = super().post(request, *args, **kwargs)
        except IntegrityError:
            # Two people may note one address that neither has confirmed, or one of
            # them alone; but only one can have it as the main one.
            messages.error(request, REFUSED["main_elsewhere"])
            return redirect("account_email")
        return answer
