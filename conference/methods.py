"""What a page may be asked to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

METHODS = ("GET", "HEAD", "POST", "OPTIONS")

Answer = Callable[[HttpRequest], HttpResponseBase]


def methods_middleware(get_response: Answer) -> Answer:
    """Answer 405 to whatever no form sends, before any view sees it.

    Views of others would take a PUT for a POST, and a DELETE that no question came
    before.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return get_response(request)

    return answer
