"""Order in a room as its page shows it, and the doors that it closes."""

from __future__ import annotations

from tests.browser.pictures import (
    DESKTOP,
    LOOKS,
    Studio,
    everywhere,
    scene,
    take,
    whole,
)
from tests.browser.scenes_rooms import ROOM, looks, opened, people_in
from tests.browser.visitor import Visitor

KEPT_OUT = """
from rooms.models import Ban
def keep_out(name, person, **fields):
    made = room.owner
    Ban.objects.create(room=room, name=name, person=person, made_by=made, **fields)
keep_out("Noor Haddad", "g:noor", until=now + timedelta(hours=9))
keep_out("Paul Okafor", "g:paul", reason="Shouted at everybody, twice")
"""
ORDER = """
from rooms.models import Room
Room.objects.get(link="{link}").change(lobby=True, forbidden=["screen"])
"""
BAN = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from rooms.models import Ban, Room
Ban.objects.create(
    room=Room.objects.get(link="{link}"), person="u:0", name="Noor Haddad",
    user=User.objects.get(email="noor.kept@example.com"), reason="{reason}",
    until={until},
)
"""
CO_HOST = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from rooms.models import Membership, Room
now = timezone.now()
room = Room.objects.get(link="{link}")
zoe = User.objects.get(email="zoe@example.com")
Membership.objects.grant(room, zoe, "co-host")
kenji = User.objects.create_user("kenji.here@example.net", display_name="Kenji Mori")
Membership.objects.grant(room, kenji, "member")
"""


def link_of(path: str) -> str:
    return path.strip("/").removeprefix("r/")


@scene
def room_order(studio: Studio) -> None:
    path = studio.owner.new_room("Friday kitchen table")
    code = ROOM.format(link=link_of(path)) + KEPT_OUT
    studio.server.manage("shell", "-c", code)
    with people_in(studio, path, "Amara Osei", "June Park"):
        studio.server.manage("shell", "-c", ORDER.format(link=link_of(path)))
        looks(studio, "room-order-room", f"{path}room/")
        looks(studio, "room-order-new-link", f"{path}new-link/")
    for kind, theme, viewport in LOOKS:
        page = opened(studio, f"{path}room/", theme, viewport)
        page.get_by_role("button", name="More about Tomas Rey").click()
        take(page, f"room-order-menu-{kind}")
        page.get_by_role("link", name="Make owner").click()
        page.get_by_role("heading", name="Make Tomas Rey the owner").wait_for()
        take(page, f"room-order-transfer-{kind}")
        page.get_by_role("link", name="Keep the room").click()
        page.get_by_role("button", name="More about Tomas Rey").click()
        page.get_by_role("link", name="Take the role away").click()
        page.get_by_role("heading", name="Take the role of Tomas Rey").wait_for()
        take(page, f"room-order-role-{kind}")
        page.get_by_role("link", name="Keep the role").click()
        page.get_by_role("button", name="More about Tomas Rey").click()
        page.get_by_role("button", name="Remove from room").click()
        take(page, f"room-order-remove-{kind}")


@scene
def room_order_password(studio: Studio) -> None:
    path = studio.owner.new_room("Friday kitchen table")
    page = opened(studio, f"{path}room/", "light", DESKTOP)
    page.get_by_text("Set a password").click()
    page.get_by_label("New password").fill("bread")
    page.get_by_role("button", name="Set it").click()
    page.get_by_text("Use six characters at least.").wait_for()
    whole(page, "room-order-password-refused")
    page.get_by_label("New password").fill("brown bread")
    page.get_by_role("button", name="Set it").click()
    page.get_by_text("The password is set.").wait_for()
    whole(page, "room-order-password-set")
    page = studio.page("light", DESKTOP, signed_in=False)
    page.goto(studio.server.url + path)
    page.get_by_role("heading", name="This room has a password").wait_for()
    everywhere(page, "room-order-password-asked")
    page.get_by_label("Password").fill("white bread")
    page.get_by_role("button", name="Go in").click()
    page.get_by_text("This is not the password.").wait_for()
    everywhere(page, "room-order-password-wrong")


@scene
def room_order_kept_out(studio: Studio) -> None:
    noor = Visitor(studio.server.url)
    noor.sign_up("noor.kept@example.com", "Noor Haddad")
    owner, studio.owner = studio.owner, noor
    for name, until, reason in (
        ("removed", "timezone.now() + timedelta(hours=9)", ""),
        ("banned", "None", "Shouted at everybody, twice"),
    ):
        path = owner.new_room("Friday kitchen table")
        code = BAN.format(link=link_of(path), until=until, reason=reason)
        studio.server.manage("shell", "-c", code)
        looks(studio, f"room-order-{name}", path)
    studio.owner = owner


@scene
def room_order_co_host(studio: Studio) -> None:
    path = studio.owner.new_room("Friday kitchen table")
    zoe = Visitor(studio.server.url)
    zoe.sign_up("zoe@example.com", "Zoe Adler")
    for code in (CO_HOST + KEPT_OUT, ORDER):
        studio.server.manage("shell", "-c", code.format(link=link_of(path)))
    owner, studio.owner = studio.owner, zoe
    looks(studio, "room-order-co-host", f"{path}room/")
    for kind, theme, viewport in LOOKS:
        page = opened(studio, "/rooms/", theme, viewport)
        page.get_by_role("button", name="More about Friday kitchen table").click()
        take(page, f"room-order-co-host-menu-{kind}")
    studio.owner = owner
