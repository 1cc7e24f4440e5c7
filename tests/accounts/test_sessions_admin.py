"""Who is logged in, in the administration."""

import pytest
from allauth.usersessions.models import UserSession

from tests.factories import PASSWORD, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db

LIST = "/admin/usersessions/usersession/"


@pytest.fixture
def here(db: None) -> Person:
    """Somebody who has logged in as people do."""
    person = Person(None, headers={"user-agent": "A <browser>"})
    person.account = make_user("Noor Haddad", "noor@example.org")
    sent = {"login": person.user.email, "password": PASSWORD}
    assert person.post("/accounts/login/", sent).status_code == 302
    return person


@pytest.mark.parametrize("words", ["Noor", "noor@example.org", "127.0.0.1"])
def test_it_is_searched_by_person_and_address(
    admin: Person, here: Person, words: str
) -> None:
    page = admin.get(LIST, {"q": words})

    assert [row.user for row in page.context["cl"].result_list] == [here.user]
    assert "A &lt;browser&gt;" in page.content.decode()
    assert not admin.get(LIST, {"q": "nobody"}).context["cl"].result_list


def test_nobody_writes_it_by_hand(admin: Person, here: Person) -> None:
    row = UserSession.objects.get(user=here.user)

    assert admin.get(f"{LIST}add/").status_code == 405
    answer = admin.post(f"{LIST}{row.pk}/change/", {"ip": "192.0.2.1"})
    assert answer.status_code == 405


@pytest.mark.parametrize("at_once", [False, True])
def test_to_delete_one_logs_that_browser_out(
    admin: Person, here: Person, at_once: bool
) -> None:
    row = UserSession.objects.get(user=here.user)
    assert here.get("/rooms/").status_code == 200

    if at_once:
        sent = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
        admin.post(LIST, sent)
    else:
        admin.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})

    assert not UserSession.objects.filter(user=here.user).exists()
    assert here.get("/rooms/").status_code == 302
