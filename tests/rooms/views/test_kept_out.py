"""Whom a room keeps out: the list on its page, and the way back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conference.audit.models import AuditEntry
from rooms.links import new_link
from rooms.models import Ban, Membership, Role, Room
from rooms.views import order
from tests.factories import make_room, make_user
from tests.people import Person
from tests.rooms.views.asked import leads_to_log_in, refuses_methods

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/kept-out/"


@pytest.fixture
def ban(room: Room, owner: Person, stranger: Person) -> Ban:
    """The stranger is kept out until somebody lets them in."""
    return keep_out(room, stranger, owner, reason="Shouted at everybody")


def keep_out(
    room: Room, person: Person, by: Person, hours: float | None = None, reason: str = ""
) -> Ban:
    return Ban.objects.create(
        room=room,
        person=f"u:{person.user.pk}",
        user=person.user,
        name=person.user.display_name,
        reason=reason,
        made_by=by.user,
        until=None if hours is None else timezone.now() + timedelta(hours=hours),
    )


def holds(ban: Ban) -> bool:
    return Ban.objects.in_force().filter(pk=ban.pk).exists()


def test_the_room_page_lists_them_with_until_when_and_why(
    owner: Person, room: Room, ban: Ban
) -> None:
    keep_out(room, Person(make_user("Tomas Rey")), owner, hours=5)
    keep_out(room, Person(make_user("June Park")), owner, hours=-1)

    page = owner.get(f"/r/{room.link}/room/")

    shown = [each.name for each in page.context["kept_out"].shown]
    assert shown == ["Tomas Rey", "Elias Berg"]
    words = " ".join(page.content.decode().split())
    assert "Until a host lets them back in" in words
    assert "“Shouted at everybody”" in words
    assert f'value="{ban.public_id}"' in words
    assert "June Park" not in words


def test_a_room_that_keeps_nobody_out_says_nothing_of_it(
    owner: Person, room: Room
) -> None:
    assert "Kept out" not in owner.get(f"/r/{room.link}/room/").content.decode()


def test_a_list_too_long_is_cut_and_says_so(
    owner: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "SHOWN", 2)
    for number in range(3):
        keep_out(room, Person(make_user(f"Number {number}")), owner)

    page = owner.get(f"/r/{room.link}/room/")

    kept = page.context["kept_out"]
    assert ([each.name for each in kept.shown], kept.more) == (
        ["Number 2", "Number 1"],
        1,
    )
    assert "And 1 more." in page.content.decode()


def test_hosts_let_somebody_back_in(
    owner: Person, member: Person, stranger: Person, room: Room, url: str, ban: Ban
) -> None:
    Membership.objects.grant(room, member.user, Role.CO_HOST)
    assert stranger.get(room.get_absolute_url()).status_code == 403

    answer = member.post(url, {"ban": ban.public_id})

    assert (answer.status_code, answer["Location"]) == (302, f"/r/{room.link}/room/")
    said = member.get(answer["Location"]).content.decode()
    assert "Elias Berg may come in again" in said
    ban.refresh_from_db()
    assert ban.lifted_at is not None
    assert ban.lifted_by == member.user
    assert stranger.get(room.get_absolute_url()).status_code == 200
    (entry,) = AuditEntry.objects.filter(room=room.pk)
    assert (entry.action, entry.actor, entry.target) == (
        "let-back",
        f"u:{member.user.pk}",
        ban.person,
    )


def test_hosts_see_and_do_not_lift_what_the_site_keeps_out(
    owner: Person, room: Room, url: str, ban: Ban
) -> None:
    Ban.objects.filter(pk=ban.pk).update(by_site=True)
    page = " ".join(owner.get(f"/r/{room.link}/room/").content.decode().split())
    assert "Until the people who run this site let them back in" in page
    assert ban.public_id not in page

    answer = owner.post(url, {"ban": ban.public_id}, follow=True)

    assert "only they let them back" in answer.content.decode()
    assert holds(ban)
    assert not AuditEntry.objects.exists()


def test_somebody_let_back_twice_is_no_fault(owner: Person, url: str, ban: Ban) -> None:
    owner.post(url, {"ban": ban.public_id})

    page = owner.post(url, {"ban": ban.public_id}, follow=True)

    assert "This person is not kept out any more." in page.content.decode()
    assert AuditEntry.objects.count() == 1


def test_the_one_who_is_kept_out_is_told_why_and_what_to_do(
    stranger: Person, room: Room, ban: Ban
) -> None:
    for path in (room.get_absolute_url(), f"/r/{room.link}/left/"):
        page = stranger.get(path)

        assert page.status_code == 403
        words = " ".join(page.content.decode().split())
        assert "The host keeps you out of this room" in words
        assert "Shouted at everybody" in words
        assert "You may come back when a host lets you in again." in words
        assert f'href="{room.get_absolute_url()}"' in words


def test_the_one_who_was_removed_is_told_until_when(
    owner: Person, stranger: Person, room: Room
) -> None:
    made = keep_out(room, stranger, owner, hours=5)
    assert made.until is not None

    page = stranger.get(room.get_absolute_url())

    assert page.status_code == 403
    words = " ".join(page.content.decode().split())
    assert "The host removed you from this call" in words
    assert f"{made.until:%H:%M} UTC" in words


def test_who_is_kept_out_of_a_room_for_the_invited_is_told_of_no_room(
    owner: Person, stranger: Person, room: Room, ban: Ban
) -> None:
    room.change(access=Room.Access.INVITED)
    missing = stranger.get(f"/r/{new_link()}/")

    page = stranger.get(room.get_absolute_url())

    assert page.status_code == missing.status_code == 404


def test_a_ban_of_another_room_is_out_of_reach(
    owner: Person, stranger: Person, member: Person, url: str
) -> None:
    theirs = keep_out(make_room(stranger.user), member, stranger)

    assert owner.post(url, {"ban": theirs.public_id}).status_code == 302
    assert holds(theirs)


@pytest.mark.parametrize("forged", ["", "x", "\0", "0" * 31, "A" * 32, "9" * 400])
def test_what_no_button_sends_is_refused(
    owner: Person, url: str, ban: Ban, forged: str
) -> None:
    assert owner.post(url, {"ban": forged}).status_code == 404
    assert holds(ban)


def test_a_member_may_not(member: Person, url: str, ban: Ban) -> None:
    assert member.post(url, {"ban": ban.public_id}).status_code == 403
    assert holds(ban)


def test_for_a_stranger_it_is_as_if_there_were_no_room(
    stranger: Person, admin: Person, url: str, ban: Ban
) -> None:
    for person in (stranger, admin):
        assert person.post(url, {"ban": ban.public_id}).status_code == 404
    assert holds(ban)


def test_people_without_account_are_led_by_log_in_to_the_room_page(
    guest: Person, anonymous: Person, room: Room, url: str, ban: Ban
) -> None:
    for person in (guest, anonymous):
        answer = person.post(url, {"ban": ban.public_id})
        assert leads_to_log_in(answer, f"/r/{room.link}/room/")
    assert holds(ban)


def test_an_unknown_link_opens_nothing(owner: Person, ban: Ban) -> None:
    for link in (new_link(), "nothing"):
        answer = owner.post(f"/r/{link}/kept-out/", {"ban": ban.public_id})
        assert answer.status_code == 404


def test_looking_at_it_changes_nothing(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("GET", "HEAD", "PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(owner: Person, url: str, ban: Ban) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url, {"ban": ban.public_id}).status_code == 403
    assert holds(ban)
