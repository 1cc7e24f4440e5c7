"""The page on which the call happens."""

import re
from typing import Any

import pytest
from django.conf import settings as set_here
from django.contrib.sessions.models import Session
from django.test import override_settings
from pytest_django import Settings

from rooms.links import new_link
from rooms.models import Invitation, Membership, Role, Room
from rooms.signalling import tickets
from rooms.signalling.protocol import VERSION
from rooms.visitors import Visitor
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(room: Room) -> str:
    return room.get_absolute_url()


def call_data(person: Person, url: str) -> dict[str, Any]:
    page = person.get(url)
    assert page.status_code == 200
    data: dict[str, Any] = page.context["call_data"]
    return data


def invite(room: Room, owner: Person, guest: Person) -> Invitation:
    """An invitation that the guest's browser has accepted."""
    invitation, _ = Invitation.objects.issue(
        room=room, made_by=owner.user, role=Invitation.Role.GUEST
    )
    cookie = guest.cookies[set_here.GUEST_COOKIE_NAME].value
    invitation.accept(Visitor(None, cookie.partition(":")[0]))
    return invitation


def bind(person: Person) -> str:
    """What the socket will see of this browser."""
    return tickets.bind_of(
        {name: cookie.value for name, cookie in person.cookies.items() if cookie.value}
    )


def entry(person: Person, url: str) -> tickets.Entry:
    ticket = call_data(person, url)["ticket"]
    return tickets.read(ticket, bind(person))


def test_the_page_tells_the_script_all_it_needs(guest: Person, room: Room) -> None:
    data = call_data(guest, room.get_absolute_url())

    assert data.pop("ticket")
    assert data.pop("csrfToken")
    assert data == {
        "protocol": VERSION,
        "socket": f"/ws/rooms/{room.link}/",
        "ticketUrl": f"/r/{room.link}/ticket/",
        "leftUrl": f"/r/{room.link}/left/",
        "qrUrl": f"/r/{room.link}/qr.svg",
        "roomUrl": "",
        "mayInvite": False,
        "room": {
            "name": room.name,
            "link": room.link,
            "url": f"http://localhost:8000/r/{room.link}/",
            "limit": 16,
            "keepsChat": False,
            "relayOnly": False,
            "access": "anyone",
            "locked": False,
            "lobby": False,
            "forbidden": [],
        },
        "name": "",
        "picture": "",
        "hasIceServers": False,
        "siteName": "Parley",
    }


def test_the_door_says_that_addresses_are_hidden_or_that_nothing_can_hide_them(
    guest: Person, room: Room, url: str, settings: Settings
) -> None:
    def notice() -> str:
        page = guest.get(url).content.decode()
        notices = re.findall(
            r'<div class="notice[^>]*data-part="hiding".*?</div>', page, re.DOTALL
        )
        assert len(notices) == 1
        return str(notices[0])

    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.org"], "north"
    assert re.search(r"\bhidden>", notice())
    room.change(relay_only=True)
    assert not re.search(r"\bhidden>", notice())
    assert "Network addresses are hidden" in notice()
    assert call_data(guest, url)["room"]["relayOnly"] is True

    settings.TURN_URLS = []
    assert "Nobody can be seen or heard here" in notice()
    assert "notice--warning" in notice()


def test_everybody_with_the_link_comes_in_as_what_they_are(
    owner: Person,
    member: Person,
    stranger: Person,
    guest: Person,
    anonymous: Person,
    room: Room,
    url: str,
) -> None:
    for person, role in ((owner, "owner"), (member, "member"), (stranger, "guest")):
        data = call_data(person, url)
        assert data["name"] == person.user.display_name
        let_in = tickets.read(data["ticket"], bind(person))
        assert (let_in.room, let_in.link, let_in.role) == (room.pk, room.link, role)
        assert (let_in.person, let_in.guest) == (f"u:{person.user.pk}", False)
    for person in (guest, anonymous):
        let_in = entry(person, url)
        assert (let_in.role, let_in.guest, let_in.user) == ("guest", True, None)


def test_the_page_may_use_devices_and_is_kept_by_no_cache(
    guest: Person, url: str
) -> None:
    page = guest.get(url)

    policy = page["Permissions-Policy"]
    for feature in ("camera", "microphone", "display-capture"):
        assert f"{feature}=(self)" in policy
    is_private(page)
    assert "camera=()" in guest.get("/")["Permissions-Policy"]


