"""The ledger finds whatever does not arrive once, in order, where it was meant to."""

from rooms.loadtest.ledger import Ledger, Letter


def letter(number: int = 0, **fields: str) -> Letter:
    said = {"kind": "candidates", "sender": "a", "to": "b"} | fields
    return Letter(**said, epoch=1, number=number)


def faults(ledger: Ledger) -> tuple[int, int, int, int]:
    return ledger.lost, ledger.doubled, ledger.misrouted, ledger.reordered


def test_what_arrives_as_it_was_sent_is_sound() -> None:
    ledger = Ledger()
    for number in range(3):
        ledger.leaves(letter(number))
    for number in range(3):
        ledger.arrives(letter(number), "b")
    assert ledger.sound
    assert (ledger.sent, ledger.arrived, len(ledger.latencies)) == (3, 3, 3)


def test_what_is_missing_is_lost() -> None:
    ledger = Ledger()
    ledger.leaves(letter(0))
    ledger.leaves(letter(1))
    ledger.arrives(letter(1), "b")
    assert faults(ledger) == (1, 0, 0, 0)
    assert not ledger.sound


def test_what_could_not_leave_is_not_missed() -> None:
    ledger = Ledger()
    ledger.leaves(letter())
    ledger.stays(letter())
    assert ledger.sound
    assert ledger.sent == 0


def test_what_comes_twice_is_doubled() -> None:
    ledger = Ledger()
    ledger.leaves(letter())
    ledger.arrives(letter(), "b")
    ledger.arrives(letter(), "b")
    assert faults(ledger) == (0, 1, 0, 0)


def test_what_comes_to_another_is_misrouted() -> None:
    ledger = Ledger()
    ledger.leaves(letter())
    ledger.arrives(letter(), "c")
    assert faults(ledger) == (1, 0, 1, 0)
    # A state says of itself for nobody in particular: from a stranger it is astray.
    ledger.arrives(letter(kind="state", sender="z", to="c"), "c")
    assert ledger.misrouted == 2


def test_what_overtakes_is_reordered() -> None:
    ledger = Ledger()
    ledger.leaves(letter(0))
    ledger.leaves(letter(1))
    ledger.arrives(letter(1), "b")
    ledger.arrives(letter(0), "b")
    assert faults(ledger) == (0, 0, 0, 1)


def test_states_and_signals_have_an_order_each() -> None:
    ledger = Ledger()
    ledger.leaves(letter(5))
    ledger.leaves(letter(2, kind="state"))
    ledger.arrives(letter(5), "b")
    ledger.arrives(letter(2, kind="state"), "b")
    assert ledger.sound
