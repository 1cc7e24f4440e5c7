"""Plain text, read as headings, paragraphs and links."""

import pytest

from conference.texts import Block, Piece, blocks, default_privacy


def lines(text: str) -> list[tuple[bool, list[str]]]:
    return [
        (block.heading, ["".join(p.words for p in line) for line in block.lines])
        for block in blocks(text)
    ]


def links(text: str) -> list[tuple[str, str]]:
    return [
        (piece.words, piece.href)
        for block in blocks(text)
        for line in block.lines
        for piece in line
        if piece.href
    ]


def test_empty_lines_end_paragraphs_and_others_are_kept() -> None:
    text = "The choir\nMill Lane 3\r\n\r\n\n# Questions \nWrite to us."

    assert lines(text) == [
        (False, ["The choir", "Mill Lane 3"]),
        (True, ["Questions"]),
        (False, ["Write to us."]),
    ]


def test_a_number_sign_alone_is_no_heading() -> None:
    assert lines("#1 of all\n#\nC # D") == [(False, ["#1 of all", "#", "C # D"])]


def test_nothing_is_nothing() -> None:
    assert lines(" \n\n ") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://example.org/a?b=c#d.", "https://example.org/a?b=c#d"),
        ("(http://example.org/)", "http://example.org/"),
        ("“https://example.org/x”", "https://example.org/x"),
        ("Write to mira@example.org.", "mailto:mira@example.org"),
        ("a.b+c@mail.example.org, or call", "mailto:a.b+c@mail.example.org"),
    ],
)
def test_addresses_become_links(text: str, found: str) -> None:
    ((words, href),) = links(text)

    assert href == found
    assert words in text
    assert href.removeprefix("mailto:") == words


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "@example",
        "a@b",
        "#",
    ],
)
def test_nothing_else_becomes_a_link(text: str) -> None:
    assert links(text) == []


def test_what_looks_like_markup_stays_text() -> None:
    assert list(blocks('<script>alert("1")</script>')) == [
        Block(False, ((Piece('<script>alert("1")</script>'),),))
    ]


def test_the_text_of_the_product_is_whole() -> None:
    read = list(blocks(default_privacy()))

    assert sum(block.heading for block in read) > 5
    assert not links(default_privacy())
    assert all(len(block.lines) == 1 for block in read)
