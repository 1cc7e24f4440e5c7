"""People's own pictures: at the door, on tiles without camera, among the people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewRoom, People
from tests.servers import Parley

# The smallest WebP there is: one lossy pixel.
WEBP = "UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA="
GIVE = f"""
from base64 import b64decode
from django.core.files.base import ContentFile
from accounts.models import User
olive = User.objects.get(email="owner@example.com")
olive.picture.save("olive.webp", ContentFile(b64decode("{WEBP}")))
print(olive.picture_url)
"""
TAKE = """
from accounts.models import User
olive = User.objects.get(email="owner@example.com")
olive.picture.delete()
"""
LOADED = "(image) => image.decode().then(() => image.naturalWidth)"


@pytest.fixture
def picture(server: Parley, new_room: NewRoom) -> Iterator[str]:
    """Where the picture of the rooms' owner is."""
    said = server.manage("shell", "-c", GIVE)
    yield said.split()[-1]
    server.manage("shell", "-c", TAKE)


def shows(face: Locator, picture: str) -> None:
    image = face.locator("img")
    expect(image).to_have_attribute("src", picture)
    expect(image).to_have_attribute("alt", "")
    assert image.evaluate(LOADED) == 1


def test_a_picture_stands_for_its_person(
    people: People, new_room: NewRoom, picture: str
) -> None:
    room = new_room()
    olive, june = people("Olive Owner", signed_in=True), people("June")
    olive.open(room)
    shows(olive.page.locator('[data-part="preview"] [data-part="initials"]'), picture)
    olive.join()
    june.open(room)
    shows(june.page.locator('[data-part="here-faces"]'), picture)
    june.join()
    olive.press("Turn camera off")
    tile = june.tile("Olive")
    expect(tile).to_have_attribute("data-camera", "off")
    face = tile.locator('[data-part="initials"]')
    shows(face, picture)
    size = face.bounding_box()
    assert face.locator("img").bounding_box() == size
    shows(olive.own_tile.locator('[data-part="initials"]'), picture)
    june.press("People")
    panel = june.page.get_by_role("complementary", name="People")
    shows(panel.get_by_role("listitem").filter(has_text="Olive"), picture)
    expect(panel.locator("img")).to_have_count(1)


def test_initials_stay_where_it_does_not_load(
    people: People, new_room: NewRoom, picture: str
) -> None:
    room = new_room()
    olive, june = people("Olive Owner", signed_in=True), people("June")
    for person in (olive, june):
        person.excuse("net::ERR_FAILED")
        person.page.route("**/accounts/pictures/*", lambda route: route.abort())
    olive.join(room)
    june.open(room)
    faces = june.page.locator('[data-part="here-faces"]')
    expect(faces).to_have_text("OO")
    expect(faces.locator("img")).to_have_count(0)
    june.join()
    olive.press("Turn camera off")
    face = june.tile("Olive").locator('[data-part="initials"]')
    expect(face).to_have_text("OO")
    expect(face.locator("img")).to_have_count(0)


def test_the_owner_is_called_one_and_guests_guests(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    olive = people("Olive Owner", signed_in=True).join(room)
    june = people("June").join(room)
    # Guests know what they are.
    seen = ((olive, "Olive Owner", "Owner"), (olive, "June", "Guest"))
    for person in (olive, june):
        person.press("People")
    for person, name, role in (*seen, (june, "Olive Owner", "Owner")):
        panel = person.page.get_by_role("complementary", name="People")
        row = panel.get_by_role("listitem").filter(has_text=name)
        expect(row.get_by_text(role, exact=True)).to_be_visible()
