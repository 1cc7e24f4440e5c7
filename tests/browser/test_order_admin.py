"""A moderator in the administration, while calls run: all of them real browsers."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewRoom, People, Tell
from tests.browser.order import ENDED, REVOKED, reads, sign_in
from tests.browser.person import Person, meet
from tests.browser.visitor import PASSWORD, Visitor
from tests.browser.witness import awaits, clicked, print_of, witness
from tests.servers import Parley

pytestmark = pytest.mark.alone

BUSY = 3.0
"""Four browsers share two cores here; the bound itself is for the long form."""
MAKE_MODERATOR = """
from django.contrib.auth.models import Group
from accounts.models import User
user = User.objects.get(email={email!r})
user.is_staff = True
user.save()
user.groups.add(Group.objects.get(name="Moderators"))
"""


@pytest.fixture
def bound(soak: bool) -> float:
    """Seconds from the click to what everybody sees of it."""
    return 1.0 if soak else BUSY


@pytest.fixture
def moderator(people: People, server: Parley) -> Person:
    """Somebody of the group "Moderators", in front of the administration."""
    email = f"moderator.{time.time_ns()}@example.com"
    account = Visitor(server.url)
    account.sign_up(email, "Mo Derator")
    server.manage("shell", "-c", MAKE_MODERATOR.format(email=email))
    person = people("Mo Derator")
    person.goto("/accounts/login/?next=/admin/")
    person.page.get_by_label("E-mail").fill(email)
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.get_by_role("button", name="Log in", exact=True).click()
    expect(person.page).to_have_url(f"{server.url}/admin/")
    return person


def open_call(moderator: Person, name: str, people: Sequence[str]) -> Page:
    """The page of a running call, once everybody of it is shown there."""

    def shows_all() -> bool:
        moderator.goto(f"/admin/rooms/livecall/?q={name}")
        link = moderator.page.get_by_role("link", name=name)
        if not link.count():
            return False
        link.click()
        rows = moderator.page.get_by_role("rowheader")
        return set(rows.all_inner_texts()) >= set(people)

    moderator.wait_until(shows_all, "sees who is in the call")
    return moderator.page


def test_a_moderator_ends_a_call_and_everybody_is_out_and_sees_why(
    people: People, new_room: NewRoom, moderator: Person, bound: float, tell: Tell
) -> None:
    room = new_room("Under moderation")
    names = ("Mira", "Amara", "June")
    inside = [witness(people(name)).join(room) for name in names]
    meet(*inside)
    prints = [print_of(person) for person in inside]
    page = open_call(moderator, "Under moderation", names)

    page.get_by_label("Message to everybody in it").fill("This call ends now.")
    page.get_by_role("button", name="Send", exact=True).click()
    for person in inside:
        expect(person.page.get_by_text("This call ends now.").first).to_be_visible()

    page.get_by_label("End the call for everybody").select_option("0")
    told = awaits(inside, "says", ENDED)
    at = clicked(page.get_by_role("button", name="End it"))
    told.acts(at)
    read = told.took()
    closed = [
        max(person.page.evaluate("(print) => witness.closed(print)", print_)) / 1000
        - at
        for person, own in zip(inside, prints, strict=True)
        for print_ in prints
        if print_ != own
    ]
    tell(
        f"ended in the administration → all three read it {max(read) * 1000:.0f} ms, "
        f"every pair is closed {max(closed) * 1000:.0f} ms"
    )
    assert max(read) < bound
    assert max(closed) < bound
    for person in inside:
        reads(person, ENDED)
        assert not any(
            track["readyState"] == "live"
            for kind in ("audio", "video")
            for track in person.tracks(kind)
        )
    expect(page.get_by_text("The call ends for everybody.")).to_be_visible()


def test_a_moderator_suspends_somebody_whose_media_stops_in_the_call(
    people: People,
    new_room: NewRoom,
    moderator: Person,
    server: Parley,
    bound: float,
    tell: Tell,
) -> None:
    room = new_room("Another call")
    account = Visitor(server.url)
    email = f"tomas.{time.time_ns()}@example.com"
    account.sign_up(email, "Tomas Rey")
    tomas = sign_in(witness(people("Tomas Rey")), account)
    others = [witness(people(name)) for name in ("Mira", "Amara")]
    tomas.excuse("status of 4")
    for person in (tomas, *others):
        person.join(room)
    meet(tomas, *others)
    print_ = print_of(tomas)

    page = open_call(moderator, "Another call", ("Tomas Rey", "Mira", "Amara"))
    page.get_by_role("rowheader").get_by_role("link", name="Tomas Rey").click()
    page.get_by_role("link", name="Suspend").click()
    page.locator("[name=reason]").fill("Shouted at everybody")
    apart, told = awaits(others, "apart", print_), awaits([tomas], "says", REVOKED)
    at = clicked(page.get_by_role("button", name="Save", exact=True))
    for awaited in (apart, told):
        awaited.acts(at)
    stopped, read = apart.took(), told.took()
    tell(
        "suspended in the administration → nobody gets their media "
        f"{max(stopped) * 1000:.0f} ms, they read it {max(read) * 1000:.0f} ms"
    )
    assert max(stopped) < bound
    assert max(read) < bound
    for person in others:
        expect(person.tile("Tomas Rey")).to_have_count(0)
    meet(*others)
    # They are told why where they try to come back, and do not come in.
    tomas.goto("/accounts/login/")
    login = tomas.page
    login.get_by_label("E-mail").fill(email)
    login.get_by_label("Password").fill(PASSWORD)
    login.get_by_role("button", name="Log in", exact=True).click()
    expect(login.get_by_text("Shouted at everybody")).to_be_visible()
