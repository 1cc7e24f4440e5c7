"""1,000 guesses at four servers of one site, all at once: the limits hold in sum.

A wrong password that was really looked at leaves a line in the log of the server that
did (`accounts.watch`), so counting these lines counts what guessers have got.
"""

from __future__ import annotations

import re
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest
from allauth.mfa.totp.internal import auth as TOTP

from tests.browser.visitor import PASSWORD, Visitor
from tests.servers import Parley, parley_server

SERVERS, HANDS = 4, 16
VICTIM, CHIEF, CAREFUL = (
    f"{who}@example.com" for who in ("victim", "chief", "careful")
)
# What the settings allow: of one account's in five minutes, of one address's in one.
PER_ACCOUNT, PER_ADDRESS = 5, 10
LOGIN, ADMIN = "/accounts/login/", "/admin/login/?next=/admin/"
CHIEFS_LOGIN = f"{LOGIN}?next=/admin/"


@dataclass
class Site:
    """Four servers behind one proxy, as it were."""

    servers: list[Parley]
    # In which the person whose password is guessed has been before.
    usual: Visitor
    read: dict[int, int] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.servers[0].host

    def looked_at(self) -> Counter[str]:
        """By client address: guesses that were really checked since last asked."""
        found: Counter[str] = Counter()
        for number, server in enumerate(self.servers):
            words = server.words()
            found.update(
                re.findall(
                    r"Wrong (?:password|second factor), from (\S+)",
                    words[self.read.get(number, 0) :],
                )
            )
            self.read[number] = len(words)
            assert "Traceback" not in words, words
        return found


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    settings = {"SECRET_KEY": secrets.token_urlsafe(48), "TRUSTED_PROXIES": "1"}
    with ExitStack() as stack:
        first = stack.enter_context(parley_server(**settings))
        servers = [first, *(Parley(first.folder, **settings) for _ in range(3))]
        for number, server in enumerate(servers[1:], 2):
            server.env["SITE_URL"] = first.url
            server.process.log = first.folder / f"server-{number}.log"
            server.process.start()
            stack.callback(server.end)
        for server in servers[1:]:
            server.process.wait_until(server.answers)
        first.env["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        first.manage("createsuperuser", "--noinput", "--email", CHIEF)
        usual = Visitor(first.url)
        usual.sign_up(VICTIM, "Vic")
        yield Site(servers, usual)


@dataclass(frozen=True)
class Guess:
    """A form that somebody at an address sends."""

    path: str
    address: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    leads_to: str


class Guessers:
    """Sixteen hands that send forms to the servers in turn, all at the same time."""

    def __init__(self, site: Site, visitor: Visitor | None = None) -> None:
        visitor = visitor or Visitor(site.servers[0].url)
        page = visitor.get(LOGIN)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        self.site, self.token, self.cookies = site, token[1], visitor.cookies()

    def send(self, guesses: list[Guess]) -> list[Answer]:
        with ThreadPoolExecutor(HANDS) as hands:
            shares = [guesses[hand::HANDS] for hand in range(HANDS)]
            return [
                answer for done in hands.map(self._share, shares) for answer in done
            ]

    def _share(self, guesses: list[Guess]) -> list[Answer]:
        with ExitStack() as stack:
            doors = [
                stack.enter_context(closing(HTTPConnection("127.0.0.1", server.port)))
                for server in self.site.servers
            ]
            return [
                self._one(doors[number % SERVERS], guess)
                for number, guess in enumerate(guesses)
            ]

    def _one(self, door: HTTPConnection, guess: Guess) -> Answer:
        door.request(
            "POST",
            guess.path,
            urlencode({"csrfmiddlewaretoken": self.token, **guess.fields}),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": self.cookies,
                "Host": self.site.host,
                "Origin": f"http://{self.site.host}",
                "X-Forwarded-For": guess.address,
            },
        )
        with door.getresponse() as answer:
            answer.read()
            return Answer(answer.status, answer.getheader("Location", ""))


def wrong(email: str, number: int) -> dict[str, str]:
    return {"login": email, "password": f"guess number {number}"}


def elsewhere(number: int) -> str:
    return f"198.51.{number // 250}.{number % 250 + 1}"


