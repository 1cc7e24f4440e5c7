"""Roles in a room, as its owner gives and takes them, and whom hosts send away."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conference.audit.models import AuditEntry
from rooms.access import is_invited
from rooms.links import new_link
from rooms.models import Ban, Invitation, Membership, Role, Room, State
from rooms.visitors import Visitor
from tests.factories import make_invitation, make_room, make_seat, make_user
from tests.people import Person
from tests.rooms.views.asked import leads_to_log_in, refuses_methods

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/people/"


@pytest.fixture
def co_host(room: Room) -> Person:
    """Keeps order in the room, and does not own it."""
    person = Person(make_user("Zoe Adler"))
    Membership.objects.grant(room, person.user, Role.CO_HOST)
    return person


@pytest.fixture
def sent(room: Room, member: Person) -> dict[str, str]:
    """What the button "Remove from room" of the member sends."""
    return named(room, member) | {"act": "remove"}


def named(room: Room, person: Person) -> dict[str, str]:
    membership = Membership.objects.get(room=room, user=person.user)
    return {"membership": str(membership.pk)}


def role(room: Room, person: Person) -> Role | None:
    return Membership.objects.role_of(room, person.user)


def test_the_owner_makes_a_co_host_and_a_member_again(
    owner: Person, member: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    for act, label in (("co-host", "co-host"), ("member", "member")):
        answer = owner.post(url, {**sent, "act": act})

        assert (answer.status_code, answer["Location"]) == (
            302,
            f"/r/{room.link}/room/",
        )
        assert role(room, member) == act
        page = owner.get(answer["Location"]).content.decode()
        assert f"Tomas Lind is a {label} now." in page


def test_the_owner_removes_somebody_from_a_room_for_the_invited(
    owner: Person, member: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    room.change(access=Room.Access.INVITED)
    invitation, _ = Invitation.objects.issue(
        room=room, made_by=owner.user, role="co-host", uses_limit=1
    )
    invitation.accept(Visitor(member.user, ""))
    assert member.get(room.get_absolute_url()).status_code == 200

    page = owner.post(url, sent, follow=True)

    assert "Tomas Lind is removed from this room." in page.content.decode()
    assert role(room, member) is None
    assert member.get(room.get_absolute_url()).status_code in (403, 404)
    assert Invitation.objects.open().count() == 0


def test_who_was_removed_is_kept_out_for_as_long_as_tokens_live(
    owner: Person, member: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    owner.post(url, sent)

    ban = Ban.objects.get()
    assert (ban.person, ban.user, ban.name) == (
        f"u:{member.user.pk}",
        member.user,
        "Tomas Lind",
    )
    assert ban.made_by == owner.user
    assert ban.until is not None
    assert timedelta(hours=11) < ban.until - timezone.now() <= timedelta(hours=12)


def test_who_is_to_be_kept_out_for_longer_is_until_let_back(
    owner: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    owner.post(url, {**sent, "ban": "on"})

    assert Ban.objects.get().until is None


def test_who_was_removed_gets_in_by_no_link_they_had(
    owner: Person, stranger: Person, room: Room, url: str
) -> None:
    room.change(access=Room.Access.INVITED)
    invitation, token = make_invitation(room, role="member")
    stranger.post(f"/i/{token}/")
    own = Membership.objects.get(room=room, user=stranger.user)
    owner.post(url, {"membership": str(own.pk), "act": "remove"})

    for page in (stranger.get(f"/i/{token}/"), stranger.post(f"/i/{token}/")):
        assert page.status_code in (403, 410)
        assert owner.user.display_name not in page.content.decode()

    assert role(room, stranger) is None
    assert not is_invited(room, Visitor(stranger.user, ""))
    assert stranger.get(room.get_absolute_url()).status_code in (403, 404)
    # Others may still use it, and a new one is for this person, too, once let back.
    assert invitation.state is State.OPEN
    assert Person(make_user()).post(f"/i/{token}/").status_code == 302
    owner.post(f"/r/{room.link}/kept-out/", {"ban": Ban.objects.get().public_id})
    _, fresh = make_invitation(room, role="member")
    assert stranger.post(f"/i/{fresh}/").status_code == 302
    assert role(room, stranger) is Role.MEMBER


def test_somebody_who_is_here_as_a_guest_is_sent_away(
    co_host: Person, room: Room, url: str
) -> None:
    seat = make_seat(room, "June Park")
    seat.person, seat.browser = "g:" + "a" * 32, "a" * 32
    seat.save()

    page = co_host.post(url, {"seat": seat.seat, "act": "remove"}, follow=True)

    assert "June Park is removed from this room." in page.content.decode()
    ban = Ban.objects.get()
    assert (ban.person, ban.browser) == (seat.person, seat.browser)


def test_somebody_here_with_an_account_is_given_a_role(
    owner: Person, co_host: Person, stranger: Person, room: Room, url: str
) -> None:
    seat = make_seat(room, "Elias at home", user=stranger.user)
    asked = {"seat": seat.seat, "act": "member"}

    assert co_host.post(url, asked).status_code == 403
    assert role(room, stranger) is None
    owner.post(url, asked)
    assert role(room, stranger) is Role.MEMBER
    # Found by the seat still, they are what the row says.
    owner.post(url, {**asked, "act": "co-host"})
    assert role(room, stranger) is Role.CO_HOST


def test_nobody_without_an_account_is_given_a_role(
    owner: Person, room: Room, url: str
) -> None:
    seat = make_seat(room, "June Park")

    for act in ("member", "co-host", "transfer"):
        assert owner.post(url, {"seat": seat.seat, "act": act}).status_code == 403


@pytest.mark.parametrize("access", Room.Access)
def test_a_role_is_taken_away_after_a_question(
    owner: Person, member: Person, room: Room, url: str, access: Room.Access
) -> None:
    room.change(access=access)
    asked = {**named(room, member), "act": "guest"}

    page = owner.get(url, asked)

    assert page.status_code == 200
    words = " ".join(page.content.decode().split())
    assert "Take the role of Tomas Lind away?" in words
    assert ("only with an invitation then" in words) == (access == "invited")
    assert role(room, member) is Role.MEMBER
    said = owner.post(url, asked, follow=True).content.decode()
    assert "Tomas Lind has no role here any more." in said
    assert role(room, member) is None
    assert not Ban.objects.exists()


def test_the_room_is_given_away_after_a_question(
    owner: Person, member: Person, room: Room, url: str
) -> None:
    asked = {**named(room, member), "act": "transfer"}

    page = owner.get(url, asked)

    assert f"Make Tomas Lind the owner of {room.name}?" in page.content.decode()
    assert Room.objects.get().owner == owner.user
    said = owner.post(url, asked, follow=True)
    # Who gave it away sees its page still, as a co-host does.
    assert said.status_code == 200
    words = said.content.decode()
    assert "Tomas Lind owns this room now. You are a co-host." in words
    assert "Delete this room" not in words
    assert Room.objects.get().owner == member.user
    assert (role(room, member), role(room, owner)) == (Role.OWNER, Role.CO_HOST)


def test_why_a_room_cannot_be_given_to_somebody_is_said(
    owner: Person, member: Person, room: Room, url: str
) -> None:
    member.user.room_quota = 0
    member.user.save()

    said = owner.post(
        url, {**named(room, member), "act": "transfer"}, follow=True
    ).content.decode()

    assert "This person may not own another room." in said
    assert Room.objects.get().owner == owner.user


def test_a_question_about_nothing_leads_to_the_room(
    owner: Person, co_host: Person, member: Person, room: Room, url: str
) -> None:
    page = f"/r/{room.link}/room/"
    theirs = named(room, member)
    for person, asked in (
        (owner, {}),
        (owner, theirs),
        # These are asked about on the room's page, or not at all.
        (owner, {**theirs, "act": "remove"}),
        (owner, {**theirs, "act": "co-host"}),
        (owner, {"membership": "0", "act": "transfer"}),
        (owner, {**named(room, owner), "act": "guest"}),
        # This is no co-host's to decide.
        (co_host, {**theirs, "act": "transfer"}),
        (co_host, {**theirs, "act": "guest"}),
    ):
        answer = person.get(url, asked)
        assert (answer.status_code, answer["Location"]) == (302, page), asked


def test_somebody_who_went_meanwhile_is_no_fault(
    owner: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    owner.post(url, sent)

    for act in ("remove", "co-host"):
        page = owner.post(url, {**sent, "act": act}, follow=True)
        assert page.status_code == 200
        assert "has no place here any more" in page.content.decode()
    assert Membership.objects.count() == 1


def test_the_owners_own_row_stays(owner: Person, room: Room, url: str) -> None:
    own = Membership.objects.get(room=room, role=Role.OWNER)

    for act in ("remove", "member", "co-host", "guest", "transfer"):
        owner.post(url, {"membership": str(own.pk), "act": act})
    assert role(room, owner) is Role.OWNER
    assert Room.objects.get().owner == owner.user
    assert not Ban.objects.exists()


def test_somebody_of_another_room_is_out_of_reach(
    owner: Person, stranger: Person, room: Room, url: str
) -> None:
    theirs = make_room(stranger.user)
    user = make_user()
    other = Membership.objects.grant(theirs, user, Role.MEMBER)
    seat = make_seat(theirs, user=user)

    for act in ("remove", "co-host", "transfer"):
        for place in ({"membership": str(other.pk)}, {"seat": seat.seat}):
            answer = owner.post(url, {**place, "act": act})
            assert answer.status_code == 302
    assert Membership.objects.role_of(theirs, user) is Role.MEMBER
    assert not Ban.objects.exists()


@pytest.mark.parametrize(
    "forged",
    [
        {"act": "owner"},
        {"act": ""},
        {"membership": ""},
        {"membership": "x"},
        {"membership": "9" * 40},
        {"membership": "-1"},
        {"membership": "", "seat": "\0"},
        {"membership": "", "seat": "x" * 33},
        {"membership": "", "seat": "nobody"},
    ],
)
def test_what_no_button_sends_changes_nothing(
    owner: Person,
    member: Person,
    room: Room,
    url: str,
    sent: dict[str, str],
    forged: dict[str, str],
) -> None:
    assert owner.post(url, {**sent, **forged}).status_code in (302, 404)
    assert role(room, member) is Role.MEMBER
    assert role(room, owner) is Role.OWNER
    assert not Ban.objects.exists()


def test_a_member_may_do_nothing_about_others(
    member: Person, co_host: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    for act in ("remove", "co-host", "member", "guest", "transfer"):
        for person in (member, co_host):
            asked = {**named(room, person), "act": act}
            assert member.post(url, asked).status_code == 403
            assert member.get(url, asked).status_code == 403
    assert (role(room, member), role(room, co_host)) == (Role.MEMBER, Role.CO_HOST)
    assert not Ban.objects.exists()


def test_a_co_host_removes_members_and_decides_about_no_role(
    owner: Person, co_host: Person, member: Person, room: Room, url: str
) -> None:
    other = Person(make_user("Paul Brandt"))
    Membership.objects.grant(room, other.user, Role.CO_HOST)

    for person in (owner, other, co_host):
        asked = {**named(room, person), "act": "remove"}
        assert co_host.post(url, asked).status_code == 403
    for act in ("co-host", "guest", "transfer"):
        asked = {**named(room, member), "act": act}
        assert co_host.post(url, asked).status_code == 403
    assert not Ban.objects.exists()

    co_host.post(url, {**named(room, member), "act": "remove"})

    assert role(room, member) is None
    assert Ban.objects.get().made_by == co_host.user


def test_each_act_stands_in_the_log(
    owner: Person, member: Person, stranger: Person, room: Room, url: str
) -> None:
    Membership.objects.grant(room, stranger.user, Role.MEMBER)
    for person, act in (
        (member, "co-host"),
        (stranger, "remove"),
        (member, "transfer"),
    ):
        owner.post(url, {**named(room, person), "act": act})

    log = AuditEntry.objects.filter(room=room.pk).order_by("pk")
    assert [(each.action, each.actor, each.target) for each in log] == [
        ("promote", f"u:{owner.user.pk}", f"u:{member.user.pk}"),
        ("remove", f"u:{owner.user.pk}", f"u:{stranger.user.pk}"),
        ("transfer", f"u:{owner.user.pk}", f"u:{member.user.pk}"),
    ]
    assert all(each.address for each in log)


def test_for_a_stranger_it_is_as_if_there_were_no_room(
    stranger: Person,
    admin: Person,
    member: Person,
    room: Room,
    url: str,
    sent: dict[str, str],
) -> None:
    for person in (stranger, admin):
        assert person.post(url, sent).status_code == 404
        assert person.get(url, {**sent, "act": "transfer"}).status_code == 404
    assert role(room, member) is Role.MEMBER


def test_people_without_account_are_led_by_log_in_to_the_room_page(
    guest: Person,
    anonymous: Person,
    member: Person,
    room: Room,
    url: str,
    sent: dict[str, str],
) -> None:
    for person in (guest, anonymous):
        assert leads_to_log_in(person.post(url, sent), f"/r/{room.link}/room/")
    assert role(room, member) is Role.MEMBER


def test_an_unknown_link_opens_nothing(owner: Person, sent: dict[str, str]) -> None:
    for link in (new_link(), "nothing"):
        assert owner.post(f"/r/{link}/people/", sent).status_code == 404


def test_it_takes_no_other_method(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(
    owner: Person, member: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url, sent).status_code == 403
    assert role(room, member) is Role.MEMBER
