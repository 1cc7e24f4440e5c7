"""The page behind the link in the mail that asks whose address it is."""

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC

from tests.accounts.test_addresses import addresses
from tests.factories import make_user
from tests.pages.page import Page
from tests.people import Person
from tests.rooms.views.asked import changes_nothing

pytestmark = pytest.mark.django_db

NEW = "noor@home.example"
OVER = "This link no longer works"


@pytest.fixture
def url(confirmed: Person) -> str:
    """Of the mail that was sent to a new address of the confirmed person."""
    address = EmailAddress.objects.create(user=confirmed.user, email=NEW)
    return f"/accounts/confirm-email/{EmailConfirmationHMAC.create(address).key}/"


def test_it_asks_on_get_and_confirms_on_post(
    anonymous: Person, confirmed: Person, url: str
) -> None:
    page = anonymous.get(url).content.decode()
    assert not Page(page).faults()
    assert f"Confirm that {NEW} belongs to you." in page
    changes_nothing(anonymous, url)
    assert (NEW, False, False) in addresses(confirmed.user)

    answer = anonymous.post(url)

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert EmailAddress.objects.get(email=NEW).verified
    # Whoever holds the link is not let in by it.
    assert anonymous.get("/rooms/").status_code == 302


def test_the_owner_stays_logged_in(confirmed: Person, url: str) -> None:
    assert confirmed.post(url)["Location"] == "/rooms/"
    assert confirmed.get("/rooms/").status_code == 200


def test_it_works_once(anonymous: Person, url: str) -> None:
    anonymous.post(url)

    assert OVER in anonymous.get(url).content.decode()
    assert anonymous.post(url).status_code == 404


def test_a_key_nobody_made_opens_nothing(anonymous: Person, url: str) -> None:
    for key in ("abc", url.split("/")[-2][:-1] + "!", "1:2:3"):
        path = f"/accounts/confirm-email/{key}/"
        assert anonymous.post(path).status_code == 404
    assert OVER in anonymous.get("/accounts/confirm-email/abc/").content.decode()
    assert not EmailAddress.objects.get(email=NEW).verified


def test_an_address_that_another_has_confirmed_stays_theirs(
    anonymous: Person, url: str
) -> None:
    EmailAddress.objects.create(user=make_user(), email=NEW, verified=True)

    page = anonymous.get(url).content.decode()
    assert "This address is taken" in page
    assert f"Another account has confirmed {NEW} already." in page

    anonymous.post(url)
    assert EmailAddress.objects.filter(email=NEW, verified=True).count() == 1


def test_looking_at_the_link_of_another_logs_nobody_out(
    stranger: Person, url: str
) -> None:
    """Else a picture with this address, in any page, would."""
    changes_nothing(stranger, url)
    assert stranger.get("/rooms/").status_code == 200

    stranger.post(url)
    assert EmailAddress.objects.get(email=NEW).verified
    assert stranger.get("/rooms/").status_code == 302


def test_after_sign_up_it_says_to_look_into_the_mail(anonymous: Person) -> None:
    page = anonymous.get("/accounts/confirm-email/").content.decode()

    assert not Page(page).faults()
    assert anonymous.post("/accounts/confirm-email/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_the_main_address_of_another_account_stays_theirs(
    anonymous: Person, confirmed: Person, url: str
) -> None:
    """Somebody signed up with it, and never confirmed it."""
    make_user("June", NEW)
    EmailAddress.objects.filter(user=confirmed.user, primary=True).update(primary=False)

    page = anonymous.post(url, follow=True)

    assert page.status_code == 200
    assert "Another account has this as its main address." in page.content.decode()
    assert (NEW, False, False) in addresses(confirmed.user)
