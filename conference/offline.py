"""A page for when this server cannot be reached, kept by browsers beforehand.

A service worker answers with it where a page of this site cannot be had. It keeps that
page and its parts, which are the same for everybody, and never another.
"""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

WORKER = "js/offline/worker.js"
STYLES = (
    "css/tokens.css",
    "css/reset.css",
    "css/base.css",
    "css/layout.css",
    "css/components/masthead.css",
    "css/components/icon.css",
    "css/components/button.css",
    "css/pages/calm.css",
)
PARTS = (*STYLES, "js/offline/page.js", "icons/sprite.svg", "icons/favicon.svg")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page itself: it needs no session, and says nothing of who asks."""
    return HttpResponse(_page())


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the top of the site so that it answers for all of it.

    Its first line names what to keep; another line makes browsers fetch all anew.
    """
    parts = [static(name) for name in PARTS]
    source = _source()
    seen = hashlib.sha256("\n".join([_page(), source, *parts]).encode())
    kept = {
        "name": f"parley-offline-{seen.hexdigest()[:16]}",
        "page": resolve_url("offline"),
        "parts": parts,
    }
    script = f"self.KEPT = {json.dumps(kept)};\n{source}"
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


def _page() -> str:
    styles = [static(name) for name in STYLES]
    told = {"SITE_NAME": settings.SITE_NAME, "styles": styles}
    return render_to_string("offline.html", told)


def _source() -> str:
    found = finders.find(WORKER)
    assert isinstance(found, str)
    return Path(found).read_text()
