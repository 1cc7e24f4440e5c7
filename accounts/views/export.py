"""The page that hands over everything the site keeps about one."""

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ..export import archive
from ..requests import SignedInRequest
from ..words import REFUSED


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator] # allauth's
def export(request: SignedInRequest) -> HttpResponse:
    """Say what is in it; by POST, hand it over."""
    if request.method != "POST":
        return render(request, "accounts/export.html")
    if not ratelimit.consume(request, action="export", user=request.user):
        refused = {"error": REFUSED["rate_limited"]}
        return render(request, "accounts/export.html", refused, status=429)
    day = timezone.localdate().isoformat()
    return HttpResponse(
        archive(request.user),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="my-data-{day}.zip"'},
    )
