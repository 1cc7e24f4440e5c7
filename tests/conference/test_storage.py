"""Style sheets come in one piece, and nothing comes with its comments."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from conference.storage import COMMENT
from tests.servers import ROOT

BACKEND = "conference.storage.LeanStorage"
Served = Callable[[str], str]

SCRIPT = """/*! Somebody's notice. */
/**
 * What this is for.
 *
 * @param {string} one
 */
export function say(one) {
  // Why.
  const path = "/* not this */"; // nor this
  const kept =
    /** @type {string} */ (path);
  /** Nor is this code swallowed. */
  return `${one} // ${path}`;
}
"""
SERVED = """/*! Somebody's notice. */
export function say(one) {
  const path = "/* not this */"; // nor this
  const kept =
    /** @type {string} */ (path);
  return `${one} // ${path}`;
}
"""


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    root = tmp_path / "sources"
    (root / "css" / "parts").mkdir(parents=True)
    (root / "css/parts/one.css").write_text('@import "two.css";\na { top: 0 }\n')
    (root / "css/parts/two.css").write_text("b { top: 0 }\n/* Two. */\n")
    (root / "css/last.css").write_text("c { top: 0 }\n")
    (root / "css/site.css").write_text(
        '/* All. */\n@import "parts/one.css";\n@import "last.css";\n'
    )
    (root / "say.js").write_text(SCRIPT)
    return root


@pytest.fixture
def served(sources: Path, tmp_path: Path) -> Served:
    """Collects the sources and returns what is served under a plain name."""
    root = tmp_path / "static"

    def collect(name: str) -> str:
        with override_settings(
            STATICFILES_DIRS=[sources],
            STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
            STATIC_ROOT=root,
            STORAGES={"staticfiles": {"BACKEND": BACKEND}},
        ):
            call_command("collectstatic", interactive=False, verbosity=0)
        names: dict[str, str] = json.loads((root / "staticfiles.json").read_text())[
            "paths"
        ]
        return (root / names[name]).read_text()

    return collect


def test_imports_stand_in_their_place_and_order(served: Served) -> None:
    assert served("css/site.css") == "b { top: 0 }\na { top: 0 }\nc { top: 0 }\n"


def test_a_change_of_a_part_changes_the_name(sources: Path, served: Served) -> None:
    served("css/site.css")
    (sources / "css/last.css").write_text("c { top: 1px }\n")
    assert "c { top: 1px }" in served("css/site.css")


def test_an_address_that_would_break_is_refused(sources: Path, served: Served) -> None:
    (sources / "css/last.css").write_text('c { background: url("c.png") }\n')
    with pytest.raises(ValueError, match=r"last\.css"):
        served("css/site.css")


def test_scripts_come_without_comments_but_with_notices(served: Served) -> None:
    assert served("say.js") == SERVED


def test_no_script_has_what_looks_like_a_comment_in_a_template_text() -> None:
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        source = path.read_text()
        bare = COMMENT.sub("", source)
        assert bare.count("`") % 2 == 0, path
        for comment in COMMENT.finditer(source):
            before = COMMENT.sub("", source[: comment.start()])
            assert before.count("`") % 2 == 0, f"{path}: {comment[0]}"
