"""Sockets of this process whose call is run at another one."""

from itertools import count

from ..protocol import ProtocolError, Rank, Revoked
from .attendance import Attendance
from .packets import Act, Closed, Refused, Said, Stands

UNANSWERED_BEATS = 2
"""An attachment that is not answered for so long is sent anew."""


class Attachments:
    """Attendances by the numbers under which homes know them."""

    def __init__(self) -> None:
        self._by_number: dict[int, Attendance] = {}
        self._unanswered: dict[Attendance, None] = {}
        self._numbers = count(1)

    def attach(self, attendance: Attendance, home: str) -> None:
        """Have the socket served by this home."""
        if attendance.home != home:
            self.unlist(attendance)
        number = next(self._numbers)
        # Until the home answers, what it said to the one before is for this one, too.
        self._by_number[number] = attendance
        self._unanswered[attendance] = None
        attendance.attach(home, number)

    def attach_anew(self, process: str) -> None:
        """Something was lost between that home and here."""
        for attendance in dict.fromkeys(self._by_number.values()):
            if attendance.home == process:
                self.attach(attendance, process)

    def ask_again(self) -> None:
        """Once a beat: attach anew whom no home has answered for long."""
        for attendance in list(self._unanswered):
            attendance.unanswered += 1
            if attendance.unanswered > UNANSWERED_BEATS:
                self.attach(attendance, attendance.home)

    def unlist(self, attendance: Attendance) -> None:
        """It is served by no other process any more."""
        self._unanswered.pop(attendance, None)
        for number in (attendance.number, *attendance.earlier):
            self._by_number.pop(number, None)

    def lose(self, number: int) -> Attendance | None:
        """A home does not know the socket of this number; whose it is, if it matters.

        Of a number that was replaced it does not.
        """
        attendance = self._by_number.get(number)
        if attendance is None or attendance.number != number:
            return None
        self.unlist(attendance)
        attendance.set_off()
        return attendance

    def clear(self) -> None:
        self._by_number.clear()

    def read(self, packet: Said | Stands | Refused | Closed) -> None:
        """What a home says to sockets of ours."""
        if isinstance(packet, Said):
            for number in packet.sockets:
                if attendance := self._by_number.get(number):
                    attendance.post(packet.frame)
        elif attendance := self._by_number.get(packet.socket):
            self._read_for(attendance, packet)

    def undelivered(self, act: Act) -> None:
        """What a client of ours said did not reach the home."""
        if attendance := self._by_number.get(act.socket):
            attendance.undelivered(act.message)

    def _read_for(
        self, attendance: Attendance, packet: Stands | Refused | Closed
    ) -> None:
        match packet:
            case Stands():
                if packet.socket == attendance.number:
                    self._answered(attendance)
                attendance.stands(Rank(packet.rank), packet.since)
            case Refused():
                self._answered(attendance)
                attendance.refused(_fault(packet))
            case Closed():
                self._answered(attendance)
                attendance.close(packet.code)

    def _answered(self, attendance: Attendance) -> None:
        for earlier in attendance.earlier:
            self._by_number.pop(earlier, None)
        attendance.earlier.clear()
        self._unanswered.pop(attendance, None)


def _fault(refused: Refused) -> ProtocolError:
    if refused.revoked:
        return Revoked(refused.about)
    return ProtocolError(refused.code, refused.about, refused.to)
