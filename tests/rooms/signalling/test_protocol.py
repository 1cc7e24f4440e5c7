"""The written contract and its types are the same thing, and nothing else gets in."""

import json
import random
import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from rooms.signalling import protocol
from rooms.signalling.protocol import (
    ERRORS,
    FORGIVEN,
    TABLE,
    VERSION,
    Close,
    ErrorCode,
    Incoming,
    Kind,
    ProtocolError,
    Rank,
    ServerMessage,
    parse,
)
from rooms.signalling.protocol.values import is_description

from .meeting import SDP, SLOTS

DOCUMENT = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()
SAMPLES = [json.loads(text) for text in re.findall(r"```json\n(.*?)\n```", DOCUMENT)]
FROM_CLIENTS = [sample for sample in SAMPLES if sample["type"] in TABLE]
FROM_SERVER = [sample for sample in SAMPLES if sample["type"] not in TABLE]
WHO = {
    "anyone": Rank.ANYONE,
    "door": Rank.DOOR,
    "seat": Rank.SEAT,
    "host": Rank.HOST,
    "owner": Rank.OWNER,
}
SERVER_TYPES: dict[str, type[ServerMessage]] = {
    str(kind.__struct_config__.tag): kind
    for kind in vars(protocol).values()
    if isinstance(kind, type)
    and issubclass(kind, ServerMessage)
    and kind is not ServerMessage
    and not kind.__name__.startswith("_")
}
OFFER = {"type": "offer", "to": "abc", "epoch": 1, "number": 0, "sdp": SDP}
CHAT = {"type": "chat", "id": "abc-1", "count": 1, "text": "Hello", "at": 1}
JOIN = {"type": "join", "name": "Mira", "version": 1, "slots": SLOTS}


