"""The rules of seats, by example and over many random courses of events."""

import random
from collections import deque

import pytest

from rooms.signalling.protocol import Slots
from rooms.signalling.seats import (
    GRACE_SECONDS,
    HOLD_SECONDS,
    Changed,
    Claim,
    Fact,
    Joined,
    Left,
    Moved,
    Queued,
    Seats,
    Welcomed,
)

from .meeting import Time

SLOTS = Slots("on", "on", "off", "off")


def claim(seat: str, instance: str = "page1", version: int = 1) -> Claim:
    return Claim(
        seat=seat,
        user=None,
        role="guest",
        guest=True,
        instance=instance,
        name=seat.title(),
        version=version,
        slots=SLOTS,
    )


def kinds(facts: list[Fact[str]]) -> list[str]:
    return [type(fact).__name__ for fact in facts]


def test_a_free_place_is_taken_and_told_of() -> None:
    seats: Seats[str] = Seats(2, Time().clock)
    welcomed, joined = seats.ask(claim("mira"), "socket")
    assert isinstance(welcomed, Welcomed)
    assert isinstance(joined, Joined)
    assert joined.seat is welcomed.seat is seats.get("mira") is seats.of("socket")
    assert len(seats) == 1
    assert not seats.full


def test_since_grows_even_when_the_clock_does_not() -> None:
    time = Time()
    seats: Seats[str] = Seats(16, time.clock)
    for number in range(8):
        seats.ask(claim(f"seat{number}"), f"socket{number}")
        time.pass_by(-1)
    sinces = [seat.since for seat in seats]
    assert sinces == sorted(set(sinces))


def test_the_same_instance_takes_its_seat_over_unseen() -> None:
    seats: Seats[str] = Seats(2, Time().clock)
    seats.ask(claim("mira"), "old")
    since = [seat.since for seat in seats]
    facts = seats.ask(claim("mira"), "new")
    assert kinds(facts) == ["Welcomed", "Moved"]
    assert [seat.since for seat in seats] == since
    assert seats.of("old") is None
    assert seats.drop("old", closed=True) == []
    assert len(seats) == 1


def test_a_new_instance_in_a_full_room_gets_its_own_seat() -> None:
    seats: Seats[str] = Seats(1, Time().clock)
    seats.ask(claim("mira"), "old")
    facts = seats.ask(claim("mira", "page2"), "new")
    assert kinds(facts) == ["Welcomed", "Joined", "Moved"]
    assert len(seats) == 1


def test_returning_tells_of_a_newer_state_only() -> None:
    seats: Seats[str] = Seats(2, Time().clock)
    seats.ask(claim("mira", version=3), "one")
    assert kinds(seats.ask(claim("mira", version=3), "two")) == ["Welcomed", "Moved"]
    facts = seats.ask(claim("mira", version=4), "three")
    assert kinds(facts) == ["Welcomed", "Moved", "Changed"]


def test_a_state_must_be_newer_and_its_sender_seated() -> None:
    seats: Seats[str] = Seats(2, Time().clock)
    seats.ask(claim("mira", version=3), "one")
    assert seats.state("one", 3, SLOTS) == []
    assert seats.state("other", 9, SLOTS) == []
    (fact,) = seats.state("one", 5, SLOTS)
    assert isinstance(fact, Changed)
    assert fact.seat.person().version == 5


def test_a_lost_socket_is_waited_for_and_then_given_up() -> None:
    time = Time()
    seats: Seats[str] = Seats(2, time.clock)
    seats.ask(claim("mira"), "one")
    assert kinds(seats.drop("one", closed=False)) == ["Away"]
    assert seats.deadline == time.seconds + GRACE_SECONDS
    time.pass_by(GRACE_SECONDS - 0.1)
    assert seats.expire() == []
    time.pass_by(0.1)
    (fact,) = seats.expire()
    assert isinstance(fact, Left)
    assert fact.reason == "lost"
    assert seats.idle
    assert seats.deadline is None


def test_a_closed_tabs_place_is_held_for_its_own_seat_only() -> None:
    time = Time()
    seats: Seats[str] = Seats(1, time.clock)
    seats.ask(claim("mira"), "one")
    assert kinds(seats.drop("one", closed=True)) == ["Left"]
    assert seats.full
    assert kinds(seats.ask(claim("tomas"), "two")) == ["Queued"]
    assert kinds(seats.ask(claim("mira", "page2"), "three")) == ["Welcomed", "Joined"]
    seats.drop("three", closed=True)
    time.pass_by(HOLD_SECONDS)
    assert kinds(seats.expire()) == ["Welcomed", "Joined"]
    assert seats.of("two") is not None


def test_leaving_frees_the_place_at_once() -> None:
    seats: Seats[str] = Seats(1, Time().clock)
    seats.ask(claim("mira"), "one")
    seats.ask(claim("tomas"), "two")
    assert kinds(seats.leave("one")) == ["Left", "Welcomed", "Joined"]


