"""EMAIL_URL and MAIL_FROM, as people write them."""

import pytest

from conference.mail.address import MailServer, parse, sender


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls"),
    [
        ("smtp://mail.example.org", 25, False, False),
        ("smtps://mail.example.org", 465, True, False),
        ("submission://mail.example.org", 587, False, True),
        ("smtp://mail.example.org:2525", 2525, False, False),
    ],
)
def test_the_scheme_says_how_it_is_encrypted(
    url: str, port: int, tls: bool, starttls: bool
) -> None:
    assert parse(url) == MailServer("mail.example.org", port, "", "", tls, starttls)


def test_user_and_password_may_hold_any_sign() -> None:
    server = parse("smtps://mira%40example.org:a%2Fb%3Ac%40@mail.example.org")

    assert server is not None
    assert (server.user, server.password) == ("mira@example.org", "a/b:c@")


def test_nothing_is_no_server() -> None:
    assert parse("") is None


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mail.example.org", "begin with smtp://"),
        ("http://mail.example.org", "begin with smtp://"),
        ("smtp://", "name the host"),
        ("smtps://u:p@mail.example.org/inbox", "end after the port"),
        ("smtps://u:p%C3%A4@mail.example.org", "ASCII"),
        ("smtp://mail.example.org:port", "Port"),
    ],
)
def test_what_is_no_address_is_refused_with_words(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse(url)


@pytest.mark.parametrize("value", ["a@example.org", "Parley <a@example.org>"])
def test_senders(value: str) -> None:
    assert sender(value) == value


@pytest.mark.parametrize("value", ["nobody", "a@example.org\r\nBcc: b@example.org"])
def test_what_is_no_sender_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        sender(value)
