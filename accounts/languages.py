"""The languages the site speaks: those of settings.LANGUAGES, and no others.

Where there is one only, nobody is asked and nothing is looked up.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from .requests import signed_in

LIKE_MY_BROWSER = ("", "Like my browser")


def to_choose_from() -> bool:
    return len(settings.LANGUAGES) > 1


def choices() -> list[tuple[str, str]]:
    """For a form: each language by its own name."""
    known = [
        (code, translation.get_language_info(code)["name_local"].capitalize())
        for code, _ in settings.LANGUAGES
    ]
    return [LIKE_MY_BROWSER, *known]


def language_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """What somebody chose in their profile overrules what their browser asks for."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        user = signed_in(request) if to_choose_from() else None
        if user is not None and user.language in dict(settings.LANGUAGES):
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        return get_response(request)

    return respond
