"""A voice for the fake microphone that never falls silent.

Chromium's own beeps once a second, and between the beeps nothing is sent (Opus DTX): a
pause of the network could not be told from one of the speaker.
"""

from __future__ import annotations

import array
import math
import random
import wave
from pathlib import Path

RATE = 48_000
SECONDS = 10
SYLLABLE_SECONDS = 0.09
LOUD = 9_000


def babble(where: Path) -> Path:
    """Write a melody of short rich tones, as a WAV file that may be repeated."""
    dice = random.Random(4)
    samples = array.array("h")
    phase = 0.0
    for _ in range(round(SECONDS / SYLLABLE_SECONDS)):
        pitch = dice.uniform(110, 420)
        loud = dice.uniform(0.5, 1) * LOUD
        for _ in range(round(SYLLABLE_SECONDS * RATE)):
            phase += 2 * math.pi * pitch / RATE
            sound = (
                math.sin(phase) + 0.6 * math.sin(2 * phase) + 0.4 * math.sin(5 * phase)
            )
            samples.append(round(loud * sound / 2))
    with wave.open(str(where), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return where
