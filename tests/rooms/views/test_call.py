"""The page on which the call happens."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import override_settings

from rooms.links import new_link
from rooms.models import Room
from rooms.signalling import tickets
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
        "protocol": 1,
        "socket": f"/ws/rooms/{room.link}/",
        "ticketUrl": f"/r/{room.link}/ticket/",
        "leftUrl": f"/r/{room.link}/left/",
        "room": {
            "name": room.name,
            "link": room.link,
            "url": f"http://localhost:8000/r/{room.link}/",
            "limit": 8,
            "keepsChat": False,
        },
        "name": "",
        "signedIn": False,
        "hasIceServers": False,
        "siteName": "Parley",
    }


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
        assert (data["name"], data["signedIn"]) == (person.user.display_name, True)
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
    cookie = anonymous.get(url).cookies[settings.GUEST_COOKIE_NAME]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["secure"]
    with override_settings(SESSION_COOKIE_SECURE=True):
        assert Person().get(url).cookies[settings.GUEST_COOKIE_NAME]["secure"]


def test_a_forged_guest_cookie_makes_a_new_guest(
    anonymous: Person, guest: Person, url: str
) -> None:
    victim = guest.cookies[settings.GUEST_COOKIE_NAME].value
    identity = victim.partition(":")[0]
    for forged in (identity, f"{identity}:x", victim[:-1], "", "x" * 5000):
        anonymous.cookies[settings.GUEST_COOKIE_NAME] = forged
        assert entry(anonymous, url).person != f"g:{identity}"


def test_somebody_with_an_account_gets_no_guest_cookie(
    stranger: Person, url: str
) -> None:
    assert settings.GUEST_COOKIE_NAME not in stranger.get(url).cookies


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
    assert not stranger.cookies[settings.SESSION_COOKIE_NAME].value


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
