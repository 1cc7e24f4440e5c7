"""Answers that belong to no app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page with the site's name and style: Django's own renders it bare."""
    return render(request, "500.html", status=500)
