"""Who comes in at once, who waits for a host, and who may not come in: the rules."""

from dataclasses import replace

from rooms.signalling.protocol import Role, Slots
from rooms.signalling.seats import (
    HOLD_SECONDS,
    KNOCKS_AT_MOST,
    REFUSED_SECONDS,
    Claim,
    Fact,
    Queued,
    Refused,
    Seats,
)

from .meeting import Time

SLOTS = Slots("on", "on", "off", "off")


def claim(seat: str, person: str = "", role: Role = "guest") -> Claim:
    made = Claim(
        seat=seat,
        user=None,
        role="guest",
        guest=True,
        instance="page1",
        name=seat.title(),
        version=1,
        slots=SLOTS,
        person=person or f"g:{seat}",
    )
    return replace(made, role=role)


def kinds(facts: list[Fact[str]]) -> list[str]:
    return [type(fact).__name__ for fact in facts]


def with_lobby(limit: int = 8, time: Time | None = None) -> Seats[str]:
    """A room with a lobby, its owner inside."""
    seats: Seats[str] = Seats(limit, (time or Time()).clock, lobby=True)
    seats.ask(claim("amara", role="owner"), "amara")
    return seats


def waiting(seats: Seats[str]) -> list[str]:
    return [knock.claim.seat for knock in seats.waiting.knocks]


def test_who_has_no_role_waits_for_a_host() -> None:
    seats = with_lobby()
    assert kinds(seats.ask(claim("mira"), "mira")) == ["Knocked", "LobbyChanged"]
    assert waiting(seats) == ["mira"]
    assert seats.get("mira") is None
    assert not seats.idle
    for role in ("member", "co-host", "owner"):
        facts = seats.ask(claim(role, role=role), role)
        assert kinds(facts) == ["Welcomed", "Joined"]


def test_who_is_admitted_comes_in_and_the_others_wait_on() -> None:
    seats = with_lobby()
    seats.ask(claim("mira"), "mira")
    seats.ask(claim("june"), "june")
    facts = seats.admit(["mira", "nobody", "amara"])
    assert kinds(facts) == ["LobbyChanged", "Welcomed", "Joined"]
    assert waiting(seats) == ["june"]
    assert seats.admit(["mira"]) == []


def test_who_is_admitted_to_a_full_room_waits_for_a_place() -> None:
    seats = with_lobby(limit=1)
    seats.ask(claim("mira"), "mira")
    facts = seats.admit(["mira"])
    assert kinds(facts) == ["LobbyChanged", "Queued"]
    assert facts[-1] == Queued("mira", 0)
    assert kinds(seats.leave("amara")) == ["Left", "Welcomed", "Joined"]


def test_a_refusal_is_final_for_that_knock_and_for_a_minute() -> None:
    time = Time()
    seats = with_lobby(time=time)
    seats.ask(claim("mira", "g:mira"), "mira")
    seats.ask(claim("other tab", "g:mira"), "other")
    seats.ask(claim("june"), "june")
    facts = seats.refuse(["mira"])
    assert kinds(facts) == ["TurnedAway", "TurnedAway", "LobbyChanged"]
    assert waiting(seats) == ["june"]
    time.pass_by(REFUSED_SECONDS - 1)
    assert kinds(seats.ask(claim("anew", "g:mira"), "anew")) == ["TurnedAway"]
    time.pass_by(1)
    assert kinds(seats.ask(claim("anew", "g:mira"), "anew"))[0] == "Knocked"


def test_who_knocks_again_is_told_so_and_nobody_else() -> None:
    seats = with_lobby()
    seats.ask(claim("mira"), "one")
    assert kinds(seats.ask(claim("mira"), "one")) == ["Knocked"]
    assert kinds(seats.ask(claim("mira"), "two")) == ["Knocked", "Moved"]
    renamed = replace(claim("mira"), name="Mira B")
    assert kinds(seats.ask(renamed, "two")) == ["Knocked", "LobbyChanged"]


def test_the_lobby_holds_so_many() -> None:
    seats = with_lobby()
    sockets = [f"socket{number}" for number in range(KNOCKS_AT_MOST)]
    for socket in sockets:
        seats.ask(claim(socket), socket)
    assert seats.ask(claim("mira"), "mira") == [Refused("mira", "try-again")]
    assert len(waiting(seats)) == KNOCKS_AT_MOST
    seats.leave(sockets[0])
    assert kinds(seats.ask(claim("mira"), "mira"))[0] == "Knocked"


