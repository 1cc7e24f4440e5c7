"""Settings from the environment, read loudly: a bad value stops the start.

An exported variable wins over `.env`; an empty one counts as not set. Only entry points
(`manage.py`, `asgi.py`) read `.env`, so that tests never do. Each setting says in the
same place what it is for: `known` is where docs/configuration.md comes from.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from environs import Env, EnvError
from marshmallow.validate import Range

T = TypeVar("T")
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_NAME = re.compile("SECRET|KEY|PASSWORD|TOKEN")

_env = Env()


@dataclass(frozen=True, slots=True)
class Known:
    """A setting that was asked for: its default and its purpose, in words."""

    name: str
    default: str
    says: str


known: dict[str, Known] = {}
"""Every setting by name, in the order the settings ask for them."""


class BadSetting(SystemExit):
    """Ends the program with one line that names the setting and shows its value."""

    def __init__(self, name: str, value: str, why: str) -> None:
        shown = "***" if value and SECRET_NAME.search(name) else masked(value)
        super().__init__(f"Parley cannot start: {name}={shown!r}: {why}")


def masked(url: str) -> str:
    """The same URL with `***` for its password; any other text is left alone."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return re.sub(r"//[^@/]*@", "//***@", url)
    return url.replace(f":{password}@", ":***@") if password else url


def read_dotenv(path: Path = BASE_DIR / ".env") -> None:
    """Let `path` speak for every setting that the environment does not name."""
    _env.read_env(path, recurse=False)


def is_set(name: str) -> bool:
    """Whether the environment says anything of this setting."""
    return bool(_raw(name))


def _raw(name: str) -> str:
    return _env.str(name, "").strip()


def _checked(
    read: Callable[..., Any], name: str, default: Any, **checks: object
) -> Any:
    if not _raw(name):
        return default
    try:
        return read(name, **checks)
    except EnvError as fault:
        why = fault.error_messages if hasattr(fault, "error_messages") else [str(fault)]
        raise BadSetting(name, _raw(name), " ".join(map(str, why))) from None


def text(name: str, default: str, says: str, shown: str | None = None) -> str:
    """The setting's text. `shown` stands in the documents for a computed default."""
    _note(name, default if shown is None else shown, says)
    return _raw(name) or default


def flag(name: str, default: bool, says: str, shown: str | None = None) -> bool:
    _note(name, str(default) if shown is None else shown, says)
    value: bool = _checked(_env.bool, name, default)
    return value


def number(name: str, default: int, low: int, high: int, says: str) -> int:
    _note(name, str(default), says)
    value: int = _checked(_env.int, name, default, validate=Range(low, high))
    return value


def words(name: str, says: str, starting: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list; each word must begin with one of `starting`, if given."""
    _note(name, "", says)
    found = [word.strip() for word in _raw(name).split(",") if word.strip()]
    for word in found:
        if starting and not word.lower().startswith(starting):
            raise BadSetting(name, word, f"must begin with {' or '.join(starting)}")
    return found


def parsed(
    name: str,
    default: str,
    parse: Callable[[str], T],
    says: str,
    shown: str | None = None,
) -> T:
    """What `parse` makes of the text; it raises ValueError with the reason."""
    value = text(name, default, says, shown)
    try:
        return parse(value)
    except ValueError as fault:
        raise BadSetting(name, value, str(fault)) from None


def _note(name: str, default: str, says: str) -> None:
    known[name] = Known(name, default, says)
