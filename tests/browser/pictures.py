"""Screenshots of every page and call state: `python -m tests.browser.pictures`.

All go to var/pictures/; the few that the documents show are copied to docs/pictures/.
Names given as arguments choose scenes by what their names begin with.
"""

from __future__ import annotations

import importlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.browsers import FLAGS, RELAY_ONLY, chromium_program
from tests.browser.person import Person
from tests.browser.seat import seat_at
from tests.browser.slim import slim
from tests.browser.visitor import Visitor
from tests.servers import ROOT, Parley, parley_server, turn_server

OUT = ROOT / "var" / "pictures"
SHOWN = ROOT / "docs" / "pictures"
SHOWN_LIMIT_BYTES = 300_000
# What the documents show, and the name it has there.
IN_DOCUMENTS = {
    "call-4-desktop": "call-four",
    "call-share-desktop": "call-share",
    "call-chat-phone": "call-chat-phone",
    "home-light": "home",
    "pre-join-light": "pre-join",
}
SCRIPT = (Path(__file__).parent / "cameras.js").read_text()
PROBE = (Path(__file__).parent / "probe.js").read_text()
DRAWN = ROOT / "static" / "images" / "people"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
LOOKS = (
    ("light", "light", DESKTOP),
    ("dark", "dark", DESKTOP),
    ("phone", "light", PHONE),
    ("phone-dark", "dark", PHONE),
)
NAMES = {
    "mira": "Mira Lindqvist",
    "amara": "Amara Osei",
    "tomas": "Tomas Rey",
    "noor": "Noor Haddad",
    "kenji": "Kenji Mori",
    "june": "June Park",
    "elias": "Elias Brandt",
    "paul": "Paul Okafor",
}
Scene = Callable[["Studio"], None]
SCENES: dict[str, Scene] = {}


def scene(act: Scene) -> Scene:
    SCENES[act.__name__.replace("_", "-")] = act
    return act


@dataclass
class Studio:
    """A browser, a server, its owner, and what is undone after each scene."""

    browser: Browser
    server: Parley
    owner: Visitor
    opened: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.opened.close()

    def page(self, theme: str, viewport: dict[str, int], signed_in: bool) -> Page:
        context = self.browser.new_context(
            viewport=viewport,  # type: ignore[arg-type]  # a typed dict of these
            color_scheme="dark" if theme == "dark" else "light",
        )
        self.opened.callback(context.close)
        if signed_in:
            context.add_cookies(
                [
                    {
                        "name": cookie.name,
                        "value": cookie.value or "",
                        "url": self.server.url,
                    }
                    for cookie in self.owner.jar
                ]
            )
        return context.new_page()

    def person(
        self,
        who: str,
        *,
        theme: str = "light",
        viewport: dict[str, int] = DESKTOP,
        width: int = 640,
        speaks: bool = False,
        signed_in: bool = False,
    ) -> Person:
        """Somebody with a drawn face; a still page, so that pictures repeat."""
        page = self.page(theme, viewport, signed_in)
        script = SCRIPT.replace(
            "__DRAWING__", json.dumps((DRAWN / f"{who}.svg").read_text())
        )
        script = script.replace("__SPEAKS__", json.dumps(speaks))
        script = script.replace("__WIDTH__", str(width))
        page.context.add_init_script(script + PROBE)
        return Person(page.context, page, NAMES[who], self.server.url)

    def call(
        self,
        *who: str,
        first: dict[str, int] = DESKTOP,
        width: int = 640,
        relayed: str = "",
    ) -> tuple[str, list[Person]]:
        """A call of these people; the second speaks, `relayed` has no direct path."""
        room = self.owner.new_room("Friday kitchen table", limit=16)
        inside: list[Person] = []
        for number, name in enumerate(who):
            person = self.person(
                name,
                viewport=first if number == 0 else DESKTOP,
                width=width,
                speaks=number == 1,
            )
            if name == relayed:
                person.context.add_init_script(RELAY_ONLY)
            inside.append(person.join(room))
        sharp(inside[0], len(who) - 1, width)
        return room, inside

    def everywhere(self, name: str, path: str, *, signed_in: bool = False) -> None:
        """The page at this address in every look."""
        page = self.page("light", DESKTOP, signed_in)
        page.goto(self.server.url + path)
        everywhere(page, name)


