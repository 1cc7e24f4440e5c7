"""Headers that guard every page, and the one exception: devices on the call page."""

from types import ModuleType
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory, override_settings
from django.urls import path

import conference.urls
from conference import rights
from conference.headers import (
    CALL_POLICY,
    PAGE_POLICY,
    HeadersMiddleware,
    uses_devices,
)
from tests.factories import make_room, make_user

pytestmark = pytest.mark.django_db

PAGES = ("/", "/accounts/login/", "/accounts/signup/", "/no-such-page/")
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy(response: HttpResponseBase) -> dict[str, str]:
    """The Content-Security-Policy by directive, its nonces taken away."""
    parts = [
        part.strip().partition(" ")
        for part in response.headers["Content-Security-Policy"].split(";")
    ]
    return {
        name: " ".join(v for v in values.split() if not v.startswith("'nonce-"))
        for name, _, values in parts
    }


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_guarded(client: Client, path: str) -> None:
    response = client.get(path)
    assert policy(response) == POLICY
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert "microphone=()" in response.headers["Permissions-Policy"]
    assert "display-capture=()" in response.headers["Permissions-Policy"]
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "no-store" in response.headers["Cache-Control"]
    assert "private" in response.headers["Cache-Control"]


def test_the_administration_is_guarded_too(client: Client) -> None:
    chief = get_user_model().objects.create_superuser(
        email="chief@example.org", password="correct horse"
    )
    client.force_login(chief)
    response = client.get("/admin/")
    assert response.status_code == 200
    assert policy(response) == POLICY


def test_its_log_in_is_the_only_one(client: Client) -> None:
    response = client.get("/admin/login/?next=/admin/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


def test_a_view_may_use_devices() -> None:
    @uses_devices
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    request = RequestFactory().get("/")
    response = HeadersMiddleware(view)(request)
    assert isinstance(response, HttpResponse)
    assert response.headers["Permissions-Policy"] == CALL_POLICY
    for device in ("camera", "microphone", "display-capture"):
        assert f"{device}=(self)" in CALL_POLICY


def test_a_view_may_say_how_long_it_is_kept() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Cache-Control": "max-age=60"})

    response = HeadersMiddleware(view)(RequestFactory().get("/"))
    assert isinstance(response, HttpResponse)
    assert response.headers["Cache-Control"] == "max-age=60"


@pytest.mark.parametrize("status", [302, 403, 404, 429])
def test_what_comes_in_its_place_may_not(status: int) -> None:
    @uses_devices
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=status)

    response = HeadersMiddleware(view)(RequestFactory().get("/"))
    assert isinstance(response, HttpResponse)
    assert response.headers["Permissions-Policy"] == PAGE_POLICY


def test_the_call_page_alone_has_devices(client: Client) -> None:
    room = make_room(make_user())
    page = f"/r/{room.link}/"
    assert client.get(page).headers["Permissions-Policy"] == CALL_POLICY
    room.change(access="signed-in")
    for other, status in (
        *((page, 302), (page.upper().replace("/R/", "/r/"), 302)),
        *((f"{page}left/", 302), ("/r/abcd-efgh-jkmn-pqrs/", 404)),
    ):
        response = client.get(other)
        assert (response.status_code, other) == (status, other)
        assert response.headers["Permissions-Policy"] == PAGE_POLICY
    with patch("rooms.throttle.GUESSES", 0):
        response = client.get(page)
    assert response.status_code == 429
    assert response.headers["Permissions-Policy"] == PAGE_POLICY


@override_settings(
    SECURE_SSL_REDIRECT=True, SECURE_SSL_HOST="call.example.org", TRUSTED_PROXIES=1
)
def test_plain_http_is_sent_to_the_site_itself(client: Client) -> None:
    response = client.get("/rooms/?a=b", headers={"host": "testserver"})
    assert response.status_code == 301
    assert response.headers["Location"] == "https://call.example.org/rooms/?a=b"
    assert policy(response) == POLICY
    assert response.headers["Permissions-Policy"] == PAGE_POLICY


def test_a_host_that_is_not_ours_is_refused_with_the_same_guard(client: Client) -> None:
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert policy(response) == POLICY
    assert response.headers["Permissions-Policy"] == PAGE_POLICY


def test_pages_without_an_icon_get_one(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response.headers["Location"].endswith("/static/icons/favicon.svg")
    assert response.headers["Cache-Control"] == "public, max-age=86400"


def test_a_fault_of_ours_has_a_page_of_ours(client: Client) -> None:
    def fails(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    urls = ModuleType("urls_with_a_fault")
    fault = path("fails/", fails, name="fault")
    vars(urls)["urlpatterns"] = [fault, *conference.urls.urlpatterns]
    vars(urls)["handler500"] = conference.urls.handler500
    client.raise_request_exception = False
    row = {"fault": rights.look(rights.ANYBODY)}
    with override_settings(ROOT_URLCONF=urls), patch.dict(rights.TABLE, row):
        response = client.get("/fails/")
    assert response.status_code == 500
    assert settings.SITE_NAME in response.content.decode()
    assert policy(response) == POLICY


def test_pages_travel_compressed(client: Client) -> None:
    plain = client.get("/accounts/login/")
    packed = client.get("/accounts/login/", headers={"accept-encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
