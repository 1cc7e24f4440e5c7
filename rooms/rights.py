"""The table of rights: who may do what in a room. What is not in it nobody may.

Everybody who lets somebody do something asks here, with the role as its row has it at
that moment: the call's orders, the pages of a room, and the tests that try each of them
from each role. Who may open which page of the site is in conference.rights.
"""

from enum import StrEnum

GUEST, MEMBER, CO_HOST, OWNER = "guest", "member", "co-host", "owner"

SITE = "site"
"""The people who run the site, where they act in the administration."""

RANKS = {GUEST: 0, MEMBER: 1, CO_HOST: 2, OWNER: 3, SITE: 4}
HOSTS = frozenset({CO_HOST, OWNER})


class Act(StrEnum):
    """What somebody may do in a room, by the name of the message where there is one."""

    REPORT = "report"
    ADMIT = "admit"
    REFUSE = "refuse"
    MUTE = "mute"
    ASK = "ask"
    ALLOW = "allow"
    REMOVE = "remove"
    LET_BACK = "let-back"
    RENAME = "rename"
    SPOTLIGHT = "spotlight"
    LOCK = "lock"
    LOBBY = "lobby"
    END = "end"
    GO_ON = "go-on"
    PROMOTE = "promote"
    TRANSFER = "transfer"
    INVITE = "invite"
    CHANGE = "change"
    NEW_LINK = "new-link"
    DELETE = "delete"
    NOTICE = "notice"


LEAST: dict[Act, str] = {
    Act.REPORT: GUEST,
    Act.ADMIT: CO_HOST,
    Act.REFUSE: CO_HOST,
    Act.MUTE: CO_HOST,
    Act.ASK: CO_HOST,
    Act.ALLOW: CO_HOST,
    Act.REMOVE: CO_HOST,
    Act.LET_BACK: CO_HOST,
    Act.RENAME: CO_HOST,
    Act.SPOTLIGHT: CO_HOST,
    Act.LOCK: CO_HOST,
    Act.LOBBY: CO_HOST,
    Act.END: CO_HOST,
    Act.GO_ON: CO_HOST,
    Act.PROMOTE: OWNER,
    Act.TRANSFER: OWNER,
    Act.INVITE: OWNER,
    Act.CHANGE: OWNER,
    Act.NEW_LINK: OWNER,
    Act.DELETE: OWNER,
    Act.NOTICE: SITE,
}
"""The least role for each."""

ON_LOWER = frozenset({Act.ALLOW, Act.REMOVE, Act.RENAME, Act.PROMOTE})
"""Only to somebody of a lower role than one's own."""

NOT_ON_OWNER = frozenset({Act.MUTE})


def always_gets_in(role: str) -> bool:
    """Whether somebody comes into a room that is full or locked, whatever else."""
    return role in HOSTS


def comes_in_at_once(role: str) -> bool:
    """Whether somebody neither waits in a lobby nor is asked for a password."""
    return role in RANKS and RANKS[role] > RANKS[GUEST]


def outranks(role: str, other: str) -> bool:
    """Whether the one role is above the other; what is no role is above none."""
    return role in RANKS and RANKS[role] > RANKS.get(other, -1)


def is_host(role: str) -> bool:
    """Whether nobody in a room forbids somebody of this role anything."""
    return role in HOSTS


def may(role: str, act: Act, on: str | None = None) -> bool:
    """Whether somebody of this role may do it, to somebody of the role `on` if given.

    Roles that are no roles may do nothing, and nothing may be done to them.
    """
    least = LEAST.get(act)
    if least is None or role not in RANKS or RANKS[role] < RANKS[least]:
        return False
    if on is None:
        return True
    if on not in RANKS:
        return False
    if act in ON_LOWER:
        return RANKS[on] < RANKS[role]
    return not (act in NOT_ON_OWNER and on == OWNER)
