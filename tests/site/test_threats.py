"""docs/threats.md names a proof for each threat, and each of these proofs exists."""

import ast
import re
from functools import cache

import pytest

from conference.env import BASE_DIR

DOCUMENT = (BASE_DIR / "docs" / "threats.md").read_text()
ROW = re.compile(r"^\| (?!Threat\b|---)(.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
PROOF = re.compile(r"`([^`]+)`")

ROWS = [(row[1], row[2], row[3]) for row in ROW.finditer(DOCUMENT)]
PROOFS = sorted({proof for _, _, proofs in ROWS for proof in PROOF.findall(proofs)})


@cache
def names_in(file: str) -> frozenset[str]:
    """The tests of a file, and its classes, as pytest names them."""
    path = BASE_DIR / file
    if path.suffix == ".js":
        text = path.read_text()
        said = re.findall(r"""^test\(\s*["'](.+?)["'],""", text, re.MULTILINE)
        return frozenset(said)
    found: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
            found |= {
                f"{node.name}::{each.name}"
                for each in node.body
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
            }
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
    return frozenset(found)


def test_the_table_is_read() -> None:
    assert len(ROWS) > 15
    assert len(ROWS) == DOCUMENT.count("\n| ") - DOCUMENT.count("| Threat |")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_each_threat_has_a_proof(row: tuple[str, str, str]) -> None:
    threat, mitigation, proofs = row
    assert threat
    assert mitigation
    assert PROOF.search(proofs), threat


@pytest.mark.parametrize("proof", PROOFS)
def test_each_proof_exists(proof: str) -> None:
    file, _, name = proof.partition("::")
    assert (BASE_DIR / file).is_file(), file
    assert not name or name in names_in(file), proof
    assert name or file.endswith(".js"), f"say which test of {file}"
