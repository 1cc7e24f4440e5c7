"""Eight people who press Join in the same second."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import People
from tests.browser.person import Person
from tests.calls import watch
from tests.calls.gatherings import owner_of
from tests.calls.stack import Stack

pytestmark = pytest.mark.alone

NAMES = ("Mira", "Amara", "June", "Tariq", "Olu", "Wanjiru", "Ines", "Pavel")
SOON_MS = 1500
WITHIN_MS = 1000
CONNECTED_SECONDS = 60.0
PLAIN_SOUND = """(() => {
  const devices = navigator.mediaDevices;
  const open = devices?.getUserMedia.bind(devices);
  const plain = {
    echoCancellation: false, noiseSuppression: false, autoGainControl: false,
  };
  if (devices) devices.getUserMedia = ({ audio, ...wanted }) =>
    open({ ...wanted, ...(audio && { audio: { ...Object(audio), ...plain } }) });
})()"""


@pytest.fixture
def people(
    one_process: Stack, launch: Callable[..., Browser], request: pytest.FixtureRequest
) -> Iterator[list[Person]]:
    """Eight at the door with their cameras off, in a browser of their own.

    Eight pages on one machine have to be cheap: their microphones beep, with next to
    nothing sent in between, and no echo or noise is looked for.
    """
    browser = launch()
    come = People(one_process, request)
    room = owner_of(one_process).new_room()
    made = [
        come(name, browser=browser, viewport={"width": 480, "height": 360})
        for name in NAMES
    ]
    for person in made:
        person.context.add_init_script(PLAIN_SOUND)
        person.open(room)
        person.page.get_by_role("button", name="Turn camera off").click()
        person.page.get_by_label("Your name", exact=True).fill(person.name)
    yield made
    faults = [fault for person in made for fault in person.unexcused()]
    browser.close()
    assert not faults, "\n".join(faults)


def test_all_pairs_of_eight_who_join_at_once_connect(
    people: list[Person], tell: Callable[[str], None]
) -> None:
    start = watch.now() + SOON_MS
    for number, person in enumerate(people):
        person.page.evaluate(
            """([label, at]) => {
              const join = [...document.querySelectorAll("button")].find(
                (button) => button.textContent.trim() === label);
              setTimeout(() => join.click(), at - Date.now());
            }""",
            ["Join", start + number * WITHIN_MS / len(people)],
        )
    others = len(people) - 1
    for person in people:
        # Only asked for their states: statistics of 28 pairs would keep pages busy.
        person.wait_until(
            lambda person=person: person.connections().count("connected") == others,  # type: ignore[misc]
            "is connected with everybody",
            CONNECTED_SECONDS,
        )
    took = (watch.now() - start) / 1000
    tell(f"eight who joined within 1 s: all 28 pairs connected after {took:.1f} s")
    for person in people:
        person.hears(others)
    assert len({person.seat for person in people}) == len(people)
