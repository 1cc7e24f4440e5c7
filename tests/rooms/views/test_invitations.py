"""Inviting people to one's own room."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from conference.mail.address import parse
from rooms.invitations import making
from rooms.links import new_link
from rooms.models import Invitation, Room
from rooms.visitors import Visitor
from tests.factories import make_invitation, make_room
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db

TYPED = {
    "invite-way": "mail",
    "invite-addresses": "Tomas <tomas@example.org>, june@example.org",
    "invite-uses_limit": "",
    "invite-role": "member",
    "invite-ends": "week",
    "invite-note": "",
    "invite-starts_at": "",
    "invite-duration": "60",
    "invite-zone": "Europe/Berlin",
    "invite-key": "a-key-of-a-form-that-was-shown",
}
LINK = {**TYPED, "invite-way": "link", "invite-uses_limit": "10"}


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/invitations/"


def words(page: object) -> str:
    return " ".join(unescape(getattr(page, "content", b"").decode()).split())


def test_the_owner_is_shown_the_form(owner: Person, url: str) -> None:
    page = owner.get(url)

    assert page.status_code == 200
    assert len(page.context["form"]["key"].value()) >= 16
    is_private(page)
    changes_nothing(owner, url)


def test_people_are_invited_and_the_links_shown_once(
    owner: Person, room: Room, url: str
) -> None:
    page = owner.post(url, TYPED)

    assert page.status_code == 200
    is_private(page)
    made = Invitation.objects.order_by("pk")
    assert [each.address for each in made] == ["tomas@example.org", "june@example.org"]
    links = re.findall(r'data-copy="http://localhost:8000/i/([^/]+)/"', words(page))
    assert [Invitation.objects.by_token(token) for token in links] == list(made)
    for each in made:
        assert (each.room, each.made_by, each.role) == (room, owner.user, "member")
        assert each.uses_limit == 1
        assert each.expires_at is not None
        assert abs(each.expires_at - timezone.now() - timedelta(weeks=1)) < timedelta(
            minutes=1
        )
    # Neither the room's page nor anything the server keeps shows them again.
    for kept in (owner.get(f"/r/{room.link}/room/").content.decode(), _database()):
        for token in links:
            assert token not in kept


def test_a_link_is_for_as_many_as_it_says(owner: Person, url: str) -> None:
    page = owner.post(url, LINK)

    made = Invitation.objects.get()
    assert (made.address, made.uses_limit) == ("", 10)
    assert "10 people can come in with it" in words(page)
    Invitation.objects.all().delete()
    page = owner.post(url, {**LINK, "invite-uses_limit": "", "invite-ends": "never"})
    made = Invitation.objects.get()
    assert (made.uses_limit, made.expires_at) == (None, None)
    assert "Any number of people" in words(page)


def test_posting_it_again_makes_no_second_set(
    owner: Person, room: Room, url: str
) -> None:
    first, second = owner.post(url, TYPED), owner.post(url, TYPED)

    tokens = [re.findall(r"/i/([\w-]{32})/", words(page)) for page in (first, second)]
    assert tokens[0] == tokens[1]
    assert Invitation.objects.count() == 2
    owner.post(url, {**TYPED, "invite-addresses": "noor@example.org"})
    assert Invitation.objects.count() == 3

    Invitation.objects.update(created_at=timezone.now() - making.SHOWN_AGAIN)
    late = owner.post(url, TYPED)
    assert late["Location"] == f"/r/{room.link}/room/"
    assert "Links are shown once" in words(owner.get(late["Location"]))
    assert Invitation.objects.count() == 3


def test_the_time_is_meant_by_its_makers_clock(owner: Person, url: str) -> None:
    owner.post(
        url,
        {
            **LINK,
            "invite-starts_at": "2040-07-01T19:00",
            "invite-duration": "90",
            "invite-ends": "never",
        },
    )

    made = Invitation.objects.get()
    assert made.starts_at == datetime(2040, 7, 1, 17, 0, tzinfo=UTC)
    assert (made.duration, made.zone) == (timedelta(minutes=90), "Europe/Berlin")


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"addresses": ""}, "addresses", "Type whom to invite"),
        ({"addresses": "t@x.org, nobody"}, "addresses", "“nobody” is no e-mail"),
        (
            {"addresses": " ".join(f"t{n}@x.org" for n in range(31))},
            "addresses",
            "Invite at most 30",
        ),
        ({"addresses": "x" * 10_001}, "addresses", "too much text"),
        ({"way": "pigeon"}, "way", "pigeon is not one of"),
        ({"way": ""}, "way", "Choose how."),
        ({"way": "link", "uses_limit": "0"}, "uses_limit", "Type 1 or more"),
        ({"way": "link", "uses_limit": "1001"}, "uses_limit", "1000 or less"),
        ({"way": "link", "uses_limit": "many"}, "uses_limit", "Type a number"),
        ({"role": "owner"}, "role", "owner is not one of"),
        ({"ends": "soon"}, "ends", "soon is not one of"),
        ({"note": "é" * 201}, "note", "at most 200"),
        ({"note": "x" * 2001}, "note", "at most 200"),
        ({"starts_at": "2020-01-01T10:00"}, "starts_at", "has passed"),
        ({"starts_at": "tomorrow"}, "starts_at", "Give day and time"),
        (
            {"starts_at": "2040-03-25T02:30", "ends": "never"},
            "starts_at",
            "Clocks skip this time",
        ),
        ({"starts_at": "2040-03-26T02:30"}, "ends", "would end before you meet"),
        ({"duration": "7"}, "duration", "7 is not one of"),
    ],
)
def test_a_bad_answer_is_told_beside_its_field_and_nothing_is_lost(
    owner: Person, url: str, changed: dict[str, str], field: str, said: str
) -> None:
    typed = {**TYPED, "invite-note": "Cake"}
    typed |= {f"invite-{name}": value for name, value in changed.items()}

    page = owner.post(url, typed)

    assert page.status_code == 200
    form = page.context["form"]
    assert list(form.errors) == [field]
    assert said in " ".join(form.errors[field])
    assert said in words(page)
    for name, value in typed.items():
        assert form[name.removeprefix("invite-")].value() == value
    assert not Invitation.objects.exists()


def test_a_note_is_one_line_that_can_be_seen(owner: Person, url: str) -> None:
    owner.post(url, {**LINK, "invite-note": "Cake\r\nBcc: x \u202ecake\u200b\x1b "})

    assert Invitation.objects.get().note == "Cake Bcc: x cake"


def test_what_is_unknown_of_the_form_falls_back(owner: Person, url: str) -> None:
    owner.post(url, {**LINK, "invite-zone": "Mars/Olympus", "invite-key": ""})

    assert Invitation.objects.get().zone == "UTC"


def test_a_full_room_says_so(
    owner: Person, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_OPEN", 1)

    page = owner.post(url, TYPED)

    assert "Revoke some" in words(page)
    assert page.context["form"]["addresses"].value() == TYPED["invite-addresses"]
    assert not Invitation.objects.exists()


def test_without_a_mail_server_it_says_to_copy(
    owner: Person, url: str, settings: Settings
) -> None:
    assert "This site has no mail server" in words(owner.get(url))
    assert "We mail" not in words(owner.get(url))
    copy = "This site has no mail server. Copy the link and send it yourself."
    assert words(owner.post(url, TYPED)).count(copy) == 2
    settings.INVITATIONS_PER_DAY = 0
    page = owner.post(url, {**TYPED, "invite-addresses": "noor@example.org"})
    assert "more mails in a day than this site allows you. Copy the link" in words(page)


@pytest.mark.parametrize(
    ("site", "lan", "said"),
    [
        ("http://localhost:8000", False, "make run LAN=1"),
        ("https://localhost:8000", True, "Connect to a network, then start again."),
        ("https://192.0.2.7:8000", True, ""),
        ("https://call.example.org", False, ""),
    ],
)
def test_links_of_this_machine_only_say_so(
    owner: Person, url: str, settings: Settings, site: str, lan: bool, said: str
) -> None:
    settings.SITE_URL, settings.LAN = site, lan
    one = {**TYPED, "invite-addresses": "noor@example.org"}

    for page, which in (
        (owner.get(url), "Invitations work"),
        (owner.post(url, TYPED), "These links work"),
        (owner.post(url, one), "This link works"),
    ):
        shown = words(page)
        assert (f"{which} on this machine only." in shown) is bool(said)
        assert said in shown
        assert ("make run LAN=1" in shown) is (said == "make run LAN=1")


def test_the_form_says_how_many_are_mailed(
    owner: Person, url: str, settings: Settings
) -> None:
    settings.EMAIL_URL = parse("smtp://localhost")
    settings.INVITATIONS_PER_DAY = 7

    said = words(owner.get(url))

    assert "Up to 30 at once." in said
    assert "We mail 7 a day for you; other links you send yourself." in said


@pytest.mark.parametrize("role", ["guest", "member", "co-host"])
def test_no_more_is_promised_than_holds(
    owner: Person, anonymous: Person, room: Room, url: str, role: str
) -> None:
    """A co-host has the powers of a member, and the name."""
    _, token = make_invitation(room, role=role)

    for page in (owner.get(url), anonymous.get(f"/i/{token}/")):
        assert "run the call" not in words(page)


NOT_MAILED = {
    "printed": "This site has no mail server.",
    "unwanted": "This address wants no invitations by mail.",
    "too-many": "That was more mails in a day than this site allows you.",
    "enough": "That was more invitations by mail than one address gets in a day.",
}


@pytest.mark.parametrize("mail", NOT_MAILED)
def test_the_list_says_whose_mail_never_left(
    owner: Person, room: Room, mail: str
) -> None:
    made, _ = make_invitation(room, address="a@x.org", uses_limit=1, mail=mail)

    row = row_of(owner, room, "a@x.org")

    assert "Not mailed" in row
    assert NOT_MAILED[mail] in row
    made.accept(_guest())
    row = row_of(owner, room, "a@x.org")
    assert "Accepted" in row
    assert NOT_MAILED[mail] not in row


@pytest.mark.parametrize(
    ("fields", "acts"),
    [
        ({"mail": "sent"}, {"Revoke"}),
        ({"mail": "waiting"}, {"Revoke"}),
        ({"mail": "printed"}, {"Revoke"}),
        ({"mail": "unwanted"}, {"Revoke"}),
        ({"mail": "failed"}, {"Send again", "Revoke"}),
        ({"mail": "too-many"}, {"Send again", "Revoke"}),
        ({"mail": "enough"}, {"Send again", "Revoke"}),
        ({"mail": "failed", "expires_at": timezone.now()}, {"Send again"}),
        ({"mail": "sent", "revoked_at": timezone.now()}, set()),
    ],
)
def test_the_list_offers_what_can_be_done(
    owner: Person, room: Room, fields: dict[str, object], acts: set[str]
) -> None:
    make_invitation(room, address="a@x.org", **fields)

    row = row_of(owner, room, "a@x.org")

    offered = re.findall(r"<(?:a|button) class=\"button[^>]*>([^<]+)</", row)
    assert {each.strip() for each in offered} == acts
    assert ("/again/" in row, "/revoke/" in row) == (
        "Send again" in acts,
        "Revoke" in acts,
    )


def row_of(owner: Person, room: Room, address: str) -> str:
    """The markup of this invitation in the list of the room's page."""
    page = words(owner.get(f"/r/{room.link}/room/"))
    (row,) = (row for row in page.split("<tr>") if f"<strong>{address}" in row)
    return row.partition("</tr>")[0]


