"""Addresses as people paste them."""

import pytest

from rooms.invitations.addresses import BadAddresses, read_addresses


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("", []),
        (" , ;\n", []),
        ("a@x.org", ["a@x.org"]),
        (
            "a@x.org, b@x.org;c@x.org d@x.org\r\ne@x.org",
            ["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org"],
        ),
        ("Tomas Lind <t@x.org>", ["t@x.org"]),
        (
            '"Lind, Tomas" <t@x.org>, June <j@x.org> k@x.org',
            ["t@x.org", "j@x.org", "k@x.org"],
        ),
        ("b@x.org Tomas <t@x.org>", ["b@x.org", "t@x.org"]),
        ("<a@x.org><b@x.org>", ["a@x.org", "b@x.org"]),
        ("\"a@x.org\" 'b@x.org'", ["a@x.org", "b@x.org"]),
        ("Tomas@X.org, tomas@x.org TOMAS@x.ORG", ["tomas@x.org"]),
        ("june@b\u00fccher.example", ["june@xn--bcher-kva.example"]),
        ('tomas@x.org tomas@\uff58.org <"tomas"@x.org>', ["tomas@x.org"]),
    ],
)
def test_every_usual_way_is_read(text: str, addresses: list[str]) -> None:
    assert read_addresses(text) == addresses


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Tomas", "\u201cTomas\u201d is no e-mail address."),
        ("a@x.org, b@, c", "\u201cb@\u201d and \u201cc\u201d are no e-mail addresses."),
        ("<>", "\u201c<>\u201d is no e-mail address."),
        ("a@x.org>", "\u201ca@x.org>\u201d is no e-mail address."),
        ("b b b", "\u201cb\u201d is no e-mail address."),
        ("\u202etxt", "\u201ctxt\u201d is no e-mail address."),
        ("a@x.org\r\nBcc: b@x.org", "\u201cBcc:\u201d is no e-mail address."),
    ],
)
def test_each_bad_one_is_named(text: str, words: str) -> None:
    with pytest.raises(BadAddresses, match=f"^{words}$"):
        read_addresses(text)


@pytest.mark.parametrize(
    "text", ['"' * 9999, "<" * 9999, "a " * 4999, "a@" * 4999, '"<' * 4999, "x" * 9999]
)
def test_no_text_makes_it_slow_or_its_complaint_long(text: str) -> None:
    with pytest.raises(BadAddresses) as fault:
        read_addresses(text)

    assert len(str(fault.value)) < 800


@pytest.mark.parametrize(
    "text",
    [
        "a@x.org\0",
        "a@x.org\x0bb",
        f"{'a' * 250}@x.org",
        "a@x",
        "a b@x.org c",
        "@",
        "a@b@c.org",
        "\u017f@x.org",
        "a@\u2603.example",
        "a@" + "\u00fc" * 60 + ".example",
    ],
)
def test_nothing_else_passes_for_an_address(text: str) -> None:
    with pytest.raises(BadAddresses):
        read_addresses(text)
