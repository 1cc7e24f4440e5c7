"""Two hundred hostile texts through every field of every form of the site.

The forms are those that people are shown: a new one cannot escape. Each text goes into
each field alone, beside good values, so that what is good otherwise is stored. Without
`--soak` a field takes some of them; all fields together take them all.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection, models, reset_queries, transaction
from django.forms import BaseForm
from django.http import HttpResponse
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext

from accounts.names import visible_line
from conference.audit import Action
from tests.factories import PASSWORD
from tests.people import Person
from tests.rooms.views.asked import WRITES
from tests.site.hostile import HOSTILE, is_a_name
from tests.site.markup import WRITTEN_INTO, Control, Markup, leads_away, squeezed
from tests.site.visits import Sent, Visit, forms, is_page
from tests.site.world import World

pytestmark = pytest.mark.django_db

EVERY, EVERY_OF_STAFF = 40, 100
"""Of so many texts, a field takes one in a short run; the administration has many."""

SAMPLES = {
    "email": "zoe@example.org",
    "login": "amara@example.org",
    "password": PASSWORD,
    "oldpassword": PASSWORD,
    "old_password": PASSWORD,
    "password1": "eleven blue pears",
    "password2": "eleven blue pears",
    "new_password1": "eleven blue pears",
    "new_password2": "eleven blue pears",
    "display_name": "Zoe Adler",
    "name": "Kitchen",
    "text": "Words",
    "code": "123456",
    "provider": "oidc",
    "uid": "2",
    "data": "{}",
    "ip": "127.0.0.1",
    "user_agent": "A browser",
    "invite-addresses": "zoe@example.org",
    "invite-note": "Bring cake",
}
"""What people write, where the page shows an empty field."""

HIDDEN_AGAIN = re.compile(r"password|code|credential|^q$")
"""What no page repeats; of searches, the list they lead to is the answer."""

FREE = {
    "rooms.message.text": "shown as it was written, in lines",
    "conference.sitetext.text": "a page, written by administrators",
    "usersessions.usersession.user_agent": "shown as one of our own words for it",
    "usersessions.usersession.data": "allauth's",
    "socialaccount.socialaccount.extra_data": "the provider's words, never shown",
    "socialaccount.socialaccount.uid": "the provider's number",
    "admin.logentry.object_repr": "the administration's book",
    "admin.logentry.change_message": "the administration's book",
    "auth.group.name": "administrators' own, for each other",
}
"""Texts that are no names: what they hold is what was written."""

IN_LINES = {"rooms.reportnote.text", "rooms.report.words"}
"""Texts of several lines, each of which is one that a name could be."""

REACHED = {
    "accounts.suspension.reason",
    "rooms.reportnote.text",
    "accounts.user.display_name",
    "rooms.room.name",
    "rooms.invitation.note",
    "conference.sitetext.text",
    "auth.group.name",
    "mfa.authenticator.data",
}
"""Where hostile texts must have arrived, or nothing was proven about storing."""


def as_shown(sent: Sent, samples: dict[str, str]) -> dict[str, str]:
    """What the form sends when its person fills in what is empty, harmlessly."""
    typed = {}
    for control in sent.form.controls:
        if control.kind == "file":
            continue
        value = control.value or samples.get(control.name, "")
        if not value and control.kind in ("select", "radio"):
            value = next((each for each in control.choices if each), "")
        if control.name == "action":
            value = ""
        if value or control.kind != "checkbox":
            typed[control.name] = value
    return typed


def fields(sent: Sent) -> Iterator[Control]:
    """What a person, or a program of theirs, may send something else in."""
    for control in sent.form.controls:
        if control.name != "csrfmiddlewaretoken" and control.kind != "file":
            yield control


def send(sent: Sent, typed: dict[str, Any]) -> HttpResponse:
    person = sent.visit.person
    if sent.form.method == "get":
        return person.get(sent.action, typed)  # type: ignore[return-value] # one page
    return person.post(sent.action, typed)  # type: ignore[return-value] # one page


def written(queries: CaptureQueriesContext) -> list[str]:
    """What was changed, but for people's own sessions and the counts of limits."""
    return [
        query["sql"]
        for query in queries.captured_queries
        if query["sql"].upper().startswith(WRITES)
        and not re.search(r"django_session|cache_entries", query["sql"])
    ]


