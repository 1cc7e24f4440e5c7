"""One version, wherever it is written."""

import tomllib

from conference import VERSION
from conference.env import BASE_DIR


def test_the_package_and_the_code_say_the_same_version() -> None:
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())
    assert project["project"]["version"] == VERSION
