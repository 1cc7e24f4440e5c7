"""Whether a name can be taken for somebody else's.

Names are compared by what is left of them when all that the eye slides over is gone:
case, accents, spaces, points, doubled letters, letters of other scripts and digits that
look like our own, and words such as "host" that anybody may add.

This is for a mark beside a name, never for a decision: people may well have like names.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

# ruff: noqa: RUF001 - letters that can be taken for others are what this is about.

_CAPITALS = str.maketrans(
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕЅІЈКМНОРСТУХ", "abezhikmnoptyxabesijkmhopctyx"
)
"""Those that look like ours, and whose small letters do not always."""

# In lower case, since names are folded then: what common fonts draw like one letter.
_LETTERS = {
    "a": "αаɑ⍺4@",
    "b": "ьъƅ8",
    "c": "сϲᴄⅽ",
    "d": "ԁɗⅾ",
    "e": "еєҽ℮ɛεэ3",
    "f": "ғƒ",
    "g": "ɡց9",
    "h": "һհ",
    "i": "іιıɩї1|!ӏɪǀ",
    "j": "јϳ",
    "k": "кκⲕқ",
    "m": "мⅿ",
    "n": "пոηռ",
    "o": "оοօσө0ø٥०",
    "p": "рρ",
    "q": "ԛգ",
    "r": "гᴦ",
    "s": "ѕꜱ5$",
    "t": "тτ7",
    "u": "υսᴜц",
    "v": "νѵⅴ",
    "w": "ѡԝωшщ",
    "x": "хχⅹ×",
    "y": "уүγʏ",
    "z": "ᴢ2",
}
_DRAWN_LIKE = {like: letter for letter, likes in _LETTERS.items() for like in likes}
_READ_AS = (("rn", "m"), ("vv", "w"), ("æ", "ae"), ("œ", "oe"), ("l", "i"))
"""Two letters that are read as one, one that is two, and what a large I looks like."""

_TITLES = frozenset(
    {"host", "cohost", "owner", "admin", "administrator", "moderator", "mod", "guest"}
    | {"official", "support", "staff", "team", "me", "you", "real", "the"}
)


def looks_like(name: str, others: Iterable[str]) -> bool:
    """Whether this name is one of the others, or can be taken for one."""
    mine = skeleton(name)
    return any(mine == skeleton(other) for other in others)


@lru_cache(maxsize=4096)
def skeleton(name: str) -> str:
    """The same for all names that can be taken for each other."""
    words = _words(name)
    kept = [word for word in words if word not in _TITLES] or words
    plain = "".join(_DRAWN_LIKE.get(char, char) for char in "".join(kept))
    for text, read in _READ_AS:
        plain = plain.replace(text, read)
    return _without_doubles(plain) or name.casefold()


def _words(name: str) -> list[str]:
    """Its words in lower case, of letters, digits and what is drawn like them alone."""
    bare = unicodedata.normalize("NFKD", name).translate(_CAPITALS)
    bare = unicodedata.normalize("NFKD", bare.casefold())
    words: list[str] = []
    for word in bare.split():
        kept = "".join(
            char
            for char in word
            if unicodedata.category(char)[0] in "LN" or char in _DRAWN_LIKE
        )
        if kept:
            words.append(kept)
    return words


def _without_doubles(text: str) -> str:
    return "".join(char for before, char in pairwise(f" {text}") if char != before)
