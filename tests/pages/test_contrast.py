"""Every pair of colours that meets on a page can be read, in light and in dark.

WCAG 2.2 AA: 4.5 for words, 3 for edges of controls, rings and signs. What is
translucent is laid over the ground that is worst for it.
"""

import re

import pytest

from conference.env import BASE_DIR

TOKENS = dict(
    re.findall(
        r"(--[\w-]+):\s*([^;]+);", (BASE_DIR / "static/css/tokens.css").read_text()
    )
)
WORDS, EDGES = 4.5, 3.0
TINTS = "--accent-tint --warning-tint --danger-tint"
PAIRS = (
    ("--text", f"--page --surface --surface-quiet {TINTS}", WORDS),
    ("--text-quiet", "--page --surface --surface-quiet", WORDS),
    ("--accent", "--page --surface --surface-quiet --accent-tint", WORDS),
    ("--accent-hover", "--page --surface --accent-tint", WORDS),
    ("--on-accent", "--accent --accent-hover", WORDS),
    ("--on-danger", "--danger --danger-hover", WORDS),
    ("--danger-text", "--page --surface --danger-tint", WORDS),
    ("--warning-text", "--page --surface --warning-tint", WORDS),
    ("--line-control", "--page --surface", EDGES),
    ("--focus", "--page --surface --surface-quiet", EDGES),
)
ON_STAGE = (
    ("--text", "--stage --veil", WORDS),
    ("--text-quiet", "--stage", WORDS),
    ("--danger-text", "--veil", WORDS),
    ("--accent", "--stage --veil", EDGES),
    ("--danger", "--stage", EDGES),
)
VIDEO = ((255.0, 255.0, 255.0), (0.0, 0.0, 0.0))

Colour = tuple[float, float, float]


def resolve(name: str, dark: bool) -> tuple[Colour, float]:
    """The colour behind a token, and how much of it is there."""
    value = TOKENS[name]
    while found := re.fullmatch(r"var\((--[\w-]+)\)", value):
        value = TOKENS[found[1]]
    if found := re.fullmatch(r"light-dark\((.+?\)?),\s*([^,]+)\)", value):
        value = found[2 if dark else 1]
    if found := re.fullmatch(r"rgb\((\d+) (\d+) (\d+) / (\d+)%\)", value):
        red, green, blue, alpha = map(float, found.groups())
        return (red, green, blue), alpha / 100
    red, green, blue = bytes.fromhex(value.removeprefix("#"))
    return (red, green, blue), 1.0


def grounds(name: str, dark: bool) -> list[Colour]:
    """What the token's surface can look like, over any video."""
    colour, alpha = resolve(name, dark)
    behind = [colour] if alpha == 1 else VIDEO
    return [
        (
            alpha * colour[0] + (1 - alpha) * under[0],
            alpha * colour[1] + (1 - alpha) * under[1],
            alpha * colour[2] + (1 - alpha) * under[2],
        )
        for under in behind
    ]


def light(colour: Colour) -> float:
    """Relative luminance."""
    red, green, blue = (
        part / 255 / 12.92
        if part / 255 <= 0.04045
        else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(front: Colour, ground: Colour) -> float:
    high, low = sorted((light(front), light(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_colours_that_meet_can_be_told_apart(dark: bool) -> None:
    seen = 0
    for front, names, least in (*PAIRS, *(ON_STAGE if dark else ())):
        for name in names.split():
            for ground in grounds(name, dark):
                found = contrast(resolve(front, dark)[0], ground)
                assert found >= least, f"{front} on {name}: {found:.2f}"
                seen += 1
    assert seen > 20


def test_contrast_is_measured_as_the_standard_says() -> None:
    white, black = VIDEO
    assert contrast(white, black) == pytest.approx(21)
    assert contrast((119, 119, 119), white) == pytest.approx(4.48, abs=0.01)
