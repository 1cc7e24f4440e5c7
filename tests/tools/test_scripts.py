"""The shell scripts behind `make`: which Python, which secret."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conference.env import BASE_DIR

OLD = "#!/bin/sh\nexit 1\n"
# Answers the question for its version, the one for venv as told, and names the package.
GOOD = """#!/bin/sh
case "$2" in
  *ensurepip*) exit {venv} ;;
  *print*) echo python3.12-venv ;;
esac
"""


def choose(
    folder: Path, pythons: dict[str, str], **env: str
) -> subprocess.CompletedProcess[str]:
    """What tools/python.sh says where only these Pythons exist."""
    for name, script in pythons.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    for tool in ("id", "uname"):
        (folder / tool).symlink_to(f"/usr/bin/{tool}")
    return subprocess.run(
        ["/bin/sh", "tools/python.sh"],
        cwd=BASE_DIR,
        env={"PATH": str(folder), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_newest_python_is_taken(tmp_path: Path) -> None:
    good = GOOD.format(venv=0)
    found = choose(tmp_path, {"python3": good, "python3.11": good, "python3.12": good})
    assert found.stdout == "python3.12\n"


def test_one_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    found = choose(tmp_path, {"python3.12": OLD, "python3": GOOD.format(venv=0)})
    assert found.stdout == "python3\n"


def test_python_overrides(tmp_path: Path) -> None:
    good = GOOD.format(venv=0)
    found = choose(tmp_path, {"python3.13": good, "mine": good}, PYTHON="mine")
    assert found.stdout == "mine\n"


@pytest.mark.parametrize(
    ("pythons", "told"),
    [
        ({"python3": GOOD.format(venv=1)}, "python3.12-venv"),
        ({"python3": OLD}, "python3 python3-venv"),
        ({}, "python3 python3-venv"),
    ],
)
def test_what_is_missing_is_one_line(
    tmp_path: Path, pythons: dict[str, str], told: str
) -> None:
    found = choose(tmp_path, pythons)
    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.count("\n") == 1
    assert "Type: " in found.stderr
    if os.uname().sysname == "Linux":
        assert found.stderr.rstrip().endswith(f"apt install {told}")


def virtual(folder: Path) -> Path:
    """What a virtual environment with both stamps looks like."""
    venv = folder / ".venv"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (venv / "lib" / version / "site-packages").mkdir(parents=True)
    (venv / "bin").mkdir()
    (venv / "bin/python").symlink_to(os.path.realpath(sys.executable))
    return venv


def stale(venv: Path, **env: str) -> str:
    return subprocess.run(
        ["/bin/sh", "tools/stale.sh", str(venv)],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_a_virtual_environment_in_use_is_kept(tmp_path: Path) -> None:
    venv = virtual(tmp_path)
    assert stale(venv) == ""
    assert stale(venv, PYTHON=sys.executable) == ""
    assert stale(tmp_path / "none") == ""


def test_one_whose_python_is_gone_is_stale(tmp_path: Path) -> None:
    venv = virtual(tmp_path)
    (venv / "bin/python").unlink()
    (venv / "bin/python").symlink_to(tmp_path / "gone")
    assert stale(venv) == "stale"


def test_one_that_was_filled_for_another_version_is_stale(tmp_path: Path) -> None:
    venv = virtual(tmp_path)
    (filled,) = (venv / "lib").iterdir()
    filled.rename(venv / "lib/python3.9")
    assert stale(venv) == "stale"


def test_one_of_another_python_than_asked_for_is_stale(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("#!/bin/sh\necho /usr/bin/other\n")
    other.chmod(0o755)
    assert stale(virtual(tmp_path), PYTHON=str(other)) == "stale"


def make(folder: Path, *words: str) -> str:
    """The commands that `make` would run in a copy of this project's root."""
    for name in (
        *("Makefile", "requirements.txt", "requirements-dev.txt"),
        *("requirements-node.txt", "package.json", "package-lock.json"),
    ):
        shutil.copy2(BASE_DIR / name, folder)
    shutil.copytree(BASE_DIR / "tools", folder / "tools", dirs_exist_ok=True)
    for stamp in (".venv/.run", ".venv/.dev", "node_modules/.installed"):
        (folder / stamp).parent.mkdir(exist_ok=True)
        (folder / stamp).touch()
    return subprocess.run(
        ["make", "-n", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_make_installs_nothing_twice(tmp_path: Path) -> None:
    virtual(tmp_path)
    assert "venv.sh" not in make(tmp_path, "run")
    assert "venv.sh" not in make(tmp_path, "run", f"PYTHON={sys.executable}")
    assert "venv.sh" not in make(tmp_path, "check")


@pytest.mark.parametrize("goal", ["run", "dev", "check", "test"])
def test_make_notices_that_python_is_gone(tmp_path: Path, goal: str) -> None:
    python = virtual(tmp_path) / "bin/python"
    python.unlink()
    python.symlink_to(tmp_path / "gone")
    assert "tools/venv.sh .venv requirements" in make(tmp_path, goal)


def test_make_notices_that_another_python_is_asked_for(tmp_path: Path) -> None:
    virtual(tmp_path)
    assert "tools/venv.sh" in make(tmp_path, "run", "PYTHON=no-such-python")


def test_make_says_what_is_missing_before_it_installs(tmp_path: Path) -> None:
    (virtual(tmp_path) / "bin/python").unlink()
    said = make(tmp_path, "test")
    assert said.index("tools/system.py") < said.index("tools/venv.sh")
    assert said.index("tools/venv.sh") < said.index("tools/node.sh")


def test_without_a_python_nothing_is_taken_away(tmp_path: Path) -> None:
    venv = virtual(tmp_path)
    (venv / "bin/python").unlink()
    done = subprocess.run(
        ["/bin/sh", "tools/venv.sh", str(venv), "requirements.txt"],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "PYTHON": "no-such-python"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert venv.exists()


def test_the_secret_is_random_and_private(tmp_path: Path) -> None:
    secrets = set()
    for name in ("one", "two"):
        file = tmp_path / name
        subprocess.run(
            ["/bin/sh", "tools/dotenv.sh", str(file)],
            cwd=BASE_DIR,
            check=True,
            capture_output=True,
        )
        assert file.stat().st_mode & 0o777 == 0o600
        secret = re.search(r"^SECRET_KEY=([A-Za-z0-9]{50,})$", file.read_text(), re.M)
        assert secret is not None
        secrets.add(secret[1])
    assert len(secrets) == 2


def test_the_makefile_keeps_to_what_make_3_81_knows() -> None:
    makefile = (BASE_DIR / "Makefile").read_text()
    for later in (
        ".ONESHELL",
        "$(file ",
        "::=",
        "!=",
        "undefine ",
        ".SHELLFLAGS",
        "&:",
    ):
        assert later not in makefile
