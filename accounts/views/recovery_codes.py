"""The codes that let one in when phone and keys are lost."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..requests import SignedInRequest


def _unused_codes(request: SignedInRequest) -> list[str]:
    mine = Authenticator.objects.filter(type=Authenticator.Type.RECOVERY_CODES)
    codes: list[str] = (
        get_object_or_404(mine, user=request.user).wrap().get_unused_codes()
    )
    return codes


@require_safe
@login_required
@reauthentication_required  # type: ignore[untyped-decorator] # allauth's
def recovery_codes(request: SignedInRequest) -> HttpResponse:
    """Show those that are left."""
    told = {"unused_codes": _unused_codes(request)}
    return render(request, "mfa/recovery_codes/index.html", told)


@require_safe
@login_required
@reauthentication_required  # type: ignore[untyped-decorator] # allauth's
def recovery_codes_file(request: SignedInRequest) -> HttpResponse:
    """Hand over those that are left, one in each line."""
    return HttpResponse(
        "".join(f"{code}\n" for code in _unused_codes(request)),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="recovery-codes.txt"'},
    )
