"""What leaves and what comes: in batches, in order, once, and never without bounds."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from rooms.signalling.cluster import outbox
from rooms.signalling.cluster.outbox import Outbox
from rooms.signalling.cluster.packets import (
    Act,
    AnyPacket,
    Batch,
    Beat,
    Closed,
    Lost,
    Renew,
    Said,
    Taken,
    pack,
    unpack,
)
from rooms.signalling.cluster.post import MailAway, Post
from rooms.signalling.protocol import Offer

Story = Callable[[], Coroutine[Any, Any, None]]


def in_a_loop(story: Story) -> Callable[[], None]:
    def told() -> None:
        asyncio.run(story())

    return told


SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"


class Mail:
    """Letters pile up here; may be slow, and may fail."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.fails = 0
        self.tries = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, process: str, letter: bytes) -> None:
        await self.gate.wait()
        await self.tell_all(letter)

    async def tell_all(self, letter: bytes) -> None:
        self.tries += 1
        if self.fails:
            self.fails -= 1
            raise MailAway
        self.letters.append(unpack(letter))


class Reader:
    def __init__(self) -> None:
        self.heard: list[AnyPacket | str] = []
        self.lost: list[AnyPacket] = []
        self.beats: list[Beat] = []

    def read(self, process: str, packet: AnyPacket) -> None:
        if packet == Lost(13):
            raise ValueError("a fault of ours")
        self.heard.append(packet)

    def missed(self, process: str) -> None:
        self.heard.append("missed")

    def undelivered(self, process: str, packet: AnyPacket) -> None:
        self.lost.append(packet)

    def beat(self, beat: Beat) -> None:
        self.beats.append(beat)


def made() -> tuple[Post, Mail, Reader]:
    mail, reader = Mail(), Reader()
    return Post("own", mail, reader), mail, reader


async def settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@in_a_loop
async def test_what_comes_while_a_batch_is_on_its_way_leaves_with_the_next() -> None:
    post, mail, _ = made()
    mail.gate.clear()
    post.send("other", Lost(1))
    await settled()
    for number in range(2, 100):
        post.send("other", Lost(number))
    mail.gate.set()
    await settled()
    assert [len(letter.packets) for letter in mail.letters] == [1, 98]
    assert [letter.number for letter in mail.letters] == [1, 2]
    assert [p.socket for letter in mail.letters for p in letter.packets] == [
        *range(1, 100)
    ]
    assert post.waiting == 0


@in_a_loop
async def test_each_process_has_a_line_of_its_own() -> None:
    post, mail, _ = made()
    post.send("one", Lost(1))
    post.send("two", Lost(2))
    await settled()
    assert [letter.number for letter in mail.letters] == [1, 1]
    await post.tell_all()
    assert mail.letters[-1].numbers == {"one": 1, "two": 1}


@in_a_loop
async def test_a_batch_is_tried_twice_and_then_given_up() -> None:
    post, mail, reader = made()
    mail.fails = 1
    post.send("other", Lost(1))
    await settled()
    assert (mail.tries, reader.lost) == (2, [])
    mail.fails = 2
    post.send("other", Lost(2))
    await settled()
    assert (mail.tries, reader.lost) == (4, [Lost(2)])
    post.send("other", Lost(3))
    await settled()
    # The number that is missing tells the other side.
    assert [letter.number for letter in mail.letters] == [1, 3]


@in_a_loop
async def test_a_closed_post_gives_up_at_once() -> None:
    post, mail, reader = made()
    post.open = False
    post.send("other", Lost(1))
    await settled()
    assert (mail.tries, reader.lost) == (0, [Lost(1)])
    post.reopen()
    await post.tell_all()
    # One for what was said in vain, one for what could not be said at all.
    assert mail.letters[-1].numbers == {"other": 2}


@in_a_loop
async def test_a_slow_redis_fills_no_memory() -> None:
    post, mail, reader = made()
    mail.gate.clear()
    frame = "x" * 60_000
    for number in range(20_000):
        post.send("other", Said([number], frame + str(number)))
    await settled()
    assert post.waiting * len(frame) < 2 * outbox.SIZE_AT_MOST
    assert len(reader.lost) > 19_000
    for number in range(20_000):
        post.send("third", Lost(number))
    assert post.waiting < 2 * outbox.PACKETS_AT_MOST
    await post.stop()


@in_a_loop
async def test_what_waits_for_a_dead_process_is_given_up_and_its_numbers_go_on() -> (
    None
):
    post, mail, reader = made()
    post.send("other", Lost(1))
    await settled()
    mail.gate.clear()
    post.send("other", Lost(2))
    await settled()
    post.send("other", Lost(3))
    post.forget("other")
    assert Lost(3) in reader.lost
    mail.gate.set()
    post.send("other", Lost(4))
    await settled()
    assert mail.letters[-1].number > 2


def letter(number: int, *packets: AnyPacket) -> bytes:
    return pack(Batch("other", number, packets))


def beat(**numbers: int) -> bytes:
    return pack(Beat("other", numbers))


def test_nothing_is_heard_twice_and_a_gap_is_heard_first() -> None:
    post, _, reader = made()
    post.take_in(letter(1, Lost(1)))
    post.take_in(letter(2, Lost(2), Lost(3)))
    post.take_in(letter(2, Lost(2), Lost(3)))
    post.take_in(letter(1, Lost(1)))
    assert reader.heard == [Lost(1), Lost(2), Lost(3)]
    post.take_in(letter(4, Lost(4)))
    assert reader.heard[3:] == ["missed", Lost(4)]


def test_the_beats_tell_of_the_last_letter_that_never_came() -> None:
    post, _, reader = made()
    post.take_in(letter(1, Lost(1)))
    post.take_in(beat(own=2))
    assert reader.heard == [Lost(1)]
    post.take_in(beat(own=2))
    assert reader.heard == [Lost(1), "missed"]
    post.take_in(beat(own=2))
    post.take_in(letter(3, Lost(3)))
    assert reader.heard == [Lost(1), "missed", Lost(3)]
    assert len(reader.beats) == 3


def test_nonsense_and_faults_end_nothing() -> None:
    post, _, reader = made()
    for data in (b"", b"\x00", b"{}", pack(Beat("other", {}))[:-1]):
        post.take_in(data)
    post.take_in(letter(1, Lost(13), Lost(14)))
    assert reader.heard == [Lost(14)]


def test_a_frame_for_many_travels_once() -> None:
    box = Outbox()
    frame = "".join(["a frame", " for many"])
    for number in range(5):
        box.put(Said([number], frame))
    box.put(Closed(5, 1000))
    box.put(Said([6], frame))
    assert box.take() == (
        Said([0, 1, 2, 3, 4], frame),
        Closed(5, 1000),
        Said([6], frame),
    )


def test_a_batch_has_an_end() -> None:
    box = Outbox()
    for number in range(100):
        box.put(Said([number], "x" * 10_000 + str(number)))
    sizes = []
    while batch := box.take():
        sizes.append(len(pack(Batch("own", 1, batch))))
    assert sum(sizes) > 1_000_000
    assert max(sizes) < 1.2 * outbox.BATCH_SIZE


def test_letters_come_out_as_they_went_in() -> None:
    offer = Offer(to="Mira", epoch=1, number=2, sdp=SDP)
    packets = (Act(1, offer), Said([1, 2], '{"type":"pong"}'), Renew(), Taken(7))
    assert unpack(pack(Batch("own", 3, packets))) == Batch("own", 3, packets)
