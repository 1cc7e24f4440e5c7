"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ..forms import LinkForm


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is, and lead on whoever was sent a link.

    Whether the link opens anything is the next page's answer.
    """
    form = LinkForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return redirect("call", form.cleaned_data["link"])
    return render(request, "home.html", {"link_form": form})
