"""The page on which people add, confirm, choose and remove their addresses."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import override_settings

from tests.accounts.test_addresses import addresses
from tests.factories import make_user
from tests.pages.page import Page
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/accounts/email/"
FIRST, SECOND = "noor@example.org", "noor@home.example"
ACTS = ("action_remove", "action_primary", "action_send")


@pytest.fixture
def noor(confirmed: Person) -> Person:
    """Has a main address and another one, both confirmed."""
    for email in (FIRST, SECOND):
        EmailAddress.objects.create(
            user=confirmed.user, email=email, verified=True, primary=email == FIRST
        )
    mail.outbox.clear()
    return confirmed


def sends(page: str, act: str) -> list[str]:
    """What encloses each button of this name: a form, and perhaps a question."""
    found = []
    for button in re.finditer(rf'name="{act}"', page):
        before = page[: button.start()]
        asked = before.rfind("<dialog") > before.rfind("</dialog>")
        found.append("dialog" if asked else "page")
    return found


def test_it_lists_ones_own_addresses(noor: Person, stranger: Person) -> None:
    EmailAddress.objects.create(user=stranger.user, email=stranger.user.email)

    page = noor.get(URL)

    text = page.content.decode()
    assert not Page(text).faults()
    assert [each.email for each in page.context["emailaddresses"]] == [FIRST, SECOND]
    assert "Not confirmed" not in text
    assert stranger.user.email not in text


def test_removing_asks_first_and_says_what_becomes_of_it(noor: Person) -> None:
    text = noor.get(URL).content.decode()

    assert sends(text, "action_remove") == ["dialog"]
    assert f"Remove {SECOND}?" in text
    assert f"Remove {FIRST}?" not in text
    assert "You can add it again" in text


def test_only_what_can_be_done_is_offered(noor: Person) -> None:
    EmailAddress.objects.filter(email=SECOND).update(verified=False)

    with override_settings(EMAIL_URL=None):
        printed = noor.get(URL).content.decode()
    with override_settings(EMAIL_URL="smtp://mail.example.org"):
        sent = noor.get(URL).content.decode()

    assert sends(printed, "action_primary") == sends(printed, "action_send") == ["page"]
    assert sends(sent, "action_primary") == []
    assert sends(sent, "action_send") == ["page"]


def test_an_address_is_added_and_asked_to_be_confirmed(noor: Person) -> None:
    answer = noor.post(URL, {"email": "New@example.org", "action_add": ""})

    assert (answer.status_code, answer["Location"]) == (302, URL)
    assert ("new@example.org", False, False) in addresses(noor.user)
    assert [sent.to for sent in mail.outbox] == [["new@example.org"]]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("no address", "This is not a whole e-mail address"),
        ("", "Type your e-mail address."),
        (FIRST, "You have this address already."),
    ],
)
def test_what_cannot_be_added_stays_typed_with_words(
    noor: Person, typed: str, words: str
) -> None:
    page = noor.post(URL, {"email": typed, "action_add": ""})

    assert words in page.content.decode()
    assert page.context["form"]["email"].value() == typed
    assert len(addresses(noor.user)) == 2


def test_another_one_becomes_the_main_one(noor: Person) -> None:
    noor.post(URL, {"email": SECOND, "action_primary": ""})

    assert addresses(noor.user) == [(FIRST, True, False), (SECOND, True, True)]
    noor.user.refresh_from_db()
    assert noor.user.email == SECOND
    # The one that was so far hears of it.
    assert [sent.to for sent in mail.outbox] == [[FIRST]]


def test_the_mail_is_sent_again(noor: Person) -> None:
    EmailAddress.objects.filter(email=SECOND).update(verified=False)

    noor.post(URL, {"email": SECOND, "action_send": ""})

    assert [sent.to for sent in mail.outbox] == [[SECOND]]
    assert "/accounts/confirm-email/" in str(mail.outbox[0].body)


def test_an_address_is_removed(noor: Person) -> None:
    page = noor.post(URL, {"email": SECOND, "action_remove": ""}, follow=True)

    assert f"{SECOND} is removed." in page.content.decode()
    assert addresses(noor.user) == [(FIRST, True, True)]
    assert [sent.to for sent in mail.outbox] == [[FIRST]]


def test_the_main_address_stays(noor: Person) -> None:
    page = noor.post(URL, {"email": FIRST, "action_remove": ""}, follow=True)

    assert "is your main address and stays" in page.content.decode()
    assert len(addresses(noor.user)) == 2


@pytest.mark.parametrize("act", ACTS)
def test_nobody_touches_the_address_of_another(noor: Person, act: str) -> None:
    other = make_user("Elias", "elias@example.org")
    EmailAddress.objects.create(user=other, email=other.email, primary=True)
    EmailAddress.objects.create(user=other, email="elias@home.example")
    before = addresses(other), addresses(noor.user)

    for email in ("elias@home.example", "elias@example.org", "nobody@example.org", "x"):
        assert noor.post(URL, {"email": email, act: ""}).status_code == 302

    assert (addresses(other), addresses(noor.user)) == before
    assert not mail.outbox


def test_a_name_of_a_mail_s_line_is_no_address(noor: Person) -> None:
    noor.post(URL, {"email": "a@example.org\r\nBcc: b@example.org", "action_add": ""})

    assert len(addresses(noor.user)) == 2
    assert not mail.outbox


@pytest.mark.django_db(transaction=True)
def test_the_main_address_of_another_account_becomes_nobody_else_s(
    noor: Person,
) -> None:
    """It is noted here and confirmed, while somebody else signed up with it."""
    noor.raise_request_exception = False
    make_user("Elias", "elias@example.org")
    EmailAddress.objects.create(
        user=noor.user, email="elias@example.org", verified=True
    )
    before = addresses(noor.user)

    sent = {"email": "elias@example.org", "action_primary": ""}
    page = noor.post(URL, sent, follow=True)

    assert page.status_code == 200
    assert "Another account has this as its main address." in page.content.decode()
    assert addresses(noor.user) == before
    noor.user.refresh_from_db()
    assert noor.user.email == FIRST
    assert not mail.outbox
