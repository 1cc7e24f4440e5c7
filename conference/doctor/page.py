"""The doctor's findings, for administrators."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .examination import examine, worst


@require_safe
def doctor(request: HttpRequest) -> HttpResponse:
    """Examines while the page is waited for, some seconds at most."""
    if not getattr(request.user, "is_superuser", False):
        raise PermissionDenied
    findings = examine()
    context = {
        **admin.site.each_context(request),
        "title": "Doctor",
        "findings": findings,
        "worst": worst(findings),
    }
    return render(request, "admin/doctor.html", context)
