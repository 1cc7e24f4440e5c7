"""A page, taken apart: its elements, its words, its forms."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Shape = list[tuple[str, ...]]

UNKNOWN_TO_US = {
    *("applet", "base", "embed", "frame", "frameset", "iframe", "marquee", "math"),
    *("object", "param", "plaintext", "portal", "xmp"),
}
"""Elements that no page of ours has a use for."""

WRITTEN_INTO = {
    *("text", "email", "password", "search", "url", "tel", "number", "date", "time"),
    *("datetime-local", "hidden", "textarea"),
}
"""What people's browsers send as anybody types it; a hidden field just as well."""

_LEADS = ("href", "src", "action", "formaction", "srcset", "data", "poster")
_ELSEWHERE = re.compile(r"[\0-\x20]*(?:[a-z][a-z0-9+.-]*:|[/\\]{2})", re.IGNORECASE)
_KNOWN_SCHEMES = ("http://localhost", "https://", "mailto:", "data:image/")


@dataclass
class Control:
    """A field of a form, with what it holds."""

    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)

    @property
    def is_written_into(self) -> bool:
        return self.kind in WRITTEN_INTO


@dataclass
class Form:
    """`method` is "script" for a form that names none: a script of ours reads it."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def control(self, name: str) -> Control | None:
        return next((each for each in self.controls if each.name == name), None)


class Markup(HTMLParser):
    """What a browser makes of a page.

    `shape` is every tag in its order with the names of its attributes: what somebody
    else's words must not change. `words` is all that stands there as text, in values
    of attributes, and in the data of scripts.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shape: Shape = []
        self.words: list[str] = []
        self.forms: list[Form] = []
        self.faults: list[str] = []
        self._inside: Form | None = None
        self._script: dict[str, str] | None = None
        self._area: Control | None = None
        self._choice: Control | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.shape.append((tag, *(name for name, _ in attrs)))
        self.words += named.values()
        self.faults += _faults(tag, named)
        if tag == "script":
            self._script = named
        elif tag == "form":
            method = named.get("method", "script").lower()
            self._inside = Form(named.get("action", ""), method)
            self.forms.append(self._inside)
        elif self._inside and tag in ("input", "textarea", "select", "option"):
            self._control(self._inside, tag, named)

    def _control(self, form: Form, tag: str, named: dict[str, str]) -> None:
        name, value = named.get("name", ""), named.get("value", "")
        kind = named.get("type", "text") if tag == "input" else tag
        if tag == "option":
            if self._choice:
                self._choice.choices.append(value)
                if "selected" in named:
                    self._choice.value = value
        elif not name or kind in ("submit", "button", "reset", "image"):
            return
        elif kind in ("radio", "checkbox"):
            known = form.control(name)
            control = known or Control(name, kind)
            control.choices.append(value)
            if "checked" in named:
                control.value = value or "on"
            if known is None:
                form.controls.append(control)
        else:
            control = Control(name, kind, value)
            form.controls.append(control)
            if tag == "textarea":
                self._area = control
            elif tag == "select":
                self._choice = control

    def handle_endtag(self, tag: str) -> None:
        self.shape.append((f"/{tag}",))
        if tag == "script":
            self._script = None
        elif tag == "form":
            self._inside = None
        elif tag == "textarea" and self._area:
            # A line break right behind the start tag is none (HTML, 13.1.2.5).
            self._area.value = self._area.value.removeprefix("\n")
            self._area = None
        elif tag == "select":
            self._choice = None

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._told(data)
        else:
            self.words.append(data)
        if self._area is not None:
            self._area.value += data

    def _told(self, data: str) -> None:
        """What a script is told: only as data, which no parser takes for markup."""
        assert self._script is not None
        if not data.strip():
            return
        if self._script.get("type") not in ("application/json", "importmap"):
            self.faults.append(f"a script says {data!r}")
        elif "<" in data:
            self.faults.append(f"data of a script say {data!r}")
        else:
            self.words += _texts(json.loads(data))

    def handle_comment(self, data: str) -> None:
        self.shape.append(("!--",))

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"has <?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"has <![{data}]>")

    @property
    def said(self) -> str:
        """All words without their white space, which templates and browsers change."""
        return squeezed("".join(self.words))


def leads_away(url: str) -> bool:
    """Whether a browser that follows it leaves the site."""
    return bool(_ELSEWHERE.match(url))


def squeezed(text: str) -> str:
    return "".join(text.split())


def _faults(tag: str, named: dict[str, str]) -> Iterator[str]:
    if tag in UNKNOWN_TO_US:
        yield f"has <{tag}>"
    for name, value in named.items():
        if name.startswith("on") or name in ("style", "srcdoc"):
            yield f"<{tag}> has {name}={value!r}"
        leads = name in _LEADS and leads_away(value)
        if leads and not value.startswith(_KNOWN_SCHEMES):
            yield f"<{tag}> leads to {value!r}"


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for each in data:
            yield from _texts(each)
    elif isinstance(data, dict):
        for name, each in data.items():
            yield name
            yield from _texts(each)
