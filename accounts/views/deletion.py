"""The page on which somebody leaves for good."""

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.logout import logout
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ..deletion import delete_account as delete
from ..deletion import is_only_administrator
from ..forms import DeletionForm
from ..requests import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required  # type: ignore[untyped-decorator] # allauth's
def delete_account(request: SignedInRequest) -> HttpResponse:
    """Say what goes and what stays; by POST, delete it all."""
    user = request.user
    sent = request.POST if request.method == "POST" else None
    form = DeletionForm(sent) if is_only_administrator(user) else None
    if sent is None or (form is not None and not form.is_valid()):
        return render(request, "accounts/delete_account.html", {"form": form})
    logout(request, show_message=False)
    delete(user)
    messages.success(request, "Your account and everything of it is deleted.")
    return redirect("home")
