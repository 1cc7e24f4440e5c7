"""A restore that is killed between files and rows is found, and can be mended."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conference.backup.conftest import NewSite, Site
from tests.conference.doctor.command import examined
from tests.servers import ROOT

CHANGED_SINCE = """
import django
django.setup()
from django.core.management import call_command
from accounts.models import User

user = User.objects.create_user("a@example.org", "pw")
user.show_picture(b"old")
call_command("backup", {archive!r}, verbosity=0)
user.show_picture(b"new")
"""
SEEN = """
import django
django.setup()
from accounts.models import User
print(User.objects.get().picture.read().decode())
"""
KILLED = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from django.core.management import call_command

really = Path.rename

def rename(path, target):
    made = really(path, target)
    if path.name == {name!r}:
        os.kill(os.getpid(), signal.SIGKILL)
    return made

Path.rename = rename
call_command("restore", {archive!r}, "--replace")
"""


@pytest.fixture
def mine(site: NewSite) -> Site:
    """A site whose person shows another picture since its backup was made."""
    made = site("mine")
    made.python(CHANGED_SINCE.format(archive=str(archive_of(made))))
    return made


def archive_of(site: Site) -> Path:
    return site.folder.parent / "backup.tar.gz"


def manage(site: Site, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=site.env,
        capture_output=True,
        text=True,
        check=False,
    )


def killed_after(name: str, site: Site) -> Path:
    """Kill a restore once it has renamed the folder of that name; what it left."""
    code = KILLED.format(name=name, archive=str(archive_of(site)))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=site.env, check=False
    )
    assert done.returncode == -signal.SIGKILL
    [folder] = site.folder.glob(".restore-*")
    return folder


def seen(site: Site) -> str:
    return site.python(SEEN).strip()


# The old files are out of the way; the new ones are in their place as well.
@pytest.mark.parametrize("name", ["media", "files"])
def test_the_doctor_says_what_to_do_and_it_helps(mine: Site, name: str) -> None:
    folder = killed_after(name, mine)

    told = examined(mine.env).bad("Disk", f"left {folder}")

    assert "The rows are those from before it" in told["found"]
    steps = re.search(
        r"delete (\S+), rename (\S+) to (\S+), and delete (\S+)\.", told["do"]
    )
    assert steps is not None
    place, before, target, rest = map(Path, steps.groups())
    shutil.rmtree(place, ignore_errors=True)
    before.rename(target)
    shutil.rmtree(rest)
    assert seen(mine) == "new"
    assert "restore" not in examined(mine.env).text


def test_the_next_restore_says_it_or_mends_it(mine: Site) -> None:
    folder = killed_after("files", mine)

    refused = manage(mine, "restore", str(archive_of(mine)))
    assert refused.returncode == 1
    assert f"A restore was cut off and left {folder}" in refused.stderr
    assert folder.is_dir()

    done = manage(mine, "restore", str(archive_of(mine)), "--replace")
    assert done.returncode == 0, done.stderr
    assert seen(mine) == "old"
    assert not list(mine.folder.glob(".restore-*"))


def test_what_is_left_of_one_that_was_done_or_never_began_is_said(mine: Site) -> None:
    """Killed after its commit, or while it read the archive."""
    assert manage(mine, "restore", str(archive_of(mine)), "--replace").returncode == 0
    folder = mine.folder / ".restore-x"
    for left in (folder, folder / "before"):
        left.mkdir()
        told = examined(mine.env).said("look", "Disk", "Files and rows agree")
        assert told["do"] == f"Delete {folder}: it holds people's data."


def test_files_that_are_nowhere_are_said(mine: Site) -> None:
    folder = killed_after("files", mine)
    for picture in (folder / "before").rglob("*.webp"):
        picture.unlink()
    examined(mine.env).bad("Disk", "Some files are missing")
