"""What is refused, and that nothing is touched then."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from conference.backup.archive import packing
from rooms.models import Room
from tests.factories import make_room, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """Files of their own, one of them a picture that a person has."""
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = tmp_path / "data/media"
    (settings.MEDIA_ROOT / "pictures").mkdir(parents=True)
    (settings.MEDIA_ROOT / "pictures/a.webp").write_bytes(b"picture")
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def archive(media: Path, tmp_path: Path) -> Path:
    """A backup of one person with a room, who are still there."""
    room = make_room(make_user("Amara", picture="pictures/a.webp"))
    assert room.pk
    path = tmp_path / "backup.tar.gz"
    call_command("backup", str(path), verbosity=0)
    return path


def restore(path: Path, *words: str) -> None:
    call_command("restore", str(path), *words, verbosity=0)


def refusal(path: Path, *words: str) -> str:
    """Why it is not restored; people, rooms and files are as they were."""
    before = list(User.objects.values()), list(Room.objects.values())
    files = sorted(path.parent.joinpath("data").rglob("*"))
    with pytest.raises(CommandError) as refused:
        restore(path, *words)
    assert (list(User.objects.values()), list(Room.objects.values())) == before
    assert sorted(path.parent.joinpath("data").rglob("*")) == files
    return str(refused.value)


Change = Callable[[dict[str, bytes]], None]


def repacked(path: Path, change: Change, honest: bool = True) -> Path:
    """The archive with other parts; its manifest tells of them if `honest`."""
    parts: dict[str, bytes] = {}
    with tarfile.open(path) as tar:
        for member in tar:
            source = tar.extractfile(member)
            assert source is not None
            parts[member.name] = source.read()
    change(parts)
    other = path.with_name("other.tar.gz")
    manifest: dict[str, Any] = json.loads(parts.pop("manifest.json"))
    with packing(other) as made:
        for name, data in parts.items():
            made.add(name, io.BytesIO(data), len(data))
        if honest:
            manifest["parts"] = dict(made.sums)
        made.add_text("manifest.json", json.dumps(manifest))
    return other


def told(change: Callable[[dict[str, Any]], object]) -> Change:
    """A change of the manifest."""

    def act(parts: dict[str, bytes]) -> None:
        manifest = json.loads(parts["manifest.json"])
        change(manifest)
        parts["manifest.json"] = json.dumps(manifest).encode()

    return act


def test_only_its_owner_may_read_it(archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in archive.parent.iterdir()] != []
    assert not list(archive.parent.glob(".*partial"))


def test_it_says_what_is_not_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("backup", str(tmp_path / "told.tar.gz"))
    said = capsys.readouterr().out
    assert "SECRET_KEY is not in it" in said
    assert "sessions.session" in said


def test_no_file_is_written_over(archive: Path) -> None:
    before = archive.read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(archive))
    assert archive.read_bytes() == before


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("backup", str(tmp_path / "nowhere/backup.tar.gz"))


def test_a_picture_that_is_gone_is_said(
    archive: Path, media: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (media / "pictures/a.webp").unlink()
    call_command("backup", str(tmp_path / "second.tar.gz"))
    assert "pictures/a.webp" in capsys.readouterr().err


def test_what_is_there_is_kept_until_it_may_go(archive: Path, media: Path) -> None:
    late = make_user("Came later")
    (media / "late.webp").write_bytes(b"later")
    assert "--replace" in refusal(archive)
    restore(archive, "--replace")
    assert not User.objects.filter(pk=late.pk).exists()
    assert User.objects.get().display_name == "Amara"
    assert [path.name for path in media.rglob("*.webp")] == ["a.webp"]
    assert (media / "pictures/a.webp").read_bytes() == b"picture"
    # Nothing of the work is left over.
    assert [path.name for path in media.parent.iterdir()] == ["media"]


def test_an_archive_that_was_cut_off(archive: Path) -> None:
    whole = archive.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        archive.write_bytes(whole[:length])
        assert "damaged or was cut off" in refusal(archive, "--replace"), length


def test_an_archive_with_one_wrong_bit(archive: Path) -> None:
    whole = archive.read_bytes()
    places = range(10, len(whole), max(1, len(whole) // 12))
    refused = 0
    for place in places:
        wrong = bytearray(whole)
        wrong[place] ^= 1
        if says_the_same(bytes(wrong), whole):
            continue
        archive.write_bytes(bytes(wrong))
        assert "damaged or was cut off" in refusal(archive, "--replace"), place
        refused += 1
    assert refused >= len(places) - 1


def says_the_same(one: bytes, other: bytes) -> bool:
    """The last byte of compressed data may hold bits that mean nothing (RFC 1951)."""
    try:
        return gzip.decompress(one) == gzip.decompress(other)
    except (EOFError, OSError, zlib.error):
        return False


def test_a_part_that_is_not_what_it_was(archive: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts["files/pictures/a.webp"] = b"another"

    other = repacked(archive, change, honest=False)
    assert "files/pictures/a.webp is not what it was" in refusal(other, "--replace")


def test_a_part_that_is_not_there(archive: Path) -> None:
    other = repacked(
        archive, lambda parts: void(parts.pop("rows/rooms.room.jsonl")), honest=False
    )
    assert "rows/rooms.room.jsonl is not what it was" in refusal(other, "--replace")


def void(_: object) -> None:
    """Leaves a value unused, for a lambda that must return nothing."""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m["migrations"]["rooms"].append("9999_later"), "a newer Parley"),
        (lambda m: m["migrations"]["rooms"].pop(), "an older Parley"),
        (lambda m: m["migrations"].update(rooms=["0001_other"]), "another Parley"),
        (lambda m: m.update(format=2), "a newer Parley"),
        (lambda m: m.update(surprise=1), "cannot be read"),
        (lambda m: m["rows"].update({"rooms.sauna": 1}), "rooms.sauna"),
    ],
)
def test_a_backup_of_another_parley(
    archive: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    assert said in refusal(repacked(archive, told(change)), "--replace")


def test_a_database_that_is_behind(archive: Path, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT applied FROM django_migrations WHERE app = 'rooms' "
            "ORDER BY id DESC LIMIT 1"
        )
        (when,) = cursor.fetchone()
        cursor.execute(
            "SELECT name FROM django_migrations WHERE app = 'rooms' "
            "ORDER BY id DESC LIMIT 1"
        )
        (name,) = cursor.fetchone()
        cursor.execute("DELETE FROM django_migrations WHERE name = %s", [name])
    try:
        assert "manage.py migrate" in refusal(archive, "--replace")
        with pytest.raises(CommandError, match=r"manage\.py migrate"):
            call_command("backup", str(tmp_path / "behind.tar.gz"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) "
                "VALUES ('rooms', %s, %s)",
                [name, when],
            )


def test_rows_that_the_database_refuses_change_nothing(archive: Path) -> None:
    def twice(parts: dict[str, bytes]) -> None:
        parts["rows/accounts.user.jsonl"] *= 2

    def orphaned(parts: dict[str, bytes]) -> None:
        parts["rows/accounts.user.jsonl"] = b""
        parts["manifest.json"] = parts["manifest.json"].replace(
            b'"accounts.user": 1', b'"accounts.user": 0'
        )

    for change in (twice, orphaned):
        other = repacked(archive, change)
        assert "Nothing was changed" in refusal(other, "--replace")
        other.unlink()


def test_files_that_cannot_be_put_in_place_change_nothing(
    archive: Path, media: Path
) -> None:
    """Something that is no folder stands where the folder of files should."""
    for path in sorted(media.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    media.rmdir()
    media.symlink_to("/dev/null/nowhere")
    make_user("Came later")
    with pytest.raises(CommandError):
        restore(archive, "--replace")
    assert User.objects.count() == 2


def hostile(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


@pytest.mark.parametrize(
    "member",
    [
        hostile("../outside"),
        hostile("files/../../outside"),
        hostile("/tmp/outside"),
        hostile("rows/../x.jsonl"),
        hostile("files//x"),
        hostile("files/link", tarfile.SYMTYPE),
        hostile("files/hard", tarfile.LNKTYPE),
        hostile("files/device", tarfile.CHRTYPE),
        hostile("media/x"),
    ],
    ids=lambda member: f"{member.name}-{member.type.decode()}",
)
def test_an_archive_that_leads_elsewhere(
    archive: Path, member: tarfile.TarInfo
) -> None:
    other = archive.with_name("hostile.tar.gz")
    with gzip.open(other, "wb") as packed, tarfile.open(None, "w|", packed) as tar:
        tar.addfile(member, io.BytesIO())
    assert "which no backup does" in refusal(other, "--replace")
    assert not archive.with_name("outside").exists()


def test_another_key_is_said(
    archive: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    restore(archive, "--replace")
    assert "SECRET_KEY" not in capsys.readouterr().err
    settings.SECRET_KEY = "another key, which was not there when the backup was made"
    restore(archive, "--replace")
    assert "another SECRET_KEY" in capsys.readouterr().err
