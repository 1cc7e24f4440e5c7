"""The short way through parsing lets nothing in that the careful one refuses."""

import json
import random
from typing import Any, get_args

import pytest

from rooms.signalling.protocol import Incoming, ProtocolError
from rooms.signalling.protocol.parsing import (
    QUOTES,
    Frequent,
    _with_care,
    at_a_glance,
)

from .test_protocol import FROM_CLIENTS, allow

FREQUENT = [
    sample
    for sample in FROM_CLIENTS
    if sample["type"] in {kind.__struct_config__.tag for kind in get_args(Frequent)}
]
PATCHES = [
    *('"to":"other",', '"type":"ping",', '"number":0,', '"sdp":"",', '"heard":1,'),
    *('"camera":"on",', '"candidate":"",', '"t\\u006f":"other",', '"extra":1,'),
    *('"\\u0074ype":"offer",', '"":"",', '"candidates":[],', '"id":"a","id":"b",'),
]
TEXTS = ['\\"', "\\u0022", "\\\\", "\\u005c\\u0022", "é", "\\ud800", "\\/", "\x7f", "1"]


def carefully(frame: str) -> Incoming | None:
    try:
        return _with_care(frame, 0, allow)
    except ProtocolError:
        return None


def altered(sample: dict[str, Any], dice: random.Random) -> str:
    """The sample as JSON, with keys said twice, and texts escaped in every way."""
    spaced = dice.random() < 0.3
    frame = json.dumps(sample, separators=None if spaced else (",", ":"))
    for _ in range(dice.randrange(4)):
        braces = [place for place, sign in enumerate(frame) if sign == "{"]
        quotes = [place for place, sign in enumerate(frame) if sign == '"']
        if dice.random() < 0.5:
            place = dice.choice(braces) + 1
            frame = frame[:place] + dice.choice(PATCHES) + frame[place:]
        else:
            place = dice.choice(quotes) + dice.randrange(2)
            frame = frame[:place] + dice.choice(TEXTS) + frame[place:]
    return frame


@pytest.mark.parametrize("sample", FREQUENT, ids=lambda sample: sample["type"])
def test_what_is_frequent_goes_the_short_way(sample: dict[str, Any]) -> None:
    for separators in ((",", ":"), (", ", ": ")):
        frame = json.dumps(sample, separators=separators)
        message = at_a_glance(frame)
        assert message is not None
        assert message == carefully(frame)


def test_every_frequent_type_has_a_sample() -> None:
    assert {sample["type"] for sample in FREQUENT} == {
        kind.__struct_config__.tag for kind in QUOTES
    }
    assert set(QUOTES) == set(get_args(Frequent))


@pytest.mark.parametrize("sample", FREQUENT, ids=lambda sample: sample["type"])
def test_both_ways_agree_about_frames_that_are_altered(sample: dict[str, Any]) -> None:
    dice = random.Random(11)
    short = refused = 0
    for _ in range(4000):
        frame = altered(sample, dice)
        careful = carefully(frame)
        refused += careful is None
        glance = at_a_glance(frame)
        if glance is not None:
            assert glance == careful, frame
            short += 1
    # Both happen, or this shows nothing.
    assert short > 300
    assert refused > 300


def test_what_hides_a_second_key_is_found() -> None:
    hidden = (
        '{"type":"restart","to":"a","epoch":1,"kind":"ice","to":"b"}',
        '{"type":"restart","to":"a","epoch":1,"kind":"ice","\\u0074o":"b"}',
        '{"type":"ping","heard":1,"heard":1}',
        '{"type":"ping","type":"ping","heard":1}',
        '{"type":"pong","heard":1,"type":"ping"}',
    )
    for frame in hidden:
        assert at_a_glance(frame) is None
        assert carefully(frame) is None
    sdp = 'v=0\\r\\ns=\\u0022\\u0022\\u0022\\u0022\\r\\n","to":"b'
    frame = f'{{"type":"offer","to":"a","epoch":1,"number":0,"sdp":"{sdp}"}}'
    assert at_a_glance(frame) is None
    assert carefully(frame) is None
