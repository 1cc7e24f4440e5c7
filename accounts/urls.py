"""Pages of one's own account, beside allauth's."""

from django.urls import path

from . import views

urlpatterns = [path("accounts/profile/", views.profile, name="profile")]
