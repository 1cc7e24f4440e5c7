"""A ticket opens one room, for one browser, for a minute."""

import base64
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from unittest import mock

import msgspec
import pytest
from django.conf import settings
from django.core import signing
from django.test import TestCase, override_settings

from rooms.signalling import tickets
from rooms.signalling.tickets import (
    Entry,
    TicketRefused,
    bind_of,
    entry_for,
    issue,
    issue_resume,
    read,
    read_resume,
)
from tests.factories import make_message, make_room, make_user

SESSION = settings.SESSION_COOKIE_NAME
BIND = bind_of({SESSION: "abc"})
ENTRY = Entry(
    room=1,
    link="abcd-efgh-jkmn-pqrs",
    room_name="Küche 🙂",
    limit=8,
    keeps_chat=False,
    access="anyone",
    room_version=3,
    person="g:abc",
    user=None,
    role="guest",
    guest=True,
    seat="x4Rt9kLm2pQz",
    issued=int(time.time()),
)


def at(moment: float) -> AbstractContextManager[mock.MagicMock]:
    """It is so many seconds after 1970."""
    return mock.patch("time.time", return_value=float(moment))


def test_a_ticket_says_what_was_put_in() -> None:
    assert read(issue(ENTRY, BIND), BIND) == ENTRY
    assert read_resume(issue_resume(ENTRY, BIND), BIND) == ENTRY


def test_another_browser_cannot_use_it() -> None:
    for cookies in ({}, {SESSION: "abd"}, {"parley_guest": "abc"}):
        with pytest.raises(TicketRefused):
            read(issue(ENTRY, BIND), bind_of(cookies))


def test_the_session_counts_before_the_guest_and_other_cookies_do_not() -> None:
    assert bind_of({SESSION: "abc", "parley_guest": "x", "theme": "dark"}) == BIND
    assert bind_of({SESSION: "", "parley_guest": "x"}) == bind_of({"parley_guest": "x"})
    assert "abc" not in BIND


@pytest.mark.parametrize(
    ("give", "take", "seconds"),
    [
        (issue, read, tickets.TICKET_SECONDS),
        (issue_resume, read_resume, tickets.RESUME_SECONDS),
    ],
)
def test_it_runs_out(
    give: Callable[[Entry, str], str], take: Callable[[str, str], Entry], seconds: int
) -> None:
    with at(ENTRY.issued):
        token = give(ENTRY, BIND)
    with at(ENTRY.issued + seconds):
        assert take(token, BIND) == ENTRY
    with at(ENTRY.issued + seconds + 1), pytest.raises(TicketRefused):
        take(token, BIND)


def test_renewing_makes_no_token_younger() -> None:
    token = issue_resume(ENTRY, BIND)
    for hours in range(1, 13):
        with at(ENTRY.issued + hours * 3600):
            token = issue_resume(read_resume(token, BIND), BIND)
    with at(ENTRY.issued + 12 * 3600 + 1), pytest.raises(TicketRefused):
        read_resume(token, BIND)


def test_tickets_and_resume_tokens_are_different_things() -> None:
    with pytest.raises(TicketRefused):
        read(issue_resume(ENTRY, BIND), BIND)
    with pytest.raises(TicketRefused):
        read_resume(issue(ENTRY, BIND), BIND)


def test_forgeries_are_refused() -> None:
    token = issue(ENTRY, BIND)
    payload, stamp, signature = token.split(":")
    slip = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    owner = slip.replace(b'"guest"', b'"owner"', 1)
    assert owner != slip
    forged = base64.urlsafe_b64encode(owner).rstrip(b"=").decode()
    rubbish = signing.TimestampSigner(salt="rooms.signalling.ticket")
    for bad in (
        f"{forged}:{stamp}:{signature}",
        f"{payload}:{stamp}:{signature[:-1]}",
        f"{payload}:1:{signature}",
        f"{payload}:{stamp}",
        payload,
        "",
        ":",
        "::",
        "é:ü:ñ",
        "\ud800",
        rubbish.sign("no base64 é"),
        rubbish.sign(base64.urlsafe_b64encode(b"[1]").decode()),
        signing.TimestampSigner(salt="other").sign(payload),
    ):
        with pytest.raises(TicketRefused):
            read(bad, BIND)


def test_a_new_secret_ends_all_tickets() -> None:
    token = issue(ENTRY, BIND)
    with override_settings(SECRET_KEY="another"), pytest.raises(TicketRefused):
        read(token, bind_of({SESSION: "abc"}))


def test_it_is_signed_as_django_signs() -> None:
    token = issue(ENTRY, BIND)
    signer = signing.TimestampSigner(salt="rooms.signalling.ticket")
    value = signer.unsign(token, max_age=60)
    assert read(signer.sign(value), BIND) == ENTRY


def test_a_secret_that_was_replaced_holds_as_long_as_it_is_kept() -> None:
    token = issue(ENTRY, BIND)
    old = settings.SECRET_KEY
    new = {"SECRET_KEY": "another", "SECRET_KEY_FALLBACKS": ["wrong", old]}
    with override_settings(**new):
        # What stands for the browser is made with the newest alone.
        assert read(token, BIND) == ENTRY
        fresh = issue(ENTRY, BIND)
    with pytest.raises(TicketRefused):
        read(fresh, BIND)


def test_a_token_of_an_older_page_says_no_since() -> None:
    slip = msgspec.json.encode({"entry": msgspec.to_builtins(ENTRY), "bind": BIND})
    fields = msgspec.json.decode(slip)
    for newer in ("since", "instance", "revocations"):
        del fields["entry"][newer]
    value = base64.urlsafe_b64encode(msgspec.json.encode(fields)).rstrip(b"=").decode()
    signer = signing.TimestampSigner(salt="rooms.signalling.resume")
    entry = read_resume(signer.sign(value), BIND)
    assert (entry.since, entry.instance, entry.revocations) == (0, "", (0, 0))


class Entries(TestCase):
    def setUp(self) -> None:
        self.owner = make_user()
        self.room = make_room(self.owner)

    def test_an_entry_holds_what_the_page_knows(self) -> None:
        with at(2e9):
            entry = entry_for(self.room, self.owner, "ignored", "owner")
        assert entry.issued == 2_000_000_000
        assert entry.person == f"u:{self.owner.pk}"
        assert (entry.user, entry.guest) == (self.owner.pk, False)
        assert entry.role == "owner"
        assert (entry.link, entry.limit) == (self.room.link, 16)
        assert entry.room_version == self.room.version

    def test_every_entry_names_a_seat_of_its_own(self) -> None:
        entries = [entry_for(self.room, None, "abc", "guest") for _ in range(50)]
        assert len({entry.seat for entry in entries}) == 50
        assert {entry.person for entry in entries} == {"g:abc"}
        assert all(entry.guest and entry.user is None for entry in entries)

    def test_the_newest_kept_message_is_known(self) -> None:
        make_message(self.room)
        assert entry_for(self.room, None, "abc", "guest").chat_number == 0
        self.room.change(keeps_chat=True)
        assert entry_for(self.room, None, "abc", "guest").chat_number == 1
