"""The import map and the preloads, from a real manifest of real files."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory, override_settings

MAIN = """
// The entry.
import { Call } from "./call.js";
import {
  clone,
  part,
} from "../lib/dom.js";
import "./side.js";
export { Call as Again } from "./again.js";
/**
 * @typedef {import("./types_only.js").Thing} Thing
 * import { nothing } from "./commented.js"
 */
export const lazy = () => import("./lazy.js");
const text = 'from "./string.js"';
"""
FILES = {
    "js/call/main.js": MAIN,
    "js/call/call.js": 'import { part } from "../lib/dom.js";\nexport class Call {}\n',
    "js/call/side.js": "export {};\n",
    "js/call/again.js": 'export * from "./main.js";\n',
    "js/call/lazy.js": "export const late = 1;\n",
    "js/lib/dom.js": "export const part = 1;\nexport const clone = 2;\n",
    "css/site.css": "body { color: red }\n",
}
NEEDED = [
    "js/call/main.js",
    "js/call/call.js",
    "js/lib/dom.js",
    "js/call/side.js",
    "js/call/again.js",
]
Render = Callable[[str], str]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    root = tmp_path / "sources"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def render() -> Render:
    request = RequestFactory().get("/")
    request.csp_nonce = "n0nce"  # type: ignore[attr-defined]

    def render(tag: str) -> str:
        text = "{% load modules %}{% " + tag + " %}"
        return Template(text).render(Context({"request": request}))

    return render


@pytest.fixture
def collected(tmp_path: Path, sources: Path) -> Iterator[Path]:
    """The files, collected and hashed as in production."""
    root = tmp_path / "static"
    storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    with override_settings(
        STATICFILES_DIRS=[sources],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STATIC_ROOT=root,
        STORAGES={"staticfiles": {"BACKEND": storage}},
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield root


def manifest(root: Path) -> dict[str, str]:
    paths: dict[str, str] = json.loads((root / "staticfiles.json").read_text())["paths"]
    return paths


def test_import_map_names_every_module_hashed(collected: Path, render: Render) -> None:
    tag = render("import_map")
    head, tail = '<script type="importmap" nonce="n0nce">', "</script>"
    assert tag.startswith(head)
    assert tag.endswith(tail)
    imports = json.loads(tag.removeprefix(head).removesuffix(tail))["imports"]
    hashed = manifest(collected)
    for name in FILES:
        if name.endswith(".js"):
            assert imports[f"/static/{name}"] == f"/static/{hashed[name]}"
            assert hashed[name] != name
    assert not [name for name in imports if not name.startswith("/static/js/")]


def test_preloads_follow_static_imports_each_once(
    collected: Path, render: Render
) -> None:
    hashed = manifest(collected)
    assert render('module_preloads "js/call/main.js"').split("\n") == [
        f'<link rel="modulepreload" href="/static/{hashed[name]}">' for name in NEEDED
    ]


def test_module_is_hashed_and_carries_the_nonce(
    collected: Path, render: Render
) -> None:
    assert render('module "js/call/main.js"') == (
        '<script type="module" nonce="n0nce" '
        f'src="/static/{manifest(collected)["js/call/main.js"]}"></script>'
    )


def test_with_debug_names_stay_plain(sources: Path, render: Render) -> None:
    with override_settings(DEBUG=True, STATICFILES_DIRS=[sources]):
        assert render("import_map").endswith('>{"imports":{}}</script>')
        assert render('module_preloads "js/call/main.js"').split("\n") == [
            f'<link rel="modulepreload" href="/static/{name}">' for name in NEEDED
        ]
        (sources / "js/call/main.js").write_text("export {};\n")
        assert render('module_preloads "js/call/main.js"').count("<link") == 1


def test_a_missing_module_is_said(sources: Path, render: Render) -> None:
    with (
        override_settings(DEBUG=True, STATICFILES_DIRS=[sources]),
        pytest.raises(TemplateSyntaxError, match=r"js/nowhere\.js"),
    ):
        render('module_preloads "js/nowhere.js"')
