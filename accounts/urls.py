"""Pages of one's own account, beside allauth's."""

from django.urls import path, re_path

from . import views

urlpatterns = [
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/profile/appearance/", views.appearance, name="appearance"),
    path("accounts/profile/picture/", views.picture_change, name="picture-change"),
    path(
        "accounts/profile/picture/remove/", views.picture_remove, name="picture-remove"
    ),
    path("accounts/export/", views.export, name="export"),
    path("accounts/delete/", views.delete_account, name="delete-account"),
    # These in place of allauth's, which change something when they are looked at.
    re_path(
        r"^accounts/confirm-email/(?P<key>[-:\w]+)/$",
        views.confirm_email,
        name="account_confirm_email",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.new_password,
        name="account_reset_password_from_key",
    ),
    path("accounts/sessions/", views.sessions, name="usersessions_list"),
    path(
        "accounts/2fa/recovery-codes/",
        views.recovery_codes,
        name="mfa_view_recovery_codes",
    ),
    path(
        "accounts/2fa/recovery-codes/download/",
        views.recovery_codes_file,
        name="mfa_download_recovery_codes",
    ),
    # These in place of allauth's, which may leave half of something behind.
    path("accounts/email/", views.Addresses.as_view(), name="account_email"),
    path("accounts/signup/", views.SignUp.as_view(), name="account_signup"),
    # In place of allauth's, which keeps a session for everybody who asks.
    path(
        "accounts/2fa/webauthn/login/",
        views.PasskeyLogin.as_view(),
        name="mfa_login_webauthn",
    ),
    # In place of allauth's, which name a key by the number of its row.
    path(
        "accounts/2fa/webauthn/keys/<str:public_id>/edit/",
        views.KeyRename.as_view(),
        name="mfa_edit_webauthn",
    ),
    path(
        "accounts/2fa/webauthn/keys/<str:public_id>/remove/",
        views.KeyRemoval.as_view(),
        name="mfa_remove_webauthn",
    ),
    re_path(
        r"^accounts/pictures/(?P<name>[0-9a-f]{32})\.webp\Z",
        views.picture,
        name="picture",
    ),
]
