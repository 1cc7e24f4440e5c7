"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path

from . import lan_pages, offline, views
from .doctor.echo import echo
from .doctor.page import doctor

urlpatterns = [
    path("favicon.ico", views.favicon, name="favicon"),
    path("doctor/<str:asked>/", echo, name="doctor-echo"),
    path("admin/doctor/", admin.site.admin_view(doctor), name="doctor"),
    path("lan/", lan_pages.trust, name="lan"),
    path("lan/ca.crt", lan_pages.authority, name="lan-authority"),
    path("privacy/", views.privacy, name="privacy"),
    path("legal/", views.legal, name="legal"),
    path("offline/", offline.offline, name="offline"),
    path("offline-worker.js", offline.worker, name="offline-worker"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("rooms.urls")),
]
handler400 = "conference.views.bad_request"
handler429 = "conference.views.too_many_tries"
"""allauth's own, beside Django's."""
handler500 = "conference.views.server_error"