def test_looking_at_it_changes_nothing(
    owner: Person, guest: Person, anonymous: Person, url: str
) -> None:
    sessions = Session.objects.count()
    for person in (owner, guest, anonymous):
        changes_nothing(person, url)
    assert Session.objects.count() == sessions


def test_a_guest_stays_the_same_and_differs_from_others(
    anonymous: Person, guest: Person, url: str
) -> None:
    first, second, other = (
        entry(anonymous, url),
        entry(anonymous, url),
        entry(guest, url),
    )

    assert first.person == second.person != other.person
    assert first.seat != second.seat
    kind, _, identity = first.person.partition(":")
    assert kind == "g"
    assert len(bytes.fromhex(identity)) == 16


def test_the_guests_cookie_is_out_of_reach_for_scripts_and_other_sites(
    anonymous: Person, url: str
) -> None:
    cookie = anonymous.get(url).cookies[set_here.GUEST_COOKIE_NAME]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["secure"]
    with override_settings(SESSION_COOKIE_SECURE=True):
        assert Person().get(url).cookies[set_here.GUEST_COOKIE_NAME]["secure"]


def test_a_forged_guest_cookie_makes_a_new_guest(
    anonymous: Person, guest: Person, url: str
) -> None:
    victim = guest.cookies[set_here.GUEST_COOKIE_NAME].value
    identity = victim.partition(":")[0]
    for forged in (identity, f"{identity}:x", victim[:-1], "", "x" * 5000):
        anonymous.cookies[set_here.GUEST_COOKIE_NAME] = forged
        assert entry(anonymous, url).person != f"g:{identity}"


def test_the_browser_of_somebody_with_an_account_is_known_again_as_well(
    stranger: Person, url: str
) -> None:
    """Or whoever is sent away logs out, and is somebody else."""
    cookie = stranger.get(url).cookies[set_here.GUEST_COOKIE_NAME].value

    let_in = entry(stranger, url)

    assert let_in.person == f"u:{stranger.user.pk}"
    assert let_in.browser == cookie.partition(":")[0]


def test_a_ticket_is_good_in_its_own_browser_only(
    anonymous: Person, guest: Person, owner: Person, url: str
) -> None:
    ticket = call_data(anonymous, url)["ticket"]

    for other in (guest, owner):
        with pytest.raises(tickets.TicketRefused):
            tickets.read(ticket, bind(other))


def test_a_session_that_is_over_does_not_bind_the_ticket(
    stranger: Person, url: str
) -> None:
    Session.objects.all().delete()

    let_in = entry(stranger, url)

    assert let_in.guest
    assert not stranger.cookies[set_here.SESSION_COOKIE_NAME].value


def test_a_room_for_accounts_leads_others_to_log_in_and_back(
    room: Room,
    owner: Person,
    stranger: Person,
    guest: Person,
    anonymous: Person,
    url: str,
) -> None:
    room.change(access=Room.Access.SIGNED_IN)

    for person in (guest, anonymous):
        assert leads_to_log_in(person.get(url), url)
    for person in (owner, stranger):
        assert person.get(url).status_code == 200


def test_a_room_for_invited_people_lets_in_nobody_else(
    room: Room,
    owner: Person,
    member: Person,
    stranger: Person,
    guest: Person,
    anonymous: Person,
    url: str,
) -> None:
    invite(room, owner, guest)
    room.change(access=Room.Access.INVITED)

    for person in (owner, member, guest):
        let_in = entry(person, url)
        assert (let_in.access, let_in.invited) == ("invited", True)
    unknown = f"/r/{new_link()}/"
    for person in (stranger, anonymous):
        for page in (person.get(url), person.get(unknown)):
            assert page.status_code == 404
            assert "This link opens nothing for you" in page.content.decode()
            assert room.name not in page.content.decode()


def test_the_ticket_says_who_is_invited_in_every_room(
    room: Room, owner: Person, member: Person, stranger: Person, guest: Person, url: str
) -> None:
    for person in (owner, member):
        assert entry(person, url).invited
    for person in (stranger, guest):
        assert not entry(person, url).invited
    invitation = invite(room, owner, guest)
    assert entry(guest, url).invited
    invitation.revoke()
    assert not entry(guest, url).invited


