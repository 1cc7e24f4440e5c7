"""Spellings of one address, and of others that look like it."""

import pytest

from conference.mail.spelling import canonical

SPELLINGS = (
    "victim@example.com",
    "Victim@EXAMPLE.com",
    " victim@example.com ",
    "victim@\uff45xample.com",
    "victim@exam\u00adple.com",
    "victim@e\u02e3ample.com",
    "victim@example\u3002com",
    '"victim"@example.com',
    '"vic\\tim"@example.com',
)
"""A mail to each of them reaches the same mailbox."""


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_each_spelling_is_the_same(spelled: str) -> None:
    assert canonical(spelled) == "victim@example.com"
    assert canonical(canonical(spelled)) == "victim@example.com"


def test_names_of_other_scripts_are_spelled_as_the_dns_does() -> None:
    for spelled in ("b\u00fccher", "B\u00dcCHER", "bu\u0308cher", "XN--BCHER-KVA"):
        assert canonical(f"June@{spelled}.example") == ("june@xn--bcher-kva.example")


@pytest.mark.parametrize(
    "other",
    [
        "victim@\u0435xample.com",
        "victim@example.com.org",
        "victim+1@example.com",
        '"vic tim"@example.com',
        '"vic\\"tim"@example.com',
        '"victim@example.com',
        "v\u0131ctim@example.com",
        "@",
        "victim",
        "",
    ],
)
def test_what_is_another_stays_another(other: str) -> None:
    assert canonical(other) != "victim@example.com"
    assert canonical(canonical(other)) == canonical(other)


def test_what_is_no_domain_stays_as_it_is() -> None:
    assert canonical("June@\u2603.example") == "june@\u2603.example"
    assert canonical("june@fa\u00df.example") == "june@xn--fa-hia.example"
