"""What may stand where a name stands, against those who try."""

import unicodedata

import pytest

from accounts.names import NAME_LENGTH, BadName, clean_name

HOSTILE = [
    "\u202egnp.exe",
    "Mira\u202e\u2066admin\u2069",
    "\u200bM\u200bi\u200br\u200ba\u200b",
    "\ufeffMira",
    "Mi\u00adra",
    "Mira\u2060\u2061\u2062\u2063\u2064",
    "Mira\x00\x07\x1b[31m",
    "Mira\r\nBcc: everybody@example.org",
    "Mira\u2028\u2029Host",
    "\u3164Mira\uffa0",
    "Mira\U000e0041\U000e0042\U000e007f",
    "Mira\ufe0f\ufe0e\U000e0100",
    "Mira\u180e\u034f\u17b4",
    "\ue000Mira\uf8ff",
    "Mira\u0378",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 Mira",
    "M" + "\u0301" * 40,
    "\u0301\u0301Mira",
    "Mira \u0301\u0302\u0303\u0304\u0305\u0306",
    "<script>alert(1)</script>",
    "e\u200d\u0301ve",
    "A \u200b B",
    "\u00a8\u00a8Mira",
    "\u1112\u1161\u11ab Hangul",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_comes_out_harmless(text: str) -> None:
    name = clean_name(text)

    assert 1 <= len(name) <= NAME_LENGTH
    assert unicodedata.normalize("NFKC", name) == name
    assert clean_name(name) == name
    assert name == " ".join(name.split())
    for char in name:
        assert unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        assert not 0xFE00 <= ord(char) <= 0xFE0F
        assert not 0xE0000 <= ord(char) <= 0xE0FFF


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \t\n",
        "\u200b\u200b",
        "\u202e",
        "\u3164",
        "\u2800",
        "\u115f\u1160",
        "\u0301\u0301",
        "\ufe0f",
        "\x00",
        "\ud800",
        "\U000e0041",
    ],
)
def test_a_name_nobody_can_see_is_refused(text: str) -> None:
    with pytest.raises(BadName, match="can be seen"):
        clean_name(text)


@pytest.mark.parametrize(
    "text",
    ["x" * (NAME_LENGTH + 1), "x" * 1_000_000, "\ufdfa" * 4, "a\u0301" * 100_000],
)
def test_a_name_that_is_too_long_is_refused_and_never_cut(text: str) -> None:
    with pytest.raises(BadName, match="at most 60"):
        clean_name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Amara Osei", "Amara Osei"),
        ("  Amara \u00a0  Osei ", "Amara Osei"),
        ("José", "José"),
        ("Jose\u0301", "José"),
        ("\uff2d\uff49\uff52\uff41", "Mira"),
        ("Nguyễn Thị Ái", "Nguyễn Thị Ái"),
        ("山田 太郎", "山田 太郎"),
        ("ไพศาล น้ำใจ", unicodedata.normalize("NFKC", "ไพศาล น้ำใจ")),
        ("שָׁלוֹם", unicodedata.normalize("NFKC", "שָׁלוֹם")),
        ("محمد", "محمد"),
        ("हिन्दी", "हिन्दी"),
        ("O\u2019Neill-Smith, Jr.", "O\u2019Neill-Smith, Jr."),
        ("🦊", "🦊"),
        ("x" * NAME_LENGTH, "x" * NAME_LENGTH),
    ],
)
def test_names_of_people_stay_as_they_are_written(text: str, name: str) -> None:
    assert clean_name(text) == name


def test_marks_cannot_climb_over_the_line_above() -> None:
    name = clean_name("Zal" + "\u0335" * 30 + "go" + "\u20dd" * 30)

    towers = [
        len(part)
        for part in "".join(
            "m" if unicodedata.category(char) in ("Mn", "Me") else " " for char in name
        ).split()
    ]
    assert max(towers) == 4


def test_a_refusal_has_a_code_for_programs() -> None:
    assert BadName.code == "bad-name"
