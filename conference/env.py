"""Settings from the environment, read loudly: a bad value stops the start.

An exported variable wins over `.env`; an empty one counts as not set. Only entry points
(`manage.py`, `asgi.py`) read `.env`, so that tests never do.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from environs import Env, EnvError
from marshmallow.validate import Range

T = TypeVar("T")
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_NAME = re.compile("SECRET|KEY|PASSWORD|TOKEN")

_env = Env()


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


def text(name: str, default: str = "") -> str:
    return _raw(name) or default


def flag(name: str, default: bool) -> bool:
    value: bool = _checked(_env.bool, name, default)
    return value


def number(name: str, default: int, low: int, high: int) -> int:
    value: int = _checked(_env.int, name, default, validate=Range(low, high))
    return value


def words(name: str, starting: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list; each word must begin with one of `starting`, if given."""
    found = [word.strip() for word in _raw(name).split(",") if word.strip()]
    for word in found:
        if starting and not word.lower().startswith(starting):
            raise BadSetting(name, word, f"must begin with {' or '.join(starting)}")
    return found


def parsed(name: str, default: str, parse: Callable[[str], T]) -> T:
    """What `parse` makes of the text; it raises ValueError with the reason."""
    value = text(name, default)
    try:
        return parse(value)
    except ValueError as fault:
        raise BadSetting(name, value, str(fault)) from None
