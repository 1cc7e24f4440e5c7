"""The pages on which people name and remove their passkeys."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail

from accounts.keys import address_part
from tests.factories import make_user
from tests.pages.page import Page
from tests.people import Person
from tests.rooms.views.asked import changes_nothing
from tests.site.passkey import registered

pytestmark = pytest.mark.django_db

LIST = "/accounts/2fa/webauthn/"


def passkey_of(person: Person, name: str) -> Authenticator:
    made: Authenticator = Authenticator.objects.create(
        user=person.user,
        type=Authenticator.Type.WEBAUTHN,
        data=registered() | {"name": name},
    )
    return made


@pytest.fixture
def mine(confirmed: Person) -> Authenticator:
    """The passkey of the confirmed person."""
    return passkey_of(confirmed, "Blue phone")


@pytest.fixture
def theirs(db: None) -> Authenticator:
    """The passkey of somebody else."""
    return passkey_of(Person(make_user("June", "june@example.org")), "Red phone")


def page_of(passkey: Any, act: str) -> str:
    return f"{LIST}keys/{address_part(passkey)}/{act}/"


def names() -> set[str]:
    return {each.data["name"] for each in Authenticator.objects.all()}


def test_the_list_holds_ones_own(
    confirmed: Person, mine: Authenticator, theirs: Authenticator
) -> None:
    text = confirmed.get(LIST).content.decode()

    assert not Page(text).faults()
    assert "Blue phone" in text
    assert "Red phone" not in text
    assert page_of(mine, "edit") in text
    assert page_of(mine, "remove") in text


def test_a_passkey_gets_another_name(confirmed: Person, mine: Authenticator) -> None:
    url = page_of(mine, "edit")
    text = confirmed.get(url).content.decode()
    assert not Page(text).faults()
    assert Page(text).control("name")["value"] == "Blue phone"
    changes_nothing(confirmed, url)

    answer = confirmed.post(url, {"name": "Green phone"})

    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert names() == {"Green phone"}


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 500])
def test_a_bad_name_is_refused_beside_its_field(
    confirmed: Person, mine: Authenticator, name: str
) -> None:
    page = confirmed.post(page_of(mine, "edit"), {"name": name})

    assert page.status_code == 200
    assert page.context["form"].errors["name"]
    assert names() == {"Blue phone"}


def test_removing_asks_on_get_and_acts_on_post(
    confirmed: Person, mine: Authenticator
) -> None:
    url = page_of(mine, "remove")
    text = confirmed.get(url).content.decode()
    assert not Page(text).faults()
    assert "Remove Blue phone?" in text
    assert "You can add it again at any time." in " ".join(text.split())
    changes_nothing(confirmed, url)

    answer = confirmed.post(url)

    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert not Authenticator.objects.exists()
    assert [sent.to for sent in mail.outbox] == [["noor@example.org"]]


@pytest.mark.parametrize("act", ["edit", "remove"])
def test_the_passkey_of_another_is_as_if_there_were_none(
    confirmed: Person, mine: Authenticator, theirs: Authenticator, act: str
) -> None:
    numbered = f"{LIST}keys/{mine.pk}/{act}/"
    for url in (page_of(theirs, act), f"{LIST}keys/0/{act}/", numbered):
        assert confirmed.get(url).status_code == 404
        assert confirmed.post(url, {"name": "Mine now"}).status_code == 404
    assert names() == {"Blue phone", "Red phone"}