def owner_at(server: Parley) -> Visitor:
    owner = Visitor(server.url)
    owner.sign_up("mira@example.com", "Mira Lindqvist")
    return owner


def take(page: Page, name: str, *, full: bool = False) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUT / f"{name}.png", full_page=full, scale="css")


def everywhere(page: Page, name: str, *, full: bool = False) -> None:
    """The page as it stands, light and dark, on a desktop and on a phone."""
    for kind, theme, viewport in LOOKS:
        page.emulate_media(
            color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce"
        )
        page.set_viewport_size(viewport)  # type: ignore[arg-type] # a typed dict
        take(page, f"{name}-{kind}", full=full)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type] # a typed dict


def whole(page: Page, name: str) -> None:
    """The same, down to the foot of the page."""
    everywhere(page, name, full=True)


def both(page: Page, name: str) -> None:
    """The page as wide as it stands, light and dark."""
    take(page, name)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    take(page, f"{name}-dark")
    page.emulate_media(color_scheme="light")


def playing(page: Page, count: int) -> None:
    """Wait until so many pictures move on the page."""
    page.evaluate(
        """async (count) => {
          const moving = () => [...document.querySelectorAll("video")].filter(
            (one) => one.checkVisibility() && one.readyState > 2 && one.videoWidth);
          while (moving().length < count) await new Promise(requestAnimationFrame);
        }""",
        count,
    )


# Every picture has about the pixels of its tile, or those its camera gives.
FILLED = """(width) => [...document.querySelectorAll("video")]
  .filter((one) => one.clientWidth > 0 && one.checkVisibility())
  .every(({ videoWidth, videoHeight, clientWidth, clientHeight }) =>
    videoWidth >= width || videoWidth * videoHeight >= 0.7 * clientWidth * clientHeight)
"""


def sharp(person: Person, others: int, width: int) -> None:
    """Wait until pictures `width` wide fill their tiles, and no toast is left."""
    person.meets(others, sound=False, seconds=90)
    person.wait_until(
        lambda: person.page.evaluate(FILLED, width), "sees sharply", seconds=90
    )
    expect(person.page.locator('[data-part="toast"]')).to_be_hidden(timeout=60_000)


def speaking(page: Page) -> None:
    """Wait until a tile shows that its person speaks."""
    page.locator('[data-part="tile"][data-speaking]').first.wait_for()


# The pages around the call


@scene
def home(studio: Studio) -> None:
    studio.everywhere("home", "/")


@scene
def sign_up(studio: Studio) -> None:
    studio.everywhere("sign-up", "/accounts/signup/")


@scene
def log_in(studio: Studio) -> None:
    studio.everywhere("log-in", "/accounts/login/")
    page = studio.page("light", DESKTOP, signed_in=False)
    page.goto(studio.server.url + "/accounts/login/")
    page.get_by_label("E-mail").fill("mira@example.com")
    page.get_by_label("Password").first.fill("not this one")
    page.get_by_role("button", name="Log in").click()
    page.locator(".field__error, [role=alert]").first.wait_for()
    everywhere(page, "log-in-wrong")


@scene
def password_reset(studio: Studio) -> None:
    studio.everywhere("password-reset", "/accounts/password/reset/")
    studio.everywhere("password-change", "/accounts/password/change/", signed_in=True)


@scene
def profile(studio: Studio) -> None:
    studio.everywhere("profile", "/accounts/profile/", signed_in=True)


@scene
def error(studio: Studio) -> None:
    studio.everywhere("error", "/r/aaaa-bbbb-cccc-dddd/")
    studio.everywhere("not-found", "/nothing/here/")


