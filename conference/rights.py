"""The table of rights: who may open which page of the site, by the name of its address.

What is not in it nobody may: `guard.py` answers as if there were no such page. It also
sends away whom a row leaves out by a fact that needs no room, the lack of an account or
of staff's rights; the rest of a row is what the view and `rooms.access` decide, and
`tests/site/test_rights.py` asks each address as each of these people and compares. What
somebody may do in a room is in `rooms.rights`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Everybody there is, as seen from one room; a row names those who may."""

    ANONYMOUS = "anonymous"
    """Has no account, and was never here."""
    GUEST = "guest"
    """Has no account, and accepted an invitation to the room."""
    WAITING = "waiting"
    """Has no account, and stands in the room's lobby, whose link is all they have."""
    MEMBER = "member"
    CO_HOST = "co-host"
    OWNER = "owner"
    STRANGER = "stranger"
    """Has an account, and nothing to do with the room."""
    MODERATOR = "moderator"
    """In the group "Moderators", and a stranger to the room."""
    STAFF = "staff"
    """May do everything in the administration, and a stranger to the room."""


ANYBODY = frozenset(Who)
NO_ACCOUNT = frozenset({Who.ANONYMOUS, Who.GUEST, Who.WAITING})
ACCOUNTS = ANYBODY - NO_ACCOUNT
INVITED = frozenset({Who.GUEST, Who.MEMBER, Who.CO_HOST, Who.OWNER})
OWNERS = frozenset({Who.OWNER})
HOSTS = OWNERS | {Who.CO_HOST}
PLACED = frozenset({Who.CO_HOST, Who.MEMBER})
ADMINISTRATORS = frozenset({Who.STAFF})
ADMINISTRATION = ADMINISTRATORS | {Who.MODERATOR}


@dataclass(frozen=True, slots=True)
class Row:
    """Who may look (GET), and who may act (POST).

    `back` is the page that its buttons are on, for those who are led to log in; empty:
    the address itself. `by_link`: in a room for invited people only those are let in.
    `leads`: also those who may are led to log in, where they have not begun that of
    which the address is a step. `why` says what a row does not say by itself.
    """

    look: frozenset[Who]
    act: frozenset[Who]
    back: str = ""
    by_link: bool = False
    leads: bool = False
    why: str = ""

    def may(self, method: str) -> frozenset[Who]:
        """Who may do that; nobody may what is neither looking nor acting."""
        if method in ("GET", "HEAD"):
            return self.look
        return self.act if method == "POST" else frozenset()


NOBODY: frozenset[Who] = frozenset()


def look(who: frozenset[Who], *, by_link: bool = False, why: str = "") -> Row:
    """A page that has no buttons of its own."""
    return Row(who, NOBODY, by_link=by_link, why=why)


def act(who: frozenset[Who], back: str = "", why: str = "") -> Row:
    """What a button does that stands on the page `back`."""
    return Row(NOBODY, who, back, why=why)


def both(
    who: frozenset[Who], back: str = "", *, leads: bool = False, why: str = ""
) -> Row:
    """A page with a form that is sent to it."""
    return Row(who, who, back, leads=leads, why=why)


BY_MAIL = "the part that is in the mail is the right"
OF_ONES_OWN = "of a key whose owner is the room's too: to others there is no such key"

OUTSIDE = {
    "/healthz": "says that a process answers",
    "/readyz": "says whether a process should be sent people",
    "/metrics": "for those with METRICS_TOKEN, else for programs of this machine",
    "/static/": "files that are the same for everybody",
    "/ws/rooms/<link>/": "the call; who may say what is in signalling.protocol.TABLE",
}
"""What is answered before Django asks for a page, and to whom."""

