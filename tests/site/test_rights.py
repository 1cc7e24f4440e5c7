"""Every address of the site, asked by everybody there is, against the table of rights.

The table is conference/rights.py. Each of the nine kinds of people looks at each
address and sends a form to it, in a world where each address leads somewhere; what they
are told has to be what their row says. A room for invited people, and one for people
with an account, are tried as well. What an act needs beside the right stands in FORMS.
"""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.http.response import HttpResponseBase
from django.urls import resolve

from conference import moderators, rights
from conference.doctor.echo import question
from conference.health import ALIVE, READY
from conference.metrics import PATH as METRICS
from conference.rights import ACCOUNTS, INVITED, Row, Who, row_of
from rooms.models import Invitation, Room
from rooms.signalling.routing import websocket_urlpatterns
from rooms.visitors import Visitor
from tests.factories import PASSWORD
from tests.people import Person
from tests.site.addresses import addresses
from tests.site.pixel import PIXEL
from tests.site.world import World

pytestmark = pytest.mark.django_db

Access = Room.Access

NOT_HERE = {
    "lan": "this site serves no network",
    "lan-authority": "this site serves no network",
    "openid_connect_login": "this site has no log-in provider",
    "openid_connect_callback": "this site has no log-in provider",
    "admin:django.contrib.admin.sites.catch_all_view": "it is for what is not there",
}
"""What is 404 to those who may look."""

QUERIES: dict[str, dict[str, str]] = {
    "admin:autocomplete": {
        "app_label": "rooms",
        "model_name": "membership",
        "field_name": "room",
    },
}


@dataclass(frozen=True)
class Asked:
    """One address, and the row that the table has for it."""

    name: str
    path: str
    row: Row
    of_a_room: bool


@pytest.fixture
def asked(world: World, owner: Person) -> list[Asked]:
    """Every address once, the first of a name winning as it does in Django."""
    user = owner.user
    user.show_picture(PIXEL)
    new = EmailAddress.objects.create(user=user, email="second@example.org")
    parts = world.parts | {
        "name": user.picture_url.rpartition("/")[2].removesuffix(".webp"),
        "asked": question(),
        "key": EmailConfirmationHMAC.create(new).key,
        "uidb36": user_pk_to_url_str(user),
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$ key": (
            default_token_generator.make_token(user)
        ),
    }
    found: dict[str, Asked] = {}
    for address in addresses(parts):
        match = resolve(address.path)
        if match.route.replace("^", "") != address.route.replace("^", ""):
            # Another view is in the place of this one, at the same path.
            continue
        name = match.view_name
        row = row_of(name)
        assert row is not None, f"{name} ({address.route}) is not in the table"
        of_a_room = address.route.startswith("r/")
        found.setdefault(address.path, Asked(name, address.path, row, of_a_room))
    return list(found.values())


@pytest.fixture
def forms(room: Room, member: Person) -> dict[str, dict[str, Any]]:
    """What an act asks for, where it would be refused for the lack of it."""
    membership = room.memberships.get(user=member.user)
    ban = room.bans.create(person="g:june", name="June")
    return {
        "room-kept-out": {"ban": ban.public_id},
        "room-people": {"membership": membership.pk, "act": "remove"},
    }