def test_those_who_wait_keep_their_order_and_hear_of_it() -> None:
    seats: Seats[str] = Seats(1, Time().clock)
    seats.ask(claim("mira"), "mira")
    for name in ("a", "b", "c"):
        seats.ask(claim(name), name)
    assert seats.leave("a") == [Queued("b", 0), Queued("c", 1)]
    # Asking again, or from another tab, costs nobody their place in the queue.
    assert seats.ask(claim("b"), "b") == [Queued("b", 0)]
    assert seats.ask(claim("b"), "b2") == [Moved("b"), Queued("b2", 0)]
    assert seats.drop("b", closed=True) == []
    facts = seats.leave("mira")
    assert facts[1] == Welcomed("b2", seats.get("b"))  # type: ignore[arg-type]
    assert facts[-1] == Queued("c", 0)


def test_a_lower_limit_sends_nobody_away_and_a_higher_one_lets_in() -> None:
    seats: Seats[str] = Seats(3, Time().clock)
    for name in ("a", "b", "c"):
        seats.ask(claim(name), name)
    assert seats.limit_to(1) == []
    assert len(seats) == 3
    assert kinds(seats.ask(claim("d"), "d")) == ["Queued"]
    assert kinds(seats.ask(claim("a", "page2"), "a2"))[-1] == "Moved"
    seats.leave("b")
    assert seats.of("d") is None
    assert kinds(seats.limit_to(4)) == ["Welcomed", "Joined"]


@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_the_rules_hold(seed: int) -> None:
    """Random courses against a plain model of who knows what."""
    dice = random.Random(seed)
    time = Time()
    limit = dice.randint(1, 4)
    seats: Seats[str] = Seats(limit, time.clock)
    names = [f"person{number}" for number in range(7)]
    sockets: dict[str, str] = {}
    queue: deque[str] = deque()
    known: dict[str, int] = {}
    kept: dict[str, float] = {}
    counter = 0
    newest = 0

    def follow(facts: list[Fact[str]]) -> None:
        nonlocal newest
        for fact in facts:
            match fact:
                case Welcomed(holder, seat):
                    if holder in queue:
                        assert queue.popleft() == holder, "first come, first served"
                    assert sockets[seat.id] == holder
                case Joined(seat):
                    assert seat.since > newest, "since grows"
                    newest = seat.since
                    assert known.get(seat.id) != seat.since
                    known[seat.id] = seat.since
                    kept.pop(seat.id, None)
                case Left(seat, reason):
                    del known[seat.id]
                    if reason == "closed":
                        kept[seat.id] = time.seconds + HOLD_SECONDS
                case Queued(holder, ahead):
                    if holder not in queue:
                        queue.append(holder)
                    assert list(queue).index(holder) == ahead
                case Moved(holder):
                    if holder in queue:
                        place = list(queue).index(holder)
                        queue[place] = next(
                            new
                            for name, new in sockets.items()
                            if new.split("/")[0] == holder.split("/")[0]
                        )

    for _ in range(300):
        name = dice.choice(names)
        match dice.randrange(7):
            case 0 | 1:
                counter += 1
                before = len(seats)
                held = kept.get(name, 0.0) > time.seconds
                returning = held or seats.get(name) is not None
                socket = f"{name}/{counter}"
                sockets[name] = socket
                asked = claim(name, f"page{dice.randrange(3)}")
                follow(seats.ask(asked, socket))
                assert len(seats) <= max(limit, before + held)
                assert not returning or seats.of(socket) is not None
            case 2 | 3:
                if (socket_ := sockets.pop(name, None)) is not None:
                    if socket_ in queue:
                        queue.remove(socket_)
                    follow(seats.drop(socket_, closed=dice.random() < 0.5))
            case 4:
                if (socket_ := sockets.get(name)) is not None:
                    if socket_ in queue:
                        queue.remove(socket_)
                    del sockets[name]
                    follow(seats.leave(socket_))
            case 5:
                time.pass_by(dice.choice((0.01, 1, 4, 9)))
                follow(seats.expire())
                deadline = seats.deadline
                assert deadline is None or deadline > time.seconds
            case _:
                limit = dice.randint(1, 5)
                follow(seats.limit_to(limit))
        assert {seat.id: seat.since for seat in seats} == known
        served = {seat.id: seat.holder for seat in seats if seat.holder is not None}
        inside = {n: s for n, s in sockets.items() if s not in queue}
        assert served == inside, "every socket sits where it was welcomed, once"
        assert not queue or seats.full, "nobody waits beside a free place"

    follow(seats.limit_to(0))
    for name in list(sockets):
        socket_ = sockets.pop(name)
        if socket_ in queue:
            queue.remove(socket_)
        follow(seats.leave(socket_))
    time.pass_by(GRACE_SECONDS)
    follow(seats.expire())
    assert seats.idle
    assert known == {}