@pytest.mark.usefixtures("noon")
def test_the_list_says_what_became_of_each(owner: Person, room: Room) -> None:
    now = timezone.now()
    make_invitation(room, note="Neighbours", uses_limit=10)[0].accept(_guest())
    make_invitation(room, address="a@x.org", uses_limit=1, mail="sent")
    make_invitation(room, address="b@x.org", uses_limit=1, mail="waiting")
    make_invitation(
        room, address="c@x.org", uses_limit=1, mail="failed", mail_fault="No such box"
    )
    make_invitation(room, address="d@x.org", uses_limit=1)[0].accept(_guest())
    make_invitation(room, uses_limit=1)[0].accept(_guest())
    make_invitation(room, address="e@x.org", expires_at=now - timedelta(days=400))
    make_invitation(room)[0].revoke()

    page = owner.get(f"/r/{room.link}/room/")

    told = [
        (row.title, row.badge.words, row.valid, row.can_revoke, row.can_send_again)
        for row in page.context["invitations"]
    ]
    ended = (now - timedelta(days=400)).strftime("%-d\u00a0%b %Y")
    assert told == [
        ("Link", "Revoked", "ended today", False, False),
        ("e@x.org", "Expired", f"ended {ended}", False, True),
        ("Link", "Used up", "0 of 1 uses left", True, False),
        ("d@x.org", "Accepted", "does not end", True, False),
        ("c@x.org", "Could not be sent", "does not end", True, True),
        ("b@x.org", "Waiting", "does not end", True, False),
        ("a@x.org", "Sent", "does not end", True, False),
        ("Link", "Open", "9 of 10 uses left", True, False),
    ]
    assert "No such box" in words(page)
    assert "Neighbours" in words(page)


