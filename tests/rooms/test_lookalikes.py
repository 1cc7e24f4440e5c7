"""A hundred names that can be taken for others, and as many pairs that cannot."""

# ruff: noqa: RUF001 - letters that can be taken for others are what this is about.

import pytest

from rooms.lookalikes import looks_like

LIKE: dict[str, tuple[str, ...]] = {
    "Amara Osei": (
        *("Amara Osei", "amara osei", "AMARA OSEI", "Amara  Osei", "AmaraOsei"),
        *("Amara-Osei", "Amara.Osei", "Amara_Osei", "Amara Osei.", "-Amara Osei-"),
        *("Amara Osei!", "Amara Osei ✓", "★ Amara Osei ★", "Amara Osei 👑"),
        *(
            "Amara Osei (Host)",
            "Host Amara Osei",
            "Amara Osei, owner",
            "Real Amara Osei",
        ),
        *(
            "Amara Osei (you)",
            "Amara Osei [Admin]",
            "The Amara Osei",
            "Amara Osei team",
        ),
        *("Аmara Osei", "Amаra Osei", "Amara Оsei", "Amara Osеi", "Amara Oѕei"),
        *("Αmara Osei", "Amara Οsei", "Amara Osеі", "Аmаrа Оѕеі", "ΑΜΑRΑ ΟSΕΙ"),
        *("Amara 0sei", "4mara Osei", "@mara Osei", "Amara O5ei", "Amara Os3i"),
        *("Amara Ose1", "Amara Ose!", "Amara Osel", "Amara OseI", "Amara Ose|"),
        *("Amarra Osei", "Ammara Osei", "Amara Oseei", "Aamara Osei", "Amara Ossei"),
        *("Ámara Osei", "Amåra Osei", "Amara Ošei", "Amara Öséi", "Amârà Oseî"),
        *("Ａｍａｒａ Ｏｓｅｉ", "𝐀𝐦𝐚𝐫𝐚 𝐎𝐬𝐞𝐢", "Amara Oꜱei"),
    ),
    "Tomas Lind": (
        *("Tomas Lind", "Tomas L1nd", "Tomas IInd", "Tornas Lind", "Tomas Iind"),
        *("Тomas Lind", "Tοmas Lind", "Tomas Lіnd", "7omas Lind", "T0mas L1nd"),
        *("Tomas-Lind", "Tomás Lind", "Tomas|Lind", "tomas.lind"),
    ),
    "William Clark": (
        *("VVilliam Clark", "Wiiiiam Clark", "WlLLlAM CLARK"),
        *("Wi11iam C1ark", "Ԝilliam Clark", "William Сlark", "William (host) Clark"),
    ),
    "Elena": (
        "Еlena",
        "ELENA",
        "E1ena",
        "Elеna",
        "ЕLЕNА",
        "Eléna",
        "El3na",
        "Elena (mod)",
    ),
    "Борис": ("Борис", "БОРИС", "Бopис", "Борис (host)"),
    "李明": ("李明", "李 明"),
    "Bob": ("B0b", "8ob", "BOB", "Вob", "Bobb"),
    "Mia Wong": ("Mia VVong", "Мia Wong", "Mi4 Wong", "Mia W0ng", "Mia-Wong (guest)"),
}

UNLIKE = [
    *[
        ("Amara Osei", other)
        for other in ("Amara", "Osei", "Amara Oseko", "Tamara Osei")
    ],
    *[
        ("Amara Osei", other)
        for other in ("Omara Asei", "Amira Osei", "A. Osei", "Mara")
    ],
    *[("Jana Berg", other) for other in ("Jan Berg", "Jane Berg", "Dana Berg", "Jana")],
    *[("Maria Lind", other) for other in ("Mario Lind", "Marta Lind", "Mara Lind")],
    *[("Anna", other) for other in ("Hanna", "Anne", "Anja", "Annika", "Nana")],
    *[("Lucia", other) for other in ("Luda", "Lucie", "Lukas", "Lidia")],
    *[("李明", other) for other in ("李鸣", "王明", "明", "李")],
    *[("Борис", other) for other in ("Бориса", "Денис", "Boris")],
    *[("Host", other) for other in ("Guest", "Owner", "Ghost", "Admin")],
    *[("Jo", other) for other in ("J", "Joe", "Jon", "So")],
    *[("🦊", other) for other in ("🐼", "Fox", "...")],
]


def test_there_are_a_hundred() -> None:
    assert sum(map(len, LIKE.values())) >= 100


@pytest.mark.parametrize(
    ("name", "other"), [(name, other) for name in LIKE for other in LIKE[name]]
)
def test_it_can_be_taken_for(name: str, other: str) -> None:
    assert looks_like(other, [name])
    assert looks_like(name, ["Nobody Else", other])


@pytest.mark.parametrize(("name", "other"), UNLIKE)
def test_it_cannot_be_taken_for(name: str, other: str) -> None:
    assert not looks_like(other, [name])
    assert not looks_like(name, [other])


def test_nobody_is_like_nobody() -> None:
    assert not looks_like("Amara Osei", [])
