"""People, named by what they are to the room that a test is about.

Each is a browser: `owner.get("/rooms/")`. Only some have an account (`owner.user`).
"""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from rooms.models import Membership, Role, Room
from tests.factories import make_room, make_user


class Person(Client):
    """A browser of one's own, logged in if its person has an account."""

    def __init__(self, user: User | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.account = user
        if user is not None:
            self.force_login(user)

    @property
    def user(self) -> User:
        """The account; only for people who have one."""
        assert self.account is not None
        return self.account


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    """No test pays for the tries of another.

    What is counted in the database is rolled back with each test; Redis is not.
    """
    if settings.REDIS_URL:
        cache.clear()


@pytest.fixture
def owner(db: None) -> Person:
    """Made the room."""
    return Person(make_user("Amara Osei", "amara@example.org"))


@pytest.fixture
def room(owner: Person) -> Room:
    """The owner's room, open to anyone with its link."""
    return make_room(owner.user)


@pytest.fixture
def member(room: Room) -> Person:
    """Has an account and a role in the room."""
    person = Person(make_user("Tomas Lind", "tomas@example.org"))
    Membership.objects.grant(room, person.user, Role.MEMBER)
    return person


@pytest.fixture
def co_host(room: Room) -> Person:
    """Keeps order in the room beside its owner."""
    person = Person(make_user("Noor Haddad", "noor.haddad@example.org"))
    Membership.objects.grant(room, person.user, Role.CO_HOST)
    return person


@pytest.fixture
def stranger(db: None) -> Person:
    """Has an account and nothing to do with the room."""
    return Person(make_user("Elias Berg", "elias@example.org"))


@pytest.fixture
def guest(room: Room) -> Person:
    """Has no account, but has been at the room's door before."""
    person = Person()
    assert person.get(room.get_absolute_url()).status_code == 200
    return person


@pytest.fixture
def anonymous(db: None) -> Person:
    """Has no account, and was never here."""
    return Person()


@pytest.fixture
def moderator(db: None) -> Person:
    """Has the rights of the group that a migration makes, and no others."""
    person = Person(make_user("Ilse Maas", "ilse@example.org", is_staff=True))
    person.user.groups.add(Group.objects.get(name="Moderators"))
    return person


@pytest.fixture
def admin(db: None) -> Person:
    """May do everything in the administration."""
    return Person(
        make_user("Paul Brandt", "paul@example.org", is_staff=True, is_superuser=True)
    )
