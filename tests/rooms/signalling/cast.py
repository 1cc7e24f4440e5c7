"""Everybody there is, at the sockets of one room: the people of the table of rights."""

from django.contrib.auth.models import Group

from accounts.models import User
from conference.rights import Who
from rooms.models import Membership, Role, Room
from rooms.signalling.protocol import Rank
from tests.factories import make_room, make_user

from .meeting import Caller, CallTestCase, Frame, Meeting

RANKS = {
    Who.ANONYMOUS: Rank.ANYONE,
    Who.WAITING: Rank.DOOR,
    Who.GUEST: Rank.SEAT,
    Who.STRANGER: Rank.SEAT,
    # Those who run the site have no rights in a call: they act in the administration.
    Who.MODERATOR: Rank.SEAT,
    Who.STAFF: Rank.SEAT,
    Who.MEMBER: Rank.SEAT,
    Who.CO_HOST: Rank.HOST,
    Who.OWNER: Rank.OWNER,
}
"""How far each of them gets in a room that its link opens.

The anonymous one has no ticket, and so cannot say who they are; the one who waits has
knocked at a lobby. All others sit.
"""


class CastTestCase(CallTestCase):
    """Rooms with a member and a co-host: one open, one with a lobby before it.

    Both keep their chat, so that hear_out knows when an order is done.
    """

    lobby_room: Room
    users: dict[Who, User]
    bystander: User
    """Has an account, and is none of those people."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.big_room.change(keeps_chat=True)
        cls.lobby_room = make_room(
            cls.owner, "Lobby", people_limit=8, lobby=True, keeps_chat=True
        )
        cls.users = {
            Who.OWNER: cls.owner,
            Who.CO_HOST: make_user("Noor Haddad"),
            Who.MEMBER: make_user("Tomas Lind"),
            Who.STRANGER: make_user("Elias Berg"),
            Who.MODERATOR: make_user("Ilse Maas", is_staff=True),
            Who.STAFF: make_user("Paul Brandt", is_staff=True, is_superuser=True),
        }
        cls.bystander = make_user("Sanna Holm")
        moderators = Group.objects.get(name="Moderators")
        cls.users[Who.MODERATOR].groups.add(moderators)
        for room in (cls.big_room, cls.lobby_room):
            cls.place(room, cls.users[Who.CO_HOST], Role.CO_HOST)
            cls.place(room, cls.users[Who.MEMBER], Role.MEMBER)

    @classmethod
    def place(cls, room: Room, user: User, role: Role) -> None:
        Membership.objects.grant(room, user, role)

    def room_of(self, who: Who) -> Room:
        """The room in which this one is what they are."""
        return self.lobby_room if who is Who.WAITING else self.big_room

    async def enters(self, meeting: Meeting, who: Who) -> Caller:
        """Comes as far as this one can."""
        room = self.room_of(who)
        match who:
            case Who.ANONYMOUS:
                return await meeting.caller(room, "Nobody")
            case Who.WAITING:
                caller = await meeting.at_door(room, "Mira")
                await caller.ask()
                await caller.hears("knocking")
                return caller
            case _:
                user = self.users.get(who)
                name = "Mira" if user is None else user.display_name
                return await meeting.joined(room, name, user)


async def hear_out(caller: Caller) -> list[Frame]:
    """All that was said up to the end of what the caller, who sits, has asked for.

    What is done with rows is done in the order in which it was asked for: the answer
    to a question about kept chat comes after all of it.
    """
    await caller.say(type="chat-history", after=0)
    heard: list[Frame] = []
    while True:
        frame = await caller.next()
        if frame["type"] == "chat-page" or frame.get("about") == "chat-history":
            return heard
        heard.append(frame)
