"""Accounts that are shut out for a while, and what they meet then."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Suspension, User
from accounts.sessions import login_of
from accounts.suspending import MayNotSuspend, lift, log_out, suspend
from conference.audit.log import address_mark
from conference.audit.models import AuditEntry
from tests.factories import PASSWORD, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db(transaction=True)

LOGIN = "/accounts/login/"
OWN = "/accounts/profile/"


def log_in(user: User, browser: Client | None = None) -> Client:
    browser = browser or Client()
    browser.post(LOGIN, {"login": user.email, "password": PASSWORD})
    return browser


def is_in(browser: Client) -> bool:
    """Whether the account's own page opens; to others it leads to log-in."""
    return browser.get(OWN).status_code == HTTPStatus.OK


def shut_out(user: User, by: User | None = None, **how: object) -> Suspension:
    told = {"reason": "Shouts at everybody.", "until": None, **how}
    return suspend(user, by=by, **told)  # type: ignore[arg-type]


def test_it_ends_every_session_and_opens_none(stranger: Person) -> None:
    before = log_in(stranger.user)
    assert is_in(before)
    assert is_in(stranger)
    shut_out(stranger.user)

    assert not is_in(before)
    assert not is_in(stranger)
    after = Client()
    page = after.post(LOGIN, {"login": stranger.user.email, "password": PASSWORD})
    assert page.status_code == HTTPStatus.FORBIDDEN
    assert b"Shouts at everybody." in page.content
    assert not is_in(after)


def test_the_reason_is_for_who_knows_the_password(stranger: Person) -> None:
    shut_out(stranger.user)
    page = Client().post(LOGIN, {"login": stranger.user.email, "password": "wrong"})

    assert page.status_code == HTTPStatus.OK
    assert b"Shouts" not in page.content


def test_a_session_that_was_begun_meanwhile_opens_nothing(stranger: Person) -> None:
    """Whoever logged in between the row and the end of all sessions."""
    browser = log_in(stranger.user)
    Suspension.objects.create(user=stranger.user, reason="Now.")

    assert not is_in(browser)


def test_it_ends_by_itself(stranger: Person) -> None:
    made = shut_out(stranger.user, until=timezone.now() + timedelta(hours=1))
    page = Client().post(LOGIN, {"login": stranger.user.email, "password": PASSWORD})
    assert page.status_code == HTTPStatus.FORBIDDEN
    assert f"{made.until:%-d %B %Y, %H:%M} UTC".encode() in page.content

    Suspension.objects.filter(pk=made.pk).update(until=timezone.now())
    assert is_in(log_in(stranger.user))


def test_it_is_lifted_once(stranger: Person, admin: Person) -> None:
    made = shut_out(stranger.user)
    lift(made, admin.user, "192.0.2.7")
    lift(made, admin.user, "192.0.2.7")

    assert is_in(log_in(stranger.user))
    assert not made.holds
    acts = AuditEntry.objects.filter(action="lift-suspension")
    (entry,) = acts
    assert entry.actor == f"u:{admin.user.pk}"
    assert entry.target == f"u:{stranger.user.pk}"
    assert entry.address == address_mark("192.0.2.7")


def test_of_several_the_last_one_holds(stranger: Person, admin: Person) -> None:
    soon = shut_out(stranger.user, until=timezone.now() + timedelta(hours=1))
    shut_out(stranger.user, reason="For good.")
    lift(soon, admin.user)

    page = Client().post(LOGIN, {"login": stranger.user.email, "password": PASSWORD})
    assert b"For good." in page.content


def test_it_is_written_in_the_log(stranger: Person, admin: Person) -> None:
    until = timezone.now() + timedelta(days=1)
    suspend(
        stranger.user,
        reason="Spam.",
        until=until,
        by=admin.user,
        address="192.0.2.7",
    )

    entry = AuditEntry.objects.get(action="suspend")
    assert (entry.actor, entry.target) == (
        f"u:{admin.user.pk}",
        f"u:{stranger.user.pk}",
    )
    assert entry.reason == "Spam."
    assert entry.details == {"until": until.isoformat()}
    assert entry.address == address_mark("192.0.2.7")


def test_what_was_signed_before_is_void_after_it_too(stranger: Person) -> None:
    before = stranger.user.revocation
    made = shut_out(stranger.user)
    lift(made, None)

    stranger.user.refresh_from_db()
    assert stranger.user.revocation > before


def test_an_older_copy_of_the_row_gives_nothing_back(stranger: Person) -> None:
    old = User.objects.get(pk=stranger.user.pk)
    stranger.user.revoke()
    old.display_name = "Elias B."
    old.save()

    stranger.user.refresh_from_db()
    assert stranger.user.display_name == "Elias B."
    assert stranger.user.revocation == 1


def test_nobody_suspends_themselves_or_one_of_higher_rank(admin: Person) -> None:
    moderator = make_user("Ilse", is_staff=True)
    with pytest.raises(MayNotSuspend):
        shut_out(moderator, by=moderator)
    for above in (admin.user, make_user("Noor", is_staff=True)):
        for act in (shut_out, log_out):
            with pytest.raises(MayNotSuspend):
                act(above, by=moderator)
    assert not Suspension.objects.exists()
    assert not AuditEntry.objects.filter(action__in=["suspend", "log-out"]).exists()


def test_whom_one_may_not_suspend_one_does_not_let_back(admin: Person) -> None:
    rogue = make_user("Ilse", is_staff=True)
    moderator = make_user("Noor", is_staff=True)
    made = shut_out(rogue, by=admin.user)
    with pytest.raises(MayNotSuspend):
        lift(made, moderator)

    made.refresh_from_db()
    assert made.holds
    assert not AuditEntry.objects.filter(action="lift-suspension").exists()
    lift(made, admin.user)
    assert not made.holds


def test_a_forced_log_out_lets_them_log_in_again(
    stranger: Person, admin: Person
) -> None:
    browser = log_in(stranger.user)
    log_out(stranger.user, admin.user)

    assert not is_in(browser)
    assert AuditEntry.objects.get(action="log-out").actor == f"u:{admin.user.pk}"
    assert is_in(log_in(stranger.user, browser))


def test_staff_who_are_suspended_are_not_let_in_by_the_administration(
    admin: Person,
) -> None:
    shut_out(admin.user)
    browser = Client()
    given = {"username": admin.user.email, "password": PASSWORD}
    browser.post("/admin/login/", given)

    assert browser.get("/admin/").status_code != HTTPStatus.OK


def test_a_log_in_has_a_number_that_is_not_its_key(stranger: Person) -> None:
    browser = log_in(stranger.user)

    assert login_of(browser.session.session_key) > 0
    assert login_of("nothing") == login_of(None) == 0
