"""Accounts: made, found, named."""

import io

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import override_settings

from accounts.models import User
from accounts.names import BadName
from conference import settings as product
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_addresses_are_kept_in_lower_case_and_found_in_any() -> None:
    user = make_user("Mira", "Mira.Lind@Example.ORG")

    assert user.email == "mira.lind@example.org"
    assert User.objects.get_by_natural_key("MIRA.lind@example.org") == user


def test_log_in_takes_the_address_in_any_case() -> None:
    user = make_user("Mira", "mira@example.org")

    assert authenticate(None, email="MIRA@example.org", password=PASSWORD) == user
    assert authenticate(None, email="mira@example.org", password="wrong") is None


def test_an_address_has_one_account_whatever_its_case() -> None:
    make_user("Mira", "mira@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("Other", "MIRA@EXAMPLE.ORG")


def test_the_database_itself_refuses_a_second_case_of_an_address() -> None:
    make_user("Mira", "mira@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="MIRA@example.org", display_name="x")])


def test_an_account_without_a_name_is_called_as_its_address_begins() -> None:
    assert User.objects.create_user("mira.lind@example.org").display_name == "mira.lind"
    assert User.objects.create_user("\u200b@example.org").display_name == "Somebody"
    long = User.objects.create_user(f"{'x' * 64}@example.org")
    assert long.display_name == "x" * 60


def test_an_account_needs_an_address() -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        User.objects.create_user("")


def test_names_are_cleaned_when_an_account_is_made() -> None:
    assert make_user("  Mira\u202e  Lind ").display_name == "Mira Lind"
    with pytest.raises(BadName):
        make_user("\u200b")


def test_rename_cleans_and_stores() -> None:
    user = make_user("Mira")

    user.rename(" Mira\u200b Berg")

    user.refresh_from_db()
    assert user.display_name == "Mira Berg"
    with pytest.raises(BadName):
        user.rename(" ")


def test_forms_that_edit_accounts_clean_too() -> None:
    user = make_user("Mira")
    user.display_name, user.email = " Mi\u202era ", "NEW@example.org"
    user.full_clean()
    assert (user.display_name, user.email) == ("Mira", "new@example.org")

    user.display_name = "\u200b"
    with pytest.raises(ValidationError) as refusal:
        user.full_clean()
    assert refusal.value.message_dict == {
        "display_name": ["Type a name that can be seen."]
    }


def test_a_person_is_shown_by_name_and_greeted_by_the_first() -> None:
    user = make_user("Amara Osei")

    assert (str(user), user.get_full_name()) == ("Amara Osei", "Amara Osei")
    assert user.get_short_name() == "Amara"


def test_createsuperuser_needs_no_more_than_an_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command(
        "createsuperuser",
        email="Boss@example.org",
        interactive=False,
        stdout=io.StringIO(),
    )

    boss = User.objects.get(email="boss@example.org")
    assert boss.is_staff
    assert boss.is_superuser
    assert boss.display_name == "Boss"
    assert boss.check_password(PASSWORD)


def test_new_passwords_are_kept_as_argon2() -> None:
    assert product.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        assert make_user("Mira").password.startswith("argon2$argon2id$")