def test_a_long_list_costs_no_more_questions(owner: Person, room: Room) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            owner.get(f"/r/{room.link}/room/")
        return len(asked)

    make_invitation(room)
    make_invitation(room)[0].revoke()
    before = questions()
    for _ in range(30):
        make_invitation(room)[0].accept(_guest())
    for _ in range(30):
        make_invitation(room)[0].revoke()

    assert questions() == before
    page = owner.get(f"/r/{room.link}/room/")
    assert len(page.context["invitations"]) == 31 + 20


def test_nobody_invited_yet_is_said(owner: Person, room: Room) -> None:
    url = f"/r/{room.link}/room/"
    assert "Nobody invited yet. The link alone also works." in words(owner.get(url))
    room.change(access=Room.Access.INVITED)
    assert "The link alone also works." not in words(owner.get(url))


def test_a_member_may_not(member: Person, url: str) -> None:
    assert member.get(url).status_code == 403
    assert member.post(url, TYPED).status_code == 403
    assert not Invitation.objects.exists()


def test_for_a_stranger_there_is_no_room(
    stranger: Person, admin: Person, url: str
) -> None:
    for person in (stranger, admin):
        assert person.get(url).status_code == 404
        assert person.post(url, TYPED).status_code == 404
    assert not Invitation.objects.exists()