def test_who_gives_up_waits_no_more() -> None:
    for drop in (False, True):
        seats = with_lobby()
        seats.ask(claim("mira"), "mira")
        left = seats.drop("mira", closed=True) if drop else seats.leave("mira")
        assert kinds(left) == ["LobbyChanged"]
        assert waiting(seats) == []


def test_without_a_lobby_all_who_waited_come_in_as_far_as_there_are_places() -> None:
    seats = with_lobby(limit=2)
    seats.ask(claim("mira"), "mira")
    seats.ask(claim("june"), "june")
    facts = seats.rule(limit=2, lobby=False, locked=False)
    assert kinds(facts) == ["LobbyChanged", "Welcomed", "Joined", "Queued"]
    assert seats.get("mira") is not None


def test_with_a_new_lobby_who_waits_for_a_place_knocks_first() -> None:
    seats: Seats[str] = Seats(1, Time().clock)
    seats.ask(claim("amara", role="owner"), "amara")
    seats.ask(claim("mira"), "mira")
    seats.ask(claim("tomas", role="member"), "tomas")
    facts = seats.rule(limit=1, lobby=True, locked=False)
    assert kinds(facts) == ["Knocked", "LobbyChanged", "Queued"]
    assert (seats.ahead_of("mira"), seats.ahead_of("tomas")) == (None, 0)


def test_a_role_that_is_given_lets_in_who_knocked() -> None:
    for role in ("member", "co-host"):
        seats = with_lobby()
        seats.ask(claim("mira", "u:1"), "mira")
        facts = seats.stand("u:1", role)
        assert kinds(facts) == ["LobbyChanged", "Welcomed", "Joined"]


def test_hosts_get_into_a_full_room_and_others_wait_as_before() -> None:
    seats = with_lobby(limit=1)
    seats.rule(limit=1, lobby=False, locked=False)
    seats.ask(claim("mira"), "mira")
    seats.ask(claim("tomas", "u:1", role="member"), "tomas")
    assert kinds(seats.ask(claim("noor", role="co-host"), "noor")) == [
        "Welcomed",
        "Joined",
    ]
    assert seats.ahead_of("tomas") == 1
    facts = seats.stand("u:1", "co-host")
    assert kinds(facts) == ["Welcomed", "Joined"]
    assert kinds(seats.leave("noor")) == ["Left"]
    assert kinds(seats.leave("tomas")) == ["Left"]
    assert kinds(seats.leave("amara")) == ["Left", "Welcomed", "Joined"]


def test_a_host_who_waited_with_another_socket_leaves_no_trace_there() -> None:
    seats: Seats[str] = Seats(1, Time().clock)
    seats.ask(claim("june"), "june")
    seats.ask(claim("noor", "u:1"), "one")
    facts = seats.ask(claim("noor", "u:1", role="owner"), "two")
    assert kinds(facts) == ["Welcomed", "Joined", "Moved"]
    assert kinds(seats.leave("june")) == ["Left"]


def locked_with(*people: str) -> tuple[Seats[str], Time]:
    time = Time()
    seats: Seats[str] = Seats(8, time.clock)
    seats.ask(claim("amara", role="owner"), "amara")
    for person in people:
        seats.ask(claim(person, f"g:{person}"), person)
    seats.rule(limit=8, lobby=False, locked=True)
    time.pass_by(60)
    seats.expire()
    return seats, time


def test_nobody_new_comes_into_a_locked_room_but_hosts() -> None:
    seats, _ = locked_with("mira")
    shut_out: tuple[Role, ...] = ("guest", "member")
    for role in shut_out:
        facts = seats.ask(claim(f"new {role}", role=role), role)
        assert facts == [Refused(role, "locked")]
    for role in ("co-host", "owner"):
        assert kinds(seats.ask(claim(role, role=role), role)) == ["Welcomed", "Joined"]


def test_who_was_inside_comes_back_also_with_a_new_page() -> None:
    seats, time = locked_with("mira")
    seats.drop("mira", closed=True)
    time.pass_by(HOLD_SECONDS)
    seats.expire()
    facts = seats.ask(claim("another seat", "g:mira"), "mira2")
    assert kinds(facts) == ["Welcomed", "Joined"]


