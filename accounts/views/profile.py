"""Pages of one's own account that allauth does not bring."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ..forms import ProfileForm
from ..requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    """Change how one is called."""
    user = request.user
    if request.method == "POST":
        form = ProfileForm(request.POST)
        if form.is_valid():
            user.rename(form.cleaned_data["display_name"])
            messages.success(request, "Saved.")
            return redirect("profile")
    else:
        form = ProfileForm(initial={"display_name": user.display_name})
    return render(request, "accounts/profile.html", {"form": form})