def test_people_without_account_log_in_first(
    guest: Person, anonymous: Person, room: Room, url: str
) -> None:
    for person in (guest, anonymous):
        assert leads_to_log_in(person.get(url), url)
        assert leads_to_log_in(person.post(url, TYPED), f"/r/{room.link}/room/")
    assert not Invitation.objects.exists()


def test_an_unknown_link_opens_nothing(owner: Person) -> None:
    for link in (new_link(), "nothing"):
        assert owner.get(f"/r/{link}/invitations/").status_code == 404
        assert owner.post(f"/r/{link}/invitations/", TYPED).status_code == 404


def test_a_link_in_another_shape_leads_to_its_true_one(
    owner: Person, room: Room, url: str
) -> None:
    answer = owner.get(f"/r/{room.link.upper()}/invitations/")

    assert (answer.status_code, answer["Location"]) == (302, url)


def test_it_takes_no_other_method(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(owner: Person, url: str) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url, TYPED).status_code == 403
    assert not Invitation.objects.exists()


def test_invitations_are_of_one_room(owner: Person, room: Room) -> None:
    other = make_room(owner.user, "Other")
    make_invitation(other, address="t@x.org")

    page = owner.get(f"/r/{room.link}/room/")

    assert not page.context["invitations"]


def _guest() -> Visitor:
    return Visitor(None, secrets.token_hex(16))


def _database() -> str:
    """Everything of every table, as text."""
    with connection.cursor() as cursor:
        told = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            told.append(str(cursor.fetchall()))
    return "\n".join(told)
