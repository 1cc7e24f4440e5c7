"""Mails that carry invitations: whether one leaves, what it says, what became of it."""

from datetime import datetime, tzinfo
from email.encoders import encode_base64
from email.mime.nonmultipart import MIMENonMultipart
from functools import partial

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from conference.mail.signals import mail_failed, mail_sent

from ..models import Invitation, NoMail, Postage
from ..models.invitation import REFERENCE
from ..models.postage import address_hash
from ..names import visible_line
from .calendar import METHOD, calendar
from .stopping import stop_url

TO_ONE_ADDRESS = 4
"""How many invitations of all people together one address gets by mail in a day."""

_FAULT_LENGTH = 200


def decide(invitations: list[Invitation], maker: User) -> None:
    """Say of each whether its mail is sent, and store it; within a transaction.

    Each counts for its maker and for its address, exactly, whatever runs at once. The
    invitation itself is good in any case.
    """
    hashes = {address_hash(each.address): each for each in invitations}
    unwanted = set(
        NoMail.objects.filter(address_hash__in=hashes).values_list(
            "address_hash", flat=True
        )
    )
    person = Postage.objects.of_person(maker)
    for hashed in sorted(hashes):
        invitation = hashes[hashed]
        invitation.mail = _decided(person, hashed, hashed in unwanted)
        invitation.save(update_fields=["mail"])
    transaction.on_commit(Postage.objects.forget_old)


def _decided(person: Postage, hashed: str, unwanted: bool) -> Invitation.Mail:
    if unwanted:
        return Invitation.Mail.UNWANTED
    if not person.take(settings.INVITATIONS_PER_DAY):
        return Invitation.Mail.TOO_MANY
    if not Postage.objects.of_address(hashed).take(TO_ONE_ADDRESS):
        person.give_back()
        return Invitation.Mail.ENOUGH
    if settings.EMAIL_URL is None:
        return Invitation.Mail.PRINTED
    return Invitation.Mail.WAITING


def send(invitation: Invitation, url: str) -> None:
    """Hand in the mail of the invitation, if it was decided to send one."""
    if invitation.mail == Invitation.Mail.WAITING:
        # Together with the invitation: both are stored, or neither.
        if not compose(invitation, url).send():
            invitation.mail = Invitation.Mail.FAILED
            invitation.mail_fault = "No mail can be made for this address."
            invitation.save(update_fields=["mail", "mail_fault"])
    elif invitation.mail == Invitation.Mail.PRINTED:
        transaction.on_commit(partial(compose(invitation, url).send))


def compose(invitation: Invitation, url: str) -> EmailMultiAlternatives:
    """The mail, from the site: nobody else's address is its sender or gets answers."""
    stop = stop_url(invitation.address)
    zone = invitation.time_zone
    told = {
        "invitation": invitation,
        "room": invitation.room,
        "maker": invitation.made_by,
        "url": url,
        "stop_url": stop,
        "starts_at": _by_clock(invitation.starts_at, zone),
        "expires_at": _by_clock(invitation.expires_at, zone),
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL,
    }
    message = EmailMultiAlternatives(
        subject=visible_line(render_to_string("rooms/mail/subject.txt", told)),
        body=render_to_string("rooms/mail/invitation.txt", told),
        from_email=settings.MAIL_FROM,
        to=[invitation.address],
        headers={
            # RFC 2369. The page asks before it changes anything.
            "List-Unsubscribe": f"<{stop}>",
            # RFC 3834: nobody's absence is answered.
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(
        render_to_string("rooms/mail/invitation.html", told), "text/html"
    )
    if invitation.starts_at is not None:
        message.attach(_attached(calendar(invitation, url)))
    message.reference = invitation.reference  # type: ignore[attr-defined] # the queue's
    return message


def _attached(text: str) -> MIMENonMultipart:
    """The calendar file as a part of a mail (RFC 6047, 2.4), its line ends kept."""
    part = MIMENonMultipart("text", "calendar", charset="utf-8", method=METHOD)
    part.set_payload(text.encode())
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename="meeting.ics")
    return part


def _by_clock(moment: datetime | None, zone: tzinfo) -> datetime | None:
    """The moment by a clock there; mails cannot ask for their reader's."""
    return None if moment is None else moment.astimezone(zone)


def note_sent(sender: object, reference: str, **_: object) -> None:
    """A receiver of mail_sent."""
    _of(reference).update(
        mail=Invitation.Mail.SENT, sent_at=timezone.now(), mail_fault=""
    )


def note_failed(
    sender: object, reference: str, fault: str, final: bool, **_: object
) -> None:
    """A receiver of mail_failed; while there are tries left, it keeps the words."""
    mail = Invitation.Mail.FAILED if final else Invitation.Mail.WAITING
    _of(reference).filter(revoked_at=None).update(
        mail=mail, mail_fault=fault[:_FAULT_LENGTH]
    )


def _of(reference: str) -> QuerySet[Invitation]:
    """The one that the mail of this reference carried; none for mails of others."""
    what, _, public_id = reference.partition(":")
    found = Invitation.objects.filter(public_id=public_id)
    return found if what == REFERENCE else found.none()


def listen() -> None:
    """Hear what becomes of mails from now on."""
    mail_sent.connect(note_sent, dispatch_uid="rooms.invitations.sent")
    mail_failed.connect(note_failed, dispatch_uid="rooms.invitations.failed")
