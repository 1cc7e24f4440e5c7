"""What rooms know about somebody, for the archive of their data."""

from collections.abc import Iterator

from django.db.models import QuerySet

from accounts.models import User

from .models import (
    Acceptance,
    Ban,
    Invitation,
    Membership,
    Message,
    Report,
    Room,
    Visit,
)


def own_rooms(user: User) -> object:
    """Their rooms, with the members' names and what became of the invitations."""
    rooms = Room.objects.owned_by(user).prefetch_related("memberships__user")
    return [
        {
            "name": room.name,
            "link": room.url,
            "who_may_enter": room.get_access_display(),
            "people_at_once": room.people_limit,
            "keeps_chat": room.keeps_chat,
            "hides_network_addresses": room.relay_only,
            "made": room.created_at,
            "last_used": room.last_used_at,
            "people": [
                {
                    "name": each.user.display_name,
                    "role": each.role,
                    "since": each.since,
                }
                for each in room.memberships.all()
            ],
        }
        for room in rooms
    ]


def roles(user: User) -> object:
    """What they are in rooms of others."""
    found = Membership.objects.filter(user=user).exclude(room__owner=user)
    return [
        {"room": each.room.name, "role": each.role, "since": each.since}
        for each in found.select_related("room").order_by("pk")
    ]


def invitations_made(user: User) -> object:
    """Whom they invited; never with the token, which nobody knows."""
    made: QuerySet[Invitation] = Invitation.objects.filter(made_by=user)
    return [
        {
            "room": each.room.name,
            "role": each.role,
            "sent_to": each.address or None,
            "note": each.note or None,
            "made": each.created_at,
            "ends": each.expires_at,
            "most_uses": each.uses_limit,
            "meeting_begins": each.starts_at,
            "state": each.state,
        }
        for each in made.select_related("room").order_by("pk")
    ]


def invitations_accepted(user: User) -> object:
    found = Acceptance.objects.filter(user=user).select_related("invitation__room")
    return [
        {
            "room": each.invitation.room.name,
            "role": each.invitation.role,
            "accepted": each.accepted_at,
            "ended": each.ended_at,
        }
        for each in found.order_by("pk")
    ]


def visits(user: User) -> object:
    found = Visit.objects.filter(user=user).select_related("room")
    return [{"room": each.room.name, "last": each.last_at} for each in found]


def reports(user: User) -> object:
    """What they reported."""
    found = Report.objects.filter(reporter_user=user).order_by("pk")
    return [
        {
            "made": each.made_at,
            "room": each.room_name,
            "about": each.about_name or None,
            "reason": each.get_reason_display(),
            "words": each.words,
        }
        for each in found
    ]


def kept_out(user: User) -> object:
    """Rooms that do not let them in, with the reason that they were told."""
    found = Ban.objects.filter(user=user).select_related("room").order_by("pk")
    return [
        {
            "room": each.room.name,
            "since": each.made_at,
            "until": each.until,
            "reason": each.reason or None,
            "lifted": each.lifted_at,
        }
        for each in found
    ]


def messages(user: User) -> Iterator[dict[str, object]]:
    """What they wrote where the chat is kept, and nobody else's words."""
    found = Message.objects.filter(user=user).select_related("room").order_by("pk")
    for each in found.iterator():
        yield {
            "room": each.room.name,
            "sent": each.sent_at,
            "name": each.name,
            "text": each.text,
        }


PARTS = {
    "rooms": own_rooms,
    "roles": roles,
    "invitations-made": invitations_made,
    "invitations-accepted": invitations_accepted,
    "visits": visits,
    "reports": reports,
    "kept-out": kept_out,
    "messages": messages,
}
