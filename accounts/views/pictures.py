"""The pictures of people: changed by their owners, seen by everybody in a call."""

from http import HTTPStatus

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from ..forms import PictureForm
from ..models.user import PICTURES
from ..requests import SignedInRequest
from ..words import REFUSED
from .profile import profile_page

DAY_SECONDS = 24 * 60 * 60


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """The picture of this name: 128 random bits, which guests of a call see too.

    Whatever the file holds, browsers take it for a WebP picture and nothing else.
    """
    try:
        with default_storage.open(f"{PICTURES}/{name}.webp") as file:
            body = file.read()
    except FileNotFoundError:
        raise Http404("There is no such picture.") from None
    return HttpResponse(
        body,
        content_type="image/webp",
        headers={
            "Cache-Control": f"private, max-age={DAY_SECONDS}, immutable",
            "Content-Disposition": "inline",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_POST
@login_required
def picture_change(request: SignedInRequest) -> HttpResponse:
    """Take over a picture of oneself; see conference/server.py for its size."""
    # Asked before the form is made: looking at what was sent is what costs.
    if not ratelimit.consume(request, action="change_picture", user=request.user):
        form = PictureForm.turned_away(REFUSED["rate_limited"])
        status = HTTPStatus.TOO_MANY_REQUESTS
        return profile_page(request, picture=form, status=status)
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return profile_page(request, picture=form)
    request.user.show_picture(form.cleaned_data["picture"])
    messages.success(request, "This is your picture now.")
    return redirect("profile")


@require_POST
@login_required
def picture_remove(request: SignedInRequest) -> HttpResponse:
    """Be shown with initials again."""
    request.user.remove_picture()
    messages.success(request, "Your picture is removed.")
    return redirect("profile")
