"""The shell scripts behind `make`: which Python, which secret."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from conference.env import BASE_DIR

OLD = "#!/bin/sh\nexit 1\n"
# Answers the question for its version, and the one for venv as told.
GOOD = '#!/bin/sh\ncase "$2" in *ensurepip*) exit {venv} ;; esac\nexit 0\n'


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
        ({"python3": GOOD.format(venv=1)}, "python3-venv"),
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
