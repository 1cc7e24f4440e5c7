"""Hostile texts on every page: words stay words, and no page changes its build.

Everything in the world that people name or write gets a text of its own; then every
page on which one of them stands is looked at. Its tags and names of attributes are
those of the same page whose words have the same length and no markup. Without `--soak`
each text stands somewhere, and each place holds some of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from conference.models import OutgoingMail, SiteText
from rooms.models import Invitation, Message, Room, Seat
from tests.people import Person
from tests.site.hostile import HOSTILE, TAMED, as_name, as_note, as_written
from tests.site.markup import Markup, squeezed
from tests.site.visits import Visit, is_page
from tests.site.world import World

pytestmark = pytest.mark.django_db

Write = Callable[[str], None]

ROUNDS = 16
APART = 16
"""In a short run, a page is looked at in every so manieth of them."""

MARK = "Qz{:02} " + "m" * 55
"""As long as a name may be: where it is cut, it is not looked for."""


@dataclass(frozen=True)
class Place:
    """Where somebody's words are kept, and the rule that they have passed by then."""

    called: str
    rule: Callable[[str], str]
    write: Write


def places(world: World, people: dict[str, Person]) -> list[Place]:
    def name_of(person: Person) -> Write:
        row = User.objects.filter(pk=person.user.pk)
        return lambda text: void(row.update(display_name=text))

    def key(text: str) -> None:
        for row in Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN):
            row.data["name"] = text
            row.save()

    def sit(text: str) -> None:
        # However long the test takes, they are still there.
        void(Seat.objects.update(name=text, seen=timezone.now()))

    def account(text: str) -> None:
        for row in SocialAccount.objects.all():
            row.uid, row.extra_data = text[:190], {"name": text, "email": text}
            row.save()

    return [
        *(Place(who, as_name, name_of(person)) for who, person in people.items()),
        Place("room", as_name, lambda text: void(Room.objects.update(name=text))),
        Place("seat", as_name, sit),
        Place("writer", as_name, lambda text: void(Message.objects.update(name=text))),
        Place("key", as_name, key),
        Place("note", as_note, lambda text: void(Invitation.objects.update(note=text))),
        Place(
            "fault",
            as_note,
            lambda text: void(
                Invitation.objects.update(
                    mail=Invitation.Mail.FAILED, mail_fault=text[:200]
                )
                + OutgoingMail.objects.update(fault=text[:200])
            ),
        ),
        Place(
            "message", as_written, lambda text: void(Message.objects.update(text=text))
        ),
        Place(
            "page", as_written, lambda text: void(SiteText.objects.update(text=text))
        ),
        Place(
            "group",
            as_written,
            # The moderators' is there as well, and no two have one name.
            lambda text: void(
                Group.objects.filter(pk=Group.objects.latest("pk").pk).update(name=text)
            ),
        ),
        Place(
            "browser",
            as_written,
            lambda text: void(UserSession.objects.update(user_agent=text)),
        ),
        Place("provider", as_written, account),
        Place(
            "log",
            as_written,
            lambda text: void(LogEntry.objects.update(object_repr=text[:200])),
        ),
    ]


def void(changed: int) -> None:
    """Rows were there to be changed, or the world is too small for this test."""
    assert changed


@pytest.fixture
def everything(
    world: World, owner: Person, member: Person, stranger: Person, admin: Person
) -> list[Place]:
    people = {"owner": owner, "member": member, "stranger": stranger, "admin": admin}
    return places(world, people)


def look(visit: Visit) -> Markup:
    answer = visit.look()
    assert answer.status_code < 500, visit
    return Markup(answer.content.decode())


def where_words_stand(
    visits: list[Visit], everything: list[Place]
) -> list[tuple[Visit, list[int]]]:
    """The pages that show any of the places, each with those it shows whole."""
    for number, place in enumerate(everything):
        place.write(MARK.format(number))
    found = []
    for visit in visits:
        answer = visit.look()
        if not is_page(answer):
            continue
        said = Markup(answer.content.decode()).said
        if "Qz" in said:
            marks = [squeezed(MARK.format(n)) for n in range(len(everything))]
            whole = [n for n, mark in enumerate(marks) if mark in said]
            found.append((visit, whole))
    return found


def test_no_words_become_more_than_words(
    visits: list[Visit], everything: list[Place], soak: bool
) -> None:
    pages = where_words_stand(visits, everything)
    shown = {number for _, whole in pages for number in whole}
    assert len(shown) == len(everything)
    faults = []
    rounds = len(HOSTILE) if soak else ROUNDS
    for turn in range(rounds):
        texts = [
            place.rule(HOSTILE[(number * ROUNDS + turn) % len(HOSTILE)])
            for number, place in enumerate(everything)
        ]
        tamed = [text.translate(TAMED) for text in texts]
        looked_at = [
            page for n, page in enumerate(pages) if soak or (n + turn) % APART == 0
        ]
        builds = []
        for said in (tamed, texts):
            for place, text in zip(everything, said, strict=True):
                place.write(text)
            builds.append([look(visit) for visit, _ in looked_at])
        for (visit, whole), usual, page in zip(looked_at, *builds, strict=True):
            faults += [f"{visit}, {texts}: {fault}" for fault in page.faults]
            if page.shape != usual.shape:
                faults.append(f"{visit} is built otherwise with {texts}")
            faults += [
                f"{visit} does not show {texts[number]!r}"
                for number in whole
                if squeezed(texts[number]) not in page.said
            ]
    assert not faults, "\n".join(faults[:20])


def test_places_take_each_text_once(everything: list[Place]) -> None:
    """In a short run all texts stand somewhere."""
    assert len(everything) * ROUNDS >= len(HOSTILE)