TABLE: dict[str, Row] = {
    # The site
    "favicon": look(ANYBODY),
    "doctor-echo": look(ANYBODY, why="the doctor's own signed question is the right"),
    "doctor": look(ADMINISTRATORS),
    "lan": look(ANYBODY),
    "lan-authority": look(ANYBODY),
    "privacy": look(ANYBODY),
    "legal": look(ANYBODY),
    "offline": look(ANYBODY),
    "offline-worker": look(ANYBODY),
    "home": both(ANYBODY),
    # One's own account
    "profile": both(ACCOUNTS),
    "appearance": act(ACCOUNTS),
    "picture-change": act(ACCOUNTS),
    "picture-remove": act(ACCOUNTS),
    "picture": look(ANYBODY, why="128 random bits that people in a call are told"),
    "export": both(ACCOUNTS),
    "delete-account": both(ACCOUNTS),
    "usersessions_list": both(ACCOUNTS),
    # Accounts: allauth's pages
    "account_login": both(ANYBODY),
    "account_logout": both(ANYBODY),
    "account_inactive": look(ANYBODY),
    "account_signup": both(ANYBODY),
    "account_email": both(ACCOUNTS),
    "account_email_verification_sent": look(ANYBODY),
    "account_confirm_email": both(ANYBODY, leads=True, why=BY_MAIL),
    "account_confirm_login_code": both(ANYBODY, leads=True),
    "account_change_password": both(ACCOUNTS),
    "account_set_password": both(ACCOUNTS),
    "account_reset_password": both(ANYBODY),
    "account_reset_password_done": look(ANYBODY),
    "account_reset_password_from_key": both(ANYBODY, why=BY_MAIL),
    "account_reset_password_from_key_done": look(ANYBODY),
    "account_reauthenticate": both(ACCOUNTS),
    "mfa_index": look(ACCOUNTS),
    "mfa_authenticate": both(ANYBODY, leads=True),
    "mfa_reauthenticate": both(ACCOUNTS),
    "mfa_activate_totp": both(ACCOUNTS),
    "mfa_deactivate_totp": both(ACCOUNTS),
    "mfa_view_recovery_codes": look(ACCOUNTS),
    "mfa_generate_recovery_codes": both(ACCOUNTS),
    "mfa_download_recovery_codes": look(ACCOUNTS),
    "mfa_list_webauthn": look(ACCOUNTS),
    "mfa_add_webauthn": both(ACCOUNTS),
    "mfa_login_webauthn": both(ANYBODY, leads=True),
    "mfa_reauthenticate_webauthn": both(ACCOUNTS, leads=True),
    "mfa_remove_webauthn": both(OWNERS, why=OF_ONES_OWN),
    "mfa_edit_webauthn": both(OWNERS, why=OF_ONES_OWN),
    "socialaccount_login_cancelled": look(ANYBODY),
    "socialaccount_login_error": look(ANYBODY),
    "socialaccount_signup": both(ANYBODY, leads=True),
    "socialaccount_connections": both(ACCOUNTS),
    "openid_connect_login": both(ANYBODY),
    "openid_connect_callback": look(ANYBODY, why="its state has to be of this browser"),
    "django.views.generic.base.RedirectView": look(
        ANYBODY, why="allauth's former addresses, which lead to those above"
    ),
    # Rooms
    "my-rooms": look(ACCOUNTS),
    "new-room": both(ACCOUNTS),
    "start-meeting": act(ACCOUNTS, back="my-rooms"),
    "call": look(ANYBODY, by_link=True),
    "left": look(ANYBODY, by_link=True),
    "room-qr": look(ANYBODY, by_link=True),
    "room-password": Row(ANYBODY, ANYBODY, by_link=True),
    "room-ticket": Row(NOBODY, ANYBODY, by_link=True),
    "room": Row(HOSTS, OWNERS, why="co-hosts see what their role lets them do there"),
    "room-order": act(HOSTS, back="room"),
    "room-people": both(HOSTS, "room", why="who may what to whom: rooms.rights"),
    "room-kept-out": act(HOSTS, back="room"),
    "room-password-change": act(OWNERS, back="room"),
    "room-new-link": both(OWNERS, back="room"),
    "room-delete": act(OWNERS, back="room"),
    "room-resign": act(PLACED, back="my-rooms", why="who owns a room deletes it"),
    "room-invitations": both(OWNERS, back="room"),
    "invitation-revoke": both(OWNERS, back="room"),
    "invitation-again": act(OWNERS, back="room"),
    "invitation": both(ANYBODY, why="192 random bits are the right"),
    "stop-invitations": both(ANYBODY, why=BY_MAIL),
    # The administration's own pages; those of its lists follow from LISTS
    "admin:index": look(ADMINISTRATION),
    "admin:login": both(NO_ACCOUNT | ADMINISTRATION, leads=True),
    "admin:logout": act(ANYBODY, why="whoever is not logged in there is led on"),
    "admin:password_change": both(ADMINISTRATION),
    "admin:password_change_done": look(ADMINISTRATION),
    "admin:autocomplete": look(ADMINISTRATION, why="each list asks for its own right"),
    "admin:jsi18n": look(ADMINISTRATION),
    "admin:view_on_site": look(ADMINISTRATION, why="leads to pages that ask again"),
    "admin:app_list": look(ADMINISTRATION),
    "admin:auth_user_password_change": both(ADMINISTRATORS),
    "admin:rooms_livecall_act": act(ADMINISTRATION),
    "admin:conference_auditentry_export": act(ADMINISTRATION),
    "admin:django.contrib.admin.sites.catch_all_view": look(
        ADMINISTRATION, why="nothing is there"
    ),
    "admin:django.views.generic.base.RedirectView": look(
        ADMINISTRATION, why="the short address of a row, which leads to the full one"
    ),
}


