"""The rules of seats, by example and over many random courses of events."""

import random
from collections import deque

import pytest

from rooms.signalling.protocol import Slots
from rooms.signalling.seats import (
    FREED_AT_MOST,
    GRACE_SECONDS,
    HOLD_SECONDS,
    SILENT_SECONDS,
    Away,
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


def claim(
    seat: str, instance: str = "page1", version: int = 1, since: int = 0
) -> Claim:
    return Claim(
        seat=seat,
        user=None,
        role="guest",
        guest=True,
        instance=instance,
        name=seat.title(),
        version=version,
        slots=SLOTS,
        since=since,
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
    assert seats.rule(limit=1, lobby=False, locked=False) == []
    assert len(seats) == 3
    assert kinds(seats.ask(claim("d"), "d")) == ["Queued"]
    assert kinds(seats.ask(claim("a", "page2"), "a2"))[-1] == "Moved"
    seats.leave("b")
    assert seats.of("d") is None
    assert kinds(seats.rule(limit=4, lobby=False, locked=False)) == [
        "Welcomed",
        "Joined",
    ]


def seated(*names: str) -> tuple[Seats[str], Time]:
    """People whose sockets have their names; nobody has been here before."""
    time = Time()
    seats: Seats[str] = Seats(16, time.clock)
    for name in names:
        seats.ask(claim(name), name)
    return seats, time


def since_of(seats: Seats[str], name: str) -> int:
    seat = seats.get(name)
    assert seat is not None
    return seat.since


def due(seats: Seats[str]) -> float | None:
    return seats.deadline


def is_partial(seats: Seats[str]) -> bool:
    return seats.partial


class TestAway:
    """A socket is lost, and the others may or may not hear the person themselves."""

    def test_the_others_are_told_of_it_and_of_the_return(self) -> None:
        seats, _ = seated("mira", "amara")
        (gone,) = seats.drop("mira", closed=False)
        assert isinstance(gone, Away)
        assert (gone.seat.id, gone.away) == ("mira", True)
        assert gone.seat.person().away
        facts = seats.ask(claim("mira"), "again")
        assert kinds(facts) == ["Welcomed", "Away"]
        assert facts[1] == Away(gone.seat, False)
        assert not gone.seat.person().away

    def test_a_reload_is_told_as_a_new_instance_alone(self) -> None:
        seats, _ = seated("mira", "amara")
        seats.drop("mira", closed=False)
        facts = seats.ask(claim("mira", "page2"), "again")
        assert kinds(facts) == ["Welcomed", "Joined"]

    def test_whom_nobody_hears_goes_sooner(self) -> None:
        seats, time = seated("mira", "amara", "elias")
        seats.unheard("amara", ["mira", "nobody"])
        time.pass_by(60)
        assert due(seats) is None
        seats.drop("mira", closed=False)
        assert seats.deadline == time.seconds + GRACE_SECONDS
        time.pass_by(5)
        seats.unheard("elias", ["mira"])
        assert seats.deadline == time.seconds + SILENT_SECONDS
        # Saying so again does not begin anew.
        time.pass_by(SILENT_SECONDS - 0.1)
        seats.unheard("elias", ["mira"])
        assert seats.expire() == []
        time.pass_by(0.1)
        assert kinds(seats.expire()) == ["Left"]

    def test_thirty_seconds_are_never_exceeded(self) -> None:
        seats, time = seated("mira", "amara")
        seats.drop("mira", closed=False)
        time.pass_by(GRACE_SECONDS - 1)
        seats.unheard("amara", ["mira"])
        assert seats.deadline == time.seconds + 1

    def test_one_who_hears_them_is_enough(self) -> None:
        seats, time = seated("mira", "amara", "elias")
        seats.drop("mira", closed=False)
        until = seats.deadline
        seats.unheard("amara", ["mira"])
        assert seats.deadline == until
        seats.unheard("elias", ["mira"])
        assert seats.deadline == time.seconds + SILENT_SECONDS
        # A report that is taken back, and one that is forgotten with its welcome.
        seats.unheard("elias", [])
        assert seats.deadline == until
        seats.unheard("elias", ["mira"])
        seats.ask(claim("elias"), "elias")
        assert seats.deadline == until

    def test_a_newcomer_has_to_miss_them_as_well(self) -> None:
        seats, time = seated("mira", "amara")
        seats.drop("mira", closed=False)
        until = seats.deadline
        seats.unheard("amara", ["mira"])
        assert seats.deadline == time.seconds + SILENT_SECONDS
        seats.ask(claim("elias"), "elias")
        assert seats.deadline == until

    def test_those_without_a_socket_are_not_asked(self) -> None:
        seats, time = seated("mira", "amara", "elias")
        seats.unheard("amara", ["mira"])
        seats.drop("mira", closed=False)
        seats.drop("elias", closed=False)
        assert seats.deadline == time.seconds + SILENT_SECONDS
        # With nobody left to ask, it is the time without a socket that counts.
        seats.drop("amara", closed=False)
        assert seats.deadline == time.seconds + GRACE_SECONDS

    def test_one_who_missed_them_and_leaves_does_not_count(self) -> None:
        seats, time = seated("mira", "amara", "elias")
        seats.drop("mira", closed=False)
        seats.unheard("amara", ["mira"])
        until = seats.deadline
        seats.leave("elias")
        assert seats.deadline != until
        assert seats.deadline == time.seconds + SILENT_SECONDS

    def test_who_comes_back_is_missed_anew(self) -> None:
        seats, time = seated("mira", "amara")
        seats.unheard("amara", ["mira"])
        seats.drop("mira", closed=False)
        time.pass_by(SILENT_SECONDS - 1)
        seats.ask(claim("mira"), "again")
        assert seats.deadline is None
        seats.drop("again", closed=False)
        assert seats.deadline == time.seconds + SILENT_SECONDS

    def test_time_that_is_put_off_counts_for_nobody(self) -> None:
        seats, time = seated("mira", "amara", "elias")
        seats.drop("mira", closed=False)
        seats.drop("elias", closed=True)
        seats.unheard("amara", ["mira"])
        time.pass_by(1000)
        seats.put_off(1000)
        assert seats.expire() == []
        assert seats.deadline == time.seconds + HOLD_SECONDS
        time.pass_by(HOLD_SECONDS)
        assert seats.expire() == []
        assert seats.deadline == time.seconds + SILENT_SECONDS - HOLD_SECONDS

    def test_everybody_may_be_given_fresh_time(self) -> None:
        seats, time = seated("mira", "amara", "elias")
        seats.drop("mira", closed=False)
        seats.drop("elias", closed=False)
        time.pass_by(GRACE_SECONDS - 1)
        seats.refresh()
        assert seats.deadline == time.seconds + GRACE_SECONDS
        seats.unheard("amara", ["mira"])
        time.pass_by(SILENT_SECONDS)
        (left,) = seats.expire()
        assert isinstance(left, Left)
        assert left.seat.id == "mira"


class TestLives:
    """Which seats go on, and which begin anew."""

    def test_a_process_that_knows_nothing_goes_on_as_it_was_signed(self) -> None:
        seats, time = seated()
        for name, since in (("amara", 4000), ("mira", 2000), ("elias", 3000)):
            facts = seats.ask(claim(name, since=since), name)
            assert kinds(facts) == ["Welcomed", "Joined"]
        assert [seat.since for seat in seats] == [2000, 3000, 4000]
        seats.ask(claim("june"), "june")
        assert since_of(seats, "june") == int(time.since_1970 * 1000)

    def test_newcomers_are_younger_than_all_however_clocks_differ(self) -> None:
        seats, time = seated()
        ahead = int(time.since_1970 * 1000) + 60_000
        seats.ask(claim("amara", since=ahead), "amara")
        seats.ask(claim("mira"), "mira")
        assert since_of(seats, "mira") == ahead + 1

    def test_no_two_seats_of_a_room_are_of_one_age(self) -> None:
        seats, _ = seated()
        seats.ask(claim("amara", since=2000), "amara")
        seats.ask(claim("mira", since=2000), "mira")
        assert since_of(seats, "mira") > since_of(seats, "amara") == 2000

    def test_until_all_may_be_back_the_room_is_partial(self) -> None:
        seats, time = seated()
        time.pass_by(10)
        seats.ask(claim("june"), "june")
        assert not is_partial(seats)
        seats.ask(claim("amara", since=2000), "amara")
        assert is_partial(seats)
        time.pass_by(GRACE_SECONDS - 10.1)
        assert seats.expire() == []
        assert due(seats) is not None
        time.pass_by(0.1)
        assert kinds(seats.expire()) == ["Whole"]
        assert not seats.partial
        assert seats.deadline is None

    def test_who_comes_later_begins_anew(self) -> None:
        seats, time = seated("amara")
        time.pass_by(GRACE_SECONDS)
        now = int(time.since_1970 * 1000)
        for name, since in (("mira", 2000), ("elias", now + 60_000)):
            seats.ask(claim(name, since=since), name)
            assert since_of(seats, name) >= max(now, since + 1)
        assert not seats.partial

    @pytest.mark.parametrize("closed", [True, False])
    def test_who_was_given_up_begins_anew(self, closed: bool) -> None:
        seats, time = seated("amara", "mira")
        since = since_of(seats, "mira")
        seats.drop("mira", closed=closed)
        if not closed:
            seats.unheard("amara", ["mira"])
            time.pass_by(SILENT_SECONDS)
            assert kinds(seats.expire()) == ["Left"]
        facts = seats.ask(claim("mira", since=since), "again")
        assert kinds(facts) == ["Welcomed", "Joined"]
        assert since_of(seats, "mira") > since

    def test_so_does_who_left_and_another_instance(self) -> None:
        seats, _ = seated("amara", "mira")
        first = since_of(seats, "mira")
        seats.leave("mira")
        seats.ask(claim("mira", since=first), "again")
        second = since_of(seats, "mira")
        seats.ask(claim("mira", "page2"), "reload")
        third = since_of(seats, "mira")
        # The page that was pushed aside comes again.
        seats.ask(claim("mira", since=second), "aside")
        assert first < second < third < since_of(seats, "mira")

    def test_too_many_who_were_given_up_are_none_that_go_on(self) -> None:
        seats, _ = seated()
        sinces = []
        for number in range(FREED_AT_MOST + 2):
            seats.ask(claim(f"seat{number}"), "socket")
            sinces.append(since_of(seats, f"seat{number}"))
            seats.leave("socket")
        for number in (0, 1, FREED_AT_MOST):
            seats.ask(claim(f"seat{number}", since=sinces[number]), f"{number}")
            assert since_of(seats, f"seat{number}") > sinces[-1]
        # Somebody who was never here is no matter.
        seats.ask(claim("mira", since=sinces[-1] + 1000), "mira")
        assert since_of(seats, "mira") == sinces[-1] + 1000

    def test_what_another_process_knew_is_waited_for(self) -> None:
        seats, time = seated("amara")
        newer = Slots("muted", "on", "off", "off")
        seats.restore(claim("mira", since=2000), 7, newer)
        seats.restore(claim("amara", since=1000), 9, newer)
        assert [seat.id for seat in seats] == ["mira", "amara"]
        assert seats.deadline == time.seconds + GRACE_SECONDS
        assert kinds(seats.ask(claim("mira", since=2000), "mira")) == [
            "Welcomed",
            "Away",
        ]
        person = seats.of("mira")
        assert person is not None
        assert (person.since, person.version, person.slots) == (2000, 7, newer)

    def test_what_is_known_may_be_all_or_not_all(self) -> None:
        seats, time = seated("amara")
        seats.know_all()
        seats.ask(claim("mira", since=2000), "mira")
        assert since_of(seats, "mira") > since_of(seats, "amara")
        time.pass_by(GRACE_SECONDS * 2)
        seats.recall()
        assert seats.partial
        seats.ask(claim("elias", since=2000), "elias")
        assert since_of(seats, "elias") == 2000
        time.pass_by(GRACE_SECONDS)
        assert kinds(seats.expire()) == ["Whole"]

    def test_newcomers_cost_nobody_a_seat(self) -> None:
        time = Time()
        seats: Seats[str] = Seats(2, time.clock)
        seats.ask(claim("june"), "june")
        for number, name in enumerate(("amara", "mira")):
            seats.ask(claim(name, since=2000 + number), name)
        assert len(seats) == 3
        assert kinds(seats.ask(claim("elias"), "elias")) == ["Queued"]
        # But those who come back are never more than may sit.
        assert kinds(seats.ask(claim("noor", since=2002), "noor")) == ["Queued"]


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
                follow(seats.rule(limit=limit, lobby=False, locked=False))
        assert {seat.id: seat.since for seat in seats} == known
        served = {seat.id: seat.holder for seat in seats if seat.holder is not None}
        inside = {n: s for n, s in sockets.items() if s not in queue}
        assert served == inside, "every socket sits where it was welcomed, once"
        assert not queue or seats.full, "nobody waits beside a free place"

    follow(seats.rule(limit=0, lobby=False, locked=False))
    for name in list(sockets):
        socket_ = sockets.pop(name)
        if socket_ in queue:
            queue.remove(socket_)
        follow(seats.leave(socket_))
    time.pass_by(GRACE_SECONDS)
    follow(seats.expire())
    assert seats.idle
    assert known == {}
