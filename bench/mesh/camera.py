"""What the camera sees: somebody before a wall, who sways and talks, with the grain of
a small sensor. A flat test picture would cost an encoder next to nothing."""

from __future__ import annotations

import math
import random
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

RATE = 30
PICTURES = 60
GRAINS = 8
GRAIN = 6.0
GROUND = (1280, 720)


def film(path: Path, width: int, height: int) -> Path:
    """Writes two seconds that begin again without a jump, as YUV4MPEG2."""
    rows = random.Random(7)
    wall = _wall(rows)
    grains = [
        Image.effect_noise((width, height), GRAIN).convert("L") for _ in range(GRAINS)
    ]
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{width} H{height} F{RATE}:1 Ip A1:1 C420\n".encode())
        for number in range(PICTURES):
            picture = _person(wall, 2 * math.pi * number / PICTURES)
            light, blue, red = (
                picture.resize((width, height), Image.Resampling.BILINEAR)
                .convert("YCbCr")
                .split()
            )
            grained = ImageChops.add(light, grains[number % GRAINS], 1, -128)
            half = (width // 2, height // 2)
            out.write(b"FRAME\n" + grained.tobytes())
            for colour in (blue, red):
                out.write(colour.resize(half).tobytes())
    return path


def _wall(rows: random.Random) -> Image.Image:
    """Shelves with things on them, a little out of focus."""
    wall = Image.new("RGB", GROUND, (196, 188, 172))
    pen = ImageDraw.Draw(wall)
    for shelf in range(4):
        bottom = 150 + 170 * shelf
        pen.rectangle((0, bottom, GROUND[0], bottom + 12), (122, 96, 70))
        left = 0
        while left < GROUND[0]:
            wide, tall = rows.randint(14, 48), rows.randint(60, 130)
            colour = tuple(rows.randint(40, 220) for _ in range(3))
            pen.rectangle((left, bottom - tall, left + wide, bottom), colour)
            left += wide + rows.choice((2, 4, 30))
    return wall.filter(ImageFilter.GaussianBlur(3))


def _person(wall: Image.Image, turn: float) -> Image.Image:
    """At this point of a round of 2π; the mouth moves five times as fast."""
    picture = wall.copy()
    pen = ImageDraw.Draw(picture)
    x, y = 640 + 40 * math.sin(turn), 330 + 12 * math.sin(2 * turn)
    pen.ellipse((x - 330, y + 190, x + 330, y + 800), (54, 78, 110))
    pen.ellipse((x - 130, y - 180, x + 130, y + 170), (224, 178, 148))
    pen.pieslice((x - 140, y - 200, x + 140, y + 60), 180, 360, (66, 44, 30))
    for side in (-50, 50):
        pen.ellipse((x + side - 14, y - 40, x + side + 14, y - 16), (40, 30, 26))
    mouth = 10 + 14 * abs(math.sin(5 * turn))
    pen.ellipse((x - 42, y + 80 - mouth, x + 42, y + 80 + mouth), (150, 60, 64))
    hand = 200 * math.sin(3 * turn)
    pen.ellipse((x + 250, y + 60 + hand, x + 350, y + 170 + hand), (224, 178, 148))
    return picture
