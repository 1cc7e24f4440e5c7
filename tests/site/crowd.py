"""A site full of hostile texts: for each one an account, a room, and all that is in it.

Run by `manage.py shell`, in the database of a server that browsers look at.
"""

import json
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from accounts.models import Suspension, User
from conference.audit import Action, record
from conference.models import OutgoingMail, SiteText
from rooms.models import (
    Ban,
    Invitation,
    Membership,
    Message,
    Report,
    ReportNote,
    Role,
    Room,
    Seat,
    Visit,
)
from rooms.visitors import Visitor
from tests.factories import PASSWORD
from tests.site.hostile import HOSTILE, as_name, as_note, as_written

OWNER, CHIEF = "owner@example.com", "chief@example.com"


@transaction.atomic
def fill() -> None:
    """Make them; prints what a browser needs to find the way, as JSON."""
    owner = User.objects.create_user(OWNER, PASSWORD, display_name=as_name(HOSTILE[0]))
    chief = User.objects.create_superuser(CHIEF, PASSWORD)
    EmailAddress.objects.create(user=owner, email=OWNER, primary=True, verified=True)
    middle = Room.objects.make(
        owner=owner, name=as_name(HOSTILE[1]), keeps_chat=True, people_limit=16
    )
    tokens = [
        _one(number, text, owner, chief, middle) for number, text in enumerate(HOSTILE)
    ]
    for place in SiteText.Place.values:
        SiteText.objects.create(
            place=place, text="\n\n".join(as_written(text) for text in HOSTILE)
        )
    links = Room.objects.filter(owner=owner).exclude(pk=middle.pk).order_by("pk")
    print(  # noqa: T201 # read by the test that runs this
        json.dumps(
            {
                "middle": middle.link,
                "rooms": list(links.values_list("link", flat=True)),
                "invitations": tokens,
            }
        )
    )


def _one(number: int, text: str, owner: User, chief: User, middle: Room) -> str:
    """What there is of one text; returns the token of its invitation."""
    name, note, words = as_name(text), as_note(text), as_written(text)
    now = timezone.now()
    user = User(email=f"person-{number}@example.org", display_name=name)
    user.set_unusable_password()
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    room = Room.objects.make(owner=owner, name=name)
    theirs = Room.objects.make(owner=user, name=name)
    Membership.objects.grant(middle, user, Role.MEMBER)
    Membership.objects.grant(theirs, owner, Role.CO_HOST)
    Visit.objects.create(room=theirs, user=owner, last_at=now)
    Message.keep(
        room_id=middle.pk,
        message_id=f"message-{number}",
        person=f"u:{user.pk}",
        user_id=user.pk,
        name=name,
        text=words,
        sent_at=now,
    )
    Seat.objects.create(
        room=room,
        seat=f"seat-{number}",
        name=name,
        user=user,
        since=now,
        process="a process",
        # They sit there for as long as the test takes.
        seen=now + timedelta(hours=1),
    )
    invitation, token = Invitation.objects.issue(
        room=middle,
        made_by=owner,
        role=Invitation.Role.GUEST,
        address=user.email,
        note=note,
    )
    Invitation.objects.filter(pk=invitation.pk).update(
        mail=Invitation.Mail.FAILED, mail_fault=words[:200]
    )
    invitation.accept(Visitor(None, f"{number:032x}"))
    Group.objects.create(name=f"{words[:140]} {number}")
    Ban.objects.create(
        room=middle, person=f"g:{number:032x}", name=name, reason=words[:200]
    )
    report = Report.objects.create(
        room=middle,
        room_name=name,
        reporter=f"u:{user.pk}",
        reporter_user=user,
        about=f"u:{user.pk}",
        about_user=user,
        about_name=name,
        reason=Report.Reason.OTHER,
        words=words[:1000],
    )
    ReportNote.objects.create(report=report, by=user, text=words[:1000])
    Suspension.objects.create(
        user=user, reason=words[:500], made_by=chief, lifted_at=now
    )
    record(
        Action.BAN,
        actor=f"u:{user.pk}",
        room=room.pk,
        target=f"g:{number:032x}",
        reason=words,
    )
    OutgoingMail.objects.create(
        sealed=b"", recipient_hash=f"{number:064}", fault=words[:200]
    )
    SocialAccount.objects.create(
        user=owner, provider="oidc", uid=f"{words[:180]} {number}", extra_data={}
    )
    UserSession.objects.create(
        user=owner, ip="127.0.0.1", session_key=f"{number:032}", user_agent=words[:200]
    )
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.RECOVERY_CODES, data={"name": name}
    )
    LogEntry.objects.create(
        user=chief,
        content_type=ContentType.objects.get_for_model(Room),
        object_id=str(room.pk),
        object_repr=words[:200],
        action_flag=2,
        change_message=words,
    )
    return token
