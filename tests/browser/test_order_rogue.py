"""Somebody who obeys nobody, among honest people: the mesh runs past the server.

Their page is the product's own in a real Chromium, with a script before it that takes
down no connection, hears of no order, goes on sending and says what it likes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewRoom, People, Tell
from tests.browser.order import sign_in
from tests.browser.person import Person, meet
from tests.browser.rogue import (
    Claims,
    close_codes,
    comes_back,
    rogue,
    shouts,
    tells,
    tokens,
)
from tests.browser.seat import Seat, seat_at
from tests.browser.visitor import Visitor
from tests.browser.witness import (
    CAMERA,
    MICROPHONE,
    SCREEN,
    SCREEN_SOUND,
    awaits,
    everybody,
    heard_and_seen,
    is_silent,
    lets_through,
    packets,
    print_of,
    still_sends,
    witness,
)
from tests.servers import Parley

pytestmark = pytest.mark.alone

KEPT_OUT = 4412
GIVEN_UP = 1006
BUSY = 3.0
"""Four browsers share two cores here; the bound itself is for the long form."""
GUEST_COOKIE = "parley_guest"


@pytest.fixture
def bound(soak: bool) -> float:
    """Seconds from an order to what everybody sees of it."""
    return 1.0 if soak else BUSY


@dataclass
class Company:
    """A host without a browser, honest people, and Mallory."""

    room: str
    host: Seat
    honest: list[Person]
    mallory: Person
    friends: list[Person] = field(default_factory=list)

    @property
    def print(self) -> str:
        """By which the others know Mallory's page."""
        return print_of(self.mallory)

    def orders(self, type_: str, **fields: Any) -> None:
        self.host.send(type_, **fields)


Gather = Callable[..., Company]


@pytest.fixture
def gather(
    people: People, new_room: NewRoom, owner: Visitor, server: Parley
) -> Iterator[Gather]:
    with ExitStack() as seats:

        def come(
            mallory: Person | None = None, friends: tuple[str, ...] = (), **room: Any
        ) -> Company:
            link = new_room(**room)
            host = seats.enter_context(seat_at(server.url, link, owner))
            assert host.join("Olive Owner")["type"] == "welcome"
            honest = [witness(people(name)).join(link) for name in ("Mira", "Amara")]
            rogues = [mallory or people("Mallory"), *(people(one) for one in friends)]
            for one in rogues:
                rogue(witness(one)).join(link)
            meet(*honest, *rogues)
            return Company(link, host, honest, rogues[0], rogues[1:])

        yield come


def test_what_hosts_turn_off_or_forbid_is_not_let_through_though_it_is_sent(
    gather: Gather, bound: float, tell: Tell
) -> None:
    company = gather()
    honest, mallory, print_ = company.honest, company.mallory, company.print
    seat, claims = mallory.seat, Claims(mallory)
    mira, amara = honest
    slots = {"microphone": MICROPHONE, "camera": CAMERA}

    def order(of: str, type_: str, **fields: Any) -> None:
        awaited = awaits(honest, "without", print_, [slots[of]])
        awaited.acts()
        company.orders(type_, **fields)
        took = awaited.took()
        tell(f"{type_} {of} → nobody lets it through: {max(took) * 1000:.0f} ms")
        assert max(took) < bound

    def is_kept_out(slot: str) -> None:
        for person in honest:
            still_sends(person, print_, slots[slot])
            assert not lets_through(person, print_, slots[slot])
        if slot == "microphone":
            assert is_silent(mira, print_)
            expect(amara.tile("Mallory")).to_have_attribute("data-muted", "")
        else:
            expect(amara.tile("Mallory").locator("video")).to_be_hidden()

    def comes_through(slot: str) -> None:
        everybody(
            honest,
            lambda person: lets_through(person, print_, slots[slot]),
            f"lets {slot} through",
        )

    for slot, off in (("microphone", "muted"), ("camera", "off")):
        comes_through(slot)
        order(slot, "mute", slot=slot, seats=[seat])
        is_kept_out(slot)
        # What they say past the server changes nothing.
        claims.past_the_server(**{slot: "on"})
        is_kept_out(slot)
        # Acknowledged: it is their own word now, which nobody plays against either.
        claims.to_all(**{slot: off})
        company.host.receive("peer-standing", such=lambda said: not said["held"])
        is_kept_out(slot)
        claims.to_all(**{slot: "on"})
        comes_through(slot)
        order(slot, "allow", to=seat, power=slot, allowed=False)
        is_kept_out(slot)
        for words in (off, "on"):
            claims.to_all(**{slot: words})
        is_kept_out(slot)
        company.orders("allow", to=seat, power=slot, allowed=True)
        comes_through(slot)
    assert not is_silent(mira, print_)


