"""People in the administration."""

import pytest

from accounts.models import User
from rooms.models import Room
from tests.factories import PASSWORD, make_room, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/admin/accounts/user/"


def found(admin: Person, query: str) -> list[str]:
    page = admin.get(f"{URL}{query}")
    assert page.status_code == 200
    return [user.email for user in page.context["cl"].result_list]


def test_people_are_found_by_name_and_address(admin: Person, owner: Person) -> None:
    assert found(admin, "?q=amara") == [owner.user.email]
    assert found(admin, "?q=OSEI") == [owner.user.email]
    assert found(admin, "?q=nobody") == []


def test_people_are_filtered(admin: Person, owner: Person) -> None:
    assert found(admin, "?is_staff__exact=1") == [admin.user.email]
    assert found(admin, "?is_active__exact=0") == []


def test_names_are_shown_as_text(admin: Person) -> None:
    make_user("<img src=x onerror=alert(1)>")

    page = admin.get(URL).content.decode()

    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_the_password_is_never_shown(admin: Person, owner: Person) -> None:
    page = admin.get(f"{URL}{owner.user.pk}/change/")

    assert page.status_code == 200
    assert owner.user.password not in page.content.decode()


def test_an_administrator_makes_an_account(admin: Person) -> None:
    answer = admin.post(
        f"{URL}add/",
        {
            "email": "New@example.org",
            "display_name": " New\u200b ",
            "usable_password": "true",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )

    assert answer.status_code == 302
    user = User.objects.get(email="new@example.org")
    assert user.display_name == "New"
    assert user.check_password(PASSWORD)


def test_an_address_that_is_taken_is_refused_in_words(
    admin: Person, owner: Person
) -> None:
    page = admin.post(
        f"{URL}add/",
        {
            "email": owner.user.email.upper(),
            "display_name": "Other",
            "usable_password": "true",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )

    assert page.status_code == 200
    assert "There is an account with this address already." in page.content.decode()


def test_an_administrator_changes_and_shuts_out(admin: Person, owner: Person) -> None:
    answer = admin.post(
        f"{URL}{owner.user.pk}/change/",
        {"email": "amara@example.net", "display_name": " Amara\u202e "},
    )

    assert answer.status_code == 302
    owner.user.refresh_from_db()
    assert owner.user.email == "amara@example.net"
    assert owner.user.display_name == "Amara"
    assert not owner.user.is_active
    assert owner.get("/rooms/").status_code == 302


def test_deleting_an_account_takes_its_rooms(admin: Person, owner: Person) -> None:
    make_room(owner.user)
    page = admin.get(f"{URL}{owner.user.pk}/delete/")
    assert not page.context["perms_lacking"]

    admin.post(f"{URL}{owner.user.pk}/delete/", {"post": "yes"})

    assert not User.objects.filter(pk=owner.user.pk).exists()


def test_it_is_for_staff(owner: Person, anonymous: Person) -> None:
    assert owner.get(URL).status_code == 302
    assert anonymous.get(URL).status_code == 302


def test_an_administrator_says_who_may_make_how_many_rooms(
    admin: Person, owner: Person
) -> None:
    url = f"{URL}{owner.user.pk}/change/"
    fields = {
        "email": owner.user.email,
        "display_name": owner.user.display_name,
        "is_active": "on",
        "room_quota": "3",
    }

    assert admin.post(url, fields).status_code == 302

    user = User.objects.get(pk=owner.user.pk)
    assert (user.may_create_rooms, user.room_quota) == (False, 3)


def test_an_administrator_may_go_beyond_the_number(
    admin: Person, owner: Person
) -> None:
    User.objects.filter(pk=owner.user.pk).update(room_quota=0)

    answer = admin.post(
        "/admin/rooms/room/add/",
        {
            "name": "Table",
            "owner": str(owner.user.pk),
            "access": "anyone",
            "people_limit": "8",
        },
    )

    assert answer.status_code == 302
    assert Room.objects.get().owner == owner.user
