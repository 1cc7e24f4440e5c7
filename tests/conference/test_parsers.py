"""What the text of a setting means, and why some text means nothing."""

import pytest

from conference import parsers


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("", []),
        ("example.org", ["example.org"]),
        (" @Example.ORG , ,sub.example.net,", ["example.org", "sub.example.net"]),
        ("bücher.example", ["xn--bcher-kva.example"]),
        ("xn--bcher-kva.example", ["xn--bcher-kva.example"]),
    ],
)
def test_domains(text: str, domains: list[str]) -> None:
    assert parsers.domains(text) == domains


@pytest.mark.parametrize(
    "text",
    [
        "exa_mple.org",
        "*.example.org",
        "example.org.",
        "a b",
        "-a.org",
        "mira@example.org",
    ],
)
def test_what_is_no_domain_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is not a domain, as example"):
        parsers.domains(f"example.net,{text}")


def test_look_alikes_are_others() -> None:
    assert parsers.ascii_domain("\u0435xample.org") != "example.org"
    assert parsers.ascii_domain("\uff45xample.org") is None


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("", ""),
        ("https://id.example.org", "https://id.example.org"),
        ("https://id.example.org/realms/one/", "https://id.example.org/realms/one"),
        ("http://localhost:9000", "http://localhost:9000"),
    ],
)
def test_an_issuer(text: str, issuer: str) -> None:
    assert parsers.issuer(text) == issuer


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http://id.example.org", "must begin with https://"),
        ("id.example.org", "must begin with https://"),
        ("https://", "must name a host"),
        ("https://me@id.example.org", "and no user"),
        ("ftp://localhost", "must begin with http:// or https://"),
    ],
)
def test_what_is_no_issuer_is_told_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parsers.issuer(text)


@pytest.mark.parametrize("text", ["", "x" * 20, "a-token-of-20-letters-and-more"])
def test_a_token_is_taken_as_it_stands(text: str) -> None:
    assert parsers.token(text) == text


@pytest.mark.parametrize("text", ["short", "x" * 19, "with a space in " * 3, "é" * 30])
def test_a_token_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="20 characters"):
        parsers.token(text)
