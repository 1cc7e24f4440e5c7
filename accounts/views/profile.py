"""The page on which people see and change what the site knows of them."""

from http import HTTPStatus

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ..forms import AppearanceForm, PictureForm, ProfileForm
from ..requests import SignedInRequest

YEAR_SECONDS = 365 * 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    """Show everything, and change how one is called."""
    if request.method != "POST":
        return profile_page(request)
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return profile_page(request, form=form)
    request.user.rename(form.cleaned_data["display_name"])
    messages.success(request, "Saved.")
    return redirect("profile")


@require_POST
@login_required
def appearance(request: SignedInRequest) -> HttpResponse:
    """Change theme and language; the language also of this browser, logged out."""
    form = AppearanceForm(request.POST)
    if not form.is_valid():
        return profile_page(request, appearance=form)
    language = form.cleaned_data.get("language", request.user.language)
    request.user.look(form.cleaned_data["theme"], language)
    messages.success(request, "Saved.")
    answer = redirect("profile")
    if language:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR_SECONDS,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    else:
        answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return answer


def profile_page(
    request: SignedInRequest,
    *,
    form: ProfileForm | None = None,
    picture: PictureForm | None = None,
    appearance: AppearanceForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The page with these forms as they were refused, and all others fresh."""
    user = request.user
    factors = set(
        Authenticator.objects.filter(user=user).values_list("type", flat=True)
    )
    addresses = EmailAddress.objects.filter(user=user).order_by("-primary", "email")
    return render(
        request,
        "accounts/profile.html",
        {
            "form": form or ProfileForm(initial={"display_name": user.display_name}),
            "picture_form": picture or PictureForm(),
            "appearance_form": appearance
            or AppearanceForm(initial={"theme": user.theme, "language": user.language}),
            "addresses": addresses,
            "has_app": Authenticator.Type.TOTP in factors,
            "has_passkey": Authenticator.Type.WEBAUTHN in factors,
        },
        status=status,
    )
