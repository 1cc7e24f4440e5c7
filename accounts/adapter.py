"""Where allauth asks us how things are done here."""

from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import F
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conference.client import of_request

from .addresses import is_theirs, vouch_for, whose
from .arrival import ahead
from .known import count_of, remember
from .models import Suspension, User
from .policy import may_begin, may_sign_up
from .requests import signed_in
from .words import REFUSED


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # has no types
    """Names from our form, addresses from SITE_URL, one idea of a client's address."""

    error_messages = DefaultAccountAdapter.error_messages | REFUSED

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Let in whom the policy lets in; anybody else gets a page that says why."""
        if may_sign_up(request):
            return True
        raise ImmediateHttpResponse(closed(request))

    def save_user(
        self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True
    ) -> User:
        """Take over what our form knows before allauth stores the account."""
        user.display_name = form.cleaned_data.get("display_name", user.display_name)
        user.vouched_by = getattr(form, "vouched_by", "")
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def pre_login(
        self, request: HttpRequest, user: User, **how: Any
    ) -> HttpResponse | None:
        """Let administrators in unconfirmed: a mail server may wait for their help.

        Who is suspended learns it here, once they have shown who they are.
        """
        if refused := suspended(request, user):
            clear_login(request)
            return refused
        if user.is_superuser and whose(user.email) is None:
            vouch_for(user)
        answer: HttpResponse | None = super().pre_login(request, user, **how)
        return answer

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm as a whole or not: it may become the main one, if nobody else's."""
        try:
            with transaction.atomic():
                return bool(super().confirm_email(request, email_address))
        except IntegrityError:
            messages.error(request, REFUSED["main_elsewhere"])
            return False

    def login(self, request: HttpRequest, user: User) -> None:
        """The last step of every log-in: the first asks whether there is a place."""
        if refused := suspended(request, user):
            raise ImmediateHttpResponse(refused)
        if not may_begin(request, user):
            page = "account/waits_for_invitation.html"
            late = render(request, page, status=HTTPStatus.FORBIDDEN)
            raise ImmediateHttpResponse(late)
        super().login(request, user)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer everybody with pages; allauth's JSON is for programs of others."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """What allauth's limits count by; the same as everywhere else."""
        return of_request(request)

    def _get_login_attempts_cache_key(
        self, request: HttpRequest, **credentials: Any
    ) -> str:
        """Whose failures are counted: allauth's key holds the request's host as well.

        Whoever guesses chooses the host, or at least its port.
        """
        return count_of(request, str(credentials.get("email", "")))

    def _delete_login_attempts_cached_email(
        self, request: HttpRequest, **credentials: Any
    ) -> None:
        """Forget the failures of who has chosen a new password, whoever made them."""
        email = str(credentials.get("email", "")).lower()
        for key in {email, count_of(request, email)}:
            ratelimit.clear(
                request, app="allauth.account", action="login_failed", key=key
            )

    def post_login(
        self, request: HttpRequest, user: User, *, email: str | None, **how: Any
    ) -> HttpResponse:
        """Remember the browser, so that others' guesses do not shut it out.

        Without a mail server anybody may log in with any address they have added.
        """
        answer: HttpResponse = super().post_login(request, user, email=email, **how)
        address = email if email and is_theirs(email, user) else user.email
        if is_theirs(address, user):
            remember(answer, address)
        return answer

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead who has just confirmed their address to what they signed up for."""
        user = signed_in(request)
        path = ahead(request, user) if user else None
        return path or str(super().get_login_redirect_url(request))

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.SITE_NAME}: {subject}"

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """Send with links that begin with SITE_URL, whatever host was asked for."""
        site = SimpleNamespace(
            name=settings.SITE_NAME, domain=urlsplit(settings.SITE_URL).netloc
        )
        told = {
            name: _on_site(value) if name.endswith("url") else value
            for name, value in context.items()
        }
        super().send_mail(template_prefix, email, {**told, "current_site": site})


def closed(request: HttpRequest) -> HttpResponse:
    """The page for whom the policy does not let in."""
    return render(request, "account/signup_closed.html", status=HTTPStatus.FORBIDDEN)


def suspended(request: HttpRequest, user: User) -> HttpResponse | None:
    """The page for whom is suspended just now: why, and until when."""
    held = Suspension.objects.in_force().filter(user=user)
    # The one that ends last, and of those without an end the newest.
    last = held.order_by(F("until").desc(nulls_first=True), "-pk").first()
    if last is None:
        return None
    told = {"suspension": last}
    page = "account/suspended.html"
    return render(request, page, told, status=HTTPStatus.FORBIDDEN)


def _on_site(url: str) -> str:
    site, asked = urlsplit(settings.SITE_URL), urlsplit(url)
    return asked._replace(scheme=site.scheme, netloc=site.netloc).geturl()
