"""Nothing but the table of rights decides what a role may do.

Whoever compares a role, or who owns a room, decides something. The places that do are
named here with what they decide; a new one fails until it asks `rooms.rights.may`, or
stands here with its reason.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from conference.env import BASE_DIR
from rooms.models import Role
from rooms.rights import ON_LOWER, RANKS, Act, may

NAMES = {*RANKS} - {"site"}
ROLE_NAMES = {"OWNER", "CO_HOST", "MEMBER", "GUEST", "HOSTS", "RANKS"}

PLACES = {
    "rooms/rights.py": "the table",
    "rooms/access.py": "says who has which role, and who owns a room",
    "rooms/models/invitation.py": "which role an invitation gives, and to whom",
    "rooms/belonging.py": "an owner's place goes with the room alone",
    "rooms/admin/membership.py": "an owner's row follows the room",
    "rooms/admin/people_here.py": "whom the rows say nobody can keep out",
    "rooms/views/call.py": "whether the page shows the way to the room's own page",
    "rooms/views/people.py": "who stands where in a list",
    "rooms/views/invitation.py": "whether a role needs an account",
    "rooms/order/people.py": "there is one owner, who changes by a transfer alone",
    "rooms/order/telling.py": "an owner is told of with the room, or by the transfer",
}
"""Where roles are compared, and what for."""


def modules() -> Iterator[Path]:
    for app in ("accounts", "conference", "rooms"):
        for path in sorted((BASE_DIR / app).rglob("*.py")):
            inside = path.relative_to(BASE_DIR).parts
            if "migrations" not in inside and "loadtest" not in inside:
                yield path


def comparisons(tree: ast.AST) -> Iterator[ast.expr]:
    """Whatever is compared, or looked for among others, or matched."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.match_case):
            yield from (
                part.value
                for part in ast.walk(node.pattern)
                if isinstance(part, ast.MatchValue)
            )


def is_about_roles(compared: ast.expr) -> bool:
    for node in ast.walk(compared):
        match node:
            case ast.Constant(value=str(text)) if text in NAMES:
                return True
            case ast.Attribute(attr=name) if name in {*ROLE_NAMES, "owner_id"}:
                return True
            case ast.Name(id=name) if name in ROLE_NAMES:
                return True
    return False


def decides(path: Path) -> bool:
    return any(
        is_about_roles(part) for part in comparisons(ast.parse(path.read_text()))
    )


def test_roles_are_compared_in_known_places_alone() -> None:
    found = {str(path.relative_to(BASE_DIR)) for path in modules() if decides(path)}
    assert found - {*PLACES} - {"conference/rights.py"} == set()
    assert {*PLACES} - found == set(), "these compare nothing any more"


def test_this_test_sees_a_decision() -> None:
    for line in (
        "if room.owner_id == user.pk: pass",
        "if role in HOSTS: pass",
        "if role != 'owner': pass",
        "if seat.claim.role is Role.CO_HOST: pass",
        "match role:\n case Role.OWNER: pass",
    ):
        assert any(is_about_roles(part) for part in comparisons(ast.parse(line))), line
    for line in ("if may(role, Act.END): pass", "role = Role.OWNER", "x = 'guest'"):
        assert not any(is_about_roles(part) for part in comparisons(ast.parse(line)))


@pytest.mark.parametrize("act", Act)
def test_no_role_may_more_than_a_higher_one(act: Act) -> None:
    ranked = sorted(RANKS, key=lambda role: RANKS[role])
    able = [may(role, act) for role in ranked]
    assert able == sorted(able)
    for on in ranked:
        able = [may(role, act, on) for role in ranked]
        assert able == sorted(able), on


def test_nobody_acts_on_somebody_as_high() -> None:
    for act in ON_LOWER:
        for role in RANKS:
            for on in RANKS:
                if RANKS[on] >= RANKS[role]:
                    assert not may(role, act, on)


def test_what_is_no_role_may_nothing() -> None:
    for act in Act:
        for role in ("", "stranger", "moderator", "staff", "OWNER", "None"):
            assert not may(role, act)
            assert not may("owner", act, role)


def test_the_rows_know_the_same_roles() -> None:
    assert {*Role.values} | {"guest"} == NAMES