def rows(heading: str) -> list[list[str]]:
    """The rows of the table with this first heading."""
    table = re.search(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", DOCUMENT, re.M)
    assert table is not None
    return [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in table[1].splitlines()
    ]


def allow(about: str, kind: Kind) -> ErrorCode | None:
    return None


def read(**fields: Any) -> Incoming:
    return parse(json.dumps(fields), allow)


def refusal(frame: str) -> str:
    with pytest.raises(ProtocolError) as fault:
        parse(frame, allow)
    return fault.value.code


def test_the_document_has_a_sample_of_every_type() -> None:
    assert {sample["type"] for sample in FROM_CLIENTS} == TABLE.keys()
    assert {sample["type"] for sample in FROM_SERVER} == SERVER_TYPES.keys()


@pytest.mark.parametrize("sample", FROM_CLIENTS, ids=lambda sample: sample["type"])
def test_every_client_sample_is_read_whole(sample: dict[str, Any]) -> None:
    message = read(**sample)
    written = json.loads(msgspec.json.encode(message))
    assert {key: written[key] for key in sample} == sample
    assert type(message) is TABLE[sample["type"]].message


@pytest.mark.parametrize("sample", FROM_SERVER, ids=lambda sample: sample["type"])
def test_every_server_sample_is_what_the_server_writes(sample: dict[str, Any]) -> None:
    message = msgspec.convert(sample, SERVER_TYPES[sample["type"]])
    assert json.loads(protocol.encode(message)) == sample


def test_the_table_of_messages_is_the_documents() -> None:
    written = {
        kind: (WHO[who], rate, size)
        for kind, who, rate, size in (
            (r[0], r[1], r[2], int(r[3])) for r in rows("type")
        )
    }
    ours = {
        name: (kind.who, f"{kind.rate:g}, {kind.burst}", kind.size)
        for name, kind in TABLE.items()
    }
    assert ours == written


def test_every_type_stands_under_its_own_name() -> None:
    for name, kind in TABLE.items():
        assert kind.message.__struct_config__.tag == name
        assert kind.size <= protocol.FRAME_BYTES
    assert {kind.message for kind in TABLE.values()} == set(get_args(Incoming))


def test_the_error_codes_are_the_documents() -> None:
    assert [row[0] for row in rows("code") if not row[0].isdigit()] == list(ERRORS)
    assert set(get_args(ErrorCode)) == set(ERRORS)
    assert set(ERRORS) > FORGIVEN


def test_the_close_codes_are_the_documents() -> None:
    section = DOCUMENT.partition("## Close codes")[2]
    written = re.findall(r"^\| (4\d\d\d) \| ([a-z-]+) \|", section, re.M)
    ours = [
        (str(int(code)), code.name.lower().replace("_", "-"))
        for code in Close
        if code >= 4000
    ]
    assert ours == written


@pytest.mark.parametrize(
    "frame",
    [
        "",
        " ",
        "null",
        "true",
        "17",
        '"hello"',
        "[]",
        "{}",
        '[{"type": "ping", "heard": 0}]',
        '{"type": "ping", "heard": 0',
        '{"type": "ping", "heard": 0} {"type": "ping", "heard": 0}',
        '{"type": "ping", "heard": 0}x',
        '{"type": "pong"}',
        '{"type": "PING"}',
        '{"type": null}',
        '{"type": ["ping"]}',
        '{"type": {"ping": 1}}',
        '{"type": "ping", "heard": 0, "type": "ping"}',
        '{"type": "pong", "type": "ping"}',
        '{"type": "ping", "heard": 0, "extra": 1}',
        '{"type": "ping", "heard": 0, "extra": NaN}',
        '{"type": "chat-history"}',
        '{"type": "chat-history", "after": "1"}',
        '{"type": "chat-history", "after": 1.5}',
        '{"type": "chat-history", "after": -1}',
        '{"type": "chat-history", "after": true}',
        '{"type": "chat-history", "after": null}',
        '{"type": "chat-history", "after": NaN}',
        '{"type": "chat-history", "after": Infinity}',
        '{"type": "chat-history", "after": 1e999}',
        '{"type": "chat-history", "after": 1, "after": 2}',
        '{"type": "chat-history", "after": 99999999999999999999}',
        '{"type": "chat-history", "after": 1, "\\ud800": 1}',
        "[" * 60_000,
        '{"a":' * 10_000,
        "\ufeff" + '{"type": "ping", "heard": 0}',
        "\ud800",
    ],
)
def test_what_is_no_message_is_refused(frame: str) -> None:
    assert refusal(frame) == "bad-message"


def test_deep_nesting_in_a_known_field_is_refused() -> None:
    deep = '{"type": "chat-history", "after": ' + "[" * 100 + "]" * 100 + "}"
    assert refusal(deep) == "bad-message" or refusal(deep) == "too-large"
    for depth in (17, 400, 5000):
        nested = "[" * depth + "]" * depth
        assert refusal(f'{{"type": "offer", "sdp": {nested}}}') == "bad-message"


def test_duplicate_keys_are_refused_at_every_depth() -> None:
    frame = json.dumps(JOIN)
    assert refusal(frame.replace('"name"', '"name": "Eve", "name"')) == "bad-message"
    assert refusal(frame.replace('"camera"', '"camera": "on", "camera"')) == (
        "bad-message"
    )
    # The same key, written differently.
    twice = frame.replace('"name"', '"n\\u0061me": "Eve", "name"')
    assert refusal(twice) == "bad-message"


def test_half_a_surrogate_pair_is_refused_and_a_whole_one_read() -> None:
    assert refusal(json.dumps(CHAT | {"text": "\ud83d"})) == "bad-message"
    assert refusal(json.dumps(CHAT | {"text": "\ude00\ud83d"})) == "bad-message"
    slots = json.dumps(JOIN | {"name": "\udfff"})
    assert refusal(slots) == "bad-message"
    message = parse(
        '{"type":"chat","id":"a","count":1,"text":"\\ud83d\\ude00","at":1}', allow
    )
    assert isinstance(message, protocol.Chat)
    assert message.text == "😀"


def test_numbers_have_their_bounds() -> None:
    read(**(OFFER | {"epoch": 2**53 - 1}))
    for epoch in (2**53, -1, "1", 1.5, True):
        assert refusal(json.dumps(OFFER | {"epoch": epoch})) == "bad-message"
    assert refusal(json.dumps(OFFER | {"number": 2**31})) == "bad-message"
    read(**(CHAT | {"at": protocol.END_OF_TIME}))
    late = CHAT | {"at": protocol.END_OF_TIME + 1}
    assert refusal(json.dumps(late)) == "bad-message"
    assert f"{protocol.END_OF_TIME:,}" in DOCUMENT


def test_ids_have_their_alphabet_and_length() -> None:
    read(**(OFFER | {"to": "aZ09_-"}))
    for seat in ("", "a" * 33, "a b", "a\n", "ä", "a/b", None, 1, ["a"]):
        assert refusal(json.dumps(OFFER | {"to": seat})) == "bad-message"
    read(**(CHAT | {"id": "a" * 64}))
    for name in ("", "a" * 65, "a\n"):
        assert refusal(json.dumps(CHAT | {"id": name})) == "bad-message"


@pytest.mark.parametrize(
    "sdp",
    [
        "",
        "v=0",
        "v=0\r\n\x00\r\n",
        "v=1\r\n",
        "o=- 1 2\r\nv=0\r\n",
        "v=0\r\na=x",
        "v=0\r\na=x\n",
        "v=0\r\n\r\na=x\r\n",
        "v=0\r\na=x\ry\r\n",
        "v=0\r\na=\x1b[2J\r\n",
        "v=0\r\ns=\u2028\r\n",
        "v=0\r\ns=ä\r\n",
        "v=0\r\ns=\x7f\r\n",
    ],
)
def test_what_is_no_session_description_is_refused(sdp: str) -> None:
    assert refusal(json.dumps(OFFER | {"sdp": sdp})) == "bad-message"


def test_descriptions_are_what_one_plain_pattern_would_take() -> None:
    pattern = re.compile(r"v=0\r\n(?:[ -~]+\r\n)*")
    pieces = ["a", "a\r\n", "\r\n", "\r", "\n", " ", "~", "\x00", "\x7f", "ä", "\x85"]
    taken = 0
    for seed in range(20_000):
        chance = random.Random(seed)
        text = "v=0\r\n" + "".join(chance.choices(pieces, k=chance.randrange(6)))
        sound = pattern.fullmatch(text) is not None
        assert is_description(text) is sound, ascii(text)
        taken += sound
    assert taken > 2000


def test_candidates_are_counted_and_single_lines() -> None:
    def frame(*lines: str) -> str:
        known = {"sdpMid": "0", "usernameFragment": ""}
        many = [{"candidate": line} | known for line in lines]
        return json.dumps(
            {"type": "candidates", "to": "a", "epoch": 1, "number": 1}
            | {"candidates": many}
        )

    parse(frame("", "x" * 1024), allow)
    parse(frame(*["x"] * 40), allow)
    for bad in (frame(), frame(*["x"] * 41), frame("x" * 1025), frame("a\r\nb")):
        assert refusal(bad) == "bad-message"


def test_chat_has_its_length_and_its_targets() -> None:
    read(**(CHAT | {"text": "x" * 4000, "to": ["a"] * 16}))
    changes: list[dict[str, Any]] = [
        {"text": ""},
        {"text": "x" * 4001},
        {"to": []},
        {"to": ["a"] * 17},
    ]
    for change in changes:
        assert refusal(json.dumps(CHAT | change)) == "bad-message"


def test_a_hello_brings_one_token() -> None:
    hello = {"type": "hello", "protocol": VERSION, "instance": "a"}
    read(**hello, ticket="x")
    read(**hello, resume="x")
    assert refusal(json.dumps(hello)) == "bad-message"
    both = hello | {"ticket": "x", "resume": "x"}
    assert refusal(json.dumps(both)) == "bad-message"


def test_another_version_is_named_whatever_else_it_sends() -> None:
    assert refusal('{"type": "hello", "protocol": 1, "new": []}') == "bad-protocol"
    assert refusal('{"type": "hello", "protocol": "1"}') == "bad-message"


def test_each_type_has_its_size() -> None:
    assert refusal(" " * 300 + '{"type": "ping", "heard": 0}') == "too-large"
    assert refusal(json.dumps(OFFER | {"sdp": SDP + "a" * 49_152})) == "too-large"
    assert refusal(" " * 65_537) == "too-large"
    # Bytes are counted, not characters.
    name = json.dumps(JOIN | {"name": "ж" * 2040}, ensure_ascii=False)
    assert len(name) < 4096
    assert refusal(name) == "too-large"


def test_the_gate_is_asked_before_fields_are_looked_at() -> None:
    asked: list[tuple[str, Kind]] = []

    def refuse(about: str, kind: Kind) -> ErrorCode | None:
        asked.append((about, kind))
        return "too-fast"

    with pytest.raises(ProtocolError) as fault:
        parse('{"type": "offer", "to": "abc", "nonsense": 1}', refuse)
    assert fault.value.code == "too-fast"
    assert (fault.value.about, fault.value.to) == ("offer", "abc")
    assert asked == [("offer", TABLE["offer"])]


def test_an_error_repeats_nothing_but_a_seats_id() -> None:
    for to in ("x" * 33, "a\u202eb", ["a"], 7):
        with pytest.raises(ProtocolError) as fault:
            parse(json.dumps({"type": "offer", "to": to}), allow)
        assert fault.value.to == ""


def test_output_is_not_escaped_to_ascii() -> None:
    frame = protocol.encode(protocol.PeerLeft("a", "left"))
    assert frame == '{"type":"peer-left","seat":"a","reason":"left"}'
    named = protocol.Named("Мира 😀", "")
    facts = protocol.RoomFacts("Room", 2, False, False, "anyone", False, False, ())
    door = protocol.Door(facts, (named,), False)
    assert "Мира 😀" in protocol.encode(door)


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/accounts/pictures/" + 32 * "a" + ".webp",
        "//evil.example/accounts/pictures/" + 32 * "a" + ".webp",
        "/accounts/pictures/" + 32 * "A" + ".webp",
        "/accounts/pictures/" + 31 * "a" + ".webp",
        "/accounts/pictures/" + 32 * "a" + ".svg",
        "/accounts/pictures/../logout/",
        "javascript:alert(1)",
        "/accounts/pictures/" + 32 * "a" + ".webp\n",
    ],
)
def test_a_picture_is_a_path_of_this_site_or_nothing(path: str) -> None:
    msgspec.convert("", protocol.Picture)
    msgspec.convert("/accounts/pictures/" + 32 * "a" + ".webp", protocol.Picture)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(path, protocol.Picture)
