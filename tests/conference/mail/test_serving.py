"""Mail from the pages of a real server, through a real mail server, to a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.visitor import PASSWORD, Visitor
from tests.mail_server import SmtpServer, mail_server
from tests.servers import (
    Parley,
    Process,
    folder_for,
    parley_server,
    postgres_server,
    wait_until,
)

JUNE = "june@example.org"
NO_MAIL = "This site has no mail server"
HAND_IN = """
from django.core.mail import EmailMessage
for number in range({count}):
    EmailMessage("Hello", "See you", to=[f"person-{{number}}@example.org"]).send()
"""
COUNT = """
from conference.models import OutgoingMail
print(OutgoingMail.objects.count())
"""


@contextmanager
def site_with(post: SmtpServer) -> Iterator[Parley]:
    with parley_server(**post.settings) as server:
        yield server
        said = server.words()
    assert "Traceback" not in said, said
    assert "@example.org" not in said
    assert "/confirm-email/" not in said


@pytest.mark.parametrize("scheme", ["smtp", "smtps", "submission"])
def test_signing_up_by_mail(scheme: str) -> None:
    """The link in the mail makes the account ready; nothing does before."""
    with (
        mail_server(scheme, user="parley", password="p /:@%") as post,
        site_with(post) as server,
    ):
        june = Visitor(server.url)
        june.post(
            "/accounts/signup/", email=JUNE, display_name="June", password1=PASSWORD
        )
        mail = post.mail_to(JUNE)
        assert mail.user == "parley"
        assert mail.encrypted is (scheme != "smtp")
        assert "localhost" in mail.sender

        june.log_in(JUNE)
        assert "Log in" in june.get("/rooms/")
        second = post.mails_to(JUNE)
        confirm = urlsplit(mail.link("/accounts/confirm-email/"))
        assert f"{confirm.scheme}://{confirm.netloc}" == server.url
        june.post(confirm.path)
        june.log_in(JUNE)
        assert "My rooms" in june.get("/rooms/")
        assert second == post.mails_to(JUNE)


def test_a_mail_server_that_is_down_loses_nothing_and_breaks_no_page() -> None:
    with mail_server("smtps") as post, site_with(post) as server:
        post.down()
        for name in ("june", "noor"):
            Visitor(server.url).post(
                "/accounts/signup/",
                email=f"{name}@example.org",
                display_name=name,
                password1=PASSWORD,
            )
        wait_until(lambda: "does not answer" in server.words(), "a try failed")
        post.up()
        Visitor(server.url).post("/accounts/password/reset/", email="noor@example.org")
        for name, count in (("june", 1), ("noor", 2)):
            post.wait_for(count, f"{name}@example.org")
        wait_until(lambda: waiting(server) == 0, "nothing waits")
        assert len(post.mails) == 3


def test_a_certificate_that_is_not_trusted_stops_the_mail_with_words() -> None:
    with mail_server("submission", user="parley", password="secret") as post:
        with parley_server(EMAIL_URL=post.url) as server:
            Visitor(server.url).post("/accounts/password/reset/", email=JUNE)
            wait_until(
                lambda: (
                    "The certificate of the mail server is not trusted"
                    in server.words()
                ),
                "the log says so",
            )
            assert "secret" not in server.words()
        assert (post.mails, post.log_ins) == ([], 0)


def test_a_mail_server_that_says_nothing_holds_up_neither_pages_nor_the_end() -> None:
    with mail_server() as post:
        post.hangs = True
        with parley_server(**post.settings) as server:
            Visitor(server.url).post("/accounts/password/reset/", email=JUNE)
            wait_until(lambda: post.hung, "the mail server keeps it waiting")
            Visitor(server.url).post("/accounts/password/reset/", email=JUNE)
            process = server.process.running
            assert process is not None
            process.terminate()
            # Far below EMAIL_TIMEOUT, for which the mail server is waited for.
            assert process.wait(timeout=10) == 0
            assert "tried again later" in server.words()
            assert waiting(server) == 2


def waiting(server: Parley) -> int:
    return int(server.manage("shell", "--no-imports", "-c", COUNT))


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_senders_at_once_deliver_each_mail_once(database: str) -> None:
    count = 30
    with ExitStack() as opened:
        post = opened.enter_context(mail_server())
        folder = opened.enter_context(folder_for("senders"))
        settings = dict(post.settings)
        if database == "postgres":
            settings["DATABASE_URL"] = opened.enter_context(postgres_server())
        server = Parley(folder, **settings)
        server.prepare()
        server.manage("shell", "--no-imports", "-c", HAND_IN.format(count=count))

        senders = [sender(server, folder / str(number)) for number in range(3)]
        for each in senders:
            assert each.running is not None
            assert each.running.wait(timeout=60) == 0, each.words()

        took = [int(each.words().split()[0]) for each in senders]
        assert sum(took) == count
        addresses = [mail.recipients for mail in post.mails]
        assert len(set(addresses)) == len(addresses) == count


def sender(server: Parley, folder: Path) -> Process:
    folder.mkdir()
    command = [*server.process.command[:2], "send_mails"]
    return Process(command, folder, {**server.env, "LOG_LEVEL": "ERROR"}).start()


def test_sending_once_says_what_it_did(tmp_path: Path) -> None:
    with mail_server() as post, folder_for("sender") as folder:
        server = Parley(folder, **post.settings)
        server.prepare()
        server.manage("shell", "--no-imports", "-c", HAND_IN.format(count=2))
        post.down()
        with pytest.raises(RuntimeError, match=r"does not answer.*mails are kept"):
            server.manage("send_mails")
        post.up()
        # The one that met no server does not wait out its ten seconds.
        assert server.manage("send_mails") == "2 sent, 0 waiting.\n"

        without = Parley(folder)
        with pytest.raises(RuntimeError, match="EMAIL_URL"):
            without.manage("send_mails")


def test_without_a_mail_server_mails_are_printed_and_pages_say_so() -> None:
    with parley_server() as server:
        visitor = Visitor(server.url)
        visitor.post("/accounts/password/reset/", email=JUNE)
        wait_until(lambda: f"To: {JUNE}" in server.words(), "the mail is printed")
        assert NO_MAIL in visitor.get("/accounts/password/reset/done/")
        visitor.sign_up(JUNE, "June")
        assert NO_MAIL in visitor.get("/accounts/email/")