def test_a_co_host_is_one(room: Room, stranger: Person, url: str) -> None:
    Membership.objects.grant(room, stranger.user, Role.CO_HOST)

    assert entry(stranger, url).role == "co-host"


def test_a_picture_goes_with_its_person(
    stranger: Person, guest: Person, url: str
) -> None:
    stranger.user.picture = f"pictures/{'a1' * 16}.webp"
    stranger.user.save()
    path = f"/accounts/pictures/{'a1' * 16}.webp"

    assert call_data(stranger, url)["picture"] == entry(stranger, url).picture == path
    assert call_data(guest, url)["picture"] == entry(guest, url).picture == ""


def test_hosts_are_led_to_the_rooms_own_page(
    owner: Person, stranger: Person, member: Person, guest: Person, room: Room, url: str
) -> None:
    Membership.objects.grant(room, stranger.user, Role.CO_HOST)
    told = {
        who: (data["roomUrl"], data["mayInvite"])
        for who, data in (
            ("owner", call_data(owner, url)),
            ("co-host", call_data(stranger, url)),
            ("member", call_data(member, url)),
            ("guest", call_data(guest, url)),
        )
    }

    page = f"/r/{room.link}/room/"
    assert told == {
        "owner": (page, True),
        "co-host": (page, False),
        "member": ("", False),
        "guest": ("", False),
    }


@pytest.mark.parametrize(
    ("site", "local"),
    [
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://192.168.1.20:8000", False),
        ("https://call.example.org", False),
    ],
)
def test_a_link_of_this_machine_only_is_said_to_be_one(
    guest: Person, url: str, site: str, local: bool
) -> None:
    with override_settings(SITE_URL=site):
        page = guest.get(url)

    assert ("works on this machine only" in page.content.decode()) is local
    assert ("make run LAN=1" in page.content.decode()) is local


def test_on_no_network_at_all_it_says_to_connect(guest: Person, url: str) -> None:
    with override_settings(SITE_URL="https://localhost:8000", LAN=True):
        page = guest.get(url).content.decode()

    assert "Connect to a network, then start again." in page
    assert "make run LAN=1" not in page


def test_a_preview_names_the_product_and_not_the_room(
    guest: Person, room: Room, url: str
) -> None:
    for page in (guest.get(url), guest.get(f"{url}left/"), guest.get("/r/nothing/")):
        text = page.content.decode()
        assert '<meta name="robots" content="noindex">' in text
        for field in ("og:title", "og:site_name"):
            assert f'<meta property="{field}" content="Parley">' in text
        assert all(room.name not in tag for tag in re.findall(r"<meta[^>]*>", text))
    assert "noindex" not in guest.get("/").content.decode()


@override_settings(STUN_URLS=["stun:stun.example.org"])
def test_ice_servers_are_told_of_but_not_handed_out(guest: Person, url: str) -> None:
    page = guest.get(url)

    assert page.context["call_data"]["hasIceServers"]
    assert "stun.example.org" not in page.content.decode()


@pytest.mark.parametrize(
    "change", [str.upper, lambda link: link.replace("-", ""), lambda link: link + "-"]
)
def test_a_link_in_another_shape_leads_to_its_true_one(
    guest: Person, room: Room, url: str, change: Any
) -> None:
    answer = guest.get(f"/r/{change(room.link)}/")

    assert (answer.status_code, answer["Location"]) == (302, url)


def test_an_unknown_link_opens_nothing_and_says_what_to_do(anonymous: Person) -> None:
    for link in (new_link(), "nothing", "a" * 300, "%00"):
        page = anonymous.get(f"/r/{link}/")
        assert page.status_code == 404
        assert "This link opens nothing for you" in page.content.decode()


def test_names_reach_the_script_as_data(owner: Person, room: Room, url: str) -> None:
    room.change(name="</script><script>alert(1)//")
    owner.user.rename("<img src=x onerror=alert(1)>")

    page = owner.get(url).content.decode()

    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_it_takes_no_other_method(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("POST", "PUT", "PATCH", "DELETE"))
    assert owner.head(url).status_code == 200
