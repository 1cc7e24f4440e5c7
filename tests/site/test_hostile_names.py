"""Every way in which a name comes to be, beside the forms that people are shown."""

import unicodedata
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.managers import name_from_address
from accounts.models import User
from accounts.names import BadName
from accounts.oidc.adapter import name_of
from rooms.models import Room
from tests.factories import make_room, make_user
from tests.site.hostile import HOSTILE, is_a_name

pytestmark = pytest.mark.django_db

REFUSED = 30
"""At most so many of the texts are nobody's name; the others have to be taken."""


def test_the_rule_is_one() -> None:
    """Without it, nothing below would prove anything."""
    assert is_a_name("Amara Osei")
    for text in ("a\u202eb", "a\u200bb", "a\nb", " a", "\uff21", "a\u2028b", "\ufeffa"):
        assert not is_a_name(text)


def account(text: str) -> str:
    user = make_user(text)
    user.refresh_from_db()
    return user.display_name


def renamed(text: str) -> str:
    user = make_user()
    user.rename(text)
    user.refresh_from_db()
    return user.display_name


def room(text: str) -> str:
    made = make_room(make_user(), text)
    made.refresh_from_db()
    return made.name


def changed(text: str) -> str:
    made = make_room(make_user())
    made.change(name=text)
    made.refresh_from_db()
    return made.name


def by_command(text: str) -> str:
    owner = make_user()
    try:
        asked = (f"--owner={owner.email}", "--", text)
        call_command("create_room", *asked, stdout=StringIO())
    except CommandError as fault:
        raise BadName(str(fault)) from fault
    return Room.objects.get(owner=owner).name


@pytest.mark.parametrize("way", [account, renamed, room, changed, by_command])
def test_names_are_clean_or_refused(way: Callable[[str], str]) -> None:
    refused = []
    for text in HOSTILE:
        try:
            name = way(text)
        except BadName:
            refused.append(text)
        else:
            assert is_a_name(name), text
            assert 1 <= len(name) <= 60
    assert len(refused) <= REFUSED


def test_names_that_nobody_chose_are_clean() -> None:
    for text in HOSTILE:
        for name in (
            name_from_address(f"{text}@example.org"),
            name_of({"name": text, "email": "june@example.org"}),
            name_of({"given_name": text, "preferred_username": text, "nickname": text}),
        ):
            assert is_a_name(name), text
            assert len(name) <= 60


def test_letters_that_look_alike_in_width_are_one_name() -> None:
    names = {account(text) for text in ("Ａｄａ", "𝐀𝐝𝐚", "Ada")}  # noqa: RUF001
    assert names == {"Ada"} == {unicodedata.normalize("NFKC", name) for name in names}
    assert User.objects.filter(display_name="Ada").count() == 3