def test_a_thousand_guesses_stay_within_the_limits(site: Site) -> None:
    guessers = Guessers(site)
    site.looked_at()
    begun = time.monotonic()
    answers = guessers.send(
        [
            # One account from 400 addresses, half by way of the administration.
            *(
                Guess((LOGIN, CHIEFS_LOGIN)[n % 2], elsewhere(n), wrong(VICTIM, n))
                for n in range(400)
            ),
            # An administrator's from 200 others.
            *(
                Guess(CHIEFS_LOGIN, elsewhere(400 + n), wrong(CHIEF, n))
                for n in range(200)
            ),
            # 400 accounts from one address.
            *(
                Guess(LOGIN, "192.0.2.1", wrong(f"nobody-{n}@example.com", n))
                for n in range(400)
            ),
        ]
    )
    minutes = 1 + int(time.monotonic() - begun) // 60
    looked_at = site.looked_at()

    assert len(answers) == 1000
    assert {answer.status for answer in answers} <= {200, 429}
    assert 0 < looked_at.pop("192.0.2.1") <= PER_ADDRESS * minutes
    assert 0 < looked_at.total() <= 2 * PER_ACCOUNT * (1 + minutes // 5)


def test_who_errs_less_often_comes_in(site: Site) -> None:
    Visitor(site.servers[0].url).sign_up(CAREFUL, "Carla")
    errs = [Guess(LOGIN, elsewhere(800), wrong(CAREFUL, n)) for n in range(4)]
    right = Guess(LOGIN, elsewhere(801), {"login": CAREFUL, "password": PASSWORD})

    assert {answer.status for answer in Guessers(site).send(errs)} == {200}
    assert Guessers(site).send([right])[0].leads_to == "/rooms/"


@pytest.mark.parametrize("email", [VICTIM, CHIEF])
def test_then_the_right_password_opens_nothing_either(site: Site, email: str) -> None:
    right = {"login": email, "password": PASSWORD}
    answers = Guessers(site).send(
        [Guess(LOGIN, elsewhere(900 + n), right) for n in range(SERVERS)]
    )

    assert {answer.status for answer in answers} == {200}


def test_the_person_still_comes_in_where_they_have_been_before(site: Site) -> None:
    usual = site.usual
    usual.post("/accounts/logout/")

    address = usual.post(LOGIN, login=VICTIM, password=PASSWORD)

    assert address == f"{site.servers[0].url}/rooms/"


def test_the_administration_has_no_door_of_its_own(site: Site) -> None:
    site.looked_at()
    given = {"username": CHIEF, "login": CHIEF, "password": PASSWORD}
    answers = Guessers(site).send(
        [Guess(ADMIN, elsewhere(950 + n), given) for n in range(SERVERS)]
    )

    assert {answer.status for answer in answers} == {302}
    assert all(answer.leads_to.startswith(LOGIN) for answer in answers)
    assert not site.looked_at()


def test_who_is_in_can_guess_the_password_no_oftener(site: Site) -> None:
    olive = Visitor(site.servers[0].url)
    olive.sign_up("olive@example.com", "Olive")
    site.looked_at()
    guesses = [
        Guess("/accounts/reauthenticate/", elsewhere(n), {"password": f"guess {n}"})
        for n in range(40)
    ]
    answers = Guessers(site, olive).send(guesses)

    assert {answer.status for answer in answers} <= {200, 429}
    assert 0 < site.looked_at().total() <= PER_ACCOUNT


def test_codes_of_six_digits_are_guessed_no_oftener(site: Site) -> None:
    june = Visitor(site.servers[0].url)
    june.sign_up("june@example.com", "June")
    june.post("/accounts/reauthenticate/", password=PASSWORD)
    page = june.get("/accounts/2fa/totp/activate/")
    secret = re.search(r"\b[A-Z2-7]{32}\b", page)
    assert secret
    # Another page's form: to look at this one again would make another secret.
    june.post(
        "/accounts/2fa/totp/activate/", "/accounts/profile/", code=code_of(secret[0])
    )
    june.post("/accounts/logout/")
    step = june.post(LOGIN, login="june@example.com", password=PASSWORD)
    assert step.endswith("/accounts/2fa/authenticate/")
    site.looked_at()
    answers = Guessers(site, june).send(
        [
            Guess("/accounts/2fa/authenticate/", elsewhere(n), {"code": f"{n:06}"})
            for n in range(100)
        ]
    )

    assert {answer.status for answer in answers} <= {200, 429}
    assert 0 < site.looked_at().total() <= PER_ACCOUNT


def code_of(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    step = int(time.time()) // 30
    code: str = TOTP.format_hotp_value(TOTP.hotp_value(secret, step))
    return code
