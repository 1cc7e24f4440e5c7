"""What formatters leave out of any line, and that they stay fast whatever it holds."""

import json
import logging
import time

import pytest
from django.core import signing

from conference.log import WATCH, DiscreetFormatter, DiscreetJson, about, discreet

SDP = "v=0\r\no=- 1 2 IN IP4 203.0.113.9\r\na=ice-pwd:secret\r\n"
CANDIDATE = "candidate:1 1 udp 2113937151 203.0.113.9 50000 typ host"


def record(words: str, *args: object, **extra: object) -> logging.LogRecord:
    logger = logging.getLogger("rooms.signalling.hub")
    return logger.makeRecord(
        logger.name, logging.INFO, "file", 1, words, args, None, extra=extra
    )


def failed(fault: Exception) -> logging.LogRecord:
    """The record of an error, with its traceback."""
    made = record("It failed")
    try:
        raise fault
    except Exception as raised:
        made.exc_info = (type(raised), raised, raised.__traceback__)
    return made


def lines(made: logging.LogRecord) -> tuple[str, str]:
    """As text and as JSON."""
    text = DiscreetFormatter("%(levelname)s %(name)s: %(message)s").format(made)
    return text, DiscreetJson().format(made)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("from 203.0.113.9 and 10.1.2.3:80", "from 203.0.-.- and 10.1.-.-:80"),
        ("('2001:db8:1:2::9', 5)", "('2001:0db8:0001:-', 5)"),
        ("::ffff:203.0.113.9.", "::ffff:203.0.-.-."),
        ("127.0.0.1:8000, ::1, 0.0.0.0", "127.0.0.1:8000, ::1, 0.0.0.0"),
        ("at 12:30:45,123 in 1.2.3", "at 12:30:45,123 in 1.2.3"),
        (f"'{SDP}' came", "'v=0 -' came"),
        (f"{SDP!r} came", "'v=0 -' came"),
        (json.dumps({"sdp": SDP, "to": "x"}), '{"sdp": "v=0 -", "to": "x"}'),
        (f"'{CANDIDATE}' came", "'candidate:-' came"),
    ],
)
def test_addresses_and_media_are_cut_short(said: str, shown: str) -> None:
    assert discreet(said, "any") == shown


def test_who_guesses_passwords_is_told_in_full() -> None:
    words = "Wrong password, from 203.0.113.9"
    assert discreet(words, WATCH) == words


@pytest.mark.parametrize(
    "token",
    [
        signing.TimestampSigner(salt="a").sign("eyJyb29tIjoxfQ"),
        signing.Signer(salt="b").sign("0123456789abcdef"),
        signing.dumps({"a": 1}),
    ],
    # Signatures hold the time, and each worker that collects makes its own.
    ids=["with its time", "without a time", "an object"],
)
@pytest.mark.parametrize("around", ["{}", '"{}"', "?t={}&x", "Bearer {};", "({})"])
def test_what_was_signed_is_left_out(token: str, around: str) -> None:
    for written in (token, token.replace(":", "%3A")):
        said = discreet(around.format(written), "any")
        assert not [part for part in token.split(":") if part in said]


@pytest.mark.parametrize("which", [0, 1], ids=["text", "json"])
def test_a_traceback_tells_no_more(which: int) -> None:
    token = signing.TimestampSigner().sign("eyJyb29tIjoxfQ")
    path = "/ws/rooms/abcd-efgh/"
    fault = ValueError(f"{token} {path} 203.0.113.9 {SDP!r} {CANDIDATE!r}")
    line = lines(failed(fault))[which]
    assert "ValueError" in line
    assert "test_discretion.py" in line
    for secret in (token, "abcd-efgh", "113.9", "ice-pwd", "typ host"):
        assert secret not in line


def test_room_and_seat_are_fields() -> None:
    text, line = lines(record("Closed for %s", "abuse", **about(7, "x4Rt")))
    assert text == "INFO rooms.signalling.hub: Closed for abuse (room 7, seat x4Rt)"
    told = json.loads(line)
    del told["time"]
    assert told == {
        "level": "INFO",
        "logger": "rooms.signalling.hub",
        "message": "Closed for abuse",
        "room": 7,
        "seat": "x4Rt",
    }
    text, line = lines(record("The room is deleted", **about(7)))
    assert text.endswith("deleted (room 7)")
    assert "seat" not in line


def test_other_fields_are_not_told() -> None:
    """Django hands whole requests to its log, cookies included."""
    text, line = lines(record("Not Found", request="a request", status_code=404))
    assert text.endswith(": Not Found")
    assert json.loads(line).keys() == {"time", "level", "logger", "message"}


def test_an_object_is_one_line() -> None:
    _, line = lines(failed(ValueError("one\ntwo\u2028three")))
    assert "\n" not in line
    assert "one\ntwo" in json.loads(line)["traceback"]


@pytest.mark.parametrize(
    "piece", ["a:", "a", "1.1.", "v=0\r\n", "candidate:", "/r/", "=a-", "%3a", ":"]
)
def test_no_text_makes_it_slow(piece: str) -> None:
    """Ten times the text takes about ten times as long, not a hundred times."""

    def seconds(count: int) -> float:
        text = piece * count + ":" + "b" * 43
        least = 1.0e9
        for _ in range(3):
            began = time.process_time()
            discreet(text, "any")
            least = min(least, time.process_time() - began)
        return least

    assert seconds(50_000) < 40 * max(seconds(5_000), 0.0005)
