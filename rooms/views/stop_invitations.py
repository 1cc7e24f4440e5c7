"""For those who want no invitations by mail."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ..invitations import stopping


@require_http_methods(["GET", "HEAD", "POST"])
def stop_invitations(request: HttpRequest, signed: str) -> HttpResponse:
    """Ask, then stop them or allow them again; by a link that only mails hold."""
    hashed = stopping.read_signed(signed)
    if hashed is None:
        raise Http404
    if request.method != "POST":
        told = {"stopped": stopping.is_stopped(hashed), "signed": signed}
        answer = render(request, "rooms/stop_invitations.html", told)
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer
    if request.POST.get("act") == "allow":
        stopping.allow(hashed)
    else:
        stopping.stop(hashed)
    return redirect("stop-invitations", signed)
