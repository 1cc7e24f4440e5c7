"""A room on paper: made from its call, and put back into one."""

from dataclasses import replace

from ..call import Call
from .packets import Copy, Place


def copy_of(call: Call) -> Copy:
    """All that another process has to know to run this call on."""
    return Copy(
        call.facts,
        call.chat_number,
        tuple(
            Place(
                replace(seat.claim, since=seat.since),
                seat.version,
                seat.slots,
                seat.held,
            )
            for seat in call.seats
        ),
        dict(call.left),
        tuple(call.barred),
        call.floor.laid(),
        call.seats.waiting.threshold,
    )


def restore(call: Call, copy: Copy) -> None:
    """Know what the copy knows. Seats that are unknown here await their sockets.

    Who came in the moment before it was written is not in it, and yet may come back.
    """
    call.change(copy.facts)
    call.left.update(copy.left)
    call.bar(copy.barred)
    call.chat_number = max(call.chat_number, copy.chat_number)
    for place in copy.places:
        call.restore(place.claim, place.version, place.slots, place.held)
    call.floor.restore(copy.laid)
    call.seats.know(copy.threshold)
    call.seats.recall()
