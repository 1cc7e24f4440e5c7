"""From a message to what is handed in, and how it is kept."""

from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.test import override_settings

from conference.mail.letter import BadMail, Letter, letters_of, recipient_hash
from conference.sealing import SealBroken


def message(**fields: Any) -> EmailMessage:
    given = {"subject": "Grüße", "body": "Guten Tag", "to": ["june@example.org"]}
    return EmailMessage(**{**given, **fields})


def test_each_recipient_gets_a_letter_of_their_own() -> None:
    letters = letters_of(
        message(
            to=["June Park <june@example.org>", "noor@example.org"],
            cc=["june@example.org"],
            bcc=["paul@bücher.example"],
        )
    )

    assert [letter.recipient for letter in letters] == [
        "june@example.org",
        "noor@example.org",
        "paul@xn--bcher-kva.example",
    ]
    assert b"paul" not in b"".join(letter.content for letter in letters)
    assert {letter.sender for letter in letters} == {"no-reply@localhost"}


def test_the_message_is_whole() -> None:
    sent = EmailMultiAlternatives("Grüße", "Guten Tag", to=["june@example.org"])
    sent.attach_alternative("<p>Guten Tag</p>", "text/html")
    sent.attach("invite.ics", "BEGIN:VCALENDAR", "text/calendar")
    (letter,) = letters_of(sent)

    read = message_from_bytes(letter.content, policy=policy.default)

    assert read["Subject"] == "Grüße"
    text = read.get_body(("plain",))
    assert text is not None
    assert text.get_content().strip() == "Guten Tag"
    assert [part.get_filename() for part in read.iter_attachments()] == ["invite.ics"]
    assert read["Auto-Submitted"] == "auto-generated"
    assert b"\n" not in letter.content.replace(b"\r\n", b"")


@override_settings(SITE_URL="https://call.example.org:8443")
def test_its_number_names_the_site_and_not_the_machine() -> None:
    first, second = (letters_of(message())[0].content for _ in range(2))

    numbers = [message_from_bytes(each)["Message-ID"] for each in (first, second)]
    assert all(number.endswith("@call.example.org>") for number in numbers)
    assert len(set(numbers)) == 2


def test_headers_of_the_message_itself_win() -> None:
    (letter,) = letters_of(message(headers={"Auto-Submitted": "no"}))

    assert message_from_bytes(letter.content).get_all("Auto-Submitted") == ["no"]


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "Hello\r\nBcc: everybody@example.org"},
        {"subject": "Hello\nBcc: everybody@example.org"},
        {"to": ["june@example.org\r\nBcc: everybody@example.org"]},
        {"to": ["june@example.org\n"]},
        {"to": ["june@example.org", "nobody"]},
        {"to": ["june@example.org, everybody@example.org"]},
        {"to": ["jüne@example.org"]},
        {"to": ["\u017fune@example.org"]},
        {"to": ["june@\u2603.example"]},
        {"to": ['"\x0bX:y"@example.com']},
        {"reply_to": ["a@example.org\r\nBcc: everybody@example.org"]},
        {"from_email": "a@example.org\r\nBcc: everybody@example.org"},
        {"headers": {"X-Room": "a\r\nBcc: everybody@example.org"}},
    ],
)
def test_no_line_break_makes_a_header_of_its_own(fields: dict[str, Any]) -> None:
    with pytest.raises(BadMail) as refused:
        letters_of(message(**fields))
    assert "@" not in str(refused.value)


def test_what_is_sealed_tells_nothing_and_comes_back_whole() -> None:
    letter = Letter("no-reply@example.org", "june@example.org", b"a\n\nb\r\n")
    sealed = letter.sealed()

    assert Letter.opened(sealed) == letter
    assert b"june" not in sealed
    with (
        override_settings(SECRET_KEY="another key, " * 5),
        pytest.raises(SealBroken),
    ):
        Letter.opened(sealed)


def test_hashes_of_addresses_know_no_case_and_need_the_key() -> None:
    mine = recipient_hash("June@example.org")

    assert mine == recipient_hash("june@EXAMPLE.org") != recipient_hash("j@example.org")
    assert mine == recipient_hash("june@\uff45xample.org")
    with override_settings(SECRET_KEY="another key, " * 5):
        assert recipient_hash("june@example.org") != mine
