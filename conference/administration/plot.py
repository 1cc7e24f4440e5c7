"""A plot of the last days, as numbers for a template to draw in SVG.

Bars are minutes in calls, on the scale to the left; dots the most people at once, on
the scale to the right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rooms.models import Day

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 56, 40, 12, 28
STEPS = 4
LABEL_EVERY = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: where its bar and its dot are, and what they say."""

    day: date
    minutes: int
    people: int
    calls: int
    x: float
    width: float
    y: float
    height: float
    dot_x: float
    dot_y: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """One line across, with what it means on either scale."""

    y: float
    minutes: int
    people: int


@dataclass(frozen=True, slots=True)
class Plot:
    bars: list[Bar]
    ticks: list[Tick]
    line: str
    """The points of the line through all dots, as SVG writes them."""

    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    foot: int = HEIGHT - BOTTOM

    @property
    def is_empty(self) -> bool:
        return not any(bar.minutes or bar.people for bar in self.bars)


def plot(days: Sequence[Day]) -> Plot:
    """Draw these days, oldest first."""
    minutes = scale(max((day.minutes for day in days), default=0))
    people = scale(max((day.people for day in days), default=0))
    inside, wide = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT - RIGHT) / max(len(days), 1)

    def at(value: int, most: int) -> float:
        return round(HEIGHT - BOTTOM - inside * value / most, 1)

    bars = []
    for number, day in enumerate(days):
        begins = LEFT + number * wide
        top = at(day.minutes, minutes)
        bars.append(
            Bar(
                day=day.day,
                minutes=day.minutes,
                people=day.people,
                calls=day.calls,
                x=round(begins + wide * 0.15, 1),
                width=round(wide * 0.7, 1),
                y=top,
                height=round(HEIGHT - BOTTOM - top, 1),
                dot_x=round(begins + wide / 2, 1),
                dot_y=at(day.people, people),
                # The last day is today, and has a label.
                label=f"{day.day.day}.{day.day.month}."
                if (len(days) - 1 - number) % LABEL_EVERY == 0
                else "",
            )
        )
    ticks = [
        Tick(at(step, STEPS), minutes * step // STEPS, people * step // STEPS)
        for step in range(STEPS + 1)
    ]
    return Plot(bars, ticks, " ".join(f"{bar.dot_x},{bar.dot_y}" for bar in bars))


def scale(most: int) -> int:
    """A round number that is not below this one, and that quarters are whole of."""
    step = 1
    while True:
        for times in (1, 2, 5):
            if most <= STEPS * step * times:
                return STEPS * step * times
        step *= 10
