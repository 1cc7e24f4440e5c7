"""Everything the site keeps about somebody, as one archive for them.

Other apps add their own `parts`; each is a JSON file in the archive. None may hold
tokens, hashes, or what other people would not have shown them.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import timezone

from .models import User


def _account(user: User) -> object:
    return {
        "name": user.display_name,
        "email": user.email,
        "joined": user.date_joined,
        "last_log_in": user.last_login,
        "theme": user.theme,
        "language": user.language or None,
        "picture": "picture.webp" if user.picture else None,
        "may_create_rooms": user.may_create_rooms,
        "most_rooms": user.room_quota,
        "staff": user.is_staff,
        "administrator": user.is_superuser,
        "active": user.is_active,
    }


def _addresses(user: User) -> object:
    rows = EmailAddress.objects.filter(user=user).order_by("pk")
    return list(rows.values("email", "verified", "primary"))


def _log_in(user: User) -> object:
    """How they log in, without what would let somebody else do so."""
    factors = Authenticator.objects.filter(user=user).order_by("pk")
    elsewhere = SocialAccount.objects.filter(user=user).order_by("pk")
    return {
        "password": user.has_usable_password(),
        "second_steps": [
            {
                "kind": factor.get_type_display(),
                "name": factor.data.get("name"),
                "added": factor.created_at,
                "last_used": factor.last_used_at,
            }
            for factor in factors
        ],
        "elsewhere": list(
            elsewhere.values(
                "provider", "uid", "date_joined", "last_login", "extra_data"
            )
        ),
    }


def _sessions(user: User) -> object:
    rows = UserSession.objects.filter(user=user).order_by("pk")
    return list(rows.values("created_at", "ip", "user_agent"))


def _suspensions(user: User) -> object:
    """What they were told when they could not log in."""
    rows = user.suspensions.order_by("pk")
    return list(rows.values("made_at", "reason", "until", "lifted_at"))


parts: dict[str, Callable[[User], object]] = {
    "account": _account,
    "addresses": _addresses,
    "log-in": _log_in,
    "sessions": _sessions,
    "suspensions": _suspensions,
}
"""By the name of the file; each tells its part in what JSON can hold, or dates.

What may be long is an iterator, whose items are never in memory all at once.
"""


def archive(user: User) -> bytes:
    """A zip file (APPNOTE 6.3) with a README, one JSON file per part, the picture."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        told = {
            "SITE_NAME": settings.SITE_NAME,
            "site": settings.SITE_URL,
            "user": user,
            "now": timezone.localtime(),
        }
        file.writestr("README.txt", render_to_string("accounts/export.txt", told))
        for name, tell in parts.items():
            with file.open(f"{name}.json", "w") as part:
                for text in _json(tell(user)):
                    part.write(text.encode())
        if user.picture:
            with user.picture.open("rb") as picture:
                file.writestr("picture.webp", picture.read())
    return made.getvalue()


def _json(value: object) -> Iterator[str]:
    """The text of a file, in pieces."""
    if not isinstance(value, Iterator):
        yield f"{_dump(value)}\n"
        return
    between = "[\n"
    for item in value:
        yield f"{between}{_dump(item)}"
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def _dump(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