def is_told_to_the_log(query: str) -> bool:
    """Whether it writes down a wrong password or code, as the log is there for."""
    into_the_log = query.startswith('INSERT INTO "conference_auditentry"')
    return into_the_log and f"'{Action.SIGN_IN_FAILED}'" in query


class Attempt:
    """One form sent once; afterwards everything is as it was before."""

    def __init__(self, sent: Sent, typed: dict[str, Any]) -> None:
        self.arrived: set[str] = set()
        person = sent.visit.person
        person.raise_request_exception = False
        cookies = deepcopy(person.cookies)
        if settings.REDIS_URL:
            cache.clear()
        reset_queries()
        with transaction.atomic():
            with CaptureQueriesContext(connection) as queries:
                self.answer = send(sent, typed)
            self.written = written(queries)
            self.faults = list(self._faults())
            transaction.set_rollback(True)
        person.cookies = cookies

    def _faults(self) -> Iterator[str]:
        status = self.answer.status_code
        if status not in (200, 302, 400, 403, 404, 405):
            yield f"answers {status} {getattr(self.answer, 'exc_info', '')}"
        refused = status >= 400 or b'aria-invalid="true"' in self.answer.content
        changed = [each for each in self.written if not is_told_to_the_log(each)]
        if refused and changed:
            yield f"is refused with {status}, and writes {changed}"
        if status == 302:
            place = self.answer.headers["Location"]
            if leads_away(place):
                yield f"leads to {place!r}"
        if self.answer.headers.get("Content-Type", "").startswith("text/html"):
            self.page = Markup(self.answer.content.decode())
            yield from self.page.faults
        yield from self._badly_stored()

    def _badly_stored(self) -> Iterator[str]:
        tables = set(
            re.findall(r'(?:INTO|UPDATE) "(\w+)"', " ".join(self.written)),
        )
        for model in apps.get_models():
            if model._meta.db_table in tables:
                yield from self._badly_named(model)

    def _badly_named(self, model: type[models.Model]) -> Iterator[str]:
        for row in model._default_manager.all():
            for field in model._meta.concrete_fields:
                value = getattr(row, field.attname)
                label = f"{model._meta.label_lower}.{field.name}"
                for text in _texts(value):
                    if is_hostile(text):
                        self.arrived.add(label)
                    lines = text.split("\n") if label in IN_LINES else [text]
                    if label not in FREE and not all(map(is_a_name, lines)):
                        yield f"stores {text!r} as {label}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)


_KNOWN = {squeezed(visible_line(text)) for text in HOSTILE}


def is_hostile(text: str) -> bool:
    return squeezed(visible_line(text)) in _KNOWN


def repeats(attempt: Attempt, sent: Sent, control: Control, text: str) -> bool:
    """Whether what was typed is still there, if the form is shown again."""
    if not is_page(attempt.answer) or HIDDEN_AGAIN.search(control.name):
        return True
    if control.kind not in WRITTEN_INTO - {"hidden"}:
        return True
    for form in attempt.page.forms:
        again = form.control(control.name)
        if again and form.method == sent.form.method:
            return squeezed(again.value) == squeezed(text)
    return True


def picks(start: int, soak: bool, sent: Sent, control: Control) -> tuple[str, ...]:
    """The texts that one field takes."""
    of_staff = sent.action.startswith("/admin/")
    every = 1 if soak else EVERY_OF_STAFF if of_staff else EVERY
    if not control.is_written_into:
        every *= 5
    return HOSTILE[start % every :: every]


def test_there_are_two_hundred() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) == 200


@pytest.fixture
def samples(world: World, stranger: Person) -> dict[str, str]:
    """What people type, and whom they choose from lists that a script fills."""
    someone = {"user": str(stranger.user.pk), "owner": str(stranger.user.pk)}
    return SAMPLES | someone | {"room": str(world.room.pk)}