@dataclass(frozen=True, slots=True)
class List:
    """What may be done with a list of the administration: "view add change delete".

    `moderators` is what the rows of their group say, which a migration makes.
    """

    staff: str
    moderators: str = ""

    def who(self, right: str) -> frozenset[Who]:
        """Who has this right; nobody has none."""
        whose = {Who.STAFF: self.staff, Who.MODERATOR: self.moderators}
        return frozenset(who for who, has in whose.items() if right in has.split())


LISTS: dict[str, List] = {
    "account_emailaddress": List("view change"),
    "accounts_suspension": List("view add change", moderators="view add change"),
    "accounts_user": List("view add change delete", moderators="view"),
    "auth_group": List("view add change delete"),
    "conference_auditentry": List("view", moderators="view"),
    "conference_outgoingmail": List("view delete"),
    "conference_sitetext": List("view add change delete"),
    "mfa_authenticator": List("view delete"),
    "rooms_acceptance": List("view"),
    "rooms_ban": List("view change", moderators="view change"),
    "rooms_invitation": List("view change delete", moderators="view change"),
    "rooms_livecall": List("view change", moderators="view change"),
    "rooms_membership": List("view add change delete"),
    "rooms_message": List("view"),
    "rooms_nomail": List("view"),
    "rooms_report": List("view change", moderators="view change"),
    "rooms_room": List("view add change delete", moderators="view"),
    "rooms_seat": List("view", moderators="view"),
    "socialaccount_socialaccount": List("view delete"),
    "usersessions_usersession": List("view delete"),
}

_NEEDS = {
    # Its actions ask for rights of their own.
    "changelist": ("view", "view"),
    "history": ("view", ""),
    "change": ("view", "change"),
    "add": ("add", "add"),
    "delete": ("delete", "delete"),
}
"""What looking and acting at an address of a list need there."""


def row_of(name: str) -> Row | None:
    """The row of an address; None: it has none, so nobody may open it."""
    return TABLE.get(name) or _of_list(name)


def _of_list(name: str) -> Row | None:
    space, _, rest = name.partition(":")
    key, _, page = rest.rpartition("_")
    if space != "admin" or key not in LISTS or page not in _NEEDS:
        return None
    looking, acting = _NEEDS[page]
    return Row(LISTS[key].who(looking), LISTS[key].who(acting))
