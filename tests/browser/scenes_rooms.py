"""The pages on which people find, share and run their rooms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Page

from tests.browser.pictures import DESKTOP, LOOKS, Studio, scene, take, whole
from tests.browser.seat import seat_at
from tests.browser.visitor import Visitor
from tests.servers import wait_until

INVITED = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from rooms.models import Invitation, Membership, Room, Visit
from rooms.visitors import Visitor
now = timezone.now()
mira = User.objects.get(email="mira@example.com")
def other(name, room):
    made = User.objects.create_user(f"{name.split()[0]}@example.org", display_name=name)
    return Room.objects.make(owner=made, name=room)
workshop = other("Paul Brandt", "Paul\u2019s workshop")
Invitation.objects.issue(
    room=workshop, made_by=workshop.owner, role="member",
    starts_at=now.replace(hour=23, minute=30),
)[0].accept(Visitor(mira, ""))
reading = other("Noor Haddad", "Reading group")
Membership.objects.grant(reading, mira, "co-host")
games = other("Kenji Mori", "Board games on Sunday evening")
Visit.objects.create(room=games, user=mira, last_at=now - timedelta(days=1))
"""
ROOM = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from rooms.models import Invitation, Membership, Room
now = timezone.now()
room = Room.objects.get(link="{link}")
def person(name):
    address = f"{{name.split()[0]}}@example.net"
    return User.objects.create_user(address, display_name=name)
Membership.objects.grant(room, person("Tomas Rey"), "co-host")
Membership.objects.grant(room, person("Elias Brandt"), "member")
def invite(**terms):
    return Invitation.objects.issue(room=room, made_by=room.owner, **terms)[0]
week = now + timedelta(days=7)
invite(
    role="member", address="kenji@example.org", expires_at=now - timedelta(days=8),
    uses_limit=1, mail="sent",
)
invite(
    role="guest", address="amara@example.org", expires_at=week, uses_limit=1,
    mail="too-many",
)
invite(
    role="member", address="june.park@example.org", expires_at=week, uses_limit=1,
    mail="failed", mail_fault="The mail server refuses the address.",
)
open_link = invite(
    role="guest", note="Link for the neighbours", uses_limit=10, expires_at=week
)
for number in range(8):
    open_link.acceptances.create(person=f"g:{{number}}")
invite(
    role="co-host", address="noor@example.org", expires_at=week, uses_limit=1,
    mail="sent",
)
invite(
    role="member", address="elias@example.org", expires_at=week, uses_limit=1,
    mail="sent",
).acceptances.create(person="u:0")
"""


def looks(studio: Studio, name: str, path: str) -> None:
    """The whole page in every look."""
    whole(opened(studio, path, "light", DESKTOP), name)


@contextmanager
def people_in(studio: Studio, room: str, *names: str) -> Iterator[None]:
    """These sit in the room's call, and the pages know."""
    with ExitStack() as seats:
        for name in names:
            seats.enter_context(seat_at(studio.server.url, room)).join(name)
        page = studio.page("light", DESKTOP, signed_in=True)
        page.goto(studio.server.url + "/rooms/")

        def told() -> bool:
            page.reload()
            return page.get_by_text(names[-1]).count() > 0

        wait_until(told, f"{names[-1]} is told of")
        yield


def opened(studio: Studio, path: str, theme: str, viewport: dict[str, int]) -> Page:
    page = studio.page(theme, viewport, signed_in=True)
    page.goto(studio.server.url + path)
    return page


@scene
def my_rooms(studio: Studio) -> None:
    empty = Visitor(studio.server.url)
    empty.sign_up("empty@example.com", "Mira")
    full, studio.owner = studio.owner, empty
    looks(studio, "my-rooms-empty", "/rooms/")
    studio.owner = full
    full.new_room("Garden committee, autumn planning", access="invited")
    full.new_room("Choir practice")
    room = full.new_room("Friday kitchen table")
    studio.server.manage("shell", "-c", INVITED)
    with people_in(studio, room, "Amara Osei", "Tomas Rey", "June Park"):
        looks(studio, "my-rooms", "/rooms/")
        for kind, theme, viewport in LOOKS:
            page = opened(studio, "/rooms/", theme, viewport)
            page.get_by_role("button", name="More about Reading group").click()
            take(page, f"my-rooms-menu-{kind}")
            page.get_by_role("button", name="Give this room up").click()
            take(page, f"my-rooms-give-up-{kind}")


@scene
def room(studio: Studio) -> None:
    path = studio.owner.new_room("Friday kitchen table")
    link = path.strip("/").removeprefix("r/")
    studio.server.manage("shell", "-c", ROOM.format(link=link))
    with people_in(studio, path, "Amara Osei", "June Park"):
        looks(studio, "room", f"{path}room/")
    for kind, theme, viewport in LOOKS:
        page = opened(studio, f"{path}room/", theme, viewport)
        page.get_by_role("button", name="More about Tomas Rey").click()
        take(page, f"room-menu-{kind}")
        page.get_by_role("button", name="Remove from room").click()
        take(page, f"room-remove-{kind}")
        page.get_by_role("button", name="Keep Tomas Rey here").click()
        page.get_by_role("button", name="QR code of the link").click()
        page.wait_for_function("[...document.images].every((each) => each.complete)")
        take(page, f"room-qr-{kind}")


@scene
def room_closed(studio: Studio) -> None:
    path = studio.owner.new_room("Garden committee", access="invited")
    looks(studio, "room-closed", f"{path}room/")


@scene
def new_room(studio: Studio) -> None:
    looks(studio, "new-room", "/rooms/new/")


@scene
def no_more_rooms(studio: Studio) -> None:
    studio.server.manage(
        "shell",
        "-c",
        "from accounts.models import User; User.objects.update(room_quota=3)",
    )
    looks(studio, "my-rooms-full", "/rooms/")
    looks(studio, "new-room-full", "/rooms/new/")
    studio.server.manage(
        "shell",
        "-c",
        "from accounts.models import User; User.objects.update(room_quota=None)",
    )
