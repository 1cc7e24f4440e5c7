"""Answers that belong to no app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for the icon of pages that name none, as in the admin."""
    return redirect(static("icons/favicon.svg"))


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page with the site's name and style: Django's own renders it bare."""
    return render(request, "500.html", status=500)
