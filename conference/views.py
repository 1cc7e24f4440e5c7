"""Answers that belong to no app: the icon, the site's own texts, and refusals."""

import math

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.waits import seconds_to_wait

from . import texts
from .models import SiteText


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for the icon of pages that name none, as in the admin."""
    return redirect(static("icons/favicon.svg"))


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the site keeps of people: in its own words, or in those of the product."""
    return _text(request, SiteText.Place.PRIVACY)


@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Who runs the site; nothing until somebody has written it."""
    return _text(request, SiteText.Place.LEGAL)


def _text(request: HttpRequest, place: SiteText.Place) -> HttpResponse:
    text = texts.of_place(place)
    if text is None:
        raise Http404
    told = {"heading": place.label, "blocks": list(texts.blocks(text))}
    return render(request, "text.html", told)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent cannot be read, or is larger than any form here needs to be."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500 page with the site's name and style: Django's own renders it bare."""
    return render(request, "500.html", status=500)


def too_many(request: HttpRequest, seconds: float) -> HttpResponse:
    """The refusal of somebody who tried too often, with when to try again."""
    told = {"minutes": math.ceil(seconds / 60)}
    response = render(request, "429.html", told, status=429)
    response["Retry-After"] = str(math.ceil(seconds))
    return response


def too_many_tries(request: HttpRequest) -> HttpResponse:
    """allauth's refusals."""
    return too_many(request, seconds_to_wait(request))