@scene
def leave(studio: Studio) -> None:
    room = studio.owner.new_room()
    studio.everywhere("leave", f"{room}left/")


# Before the call


def at_the_door(studio: Studio, name: str, *flags: str) -> None:
    room = studio.owner.new_room()
    with ExitStack() as seats:
        for other in ("Amara Osei", "Tomas Rey"):
            seats.enter_context(seat_at(studio.server.url, room)).join(other)
        mira = studio.person("mira", speaks=True)
        mira.open(room)
        mira.page.get_by_label("Your name", exact=True).fill("Mira")
        expect(mira.join_button).to_be_enabled()
        playing(mira.page, 1)
        everywhere(mira.page, name)


@scene
def pre_join(studio: Studio) -> None:
    at_the_door(studio, "pre-join")


@contextmanager
def another_browser(studio: Studio, *flags: str) -> Iterator[Browser]:
    browser = studio.browser.browser_type.launch(
        executable_path=chromium_program(), args=[*FLAGS, *flags]
    )
    yield browser
    browser.close()


@scene
def pre_join_denied(studio: Studio) -> None:
    room = studio.owner.new_room()
    with another_browser(studio, "--use-fake-ui-for-media-stream=deny") as browser:
        page = browser.new_page()
        page.goto(studio.server.url + room)
        page.get_by_role("button", name="Try again").first.wait_for()
        everywhere(page, "pre-join-denied")


@scene
def pre_join_full(studio: Studio) -> None:
    room = studio.owner.new_room(limit=2)
    with ExitStack() as seats:
        for other in ("Amara Osei", "Tomas Rey"):
            seats.enter_context(seat_at(studio.server.url, room)).join(other)
        mira = studio.person("mira")
        mira.open(room)
        mira.press_join()
        mira.page.get_by_text("The room is full").wait_for()
        playing(mira.page, 1)
        everywhere(mira.page, "pre-join-full")


# In the call


def each_size(
    studio: Studio,
    name: str,
    *who: str,
    act: Callable[[list[Person]], Any] = lambda people: None,
    width: int = 640,
) -> None:
    for kind, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        _, people = studio.call(*who, first=viewport, width=width)
        if len(people) > 1:
            speaking(people[0].page)
        act(people)
        people[0].page.mouse.move(5, 5)
        playing(people[0].page, 1)
        take(people[0].page, f"{name}-{kind}")
        studio.opened.close()


@scene
def call_1(studio: Studio) -> None:
    each_size(studio, "call-1", "mira")


@scene
def call_2(studio: Studio) -> None:
    each_size(studio, "call-2", "mira", "amara")


@scene
def call_4(studio: Studio) -> None:
    def mute_one(people: list[Person]) -> None:
        people[2].press("Mute microphone")
        people[0].page.locator('[data-part="tile"][data-muted]').first.wait_for()
        playing(people[0].page, 4)

    each_size(studio, "call-4", "mira", "amara", "tomas", "noor", act=mute_one)


@scene
def call_8(studio: Studio) -> None:
    def some_off(people: list[Person]) -> None:
        people[4].press("Turn camera off")
        people[5].press("Mute microphone")
        people[0].press("Mute microphone")
        people[0].page.locator('[data-part="tile"][data-camera="off"]').first.wait_for()
        playing(people[0].page, 7)

    each_size(studio, "call-8", *NAMES, act=some_off, width=320)


@scene
def call_share(studio: Studio) -> None:
    def share(people: list[Person]) -> None:
        people[1].press("Share screen")
        people[0].screen.wait_for()
        playing(people[0].page, 5)

    each_size(studio, "call-share", "mira", "amara", "tomas", "june", act=share)


@scene
def call_share_own(studio: Studio) -> None:
    def share(people: list[Person]) -> None:
        people[0].press("Share screen")
        people[0].button("Stop sharing").wait_for()

    _, people = studio.call("mira", "amara")
    share(people)
    people[0].page.mouse.move(5, 5)
    playing(people[0].page, 2)
    take(people[0].page, "call-share-own-desktop")


