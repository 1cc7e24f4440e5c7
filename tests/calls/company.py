"""Which connection of whose page leads to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.browser.person import Person
from tests.calls import watch

# A page has one certificate for all its connections.
ENDS = """() => probe.connections.map((one) => {
  const print = (description) =>
    /^a=fingerprint:(.*)$/m.exec(description?.sdp ?? "")?.[1].trim() ?? "";
  return { own: print(one.localDescription), other: print(one.remoteDescription) };
})"""


class Company:
    """People who are connected with each other, and whose pages are watched."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = {person.name: person for person in people}
        self.prints = {self._ends(person)[0]["own"]: person.name for person in people}
        assert len(self.prints) == len(people)
        self.from_now_on()

    def _ends(self, person: Person) -> list[dict[str, str]]:
        found: list[dict[str, str]] = person.page.evaluate(ENDS)
        return found

    def others(self, person: Person) -> list[str]:
        """Whom each connection of this page led to, in order; "": nobody yet."""
        return [self.prints.get(end["other"], "") for end in self._ends(person)]

    def at_end(self, name: str, other: str, act: str) -> Any:
        """What a function of JavaScript says of the newest connection to another."""
        person = self.people[name]
        leads = [to == other for to in self.others(person)]
        newest = len(leads) - 1 - leads[::-1].index(True)
        return person.page.evaluate(
            f"(index) => ({act})(probe.connections[index])", newest
        )

    def at_both_ends(self, one: str, other: str, act: str) -> list[Any]:
        return [self.at_end(one, other, act), self.at_end(other, one, act)]

    # Sound: it comes whatever a page shows

    def from_now_on(self) -> None:
        """What has come by now does not count for `hear`."""
        self._before = {
            (name, other): self._packets(person, other)
            for name, person in self.people.items()
            for other in self.people
            if other != name
        }

    def hear(self, one: str, other: str) -> bool:
        """Whether sound of the other has come to each since `from_now_on`."""
        return all(
            self._packets(self.people[each], of) > self._before[each, of]
            for each, of in ((one, other), (other, one))
        )

    def until_they_hear(self, one: str, other: str, seconds: float) -> None:
        """Wait until each hears the other again, from now on."""
        self.from_now_on()
        words = f"and {other} hear each other"
        self.people[one].wait_until(lambda: self.hear(one, other), words, seconds)

    def _packets(self, person: Person, other: str) -> int:
        others = self.others(person)
        return sum(
            pair["slots"][0]["packets"]
            for pair in person.pairs()
            if others[pair["index"]] == other
        )

    def gaps(self, start: float, end: float) -> dict[str, float]:
        """The longest time without sound of each pair, each way, in milliseconds.

        Of connections that were there before, as in "Mira ← Amara".
        """
        found = {}
        for name, person in self.people.items():
            others = self.others(person)
            for gap in watch.gaps(person, start, end, start - 3000):
                index, slot = gap.stream.split()
                if slot == "microphone":
                    found[f"{name} ← {others[int(index)]}"] = gap.during
        return found

    def without(self, name: str, other: str, since: float) -> float:
        """How long one did not hear the other, who is heard again; milliseconds.

        Counted from `since`, where another connection was made.
        """
        stream = f"{name} ← {other}"
        kept = self.gaps(since, watch.now()).get(stream)
        anew = [at - since for at in watch.connected(self.people[name]) if at > since]
        return max(anew, default=0.0) if kept is None else kept