@pytest.fixture
def people(
    world: World,
    owner: Person,
    co_host: Person,
    member: Person,
    stranger: Person,
    moderator: Person,
    admin: Person,
    guest: Person,
    anonymous: Person,
) -> dict[Who, Person]:
    """Those with an account have a second step, and just gave their password again."""
    invitation, _ = Invitation.objects.issue(
        room=world.room, made_by=owner.user, role=Invitation.Role.GUEST
    )
    cookie = guest.cookies[settings.GUEST_COOKIE_NAME].value
    known = signing.Signer(salt="rooms.guests").unsign(cookie)
    invitation.accept(Visitor(None, known))
    waiting = Person()
    assert waiting.get(world.room.get_absolute_url()).status_code == 200
    with_account = {
        Who.OWNER: owner,
        Who.CO_HOST: co_host,
        Who.MEMBER: member,
        Who.STRANGER: stranger,
        Who.MODERATOR: moderator,
        Who.STAFF: admin,
    }
    for person in with_account.values():
        sent = {"password": PASSWORD}
        assert person.post("/accounts/reauthenticate/", sent).status_code == 302
        TOTP.activate(person.user, "JBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(person.user)
    return {
        Who.ANONYMOUS: anonymous,
        Who.GUEST: guest,
        Who.WAITING: waiting,
        **with_account,
    }


@pytest.fixture
def room_open_to(
    request: pytest.FixtureRequest, world: World, people: dict[Who, Person]
) -> Access:
    """The room of the world, which lets in these, with a lobby before it."""
    access: Access = request.param
    world.room.change(access=access)
    Room.objects.filter(pk=world.room.pk).update(lobby=True)
    return access


def allowed(row: Row, method: str, access: Access) -> frozenset[Who]:
    """Whom the row means, in a room that lets in these."""
    who = row.may(method)
    if row.by_link and access == Access.INVITED:
        return who & INVITED
    if row.by_link and access == Access.SIGNED_IN:
        return who & ACCOUNTS
    return who


def answer_to(
    person: Person, method: str, asked: Asked, form: dict[str, Any]
) -> HttpResponseBase:
    """What they are told; nothing stays of it, not in their browser either."""
    if settings.REDIS_URL:
        cache.clear()
    cookies = copy.deepcopy(person.cookies)
    with transaction.atomic():
        sent = QUERIES.get(asked.name) if method == "GET" else form
        ask = person.get if method == "GET" else person.post
        answer = ask(asked.path, sent)
        transaction.set_rollback(True)
    person.cookies = cookies
    return answer


def is_refused(answer: HttpResponseBase) -> bool:
    """Whether somebody got nothing: refused, not there, or the way to log in."""
    if answer.status_code in (403, 404, 405):
        return True
    way = answer.headers.get("Location", "")
    return way.startswith(("/accounts/login/", "/admin/login/"))


def told_wrong(
    asked: Asked, who: Who, method: str, answer: HttpResponseBase, access: Access
) -> Iterator[str]:
    """What is wrong with it, in words."""
    may = who in allowed(asked.row, method, access)
    told = f"{answer.status_code} {answer.headers.get('Location', '')}"
    where = f"{who}: {method} {asked.path} ({asked.name})"
    if answer.status_code >= 500:
        yield f"{where}: {told}"
    elif not may:
        if not is_refused(answer):
            yield f"{where}: may not, but {told}"
    elif asked.name in NOT_HERE:
        if answer.status_code != 404:
            yield f"{where}: is not here, but {told}"
    elif asked.row.leads:
        if answer.status_code not in (200, 302):
            yield f"{where}: may begin, but {told}"
    elif is_refused(answer):
        yield f"{where}: may, but {told}"


@pytest.mark.parametrize("who", Who)
@pytest.mark.parametrize("room_open_to", Access, indirect=True)
def test_each_is_told_what_the_table_says(
    who: Who,
    room_open_to: Access,
    asked: list[Asked],
    people: dict[Who, Person],
    forms: dict[str, dict[str, Any]],
) -> None:
    wrong: list[str] = []
    count = 0
    for one in asked:
        if room_open_to != Access.ANYONE and not one.of_a_room:
            continue
        for method in ("GET", "POST"):
            form = forms.get(one.name, {})
            answer = answer_to(people[who], method, one, form)
            wrong += told_wrong(one, who, method, answer, room_open_to)
            count += 1
    assert not wrong, "\n".join(wrong)
    assert count > (200 if room_open_to == Access.ANYONE else 20)


@pytest.mark.parametrize("room_open_to", [Access.INVITED], indirect=True)
def test_whoever_is_not_invited_cannot_tell_that_there_is_a_room(
    room_open_to: Access,
    asked: list[Asked],
    people: dict[Who, Person],
    forms: dict[str, dict[str, Any]],
) -> None:
    """404, or the way to log in where nothing was looked up yet."""
    strangers = set(Who) - INVITED
    told = {
        (one.name, method, who, answer_to(people[who], method, one, form).status_code)
        for one in asked
        if one.of_a_room
        for method in ("GET", "POST")
        for form in [forms.get(one.name, {})]
        for who in strangers
    }
    for name, method, who, status in told:
        answers = {302, 404, 405} if who in rights.NO_ACCOUNT else {404, 405}
        assert status in answers, (name, method, who)
    assert len(told) > 100


def test_the_table_has_no_row_for_what_does_not_exist(asked: list[Asked]) -> None:
    names = {one.name for one in asked}
    assert set(rights.TABLE) <= names
    of_lists = {
        f"admin:{key}_{page}"
        for key in rights.LISTS
        for page in ("changelist", "history", "change", "add", "delete")
    }
    assert of_lists <= names
    assert set(NOT_HERE) | set(QUERIES) <= names


def test_a_name_is_one_view(world: World) -> None:
    """Else a new address could come in by the row of another."""
    views: dict[str, set[object]] = {}
    for address in addresses(world.parts):
        match = resolve(address.path)
        views.setdefault(match.view_name, set()).add(_view(match.func))
    several = {name for name, found in views.items() if len(found) > 1}
    assert several == set()


def _view(func: Any) -> object:
    """What answers; each list of the administration wraps its own anew."""
    return getattr(func, "view_class", None) or (func.__module__, func.__qualname__)


def test_everybody_in_the_table_asks(people: dict[Who, Person]) -> None:
    assert set(people) == set(Who)


def test_the_administration_is_nobody_elses() -> None:
    for name, row in rights.TABLE.items():
        if name.startswith("admin:") and name not in ("admin:login", "admin:logout"):
            assert row.look | row.act <= rights.ADMINISTRATION, name


def test_moderators_have_the_rights_that_the_table_says() -> None:
    group = Group.objects.get(name=moderators.NAME)
    for key, has in rights.LISTS.items():
        app, _, model = key.rpartition("_")
        held = group.permissions.filter(
            content_type__app_label=app, content_type__model=model
        )
        acts = {
            codename.partition("_")[0]
            for codename in held.values_list("codename", flat=True)
        }
        said = set(has.moderators.split())
        # Some rights count in actions of a list alone.
        assert said <= acts, key
        assert not acts - said or "view" in said, key


def test_what_is_answered_before_django_is_named() -> None:
    sockets = [
        re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", str(route.pattern)).strip("^$")
        for route in websocket_urlpatterns
    ]
    answered = {ALIVE, READY, METRICS, settings.STATIC_URL}
    # The last one closes every socket at another address.
    assert sockets[1:] == [""]
    assert set(rights.OUTSIDE) == answered | {f"/{sockets[0]}"}
