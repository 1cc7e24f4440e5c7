"""Style sheets come in one piece."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

BACKEND = "conference.storage.SheetStorage"


def collect(sources: Path, root: Path) -> str:
    """Collect `sources` and return what is served as site.css."""
    with override_settings(
        STATICFILES_DIRS=[sources],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STATIC_ROOT=root,
        STORAGES={"staticfiles": {"BACKEND": BACKEND}},
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
    names: dict[str, str] = json.loads((root / "staticfiles.json").read_text())["paths"]
    return (root / names["css/site.css"]).read_text()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    root = tmp_path / "sources"
    (root / "css" / "parts").mkdir(parents=True)
    (root / "css/parts/one.css").write_text('@import "two.css";\na { top: 0 }\n')
    (root / "css/parts/two.css").write_text("b { top: 0 }\n")
    (root / "css" / "last.css").write_text("c { top: 0 }\n")
    (root / "css" / "site.css").write_text(
        '/* All. */\n@import "parts/one.css";\n@import "last.css";\n'
    )
    return root


def test_imports_stand_in_their_place_and_order(sources: Path, tmp_path: Path) -> None:
    served = collect(sources, tmp_path / "static")
    assert served == "/* All. */\nb { top: 0 }\na { top: 0 }\nc { top: 0 }\n"


def test_a_change_of_a_part_changes_the_name(sources: Path, tmp_path: Path) -> None:
    collect(sources, tmp_path / "static")
    (sources / "css" / "last.css").write_text("c { top: 1px }\n")
    assert "c { top: 1px }" in collect(sources, tmp_path / "static")


def test_an_address_that_would_break_is_refused(sources: Path, tmp_path: Path) -> None:
    (sources / "css" / "last.css").write_text('c { background: url("c.png") }\n')
    with pytest.raises(ValueError, match=r"last\.css"):
        collect(sources, tmp_path / "static")
