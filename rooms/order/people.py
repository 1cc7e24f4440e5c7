"""What hosts do to one person: send away, let back, promote, forbid."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from conference.audit import Action

from .. import belonging
from ..models import Ban, Membership, Prohibition, Role, Room
from ..models.ban import REASON_LENGTH
from ..models.room import RoomRefused
from ..names import NAME_LENGTH, visible_line
from ..rights import GUEST, SITE, Act
from ..signalling import bus
from ..signalling.bans import marks
from ..signalling.tickets import RESUME_SECONDS
from .actor import Actor, Refused, ask, hold, role_of, user_of, write
from .telling import tell_standing

REMOVED_FOR = timedelta(seconds=RESUME_SECONDS)
"""As long as any token can be that somebody had who was sent away."""

OWNER_STAYS = (
    "The owner cannot be kept out of their own room: give the room to somebody else "
    "first, or suspend the account."
)
SITES_BAN = (
    "The people who run this site keep this person out: only they let them back."
)
OWNERS_ROLE = "The owner's role changes only when the room is given to somebody else."


def remove(
    room: Room,
    *,
    person: str,
    name: str,
    actor: Actor,
    ban: bool = False,
    reason: str = "",
    browser: str = "",
) -> Ban:
    """Send somebody away and keep them out for 12 hours, or with `ban` until let back.

    Their role goes with them, and so do invitations that were made for them alone.
    `browser` is the guest that their browser is known as, also where they are logged
    in: nobody comes back by logging out.
    """
    with transaction.atomic():
        held, actor = hold(room, actor)
        user = user_of(person)
        ask(actor, Act.REMOVE, role_of(held, person))
        if user is not None and held.owner_id == user.pk:
            raise Refused(OWNER_STAYS)
        if user is not None:
            belonging.put_out(held, user)
        elif person.startswith("g:"):
            belonging.put_out_guest(held, person.partition(":")[2])
        reason = visible_line(reason)[:REASON_LENGTH].rstrip()
        made = _keep_out(held, person, user, name, actor, ban, reason, browser)
        write(Action.BAN if ban else Action.REMOVE, actor, held, person, reason=reason)
        bus.tell_after_commit(bus.KeptOut(held.pk, person, made.reason, made.browser))
    return made


def let_back(ban: Ban, actor: Actor) -> None:
    """Let somebody come in again; their role is not given back."""
    with transaction.atomic():
        room, actor = hold(ban.room, actor)
        ask(actor, Act.LET_BACK)
        if ban.by_site and actor.role != SITE:
            raise Refused(SITES_BAN)
        mine = Ban.objects.filter(pk=ban.pk, lifted_at=None)
        if not mine.update(lifted_at=timezone.now(), lifted_by=actor.user):
            return
        ban.refresh_from_db(fields=["lifted_at", "lifted_by"])
        write(Action.LET_BACK, actor, room, ban.person)
        bus.tell_after_commit(bus.LetBack(room.pk, ban.person, ban.browser))


def set_role(room: Room, user: User, role: Role | None, actor: Actor) -> None:
    """Make somebody a co-host or a member, or neither; calls hear of it by the row."""
    with transaction.atomic():
        held, actor = hold(room, actor)
        person = f"u:{user.pk}"
        before = role_of(held, person)
        ask(actor, Act.PROMOTE, before)
        if Role.OWNER in (role, before):
            raise Refused(OWNERS_ROLE)
        if before == (role or GUEST):
            return
        if role is None:
            Membership.objects.filter(room=held, user=user).delete()
        else:
            Membership.objects.grant(held, user, role)
        write(Action.PROMOTE, actor, held, person, role=role or GUEST, before=before)


def transfer(room: Room, user: User, actor: Actor) -> None:
    """Make somebody the room's owner; who was it is a co-host from now on.

    Nobody is given more rooms than they may have, but by the people who run the site.
    """
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.TRANSFER)
        if held.owner_id == user.pk:
            return
        # Their row is the queue in which their rooms are counted.
        heir = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        _may_own(held, heir, actor)
        before = held.owner_id
        # One after the other: a room has one owner at any moment.
        Membership.objects.filter(room=held, user=before).update(role=Role.CO_HOST)
        Membership.objects.grant(held, heir, Role.OWNER)
        held.change(owner=heir)
        room.owner, room.version = heir, held.version
        write(Action.TRANSFER, actor, held, f"u:{heir.pk}", before=f"u:{before}")
        tell_standing(held, f"u:{before}", Role.CO_HOST)
        tell_standing(held, f"u:{heir.pk}", Role.OWNER)


def forbid(
    room: Room,
    person: str,
    power: str,
    *,
    allowed: bool,
    actor: Actor,
    browser: str = "",
) -> None:
    """Forbid somebody to speak, be seen, share or write here, or allow it again.

    `browser` is the guest that their browser is known as, also where they are logged
    in: nobody gets anything back by logging out. What is forbidden to all in the room,
    no permission for one gives back.
    """
    with transaction.atomic():
        held, actor = hold(room, actor)
        role = role_of(held, person)
        ask(actor, Act.ALLOW, role)
        changed = [
            each
            for each in sorted(marks(person, browser))
            if _forbid(held, each, power, allowed=allowed)
        ]
        if not changed:
            return
        action = Action.ALLOW if allowed else Action.FORBID
        write(action, actor, held, person, power=power)
        for each in changed:
            tell_standing(held, each, role if each == person else GUEST)


def _forbid(room: Room, person: str, power: str, *, allowed: bool) -> bool:
    """Change the row of one person; whether that changes anything."""
    before = Prohibition.objects.of(room, person)
    powers = sorted({*before} - {power} if allowed else {*before, power})
    if powers == before:
        return False
    if powers:
        Prohibition.objects.update_or_create(
            room=room, person=person, defaults={"powers": powers}
        )
    else:
        Prohibition.objects.filter(room=room, person=person).delete()
    return True


def _keep_out(
    room: Room,
    person: str,
    user: User | None,
    name: str,
    actor: Actor,
    ban: bool,
    reason: str,
    browser: str,
) -> Ban:
    """One row for each person who is kept out, and the longer time of two."""
    until = None if ban else timezone.now() + REMOVED_FOR
    facts = {
        "user": user,
        "name": name[:NAME_LENGTH],
        "reason": reason,
        "browser": browser,
        "made_by": actor.user,
        "by_site": actor.role == SITE,
    }
    before = (
        Ban.objects.in_force().filter(room=room, person=person, suspension=None).first()
    )
    if before is None:
        return Ban.objects.create(room=room, person=person, until=until, **facts)
    if before.until is None:
        until = None
    facts["browser"] = browser or before.browser
    facts["by_site"] = before.by_site or facts["by_site"]
    for field, value in {**facts, "until": until}.items():
        setattr(before, field, value)
    before.save()
    return before


def _may_own(room: Room, user: User, actor: Actor) -> None:
    """Raise Refused unless this person may have one more room, and this one."""
    kept_out = Ban.objects.in_force().filter(room=room, person=f"u:{user.pk}")
    if not user.is_active or kept_out.exists():
        raise Refused("This person cannot be the owner of this room.")
    if actor.role != SITE:
        try:
            Room.objects.ask_for_one_more(user)
        except RoomRefused as fault:
            raise Refused("This person may not own another room.") from fault
