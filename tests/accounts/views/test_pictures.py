"""Changing, removing and seeing pictures of people."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from accounts.models import User
from tests.accounts.views.own import drawn, file_of, files
from tests.people import Person
from tests.rooms.views.asked import changes_nothing, leads_to_log_in, refuses_methods

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("media"),
]

CHANGE = "/accounts/profile/picture/"
REMOVE = "/accounts/profile/picture/remove/"
ADDRESS = re.compile(r"/accounts/pictures/[0-9a-f]{32}\.webp")


def send(person: Person, content: bytes | None = None, name: str = "me.jpg") -> str:
    """Change one's picture; returns the address of the new one."""
    sent = file_of(drawn() if content is None else content, name)
    answer = person.post(CHANGE, {"picture": sent})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/profile/")
    return User.objects.get(pk=person.user.pk).picture_url


def test_the_owner_changes_it_and_sees_it_everywhere(
    owner: Person, stranger: Person, media: Path
) -> None:
    url = send(owner, name="../../etc/passwd.svg")

    assert ADDRESS.fullmatch(url)
    [file] = files(media)
    assert Image.open(io.BytesIO(file.read_bytes())).size == (256, 256)
    for path in ("/accounts/profile/", "/rooms/"):
        assert f'src="{url}"' in owner.get(path).content.decode()
    assert not User.objects.get(pk=stranger.user.pk).picture


def test_the_old_file_goes_when_a_new_one_comes(owner: Person, media: Path) -> None:
    first = send(owner)
    second = send(owner)

    assert first != second
    assert [file.name for file in files(media)] == [second.rpartition("/")[2]]
    assert owner.get(first).status_code == 404


def test_it_is_removed_with_its_file(owner: Person, media: Path) -> None:
    url = send(owner)

    answer = owner.post(REMOVE)

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/profile/")
    assert User.objects.get(pk=owner.user.pk).picture_url == ""
    assert not files(media)
    assert owner.get(url).status_code == 404
    assert owner.post(REMOVE).status_code == 302


def test_it_goes_with_the_account(owner: Person, media: Path) -> None:
    send(owner)
    User.objects.get(pk=owner.user.pk).delete()
    assert not files(media)


@pytest.mark.parametrize("content", [b"<svg/>", b"x", drawn()[:500]])
def test_what_is_no_picture_is_refused_beside_the_field(
    owner: Person, media: Path, content: bytes
) -> None:
    url = send(owner)

    page = owner.post(CHANGE, {"picture": file_of(content)})

    assert page.status_code == 200
    assert page.context["picture_form"].errors["picture"]
    assert 'id="id_picture_error"' in page.content.decode()
    assert User.objects.get(pk=owner.user.pk).picture_url == url
    assert len(files(media)) == 1


def test_no_file_and_an_empty_one_are_said(owner: Person) -> None:
    nothing = owner.post(CHANGE).content.decode()
    empty = owner.post(CHANGE, {"picture": file_of(b"")}).content.decode()

    assert "Choose a picture first." in nothing
    assert "This file is empty." in empty


def test_who_changes_it_all_the_time_waits_and_costs_nothing(
    owner: Person, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = 0
    really_open = Image.open

    def counted(*given: Any, **named: Any) -> Image.Image:
        nonlocal opened
        opened += 1
        return really_open(*given, **named)

    monkeypatch.setattr(Image, "open", counted)
    for _ in range(30):
        owner.post(CHANGE, {"picture": file_of(drawn())})
    assert opened == 30
    before = files(media)

    for _ in range(5):
        page = owner.post(CHANGE, {"picture": file_of(drawn())})

    assert opened == 30
    assert files(media) == before
    assert page.status_code == 429
    assert "Wait a few minutes" in str(page.context["picture_form"].errors["picture"])
    assert 'id="id_picture_error"' in page.content.decode()


def test_anybody_who_knows_its_name_sees_it(
    owner: Person, guest: Person, anonymous: Person, stranger: Person
) -> None:
    url = send(owner)

    for person in (owner, guest, anonymous, stranger):
        answer = person.get(url)
        assert answer.status_code == 200
        assert answer.content.startswith(b"RIFF")
        assert answer["Content-Type"] == "image/webp"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "private, max-age=86400, immutable"
        assert "Set-Cookie" not in answer
    changes_nothing(anonymous, url)


@pytest.mark.parametrize(
    "name",
    [
        f"{'a' * 32}.webp",
        f"{'a' * 31}.webp",
        f"{'A' * 32}.webp",
        f"{'a' * 32}.png",
        f"{'a' * 32}.webp%0a",
        f"../{'a' * 32}.webp",
        "..%2f..%2fparley.sqlite3",
        "%2e%2e/secret.webp",
    ],
)
def test_other_names_open_nothing(anonymous: Person, media: Path, name: str) -> None:
    (media / "secret.webp").write_bytes(b"RIFF")
    assert anonymous.get(f"/accounts/pictures/{name}").status_code == 404


def test_people_without_account_log_in_first(anonymous: Person, media: Path) -> None:
    for url in (CHANGE, REMOVE):
        assert leads_to_log_in(anonymous.post(url), url)
    assert not files(media)


def test_they_take_no_other_method(owner: Person) -> None:
    url = send(owner)
    for path in (CHANGE, REMOVE):
        refuses_methods(owner, path, ("GET", "PUT", "DELETE"))
    refuses_methods(owner, url, ("POST", "PUT", "DELETE"))


def test_they_need_the_token(owner: Person, media: Path) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)
    assert person.post(CHANGE, {"picture": file_of(drawn())}).status_code == 403
    assert person.post(REMOVE).status_code == 403
    assert not files(media)