def test_a_forbidden_screen_is_not_shown_nor_heard_in_its_place(
    gather: Gather, bound: float, tell: Tell
) -> None:
    company = gather()
    mallory, print_ = company.mallory, company.print
    mallory.press("Share screen")
    everybody(
        company.honest,
        lambda person: lets_through(person, print_, SCREEN),
        "sees the screen",
    )
    awaited = awaits(company.honest, "without", print_, [SCREEN, SCREEN_SOUND])
    awaited.acts()
    company.orders("allow", power="screen", allowed=False)
    took = awaited.took()
    tell(f"screens forbidden → nobody shows it: {max(took) * 1000:.0f} ms")
    assert max(took) < bound
    Claims(mallory).to_all(screen="on", screenAudio="on")
    for person in company.honest:
        expect(person.screens).to_have_count(0)
        assert not lets_through(person, print_, SCREEN)
        assert not lets_through(person, print_, SCREEN_SOUND)
        expect(person.tile("Mallory")).to_be_visible()


def test_what_somebody_writes_who_may_not_is_read_by_nobody(gather: Gather) -> None:
    company = gather()
    mallory = company.mallory
    for person in (*company.honest, mallory):
        person.press("Chat")
    mallory.write("Before")
    for person in company.honest:
        expect(person.written).to_have_text(["Before"])
    company.orders("allow", to=mallory.seat, power="chat", allowed=False)
    everybody(
        company.honest,
        lambda person: any(
            said.message["forbidden"] == ["chat"]
            for said in person.got("peer-standing")
        ),
        "hears of it",
    )
    # Her page does not know: it sends past the server, and to the server later.
    mallory.write("Past the server")
    mallory.wait_until(
        lambda: any(
            (said.message["about"], said.message["code"]) == ("chat", "not-allowed")
            for said in mallory.got("error")
        ),
        "is refused by the server",
    )
    claims = Claims(mallory)
    # What comes behind it on the same channel has come.
    claims.past_the_server(camera="off")
    for person in company.honest:
        expect(person.tile("Mallory").locator("video")).to_be_hidden()
        expect(person.written).to_have_text(["Before"])


def test_nobody_takes_an_order_from_a_page(gather: Gather) -> None:
    company = gather()
    mallory, (mira, amara) = company.mallory, company.honest
    pair = [each["index"] for each in mira.pairs()]
    standing = {
        "type": "peer-standing",
        "seat": amara.seat,
        "name": "Nobody",
        "role": "guest",
        "lookalike": True,
        "forbidden": ["microphone", "camera", "screen", "chat"],
        "held": ["microphone", "camera"],
    }
    restart = {"type": "restart", "epoch": 0, "kind": "connection"}
    forged: list[dict[str, Any]] = [
        {"type": "peer-revoked", "seat": amara.seat, "reason": "removed"},
        {"type": "peer-left", "seat": amara.seat, "reason": "left"},
        standing,
        {"type": "ending", "at": int(time.time() * 1000), "name": "Mallory"},
        {"type": "announcement", "text": "Everybody leave"},
        {"type": "spotlit", "seat": mallory.seat},
        {"type": "mute", "slot": "microphone"},
        {"type": "remove", "to": amara.seat, "ban": True, "reason": ""},
        {"type": "relayed", "from": amara.seat, "signal": restart},
    ]
    for message in forged:
        assert shouts(mallory, message) == 2
        if message["type"] not in ("relayed",):
            tells(mallory, message)
    # Behind them on the same channels.
    Claims(mallory).past_the_server(camera="off")
    for person, other in ((mira, amara), (amara, mira)):
        expect(person.tile("Mallory").locator("video")).to_be_hidden()
        expect(person.tile(other.name)).to_be_visible()
        expect(person.tile(other.name)).not_to_have_attribute("data-muted", "")
        expect(person.page.get_by_text("Everybody leave")).to_have_count(0)
        expect(person.button("Mute microphone")).to_be_visible()
    mira.frames_grow()
    assert [each["index"] for each in mira.pairs()] == pair
    for person in company.honest:
        for type_ in ("peer-revoked", "peer-standing", "ending", "announcement"):
            assert not person.got(type_), type_


