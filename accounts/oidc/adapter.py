"""Who comes in through the provider, and as whom."""

import logging
from http import HTTPStatus
from typing import Any, NoReturn

from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from ..addresses import whose
from ..managers import name_from_address
from ..models import User
from ..names import NAME_LENGTH, BadName, clean_name
from ..policy import refuses_address
from .views import failed

log = logging.getLogger(__name__)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc] # no types
    """One provider, that of the environment; nobody is joined by an unproven address.

    Whoever has the same address here and there is the same person only if both sides
    have seen it proven. Else somebody could wait here, under another's address, for
    that other to come in through the provider and use the account.
    """

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": "You have no password here yet. Set one first, in your profile.",
        "no_verified_email": "Confirm your e-mail address first, in your profile.",
    }

    def list_apps(self, request: HttpRequest, **which: Any) -> list[Any]:
        """Only what the environment names, without a look into the database."""
        from allauth.socialaccount.adapter import _build_apps_from_settings

        apps = _build_apps_from_settings(**which)
        return [app for found in apps.values() for app in found]

    def is_open_for_signup(self, request: HttpRequest, login: SocialLogin) -> bool:
        """The provider vouches for its people, except where nobody makes an account."""
        if settings.SIGNUP != "closed":
            return True
        raise ImmediateHttpResponse(
            render(request, "account/signup_closed.html", status=HTTPStatus.FORBIDDEN)
        )

    def populate_user(
        self, request: HttpRequest, login: SocialLogin, claims: dict[str, str]
    ) -> User:
        user: User = login.user
        user.email = claims.get("email", "")
        user.display_name = name_of(claims)
        return user

    def authenticate_by_email(self, login: SocialLogin) -> tuple[User, str] | None:
        """The account with the same address, confirmed here as well as there.

        Not if it belongs to somebody else at this provider already: organisations give
        the address of who has left to who comes.
        """
        for address in login.email_addresses:
            if address.verified and (user := whose(address.email)) is not None:
                known = SocialAccount.objects.filter(
                    user=user,
                    provider=login.account.provider,
                    extra_data__iss=login.account.extra_data["iss"],
                )
                if not known.exists():
                    return user, address.email
        return None

    def pre_social_login(self, request: HttpRequest, login: SocialLogin) -> None:
        """Turn newcomers away, in words, whose address makes them nobody certain."""
        joins = login.state.get("process") == AuthProcess.CONNECT
        if login.is_existing or joins:
            return
        address = next(iter(login.email_addresses), None)
        if address is None:
            refuse(request, "no-address")
        if not address.verified:
            refuse(request, "unproven", email=address.email)
        if words := refuses_address(address.email):
            refuse(request, "domain", email=address.email, words=words)
        if settings.SIGNUP != "closed":
            _forget_claims(address.email)
        if filter_users_by_email(address.email):
            refuse(
                request, "taken", email=address.email, mails=bool(settings.EMAIL_URL)
            )

    @transaction.atomic
    def save_user(
        self, request: HttpRequest, login: SocialLogin, form: Any = None
    ) -> User:
        """Account, address and identity come into being together, or not at all."""
        user: User = super().save_user(request, login, form)
        return user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say in words what went wrong; allauth itself answers who has cancelled."""
        if error == AuthError.CANCELLED:
            return
        if exception is None and "state" not in (extra_context or {}):
            refuse(request, "late")
        why = exception or request.GET.get("error", "sent no code")
        raise ImmediateHttpResponse(failed(request, str(why)[:500]))


def refuse(request: HttpRequest, why: str, **said: object) -> NoReturn:
    """End this log-in with the page that explains `why`."""
    log.info("Log-in through the provider refused: %s", why)
    page = render(
        request,
        "socialaccount/refused.html",
        {"why": why, **said},
        status=HTTPStatus.FORBIDDEN,
    )
    raise ImmediateHttpResponse(page)


def name_of(claims: dict[str, str]) -> str:
    """A name from what the provider says, as clean as one that is typed here."""
    given = f"{claims.get('given_name', '')} {claims.get('family_name', '')}"
    for text in (claims.get("name", ""), given, claims.get("preferred_username", "")):
        try:
            return clean_name(text[:NAME_LENGTH])
        except BadName:
            continue
    return name_from_address(claims.get("email", ""))


def _forget_claims(email: str) -> None:
    """Drop unproven claims of others to an address whose owner stands at the door."""
    EmailAddress.objects.filter(email=email, verified=False).exclude(
        user__email=email
    ).delete()
