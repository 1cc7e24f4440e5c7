"""Who looks at which page of the world, those included that come after another one."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.totp.internal.auth import TOTP
from django.http import HttpResponse

from rooms import passwords
from tests.factories import PASSWORD, make_room, make_user
from tests.people import Person
from tests.site.addresses import addresses
from tests.site.markup import Form, Markup
from tests.site.world import World

SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105 # of nobody's app


@dataclass(frozen=True)
class Visit:
    """One person at one address; `who` is for the words of a failure."""

    who: str
    person: Person
    path: str

    def __str__(self) -> str:
        return f"{self.who} at {self.path}"

    def look(self) -> HttpResponse:
        return answer_of(self.person, self.path)


@dataclass(frozen=True)
class Sent:
    """A form as somebody found it on a page of theirs."""

    visit: Visit
    form: Form

    def __str__(self) -> str:
        return f"{self.visit}: form to {self.action}"

    @property
    def action(self) -> str:
        return self.form.action or self.visit.path


def answer_of(person: Person, path: str) -> HttpResponse:
    answer = person.get(path)
    assert isinstance(answer, HttpResponse) or answer.streaming, path
    return answer  # type: ignore[return-value] # streams have no text to read


def is_page(answer: HttpResponse) -> bool:
    kind = answer.headers.get("Content-Type", "")
    return answer.status_code == 200 and kind.startswith("text/html")


@pytest.fixture
def visits(
    world: World,
    owner: Person,
    member: Person,
    stranger: Person,
    guest: Person,
    admin: Person,
) -> list[Visit]:
    """Everybody who may see more than others, everywhere.

    Those with accounts have just given their password once more.
    """
    return list(
        _visits(world, owner, member, stranger, guest, admin),
    )


def _visits(
    world: World,
    owner: Person,
    member: Person,
    stranger: Person,
    guest: Person,
    admin: Person,
) -> Iterator[Visit]:
    second = _at_the_second_step(member)
    for person in (owner, member, stranger, admin):
        _confirm(person)
    people = {"owner": owner, "member": member, "stranger": stranger, "guest": guest}
    for address in addresses(world.parts):
        if not address.route.startswith("admin/"):
            for who, person in people.items():
                yield Visit(who, person, address.path)
        # Of the other pages the only administrator sees one that differs.
        if address.route.startswith("admin/") or address.name == "delete-account":
            yield Visit("admin", admin, address.path)
    yield Visit("half logged in", second, "/accounts/2fa/authenticate/")
    yield _new_password(owner)
    yield _first_password()
    yield _confirming(guest, owner)
    yield _outside(owner)


def _confirm(person: Person) -> None:
    answer = person.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302


def _at_the_second_step(member: Person) -> Person:
    """The member has an app from now on, and another browser in which to use it."""
    TOTP.activate(member.user, SECRET)
    person = Person()
    sent = {"login": member.user.email, "password": PASSWORD}
    answer = person.post("/accounts/login/", sent)
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    return person


def _new_password(owner: Person) -> Visit:
    """Who has opened the link of a mail that offers a new password."""
    token = default_token_generator.make_token(owner.user)
    person = Person()
    link = f"/accounts/password/reset/key/{user_pk_to_url_str(owner.user)}-{token}/"
    page = person.get(link, follow=True)
    return Visit("forgetful", person, page.request["PATH_INFO"])


def _first_password() -> Visit:
    """Who came by a provider, and never had a password here."""
    user = make_user("Noor Haddad", "noor@example.org")
    user.set_unusable_password()
    user.save()
    return Visit("without password", Person(user), "/accounts/password/set/")


def _confirming(guest: Person, owner: Person) -> Visit:
    """Who has opened the link of a mail that asks whose address it is."""
    new = EmailAddress.objects.create(user=owner.user, email="second@example.org")
    assert get_adapter()
    key = EmailConfirmationHMAC.create(new).key
    return Visit("confirming", guest, f"/accounts/confirm-email/{key}/")


def _outside(owner: Person) -> Visit:
    """Who has the link of a room, and not yet its password."""
    room = make_room(owner.user, "Cellar")
    passwords.put(room, "seven quiet owls")
    return Visit("outside", Person(), room.get_absolute_url())


def forms(visits: list[Visit]) -> list[Sent]:
    """Every form that anybody is shown, once."""
    found: dict[tuple[object, ...], Sent] = {}
    for visit in visits:
        answer = visit.look()
        if not is_page(answer):
            continue
        for form in Markup(answer.content.decode()).forms:
            sent = Sent(visit, form)
            names = tuple(control.name for control in form.controls)
            if form.method in ("get", "post"):
                found.setdefault((sent.action, form.method, names), sent)
    return list(found.values())
