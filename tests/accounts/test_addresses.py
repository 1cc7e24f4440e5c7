"""Whose address counts as confirmed without a mail, so that nobody is locked out."""

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.test import override_settings

from accounts.addresses import vouch_for, whose
from accounts.models import User
from tests.factories import PASSWORD, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db

ADMIN = "/admin/accounts/user/"
mandatory = override_settings(ACCOUNT_EMAIL_VERIFICATION="mandatory")


def addresses(user: User) -> list[tuple[str, bool, bool]]:
    """Each address of a person: itself, whether confirmed, whether the main one."""
    rows = EmailAddress.objects.filter(user=user).order_by("email")
    return [(row.email, row.verified, row.primary) for row in rows]


def logs_in(email: str) -> bool:
    browser = Person()
    browser.post("/accounts/login/", {"login": email, "password": PASSWORD})
    return "_auth_user_id" in browser.session


def add(admin: Person, email: str) -> User:
    answer = admin.post(
        f"{ADMIN}add/",
        {
            "email": email,
            "display_name": "June",
            "usable_password": "true",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )
    assert answer.status_code == 302
    return User.objects.get(email=email.lower())


def change(admin: Person, user: User, email: str) -> None:
    answer = admin.post(
        f"{ADMIN}{user.pk}/change/",
        {"email": email, "display_name": user.display_name, "is_active": "on"},
    )
    assert answer.status_code == 302


def test_the_first_administrator_is_confirmed_from_the_start() -> None:
    chief = User.objects.create_superuser("Chief@example.org", PASSWORD)

    assert addresses(chief) == [("chief@example.org", True, True)]


@mandatory
def test_whom_an_administrator_adds_logs_in_at_once(admin: Person) -> None:
    june = add(admin, "June@example.org")

    assert addresses(june) == [("june@example.org", True, True)]
    assert logs_in("june@example.org")


@mandatory
def test_whom_nobody_vouches_for_is_asked_to_confirm(owner: Person) -> None:
    assert not logs_in(owner.user.email)


@mandatory
def test_an_administrator_from_before_the_mail_server_is_not_locked_out(
    admin: Person,
) -> None:
    EmailAddress.objects.create(user=admin.user, email=admin.user.email, primary=True)

    assert logs_in(admin.user.email)
    assert addresses(admin.user) == [(admin.user.email, True, True)]


@mandatory
def test_an_administrators_wrong_password_confirms_nothing(admin: Person) -> None:
    Person().post(
        "/accounts/login/", {"login": admin.user.email, "password": "not this one"}
    )

    assert addresses(admin.user) == []


@mandatory
def test_an_administrator_is_not_confirmed_by_anothers_address(
    admin: Person, stranger: Person
) -> None:
    EmailAddress.objects.create(
        user=stranger.user, email=admin.user.email, verified=True
    )

    logs_in(admin.user.email)

    assert addresses(admin.user) == []
    assert whose(admin.user.email) == stranger.user


@mandatory
def test_a_changed_address_is_the_one_that_opens_the_account(admin: Person) -> None:
    june = add(admin, "june@example.org")

    change(admin, june, "June@example.net")

    assert addresses(june) == [("june@example.net", True, True)]
    assert logs_in("june@example.net")
    assert not logs_in("june@example.org")


def test_further_addresses_of_a_person_stay(admin: Person) -> None:
    june = add(admin, "june@example.org")
    EmailAddress.objects.create(user=june, email="june@home.example", verified=True)

    change(admin, june, "june@example.net")

    assert addresses(june) == [
        ("june@example.net", True, True),
        ("june@home.example", True, False),
    ]


def test_a_change_of_anything_else_confirms_nothing(
    admin: Person, owner: Person
) -> None:
    EmailAddress.objects.create(user=owner.user, email=owner.user.email, primary=True)

    change(admin, owner.user, owner.user.email)

    assert addresses(owner.user) == [(owner.user.email, False, True)]


def test_an_address_that_another_has_confirmed_is_refused_beside_the_field(
    admin: Person, owner: Person, stranger: Person
) -> None:
    EmailAddress.objects.create(
        user=stranger.user, email="shared@example.org", verified=True
    )
    page = admin.post(
        f"{ADMIN}{owner.user.pk}/change/",
        {"email": "Shared@example.org", "display_name": "x"},
    )

    assert page.status_code == 200
    assert "Somebody else has confirmed this address" in page.content.decode()
    owner.user.refresh_from_db()
    assert owner.user.email == "amara@example.org"


def test_no_administrator_is_made_with_anothers_address(stranger: Person) -> None:
    EmailAddress.objects.create(
        user=stranger.user, email="chief@example.org", verified=True
    )

    with pytest.raises(ValidationError, match="Somebody else"):
        User.objects.create_superuser("chief@example.org", PASSWORD)
    assert not User.objects.filter(email="chief@example.org").exists()


def test_vouching_again_changes_nothing() -> None:
    june = make_user("June", "june@example.org")
    vouch_for(june)
    vouch_for(june)

    assert addresses(june) == [("june@example.org", True, True)]


def test_the_addresses_are_shown_and_not_changed(admin: Person, owner: Person) -> None:
    vouch_for(owner.user)
    EmailAddress.objects.create(user=owner.user, email="new@example.org")

    page = admin.get(f"{ADMIN}{owner.user.pk}/change/").content.decode()

    assert "amara@example.org (main, confirmed)<br>new@example.org (not confirmed)" in (
        page
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("emailaddress__verified__exact=1", "june@example.org"),
        ("may_create_rooms__exact=0", "amara@example.org"),
    ],
)
def test_people_are_filtered_by_what_they_may(
    admin: Person, owner: Person, query: str, found: str
) -> None:
    add(admin, "june@example.org")
    owner.user.may_create_rooms = False
    owner.user.save()

    page = admin.get(f"{ADMIN}?{query}")

    assert [user.email for user in page.context["cl"].result_list] == [found]
