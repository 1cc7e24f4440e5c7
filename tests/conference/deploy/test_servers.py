"""docs/deployment.md starts other servers with the very options that are tested."""

import pytest

from conference.env import BASE_DIR
from tests.asgi_servers import COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_the_documented_command_is_the_tested_one(command: str) -> None:
    page = (BASE_DIR / "docs" / "deployment.md").read_text().replace("\\\n", "")
    assert f"-m {' '.join(COMMANDS[command])} --host" in " ".join(page.split())