def test_who_left_on_purpose_or_was_sent_away_is_new() -> None:
    seats, _ = locked_with("mira", "june")
    june = seats.get("june")
    assert june is not None
    seats.leave("mira")
    seats.remove(june, "removed")
    for person in ("mira", "june"):
        facts = seats.ask(claim("another seat", f"g:{person}"), person)
        assert facts == [Refused(person, "locked")]


def test_who_leaves_one_of_two_tabs_is_still_inside() -> None:
    seats, _ = locked_with("mira")
    seats.ask(claim("second", "g:mira"), "second")
    seats.leave("second")
    assert kinds(seats.ask(claim("third", "g:mira"), "third"))[0] == "Welcomed"


def test_a_lock_sends_those_who_wait_back_to_the_door_but_hosts() -> None:
    seats = with_lobby(limit=1)
    seats.rule(limit=1, lobby=False, locked=False)
    seats.ask(claim("mira"), "mira")
    seats.rule(limit=1, lobby=True, locked=False)
    seats.ask(claim("tomas", role="member"), "tomas")
    facts = seats.rule(limit=1, lobby=True, locked=True)
    assert facts[:2] == [Refused("tomas", "locked"), Refused("mira", "locked")]
    assert kinds(facts[2:]) == ["LobbyChanged"]
    assert not seats.waiting
    facts = seats.rule(limit=8, lobby=False, locked=False)
    assert facts == []


def test_after_an_unlocked_time_a_lock_knows_who_is_there_then() -> None:
    seats, _ = locked_with("mira", "june")
    seats.rule(limit=8, lobby=False, locked=False)
    seats.drop("mira", closed=True)
    seats.rule(limit=8, lobby=False, locked=True)
    assert kinds(seats.ask(claim("j2", "g:june"), "j2"))[0] == "Welcomed"
    facts = seats.ask(claim("m2", "g:mira"), "m2")
    assert facts == [Refused("m2", "locked")]


def test_a_process_that_was_started_anew_lets_back_who_was_in_a_locked_room() -> None:
    back = replace(claim("mira"), since=1_794_999_000_000, sat=1_794_999_000_000)
    new_page = replace(back, instance="page2", since=0)
    for comes in (back, new_page):
        seats: Seats[str] = Seats(8, Time().clock, locked=True)
        assert kinds(seats.ask(comes, "mira")) == ["Welcomed", "Joined"]
        assert seats.ask(claim("june"), "june") == [Refused("june", "locked")]


def test_but_not_where_nobody_has_been_for_long() -> None:
    seats: Seats[str] = Seats(8, Time().clock, locked=True, goes_on=False)
    back = replace(claim("mira"), since=1_794_999_000_000, sat=1_794_999_000_000)
    assert seats.ask(back, "mira") == [Refused("mira", "locked")]


def test_another_process_goes_on_with_what_this_one_knew() -> None:
    time = Time()
    seats = with_lobby(limit=1, time=time)
    for person in ("mira", "june", "elias"):
        seats.ask(claim(person), person)
        time.pass_by(1)
    seats.admit(["mira"])
    seats.refuse(["june"])
    seats.rule(limit=1, lobby=True, locked=False)

    other: Seats[str] = Seats(1, time.clock, lobby=True)
    other.know(seats.waiting.threshold)
    other.restore(claim("amara", role="owner"), 1, SLOTS)
    time.pass_by(1)
    assert kinds(other.ask(claim("zoe"), "zoe"))[0] == "Knocked"
    assert kinds(other.ask(claim("elias"), "elias"))[0] == "Knocked"
    assert kinds(other.ask(claim("mira"), "mira")) == ["Queued"]
    assert kinds(other.ask(claim("june"), "june")) == ["TurnedAway"]
    assert waiting(other) == ["elias", "zoe"]


def test_and_knows_who_was_inside_when_it_was_locked() -> None:
    seats, time = locked_with("mira")
    seats.drop("mira", closed=True)
    other: Seats[str] = Seats(8, time.clock, locked=True)
    other.know(seats.waiting.threshold)
    assert kinds(other.ask(claim("m2", "g:mira"), "m2"))[0] == "Welcomed"
    assert other.ask(claim("june"), "june") == [Refused("june", "locked")]