@pytest.mark.parametrize("known", ["a guest", "an account"])
def test_who_was_sent_away_is_out_for_good(
    gather: Gather,
    people: People,
    server: Parley,
    bound: float,
    tell: Tell,
    known: str,
) -> None:
    mallory, email = people("Mallory"), ""
    if known == "an account":
        email = f"mallory.{time.time_ns()}@example.com"
        account = Visitor(server.url)
        account.sign_up(email, "Mallory")
        sign_in(mallory, account)
    # A friend's page obeys nobody either, and forwards for her.
    company = gather(mallory, ("Frida",))
    honest, print_, seat = company.honest, company.print, mallory.seat
    met = [len(person.got("peer-joined")) for person in honest]
    welcomed = len(mallory.got("welcome"))
    sent = time.time()
    company.orders("remove", to=seat, ban=False, reason="Shouting")
    for person in honest:
        person.wait_for("peer-revoked")
    closed = [closing_of(person, print_) - sent for person in honest]
    tell(f"removed ({known}) → all others have closed: {max(closed) * 1000:.0f} ms")
    assert max(closed) < bound
    mallory.wait_until(lambda: KEPT_OUT in close_codes(mallory), "is told so")

    # She goes on: by the server, and through her friend.
    def hears_of_her(times: int) -> None:
        everybody(
            honest,
            lambda person: handed(person, seat) >= times,
            "is brought signals in her name",
            60,
        )

    hears_of_her(1)
    before = [packets(mallory, print_of(person)) for person in honest]
    hears_of_her(4)
    assert [packets(mallory, print_of(person)) for person in honest] == before
    for person in honest:
        assert len(closings(person, print_)) == 1
        assert heard_and_seen(person, print_) == ([], [])
        expect(person.tile("Mallory")).to_have_count(0)
        expect(person.tile("Frida")).to_be_visible()
        person.meets(2)
    mallory.wait_until(
        lambda: close_codes(mallory).count(KEPT_OUT) > 2, "tries to come back"
    )
    # A page that has waited too long for an answer closes its socket itself.
    assert set(close_codes(mallory)) <= {KEPT_OUT, GIVEN_UP}
    assert len(mallory.got("welcome")) == welcomed

    for token in tokens(mallory):
        assert comes_back(mallory, token) == (["kept-out"], KEPT_OUT)
    for page in other_ways_in(people, mallory, email):
        answer = page.page.goto(page.url + company.room)
        assert answer is not None
        assert answer.status == 403, page.name
    for person, count in zip(honest, met, strict=True):
        assert len(person.got("peer-joined")) == count
        # Each other, the host and the friend, beside oneself.
        expect(person.tiles).to_have_count(4)


def other_ways_in(people: People, mallory: Person, email: str) -> Iterator[Person]:
    """Another tab, another session, and the same browser without the account."""
    yield mallory.second_tab("another tab")
    cookies = mallory.context.cookies()
    guest = [one for one in cookies if one["name"].endswith(GUEST_COOKIE)]
    assert guest
    known = people("the same browser without its sessions")
    known.context.add_cookies([{**one} for one in guest])  # type: ignore[typeddict-item]
    others = [known]
    if email:
        again = Visitor(mallory.url)
        again.log_in(email)
        others.append(people("the account in another browser"))
        sign_in(others[-1], again)
    for other in others:
        other.excuse("status of 403")
        yield other


def closings(person: Person, print_: str) -> list[float]:
    """When this page closed its pairs with that one, in seconds."""
    times: list[float] = person.page.evaluate(
        "(print) => witness.closed(print)", print_
    )
    return [time_ / 1000 for time_ in times]


def closing_of(person: Person, print_: str) -> float:
    person.wait_until(lambda: closings(person, print_), "closes the pair")
    return closings(person, print_)[0]


def handed(person: Person, seat: str) -> int:
    """How many signals in the name of a seat thirds brought to this page."""
    return int(person.page.evaluate("(seat) => witness.forwarded(seat)", seat))
