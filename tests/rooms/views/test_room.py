"""The page on which an owner shares, sees and changes a room."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from conference.audit.models import AuditEntry
from rooms.links import new_link
from rooms.models import Membership, Role, Room
from rooms.views import people
from tests.factories import make_seat, make_user
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db

CHANGED = {
    "name": "Saturday table",
    "access": "signed-in",
    "people_limit": "4",
    "keeps_chat": "on",
}


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/room/"


def test_the_owner_sees_link_people_and_settings(
    owner: Person, room: Room, url: str
) -> None:
    make_seat(room, "June Park")

    page = owner.get(url)

    assert page.status_code == 200
    assert page.context["room"] == room
    assert page.context["link_url"] == f"http://localhost:8000/r/{room.link}/"
    assert page.context["people_now"] == ["June Park"]
    assert page.context["form"].initial == {
        "name": room.name,
        "access": "anyone",
        "people_limit": 16,
        "keeps_chat": False,
        "relay_only": False,
    }
    assert page.context["link_url"] in page.content.decode()
    is_private(page)
    changes_nothing(owner, url)


def test_it_lists_who_has_which_role_and_who_is_here(
    owner: Person, member: Person, room: Room, url: str
) -> None:
    co_host = make_user("Zoe Adler")
    Membership.objects.grant(room, co_host, Role.CO_HOST)
    make_seat(room, "Tomas at work", user=member.user)
    make_seat(room, "Elias", user=make_user("Elias Berg"))
    make_seat(room, "June Park")

    page = owner.get(url)

    places = page.context["places"]
    assert [(each.name, each.label, each.here) for each in places.shown] == [
        ("Amara Osei", "Owner", False),
        ("Zoe Adler", "Co-host", False),
        ("Tomas Lind", "Member", True),
        ("Elias", "Guest", True),
        ("June Park", "Guest", True),
    ]
    role_acts, away = {"guest", "transfer"}, {"remove"}
    assert [each.acts for each in places.shown] == [
        set(),
        {"member"} | role_acts | away,
        {"co-host"} | role_acts | away,
        # Here with an account, and here without.
        {"co-host", "member", "transfer"} | away,
        away,
    ]
    assert places.more == 0
    words = " ".join(page.content.decode().split())
    assert "Amara Osei (you)" in words
    assert words.count("(you)") == 1


OWNERS_PARTS = (
    *("New link", "Invite by e-mail", "Invitations", "Delete this room", "Settings"),
    *("Set a password", "Make co-host", "Make owner", "Take the role away"),
)
HOSTS_PARTS = (
    *("Share this room", "People and roles", "Order in the room", "Remove from room"),
    *("Ask a host before somebody comes in", "Lock the room", "Share a screen"),
)


def test_a_co_host_sees_what_the_role_allows_and_no_more(
    owner: Person, member: Person, room: Room, url: str
) -> None:
    co_host = Person(make_user("Zoe Adler"))
    Membership.objects.grant(room, co_host.user, Role.CO_HOST)

    told = owner.get(url).content.decode()
    assert [part for part in OWNERS_PARTS + HOSTS_PARTS if part not in told] == []
    page = co_host.get(url)
    told = page.content.decode()
    assert [part for part in HOSTS_PARTS if part not in told] == []
    assert [part for part in OWNERS_PARTS if part in told] == []
    assert [(each.name, each.acts) for each in page.context["places"].shown] == [
        ("Amara Osei", set()),
        ("Zoe Adler", set()),
        ("Tomas Lind", {"remove"}),
    ]
    is_private(page)
    changes_nothing(co_host, url)
    # What is not shown is not accepted either.
    assert co_host.post(url, CHANGED).status_code == 403
    assert Room.objects.get().version == 1


def test_a_list_too_long_is_cut_and_says_so(
    owner: Person,
    member: Person,
    room: Room,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(people, "SHOWN", 2)
    last = make_user("Zoe Adler")
    Membership.objects.grant(room, last, Role.MEMBER)
    make_seat(room, "Zoe", user=last)

    places = owner.get(url).context["places"]

    # Nobody with a role is taken for a guest, listed or not.
    assert [each.name for each in places.shown] == ["Amara Osei", "Tomas Lind"]
    assert places.more == 1


def test_many_people_cost_no_more_questions(
    owner: Person, room: Room, url: str, django_assert_num_queries: Callable[..., Any]
) -> None:
    def more(count: int) -> None:
        for number in range(count):
            user = make_user(f"Member {number}")
            Membership.objects.grant(room, user, Role.MEMBER)
            make_seat(room, user=user)
            make_seat(room, user=make_user())

    more(1)
    with CaptureQueriesContext(connection) as queries:
        owner.get(url)
    more(20)
    with django_assert_num_queries(len(queries)):
        owner.get(url)


@pytest.mark.parametrize(
    ("access", "words"),
    [
        ("anyone", "Anyone with the link can come in. No account needed."),
        ("signed-in", "Anyone with an account can come in with the link."),
        ("invited", "The link alone opens nothing for others. Invite them."),
    ],
)
def test_it_says_whom_the_link_lets_in(
    owner: Person, room: Room, url: str, access: str, words: str
) -> None:
    room.change(access=access)

    assert words in " ".join(owner.get(url).content.decode().split())


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"lobby": True}, "Anyone with the link can knock. No account needed."),
        (
            {"password": "a-hash"},
            "Anyone with the link and the password can come in. No account needed.",
        ),
        (
            {"access": "signed-in", "lobby": True, "password": "a-hash"},
            "Anyone with an account can knock with the link and the password.",
        ),
        ({"locked": True}, "The room is locked: the link lets nobody new in."),
    ],
)
def test_it_says_what_stands_between_the_link_and_the_call(
    owner: Person, room: Room, url: str, order: dict[str, Any], words: str
) -> None:
    room.change(**order)

    assert words in " ".join(owner.get(url).content.decode().split())


def test_a_link_of_this_machine_says_so_and_how_to_reach_others(
    owner: Person, room: Room, url: str, settings: Settings
) -> None:
    words = ("on this machine only", "make run LAN=1")
    for site, local in (
        ("http://localhost:8000", True),
        ("https://192.0.2.7:8000", False),
        ("https://call.example.org", False),
    ):
        settings.SITE_URL = site
        page = owner.get(url).content.decode()
        assert f"{site}/r/{room.link}/" in page
        # Beside the room's link, and where people are invited.
        assert [page.count(each) for each in words] == [2 * local] * 2
    settings.SITE_URL, settings.LAN = "https://localhost:8000", True
    page = owner.get(url).content.decode()
    assert page.count("Connect to a network, then start again.") == 2
    assert "make run LAN=1" not in page


def test_a_mail_of_ones_own_has_the_link_in_it(
    owner: Person, room: Room, url: str
) -> None:
    room.change(name="Tea & cake? 100%\u00e9")

    mail = urlsplit(owner.get(url).context["mail_url"])

    assert (mail.scheme, mail.path) == ("mailto", "")
    # Mail programs take a plus for a plus (RFC 6068, 5).
    assert "+" not in mail.query
    fields = dict(part.split("=") for part in mail.query.split("&"))
    assert unquote(fields["subject"]) == room.name
    assert room.url in unquote(fields["body"])


def test_the_owner_changes_settings(owner: Person, room: Room, url: str) -> None:
    answer = owner.post(url, CHANGED)

    assert (answer.status_code, answer["Location"]) == (302, url)
    room.refresh_from_db()
    assert room.name == "Saturday table"
    assert room.access == Room.Access.SIGNED_IN
    assert (room.people_limit, room.keeps_chat, room.version) == (4, True, 2)
    assert "Settings saved." in owner.get(url).content.decode()
    (entry,) = AuditEntry.objects.filter(room=room.pk)
    assert (entry.action, entry.actor) == ("room-changed", f"u:{owner.user.pk}")
    fields = ["access", "keeps_chat", "name", "people_limit"]
    assert entry.details == {"fields": fields}


def test_settings_that_stay_as_they_are_are_no_change(
    owner: Person, room: Room, url: str
) -> None:
    same = {"name": room.name, "access": "anyone", "people_limit": "16"}

    assert owner.post(url, same).status_code == 302

    room.refresh_from_db()
    assert room.version == 1
    assert not AuditEntry.objects.exists()


def test_a_room_hides_addresses_only_where_a_relay_is(
    owner: Person, room: Room, url: str, settings: Settings
) -> None:
    hiding = {**CHANGED, "relay_only": "on"}

    page = owner.post(url, hiding)

    assert page.status_code == 200
    (words,) = page.context["form"].errors["relay_only"]
    assert "needs a TURN server" in words
    assert words in page.content.decode()
    room.refresh_from_db()
    assert (room.relay_only, room.version) == (False, 1)

    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.org"], "north"
    assert owner.post(url, hiding).status_code == 302
    room.refresh_from_db()
    assert room.relay_only
    assert "Nobody learns the network address" in owner.get(url).content.decode()

    # It was taken away since: other settings cannot be saved beside a wish in vain.
    settings.TURN_URLS = []
    assert owner.post(url, hiding).status_code == 200
    assert owner.post(url, CHANGED).status_code == 302
    room.refresh_from_db()
    assert not room.relay_only


def test_the_link_stays_when_the_name_changes(
    owner: Person, room: Room, url: str
) -> None:
    owner.post(url, {**CHANGED, "link": new_link()})

    assert Room.objects.get().link == room.link


def test_a_bad_setting_changes_nothing_and_stays_typed(
    owner: Person, room: Room, url: str
) -> None:
    page = owner.post(url, {**CHANGED, "name": "\u200b"})

    assert page.status_code == 200
    assert page.context["form"].errors["name"]
    assert page.context["form"]["people_limit"].value() == "4"
    assert f"<h1>{room.name}</h1>" in page.content.decode()
    room.refresh_from_db()
    assert room.version == 1


def test_a_member_may_know_of_it_but_not_change_it(
    member: Person, room: Room, url: str
) -> None:
    assert member.get(url).status_code == 403
    assert member.post(url, CHANGED).status_code == 403
    assert Room.objects.get().version == 1


def test_for_a_stranger_it_is_as_if_there_were_no_room(
    stranger: Person, admin: Person, url: str
) -> None:
    missing = stranger.get(f"/r/{new_link()}/room/")

    for person in (stranger, admin):
        assert person.get(url).status_code == missing.status_code == 404
        assert person.post(url, CHANGED).status_code == 404
    assert Room.objects.get().version == 1


def test_people_without_account_log_in_first(
    guest: Person, anonymous: Person, url: str
) -> None:
    for person in (guest, anonymous):
        assert leads_to_log_in(person.get(url), url)
        assert leads_to_log_in(person.post(url, CHANGED), url)
    assert Room.objects.get().version == 1


def test_a_link_in_another_shape_leads_to_its_true_one(
    owner: Person, room: Room, url: str
) -> None:
    answer = owner.get(
        url.replace("-", "").replace(room.link[:4], room.link[:4].upper())
    )

    assert (answer.status_code, answer["Location"]) == (302, url)


def test_an_unknown_link_opens_nothing(owner: Person) -> None:
    for link in (new_link(), "nothing"):
        assert owner.get(f"/r/{link}/room/").status_code == 404
        assert owner.post(f"/r/{link}/room/", CHANGED).status_code == 404


def test_it_takes_no_other_method(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(owner: Person, url: str) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url, CHANGED).status_code == 403
