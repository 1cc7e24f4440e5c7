"""The page behind the link in the mail that offers a new password."""

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str

from tests.factories import PASSWORD
from tests.pages.page import Page
from tests.people import Person

pytestmark = pytest.mark.django_db

NEW = "nine yellow pears"
TWICE = {"password1": NEW, "password2": NEW}
DONE = "/accounts/password/reset/key/done/"
OVER = "This link no longer works"


@pytest.fixture
def link(owner: Person) -> str:
    """What the mail to the owner says."""
    token = default_token_generator.make_token(owner.user)
    return f"/accounts/password/reset/key/{user_pk_to_url_str(owner.user)}-{token}/"


def opened(person: Person, link: str) -> str:
    """Where the link leads: an address without the token, which no page passes on."""
    answer = person.get(link)
    assert answer.status_code == 302
    assert link.split("-", 1)[1] not in answer["Location"]
    url: str = answer["Location"]
    return url


def has(owner: Person, password: str) -> bool:
    owner.user.refresh_from_db()
    return owner.user.check_password(password)


def test_a_new_password_is_set_and_opens_the_account(
    anonymous: Person, owner: Person, link: str
) -> None:
    url = opened(anonymous, link)
    assert not Page(anonymous.get(url).content.decode()).faults()

    answer = anonymous.post(url, TWICE)

    assert (answer.status_code, answer["Location"]) == (302, DONE)
    page = anonymous.get(DONE).content.decode()
    assert not Page(page).faults()
    assert "Your password is changed" in page
    assert has(owner, NEW)
    # Nobody is let in by the link itself, and other browsers are logged out.
    for person in (anonymous, owner):
        assert person.get("/rooms/").status_code == 302


def test_a_bad_one_is_refused_and_the_link_still_works(
    anonymous: Person, owner: Person, link: str
) -> None:
    url = opened(anonymous, link)

    page = anonymous.post(url, {"password1": "short", "password2": "short"})

    assert page.context["form"].errors["password1"]
    assert has(owner, PASSWORD)
    assert anonymous.post(url, TWICE)["Location"] == DONE


def test_a_link_that_was_used_or_made_up_says_so(
    anonymous: Person, owner: Person, link: str
) -> None:
    anonymous.post(opened(anonymous, link), TWICE)

    for path in (link, link[:-2] + "/", "/accounts/password/reset/key/zzzz-abc/"):
        for answer in (Person().get(path), Person().post(path, TWICE)):
            assert OVER in answer.content.decode(), path
    assert has(owner, NEW)


def test_without_the_token_the_second_page_opens_nothing(
    anonymous: Person, stranger: Person, owner: Person, link: str
) -> None:
    url = opened(anonymous, link)

    for person in (Person(), stranger):
        assert OVER in person.get(url).content.decode()
        assert OVER in person.post(url, TWICE).content.decode()
    assert has(owner, PASSWORD)


def test_looking_at_the_link_of_another_logs_nobody_out(
    stranger: Person, owner: Person, link: str
) -> None:
    url = opened(stranger, link)
    assert stranger.get(url).status_code == 200
    assert stranger.get("/rooms/").status_code == 200

    assert stranger.post(url, TWICE)["Location"] == DONE
    assert has(owner, NEW)
    assert stranger.get("/rooms/").status_code == 302


def test_who_was_shut_out_sets_it_and_stays_out(
    anonymous: Person, owner: Person, link: str
) -> None:
    url = opened(anonymous, link)
    owner.user.is_active = False
    owner.user.save()

    anonymous.post(url, TWICE)

    browser = Person()
    browser.post("/accounts/login/", {"login": owner.user.email, "password": NEW})
    assert browser.get("/rooms/").status_code == 302


def test_it_needs_the_token_of_the_page(owner: Person, link: str) -> None:
    forged = Person(enforce_csrf_checks=True)
    assert forged.post(opened(forged, link), TWICE).status_code == 403
    assert has(owner, PASSWORD)
