"""The page that lists where one is logged in, and ends it."""

from allauth.account.internal.flows.logout import logout
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ..requests import SignedInRequest
from ..sessions import end_sessions, logged_in

LOGGED_OUT_EVERYWHERE = "You logged out everywhere. Log in again."


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sessions(request: SignedInRequest) -> HttpResponse:
    """See where one is logged in; log out everywhere, or everywhere but here."""
    user, here = request.user, request.session.session_key or ""
    if request.method != "POST":
        return render(
            request,
            "usersessions/usersession_list.html",
            {"sessions": logged_in(user, here)},
        )
    if "everywhere" in request.POST:
        logout(request, show_message=False)
        end_sessions(user)
        user.revoke(LOGGED_OUT_EVERYWHERE)
        messages.success(request, "You are logged out everywhere.")
        return redirect("account_login")
    end_sessions(user, except_for=here)
    messages.success(request, "You are logged out everywhere else.")
    return redirect("usersessions_list")
