"""Pages of one's own account, beside allauth's."""

from django.urls import path, re_path

from . import views

urlpatterns = [
    path("accounts/profile/", views.profile, name="profile"),
    re_path(
        r"^accounts/pictures/(?P<name>[0-9a-f]{32})\.webp\Z",
        views.picture,
        name="picture",
    ),
]
