"""Pages that promise a mail, with a mail server and without one."""

import pytest
from django.conf import settings
from django.test import override_settings

from conference.mail.address import parse
from tests.people import Person

pytestmark = pytest.mark.django_db

NO_MAIL = "This site has no mail server"
SERVER = override_settings(EMAIL_URL=parse("smtp://mail.example.org"))
FOR_ANYONE = (
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/confirm-email/",
)


@pytest.mark.parametrize("path", FOR_ANYONE)
def test_a_promise_says_where_the_mail_is(anonymous: Person, path: str) -> None:
    assert settings.EMAIL_URL is None
    assert NO_MAIL in anonymous.get(path).content.decode()
    with SERVER:
        assert NO_MAIL not in anonymous.get(path).content.decode()


def test_the_page_of_ones_addresses_says_it(owner: Person) -> None:
    assert NO_MAIL in owner.get("/accounts/email/").content.decode()
    with SERVER:
        assert NO_MAIL not in owner.get("/accounts/email/").content.decode()


@pytest.mark.parametrize("printed", [True, False])
def test_after_signing_up(anonymous: Person, printed: bool) -> None:
    sent = {
        "display_name": "June",
        "email": "june@example.org",
        "password1": "seven green apples",
    }
    with override_settings() if printed else SERVER:
        page = anonymous.post("/accounts/signup/", sent, follow=True)

    said = page.content.decode()
    assert (f"{NO_MAIL}: the mail that confirms june@example.org" in said) is printed
    assert ("We sent a mail to june@example.org" in said) is not printed
