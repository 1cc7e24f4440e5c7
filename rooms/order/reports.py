"""Telling the people who run the site about somebody, or about a room."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from conference.audit import Action, record

from ..models import Report, Room
from ..models.report import WORDS_LENGTH
from ..names import NAME_LENGTH, visible_lines
from ..rights import Act
from .actor import Actor, Refused, ask, user_of

MOST_IN_A_DAY = 30
A_DAY = timedelta(days=1)


def report(
    room: Room,
    *,
    reporter: Actor,
    about: str,
    about_name: str,
    reason: str,
    words: str,
) -> Report:
    """Keep what somebody says about this person, or with an empty `about` the room.

    It tells nobody in the room. Who has reported very much today is refused.
    """
    ask(reporter, Act.REPORT)
    since = timezone.now() - A_DAY
    mine = Report.objects.filter(reporter=reporter.person, made_at__gt=since)
    if mine.count() >= MOST_IN_A_DAY:
        raise Refused("You have made many reports today. They are all kept.")
    with transaction.atomic():
        made = Report.objects.create(
            room=room,
            room_name=room.name,
            reporter=reporter.person,
            reporter_user=user_of(reporter.person),
            about=about,
            about_user=user_of(about),
            about_name=about_name[:NAME_LENGTH],
            reason=Report.Reason(reason),
            words=visible_lines(words)[:WORDS_LENGTH].rstrip(),
        )
        record(
            Action.REPORT,
            actor=reporter.person,
            room=room.pk,
            target=f"report:{made.public_id}",
            reason=reason,
            address=reporter.address,
            details={"about": about or f"room:{room.pk}"},
        )
    return made
