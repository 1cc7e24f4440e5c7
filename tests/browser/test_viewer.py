"""The bench's viewer is a participant to a real page: met, sent to, and no trouble."""

from __future__ import annotations

import pytest

from bench.mesh.crowd import Crowd, crowd
from tests.browser.conftest import NewRoom, People
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.alone

CAMERA = 1
GRID = {"width": 320, "height": 180, "rate": 10}
HIDDEN = {"width": 0, "height": 0, "rate": 0}


def sit(viewers: Crowd, url: str, link: str) -> None:
    visitor = Visitor(url)
    ticket = visitor.call_data(link)["ticket"]
    token = link.strip("/").rpartition("/")[2]
    viewers.sit(url, token, [{"cookie": visitor.cookies(), "ticket": ticket}])


def test_a_viewer_is_sent_pictures_and_decodes_none(
    people: People, new_room: NewRoom
) -> None:
    link = new_room()
    mira = people("Mira").join(link)
    with crowd() as viewers:
        sit(viewers, mira.url, link)
        viewers.show([GRID])

        def came() -> tuple[int, int]:
            (one,) = viewers.facts()
            slots = one["slots"]
            if not one["connected"] or len(slots) != 4:
                return 0, 0
            return slots[CAMERA]["pictures"], slots[0]["packets"]

        mira.wait_until(lambda: came()[0] > 20, "is seen")
        mira.wait_until(lambda: came()[1] > 20, "is heard")
        (one,) = viewers.facts()
        camera = one["slots"][CAMERA]
        assert camera["keys"] >= 1
        assert 0 < camera["width"] <= GRID["width"]
        assert mira.connections() == ["connected"]
        # Its heartbeat is heard, and chat is acknowledged over the pair.
        mira.press("Chat")
        mira.write("Can you see me?")
        mira.wait_until(lambda: viewers.facts()[0]["chats"] == 1, "is read")
        assert not mira.sent("unheard")
        assert not mira.sent("chat")
        viewers.leave()
        mira.wait_for("peer-left")