def test_hostile_texts_are_refused_in_words_or_stored_harmlessly(
    visits: list[Visit], samples: dict[str, str], soak: bool
) -> None:
    arrived: set[str] = set()
    taken: set[str] = set()
    faults: list[str] = []
    numbers = count()

    for sent in forms(visits):
        typed = as_shown(sent, samples)
        for control in fields(sent):
            for text in picks(next(numbers), soak, sent, control):
                attempt = Attempt(sent, typed | {control.name: text})
                where = f"{sent}, {text!r} as {control.name}"
                faults += [f"{where}: {fault}" for fault in attempt.faults]
                if not repeats(attempt, sent, control, text):
                    faults.append(f"{where} is lost")
                arrived |= attempt.arrived
                taken.add(text)

    assert not faults, "\n".join(faults[:20])
    assert arrived >= REACHED
    assert len(taken) == len(HOSTILE)


def test_every_text_in_every_field_at_once(
    visits: list[Visit], samples: dict[str, str], soak: bool
) -> None:
    for place, sent in enumerate(forms(visits)):
        typed = as_shown(sent, samples)
        for start in range(place, place + len(HOSTILE), 5 if soak else len(HOSTILE)):
            for number, control in enumerate(fields(sent)):
                typed[control.name] = HOSTILE[(start + 7 * number) % len(HOSTILE)]
            attempt = Attempt(sent, typed)
            assert not attempt.faults, f"{sent}, {typed}: {attempt.faults}"


def test_what_buttons_of_a_call_send(
    visits: list[Visit], samples: dict[str, str], soak: bool
) -> None:
    """The name of the button comes with what its form holds: see ActForm."""
    arrived: set[str] = set()
    acts = {"text": ["notice"], "reason": ["remove", "ban"]}
    tried: set[str] = set()
    for sent in forms([visit for visit in visits if "/livecall/" in visit.path]):
        for control in fields(sent):
            for act in acts.get(control.name, []):
                tried.add(act)
                typed = as_shown(sent, samples) | {"act": act}
                for text in HOSTILE[:: 1 if soak else 8]:
                    told = typed | {
                        name: text for name in (control.name, "name") if name in typed
                    }
                    attempt = Attempt(sent, told)
                    assert not attempt.faults, f"{sent}, {told}: {attempt.faults}"
                    assert attempt.answer.status_code == 302
                    arrived |= attempt.arrived
    assert tried == {"notice", "remove", "ban"}
    assert arrived >= {"rooms.ban.name", "rooms.ban.reason"}


def test_no_form_of_ours_escaped(visits: list[Visit], world: World) -> None:
    """Those that are sent by buttons and scripts alone have fields in pages, too."""
    shown: set[type] = set()

    def note(context: Any, **_: Any) -> None:
        for layer in context.dicts:
            shown.update(
                type(value) for value in layer.values() if isinstance(value, BaseForm)
            )
            if helper := layer.get("adminform"):
                shown.add(type(helper.form))
            for part in layer.get("inline_admin_formsets", ()):
                shown.add(part.formset.form)

    template_rendered.connect(note)
    try:
        for visit in visits:
            visit.look()
    finally:
        template_rendered.disconnect(note)

    ours = {
        form
        for form in _kinds_of(BaseForm)
        if form.__module__.partition(".")[0] in ("accounts", "conference", "rooms")
    }
    escaped = {
        form.__name__
        for form in ours
        if not any(issubclass(each, form) for each in shown)
    }
    assert escaped == {"LoginWebAuthnForm", "MeetingForm", "PlaceForm", "ActForm"}


def _kinds_of(kind: type[BaseForm]) -> Iterator[type[BaseForm]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds_of(each)


def test_who_sends_what_no_button_sends(owner: Person, world: World) -> None:
    for text in HOSTILE[::4]:
        answer = owner.post("/rooms/start/", {"day": text})
        assert answer.status_code in (200, 302), text
        answer = owner.post(f"/r/{world.room.link}/people/", {"act": text})
        assert answer.status_code < 500, text