@scene
def call_chat(studio: Studio) -> None:
    def talk(people: list[Person]) -> None:
        for person in people[:3]:
            person.press("Chat")
        people[1].write("The bread is in the oven.")
        people[2].write("I bring the cheese. Does anyone have the recipe link?")
        people[0].written.nth(1).wait_for()
        people[0].write("Here: https://example.org/rye")
        people[0].written.nth(2).wait_for()

    each_size(studio, "call-chat", "mira", "amara", "tomas", "noor", act=talk)


@scene
def call_people(studio: Studio) -> None:
    def look(people: list[Person]) -> None:
        people[2].press("Mute microphone")
        people[3].press("Turn camera off")
        people[0].press("People")

    each_size(studio, "call-people", "mira", "amara", "tomas", "noor", act=look)


@scene
def call_devices(studio: Studio) -> None:
    _, people = studio.call("mira", "amara")
    people[0].press("Choose microphone and speaker")
    playing(people[0].page, 2)
    take(people[0].page, "call-devices-desktop")


@scene
def call_more(studio: Studio) -> None:
    _, people = studio.call("mira", "amara", "tomas", first=PHONE)
    people[0].press("More")
    speaking(people[0].page)
    take(people[0].page, "call-more-phone")


@scene
def call_fault(studio: Studio) -> None:
    """The media of one goes through a relay, and the relay dies."""
    for kind, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        with (
            turn_server() as turn,
            parley_server(TURN_URLS=turn.url, TURN_SECRET=turn.secret) as server,
            Studio(studio.browser, server, owner_at(server)) as away,
        ):
            _, people = away.call(
                *("mira", "amara", "tomas", "noor"), first=viewport, relayed="tomas"
            )
            turn.process.end(signal.SIGKILL)
            page = people[0].page
            page.locator('[data-part="tile"][data-lost]').first.wait_for()
            speaking(page)
            take(page, f"call-fault-{kind}")


@scene
def call_server_lost(studio: Studio) -> None:
    _, people = studio.call("mira", "amara", "tomas")
    studio.server.end()
    people[0].page.get_by_text("Connection to the server lost").wait_for()
    speaking(people[0].page)
    take(people[0].page, "call-server-lost-desktop")
    studio.server.start()


@scene
def call_deleted(studio: Studio) -> None:
    room, people = studio.call("mira", "amara")
    studio.owner.post(f"{room}delete/", form=f"{room}room/")
    people[0].page.get_by_role("heading", name="This room is gone").wait_for()
    everywhere(people[0].page, "call-deleted")


def publish(page: Page) -> None:
    """Copy what the documents show, small enough for a repository."""
    SHOWN.mkdir(parents=True, exist_ok=True)
    for name, known_as in IN_DOCUMENTS.items():
        made, shown = OUT / f"{name}.png", SHOWN / f"{known_as}.png"
        if made.exists():
            slim(page, made, shown)
            assert shown.stat().st_size <= SHOWN_LIMIT_BYTES, f"{shown} is too large"


def gather() -> None:
    """Let every scenes_*.py beside this file add its own."""
    for file in sorted(Path(__file__).parent.glob("scenes_*.py")):
        importlib.import_module(f"tests.browser.{file.stem}")


def main(*chosen: str) -> None:
    gather()
    flags = [*FLAGS, "--autoplay-policy=no-user-gesture-required"]
    with sync_playwright() as playwright, parley_server() as server:
        browser = playwright.chromium.launch(
            executable_path=chromium_program(), args=flags
        )
        studio = Studio(browser, server, owner_at(server))
        for name, act in SCENES.items():
            if chosen and not name.startswith(chosen):
                continue
            with studio:
                act(studio)
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()
        publish(browser.new_page())
        browser.close()


if __name__ == "__main__":
    # By its name, since that is the module to which other files add their scenes.
    importlib.import_module("tests.browser.pictures").main(*sys.argv[1:])
