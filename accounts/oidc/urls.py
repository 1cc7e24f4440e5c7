"""The way to the provider and back; allauth includes it below `/accounts/`."""

from django.urls import path

from . import views

urlpatterns = [
    path("oidc/<slug:provider_id>/login/", views.login, name="openid_connect_login"),
    path(
        "oidc/<slug:provider_id>/login/callback/",
        views.callback,
        name="openid_connect_callback",
    ),
]
