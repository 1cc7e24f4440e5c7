"""The pictures of people, for everybody who was told the name of one."""

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..models.user import PICTURES

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
