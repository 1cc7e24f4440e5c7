"""allauth's OpenID Connect provider, more careful about what it is told."""

import hashlib
import secrets
from typing import Any
from urllib.parse import urljoin

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
)
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property

from .asking import ask
from .discovery import discover
from .faults import Unusable
from .tokens import nonce_for, read

Claims = dict[str, Any]


class Conversation(OpenIDConnectOAuth2Adapter):  # type: ignore[misc] # has no types
    """What is said to the provider and heard from it during one log-in."""

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """The provider's addresses; raises Unusable."""
        return discover(self.get_provider().app.settings["server_url"])

    def get_callback_url(self, request: HttpRequest, app: object) -> str:
        """Where the provider sends people back: the one address it was told of."""
        path = reverse("openid_connect_callback", args=[self.provider_id])
        return urljoin(settings.SITE_URL, path)

    def get_access_token_data(self, *asked: Any, **options: Any) -> dict[str, Any]:
        """The provider's answer to the code; raises Unusable."""
        try:
            said = super().get_access_token_data(*asked, **options)
        except (KeyError, ValueError) as fault:
            raise Unusable(f"the answer to the code cannot be read: {fault}") from fault
        return dict(said)

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """What asks for details during this log-in; it is not kept."""
        return SocialToken(token=str(data["access_token"]))

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **options: Any
    ) -> SocialLogin:
        """Who has logged in there; raises Unusable."""
        claims = read(
            options["response"].get("id_token"),
            self.openid_config,
            app.client_id,
            nonce_for(request.GET["state"]),
        )
        if "userinfo_endpoint" in self.openid_config:
            further = ask(
                self.openid_config["userinfo_endpoint"],
                Authorization=f"Bearer {token.token}",
            )
            # OpenID Connect Core 1.0, 5.3.2: or it might be about somebody else.
            if further.get("sub") != claims["sub"]:
                raise Unusable("the user's details are about somebody else")
            claims = further | claims
        return self.get_provider().sociallogin_from_response(request, claims)


class Provider(OpenIDConnectProvider):  # type: ignore[misc] # has no types
    """Takes of the claims what it needs, and believes of addresses only proven ones."""

    oauth2_adapter_class = Conversation

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Only where to go next and whether to join accounts is up to the page."""
        asked = super().get_redirect_from_request_kwargs(request)
        joins = (
            asked["process"] == AuthProcess.CONNECT and request.user.is_authenticated
        )
        return {
            "process": AuthProcess.CONNECT if joins else AuthProcess.LOGIN,
            "next_url": asked.get("next_url"),
        }

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: object = None,
        **options: Any,
    ) -> HttpResponse:
        """A page that goes to the provider by itself; raises Unusable.

        Not a redirect: for the policy `form-action` that would be where our form leads,
        and nobody knows to whom the provider passes people on.
        """
        state = secrets.token_urlsafe(24)
        answer = super().redirect(
            request,
            process,
            next_url,
            data,
            state_id=state,
            scope=self.get_scope(),
            auth_params={"nonce": nonce_for(state)},
        )
        return render(request, "socialaccount/going.html", {"address": answer.url})

    def extract_uid(self, claims: Claims) -> str:
        """One person at one issuer: a subject alone means nothing elsewhere."""
        return hashlib.sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()

    def extract_extra_data(self, claims: Claims) -> Claims:
        """What is kept of the claims."""
        kept = ("iss", "sub", "email", "name")
        return {name: claims[name] for name in kept if name in claims}

    def extract_common_fields(self, claims: Claims) -> Claims:
        """What `SocialAccountAdapter.populate_user` makes an account from."""
        names = ("name", "given_name", "family_name", "preferred_username", "email")
        return {
            name: claims[name] for name in names if isinstance(claims.get(name), str)
        }

    def extract_email_addresses(self, claims: Claims) -> list[EmailAddress]:
        email = claims.get("email")
        if not isinstance(email, str):
            return []
        # Some providers write every claim as text; nothing else is a yes.
        proven = claims.get("email_verified") in (True, "true")
        return [EmailAddress(email=email, verified=proven, primary=True)]
