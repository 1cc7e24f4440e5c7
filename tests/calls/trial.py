"""People in calls who live through faults: what must be true after each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from playwright.sync_api import expect

from tests.browser.person import Person, meet
from tests.calls import watch
from tests.calls.watch import Gap

WORSE_MS = 200
CALM_MS = 2000
BACK_SECONDS = 40.0
HEARD_SECONDS = 30.0
UNEVEN_MS = 500
# By so much a busy machine may treat one of two pages worse than the other.
UNFAIR = 3


@dataclass
class Call:
    """People in one room, all connected with each other."""

    people: Sequence[Person]
    seats: dict[str, str] = field(init=False)
    pairs: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        meet(*self.people)
        self.seats = {person.name: person.seat for person in self.people}
        self.pairs = self.connected()

    def connected(self) -> dict[str, list[int]]:
        """Which of each page's connections are up."""
        return {
            person.name: [pair["index"] for pair in person.pairs()]
            for person in self.people
        }

    def is_whole(self) -> None:
        """Everybody is in the seat they had, on the connections they had."""
        assert {person.name: person.seat for person in self.people} == self.seats
        assert self.connected() == self.pairs
        for person in self.people:
            expect(person.tiles).to_have_count(len(self.people))

    def was_undisturbed(self, since: float) -> None:
        """Nobody was told, or shown, that anybody left or was lost."""
        for person in self.people:
            left = [frame.message for frame in person.got("peer-left")]
            assert not left, (person.name, left)
            seen = [sight for sight in watch.shown(person) if sight["at"] >= since]
            assert not seen, (person.name, seen)

    def write(self, per_second: float) -> None:
        for person in self.people:
            watch.write(person, per_second)

    def was_read(self) -> int:
        """All that was written is on every page, once, each writer's in order.

        Ends the writing; returns how many messages there were.
        """
        for person in self.people:
            watch.stop_writing(person)
        counts = {person.name: watch.written(person) for person in self.people}
        written = sum(counts.values())
        for person in self.people:
            person.wait_until(
                lambda person=person: len(watch.read(person)) >= written,  # type: ignore[misc]
                f"reads {written} messages",
                HEARD_SECONDS,
            )
        for person in self.people:
            texts = watch.read(person)
            twice = [text for text, count in Counter(texts).items() if count > 1]
            assert not twice, (person.name, twice)
            for name, count in counts.items():
                own = [
                    int(text.split()[1])
                    for text in texts
                    if text.startswith(f"{name} ")
                ]
                astray = [
                    (before, after)
                    for before, after in pairwise([-1, *own, count])
                    if after != before + 1
                ]
                assert not astray, f"{person.name} reads of {name}: {astray}"
        return written


@dataclass
class Trial:
    """Calls that go through one fault after the other; `tell` prints what was seen."""

    calls: Sequence[Call]
    # Two ends in one page, without a server (see watch.py).
    bystander: Person
    tell: Callable[[str], None]
    soak: bool
    # When the last fault ended, and since when all has come in evenly again.
    mended: float = field(default_factory=watch.now)
    even_since: float = 0

    @property
    def people(self) -> list[Person]:
        return [person for call in self.calls for person in call.people]

    def wait(self, seconds: float) -> None:
        """Let time pass, and the browsers' events in."""
        self.people[0].page.wait_for_timeout(seconds * 1000)

    @contextmanager
    def through(self, name: str) -> Iterator[None]:
        """What is done within is damage, and its mending; afterwards all must be well.

        The fault lasts until the server answers everybody again.
        """
        self.calm()
        start = watch.now()
        yield
        self.are_served()
        end = watch.now()
        calm = max(self.even_since, start - (end - start))
        self.mended = end
        found = [
            gap
            for person in self.people
            for gap in watch.gaps(person, start, end, calm)
        ]
        apart = watch.gaps(self.bystander, start, end, calm)
        self.tell(f"{name}: {(end - start) / 1000:.1f} s; {report(found, apart)}")
        for call in self.calls:
            call.is_whole()
            call.was_undisturbed(start)
        assert len(found) == self.streams, [str(gap) for gap in found]
        # In the short form, what a busy machine keeps from everybody is no fault.
        busy = max(0.0, *(gap.during - gap.before for gap in apart))
        most = WORSE_MS + (0 if self.soak else UNFAIR * busy)
        too_long = [str(gap) for gap in found if gap.during > gap.before + most]
        assert not too_long, (name, too_long)

    def was_read(self) -> None:
        """Nothing of the chat was lost or doubled, from the first word to the last."""
        for call in self.calls:
            self.tell(f"chat: {call.was_read()} messages, each read once, in order")

    def calm(self) -> None:
        """Wait until all media has come in evenly for a while, and no fault was in it.

        Chromium's one fake camera pauses for seconds when somebody opens it.
        """

        def is_even() -> bool:
            end = watch.now()
            start = end - CALM_MS
            even = [
                gap
                for person in self.people
                for gap in watch.gaps(person, end, end, start)
                if gap.before < UNEVEN_MS
            ]
            if start < self.mended or len(even) < self.streams:
                return False
            self.even_since = start
            return True

        self.people[0].wait_until(is_even, "receives evenly")

    @property
    def streams(self) -> int:
        """Sound and picture, from each to each other."""
        return sum(2 * (len(call.people) - 1) * len(call.people) for call in self.calls)

    def are_served(self) -> None:
        """From now on the server is heard by everybody, and no page misses it."""
        since = watch.now()
        for person in self.people:
            person.wait_until(
                lambda person=person: watch.heard_at(person) > since,  # type: ignore[misc]
                "is served",
                BACK_SECONDS,
            )
            lost = person.page.get_by_text("Connection to the server lost")
            expect(lost).to_be_hidden(timeout=BACK_SECONDS * 1000)

    @property
    def written(self) -> int:
        """How many messages were written so far."""
        return sum(watch.written(person) for person in self.people)


def report(gaps: list[Gap], apart: list[Gap]) -> str:
    """One line on the media that came in during a fault, and apart from it."""
    parts = []
    for kind, stream in (("sound", "microphone"), ("picture", "camera")):
        of = [gap for gap in gaps if gap.stream.endswith(stream)]
        before = max((gap.before for gap in of), default=0)
        during = max((gap.during for gap in of), default=0)
        parts.append(f"{kind} {before:.0f} → {during:.0f} ms")
    most = max((gap.during - gap.before for gap in gaps), default=0)
    beside = max((gap.during - gap.before for gap in apart), default=0)
    return ", ".join([*parts, f"at most {most:+.0f} ms", f"bystander {beside:+.0f} ms"])
