"""Words: over the mesh, over the server, kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewRoom, People
from tests.browser.person import meet
from tests.browser.seat import seat_at
from tests.servers import Parley

pytestmark = pytest.mark.alone


def test_chat_goes_both_ways_without_the_server(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    meet(mira, amara)
    mira.press("Chat")
    mira.write("Hello, who brings bread?")
    expect(amara.button("Chat")).to_have_accessible_description("1 new message")
    amara.press("Chat")
    expect(amara.button("Chat")).not_to_have_accessible_description("1 new message")
    expect(amara.written.filter(has_text="who brings bread?")).to_have_count(1)
    amara.write("I do. <b>Rye</b>")
    expect(mira.written.filter(has_text="I do. <b>Rye</b>")).to_have_count(1)
    assert not mira.sent("chat")
    assert not amara.sent("chat")


def test_unread_messages_are_counted(people: People, new_room: NewRoom) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    meet(mira, amara)
    mira.press("Chat")
    for word in ("one", "two", "three"):
        mira.write(word)
    count = amara.button("Chat").locator('[data-part="unread"]')
    expect(count).to_have_text("3")
    amara.press("Chat")
    expect(count).to_be_hidden()
    expect(amara.written).to_have_text(["one", "two", "three"])


def test_who_cannot_be_reached_directly_is_written_to_by_the_server(
    people: People, new_room: NewRoom, server: Parley
) -> None:
    room = new_room()
    with seat_at(server.url, room) as seat:
        seat.join("Amara")
        mira = people("Mira").join(room)
        mira.press("Chat")
        mira.write("Can you read this?")
        heard = seat.receive("peer-chat")
        assert heard["text"] == "Can you read this?"
        seat.send("chat-ack", to=heard["from"], id=heard["id"])
        name = f"{seat.instance}-1"
        seat.send("chat", id=name, count=1, text="Yes", at=1, to=[heard["from"]])
        assert seat.receive("peer-chat-ack")["id"] == name
        expect(mira.written.filter(has_text="Yes")).to_have_count(1)


def test_kept_chat_is_read_once_by_late_joiners_and_after_a_reload(
    people: People, new_room: NewRoom
) -> None:
    room = new_room(keeps_chat=True)
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    meet(mira, amara)
    mira.press("Chat")
    mira.write("First")
    amara.press("Chat")
    expect(amara.written).to_have_text(["First"])
    amara.write("Second")
    expect(mira.written).to_have_text(["First", "Second"])
    june = people("June").join(room)
    june.press("Chat")
    expect(june.written).to_have_text(["First", "Second"])
    june.write("Third")
    for person in (mira, amara, june):
        expect(person.written).to_have_text(["First", "Second", "Third"])
    mira.page.reload()
    mira.is_in()
    mira.press("Chat")
    expect(mira.written).to_have_text(["First", "Second", "Third"])
    amara.write("Fourth")
    for person in (mira, amara, june):
        expect(person.written).to_have_text(["First", "Second", "Third", "Fourth"])


def test_a_link_in_a_message_opens_nothing_by_itself(
    people: People, new_room: NewRoom
) -> None:
    room = new_room(keeps_chat=True)
    mira = people("Mira").join(room)
    mira.press("Chat")
    mira.write("<img src=x onerror=alert(1)> https://example.org/")
    expect(mira.written).to_have_text(
        ["<img src=x onerror=alert(1)> https://example.org/"]
    )
    expect(mira.page.locator("img[src=x]")).to_have_count(0)
