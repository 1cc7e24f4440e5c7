"""A site in which everything exists once, so that every address leads somewhere."""

from dataclasses import dataclass

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import admin as administration
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.keys import address_part
from accounts.models import Suspension, User
from conference.audit import Action, record
from conference.models import OutgoingMail, SiteText
from conference.sealing import seal
from rooms.invitations.stopping import stop_url
from rooms.models import Ban, Invitation, NoMail, Report, Room, Visit
from rooms.visitors import Visitor
from tests.factories import make_message, make_seat
from tests.people import Person
from tests.site.addresses import routes
from tests.site.passkey import registered


@dataclass(frozen=True)
class World:
    """What each part of an address stands for."""

    room: Room
    parts: dict[str, str]


@pytest.fixture
def world(
    room: Room, owner: Person, member: Person, stranger: Person, admin: Person
) -> World:
    """One of each, with the owner's room in the middle."""
    user = owner.user
    invitation, token = Invitation.objects.issue(
        room=room, made_by=user, role=Invitation.Role.GUEST, note="Come"
    )
    invitation.accept(Visitor(None, "0" * 32))
    make_seat(room)
    make_message(room)
    Visit.objects.create(room=room, user=user, last_at=timezone.now())
    NoMail.objects.create(address_hash="0" * 64)
    Ban.objects.create(room=room, person="g:1", name="Somebody")
    Report.objects.create(
        room=room, room_name=room.name, reporter="g:0", reason=Report.Reason.SPAM
    )
    Suspension.objects.create(
        user=stranger.user, reason="Shouted", lifted_at=timezone.now()
    )
    record(Action.LOCK, actor=f"u:{user.pk}", room=room.pk, address="203.0.113.7")
    SiteText.objects.create(place="legal", text="# Who we are\n\nPeople.")
    OutgoingMail.objects.create(sealed=seal(b"x", "y"), recipient_hash="0" * 64)
    Group.objects.create(name="Gardeners")
    for each in User.objects.all():
        # As sign-up and the administration do it.
        EmailAddress.objects.create(
            user=each, email=each.email, primary=True, verified=True
        )
    key = Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.WEBAUTHN,
        data=registered(),
    )
    SocialAccount.objects.create(user=user, provider="oidc", uid="1")
    UserSession.objects.create(
        user=user, ip="127.0.0.1", session_key="0" * 32, user_agent="A browser"
    )
    LogEntry.objects.create(
        user=admin.user,
        content_type=ContentType.objects.get_for_model(Room),
        object_id=str(room.pk),
        object_repr=room.name,
        action_flag=2,
    )
    of_a_key = "accounts/2fa/webauthn/keys/<str:public_id>"
    parts = {
        "link": room.link,
        "token": token,
        "public_id": invitation.public_id,
        "provider_id": "oidc",
        "name": "0" * 32,
        "signed": stop_url("june@example.org").rstrip("/").rpartition("/")[2],
        "asked": "a-question",
        "id": str(user.pk),
        "pk": str(key.pk),
        f"{of_a_key}/edit/ public_id": address_part(key),
        f"{of_a_key}/remove/ public_id": address_part(key),
        "content_type_id": str(ContentType.objects.get_for_model(Room).pk),
        "admin/r/<path:content_type_id>/<path:object_id>/ object_id": str(room.pk),
        "app_label": "rooms",
        "url": "nowhere",
        "key": "abc-def",
        "uidb36": "1",
    }
    return World(room, parts | _rows_of_the_administration())


def _rows_of_the_administration() -> dict[str, str]:
    """One row of each list; a list without any is an error of this world."""
    found = {}
    for model in administration.site._registry:
        row = model._default_manager.order_by("-pk").first()
        options = model._meta
        before = f"admin/{options.app_label}/{options.model_name}/<path:object_id>/"
        for route, _ in routes():
            if row is not None and route.startswith(before):
                found[f"{route} object_id"] = str(row.pk)
    return found
