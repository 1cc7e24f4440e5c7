"""The line to the mail server, tried on real ones in good moods and in bad."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import override_settings

from conference.mail.address import MailServer, parse
from conference.mail.letter import Letter
from conference.mail.line import Fault, LetterFault, Line, ServerFault
from tests.certificates import certificate
from tests.mail_server import SmtpServer, mail_server

WORDS = 'Subject: Hi\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\nGrüße\r\n'
LETTER = Letter("no-reply@example.org", "june@example.org", WORDS.encode())
SCHEMES = ("smtp", "smtps", "submission")


def believe(post: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    if post.shown:
        monkeypatch.setenv("SSL_CERT_FILE", str(post.shown.authority))


def server_of(post: SmtpServer) -> MailServer:
    server = parse(post.url)
    assert server is not None
    return server


def fault_of(server: MailServer, letter: Letter = LETTER) -> Fault:
    line = Line(server)
    try:
        with pytest.raises(Fault) as refused:
            line.send(letter)
    finally:
        line.close()
    return refused.value


@pytest.mark.parametrize("user", ["", "parley"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_letter_arrives(
    monkeypatch: pytest.MonkeyPatch, scheme: str, user: str
) -> None:
    with mail_server(scheme, user=user, password="p /:@%" if user else "") as post:
        believe(post, monkeypatch)
        line = Line(server_of(post))
        line.send(LETTER)
        line.send(replace(LETTER, recipient="noor@example.org"))
        line.close()

    first, second = post.mails
    assert first.recipients == ("june@example.org",)
    assert second.recipients == ("noor@example.org",)
    assert first.text == "Grüße\n"
    assert first.user == user
    assert first.encrypted is (scheme != "smtp")
    assert post.connections == 1


def test_a_server_without_starttls_gets_nothing_not_even_the_password() -> None:
    with mail_server(
        "submission", user="parley", password="secret", offers_tls=False
    ) as post:
        fault = fault_of(server_of(post))

    assert isinstance(fault, ServerFault)
    assert "no encryption" in fault.words
    assert (post.mails, post.log_ins) == ([], 0)


def test_a_server_that_refuses_starttls_gets_nothing() -> None:
    with mail_server("submission", user="parley", password="secret") as post:
        post.answers["STARTTLS"] = "454 4.7.0 TLS not available"
        fault = fault_of(server_of(post))

    assert isinstance(fault, ServerFault)
    assert "no encryption" in fault.words
    assert "454" in fault.reply
    assert (post.mails, post.log_ins) == ([], 0)


def test_a_line_that_broke_half_way_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mail_server("submission", user="parley", password="secret") as post:
        believe(post, monkeypatch)
        line = Line(server_of(post))
        post.answers["STARTTLS"] = "454 4.7.0 TLS not available"
        for _ in range(2):
            with pytest.raises(ServerFault):
                line.send(LETTER)
        assert (post.mails, post.log_ins) == ([], 0)
        del post.answers["STARTTLS"]
        line.send(LETTER)
        line.close()

    assert [mail.encrypted for mail in post.mails] == [True]


@pytest.mark.parametrize("scheme", ["smtps", "submission"])
def test_a_certificate_that_nobody_vouches_for_is_refused(scheme: str) -> None:
    with mail_server(scheme, user="parley", password="secret") as post:
        fault = fault_of(server_of(post))

    assert isinstance(fault, ServerFault)
    assert "certificate" in fault.words
    assert "not trusted" in fault.words
    assert (post.mails, post.log_ins) == ([], 0)


@pytest.mark.parametrize("scheme", ["smtps", "submission"])
def test_a_certificate_for_another_name_is_refused(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    with mail_server(scheme, names=("mail.example.org",)) as post:
        believe(post, monkeypatch)
        fault = fault_of(server_of(post))

    assert "Hostname mismatch" in fault.words
    assert not post.mails


def test_tls_where_there_is_none() -> None:
    with mail_server() as post:
        fault = fault_of(replace(server_of(post), tls=True))

    assert isinstance(fault, ServerFault)
    assert "no TLS" in fault.words


def test_a_wrong_password() -> None:
    with mail_server(user="parley", password="secret") as post:
        fault = fault_of(replace(server_of(post), password="wrong"))

    assert isinstance(fault, ServerFault)
    assert "user and password" in fault.words
    assert "wrong" not in str(fault)


def test_a_log_in_nobody_asked_for() -> None:
    with mail_server() as post:
        post.offers_log_in = False
        fault = fault_of(replace(server_of(post), user="parley", password="secret"))

    assert "offers no log-in" in fault.words


def test_a_server_that_is_not_there() -> None:
    with mail_server() as post:
        post.down()
        fault = fault_of(server_of(post))

    assert isinstance(fault, ServerFault)
    assert "does not answer" in fault.words


@override_settings(EMAIL_TIMEOUT=0.2)
def test_a_server_that_says_nothing() -> None:
    with mail_server() as post:
        post.hangs = True
        fault = fault_of(server_of(post))

    assert isinstance(fault, ServerFault)
    assert "does not answer" in fault.words


def test_a_name_that_is_not_known() -> None:
    server = MailServer("mail.invalid", 25, "", "", tls=False, starttls=False)

    fault = fault_of(server)

    assert "name of the mail server" in fault.words


@pytest.mark.parametrize(
    ("stage", "answer", "kind", "final", "words"),
    [
        ("RCPT", "550 5.1.1 <june@example.org> unknown", LetterFault, True, "address"),
        ("RCPT", "450 4.2.0 Greylisted", LetterFault, False, "address now"),
        ("RCPT", "552 5.2.2 Over quota", LetterFault, False, "address now"),
        ("RCPT", "530 5.7.0 Log in first", LetterFault, False, "address now"),
        ("RCPT", "421 4.3.2 Closing", ServerFault, False, "cannot take mails now"),
        ("MAIL", "550 5.7.1 Not you", LetterFault, False, "as the sender"),
        ("MAIL", "421 4.3.2 Closing", ServerFault, False, "cannot take mails now"),
        ("DATA", "554 5.6.0 Spam", LetterFault, True, "refuses the mail"),
        ("DATA", "451 4.3.0 Later", LetterFault, False, "the mail now"),
        ("DATA", "421 4.3.2 Closing", ServerFault, False, "cannot take mails now"),
    ],
)
def test_what_the_server_refuses(
    stage: str, answer: str, kind: type[Fault], final: bool, words: str
) -> None:
    with mail_server() as post:
        post.answers[stage] = answer
        fault = fault_of(server_of(post))

    assert type(fault) is kind
    assert fault.final is final
    assert words in fault.words
    assert fault.reply.startswith(answer[:9])
    assert "june@" not in str(fault)


def test_after_a_refusal_the_line_serves_the_next() -> None:
    with mail_server() as post:
        post.answers["RCPT june@example.org"] = "550 5.1.1 Nobody"
        line = Line(server_of(post))
        with pytest.raises(LetterFault):
            line.send(LETTER)
        line.send(replace(LETTER, recipient="noor@example.org"))
        line.close()

    assert [mail.recipients for mail in post.mails] == [("noor@example.org",)]
    assert post.connections == 1


def test_words_of_the_server_are_kept_without_addresses_and_short() -> None:
    said = "550 5.1.1 <june@example.org>: see https://example.org/why?june=1 \x07" + (
        "x" * 300
    )
    with mail_server() as post:
        post.answers["RCPT"] = said
        fault = fault_of(server_of(post))

    assert fault.reply.startswith("550 5.1.1 …: see … x")
    assert len(fault.reply) <= 120


@pytest.mark.parametrize(
    ("site", "name"),
    [
        ("https://call.example.org:8443", "call.example.org"),
        ("https://bücher.example", "xn--bcher-kva.example"),
        ("https://192.0.2.7:8000", "[192.0.2.7]"),
        ("https://[2001:db8::7]", "[IPv6:2001:db8::7]"),
    ],
)
def test_it_greets_by_the_name_of_the_site(site: str, name: str) -> None:
    with mail_server() as post, override_settings(SITE_URL=site):
        line = Line(server_of(post))
        line.send(LETTER)
        line.close()

    assert post.greetings == [name]


def test_the_authority_of_the_tests_is_believed_by_name_alone(tmp_path: Path) -> None:
    """The two refusals above are of what they say, and not of any certificate."""
    made = certificate(tmp_path, "localhost")

    context = ssl.create_default_context(cafile=made.authority)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
