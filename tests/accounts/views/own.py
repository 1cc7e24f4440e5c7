"""People who log in and confirm as they would, and pictures to send."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.factories import PASSWORD, make_user
from tests.people import Person

RED, BLUE = (200, 30, 30), (20, 40, 200)


@pytest.fixture(autouse=True)
def nothing_counted(db: None) -> None:
    """No test pays for the tries of another, also where nothing is rolled back."""
    cache.clear()


@pytest.fixture
def confirmed(db: None) -> Person:
    """Somebody who logged in with a password, and has just given it once more."""
    person = Person()
    person.account = make_user("Noor Haddad", "noor@example.org")
    log_in(person)
    confirm(person)
    return person


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """An empty folder where this test's pictures go."""
    settings.MEDIA_ROOT = tmp_path
    assert Path(default_storage.path("")) == tmp_path
    return tmp_path


def log_in(person: Person) -> None:
    sent = {"login": person.user.email, "password": PASSWORD}
    assert person.post("/accounts/login/", sent).status_code == 302


def confirm(person: Person) -> None:
    """Give the password again, as sensitive acts ask for it."""
    answer = person.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def drawn(kind: str = "JPEG", size: tuple[int, int] = (600, 400), **how: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    made = io.BytesIO()
    picture.save(made, kind, **how)
    return made.getvalue()


def file_of(content: bytes, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")
