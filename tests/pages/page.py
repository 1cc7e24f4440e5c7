"""A page as a reader's program sees it: elements, labels, references."""

from collections import Counter
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "img", "hr", "br", "path", "rect", "circle", "line"}
UNTYPED = {"hidden", "submit", "button"}
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "popovertarget")

Attributes = dict[str, str | None]


class Page(HTMLParser):
    """Reads a whole document; `faults()` says in words what it lacks."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, Attributes]] = []
        self.elements: list[tuple[str, Attributes]] = []
        self.unlabelled: list[Attributes] = []
        self.words: Counter[str] = Counter()
        self.title = ""
        self.inline: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self.open.append((tag, attributes))
        typed = attributes.get("type") not in UNTYPED
        if (
            tag in ("input", "select", "textarea")
            and typed
            and not any(name == "label" for name, _ in self.open)
            and not attributes.get("aria-label")
        ):
            self.unlabelled.append(attributes)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        opened, _ = self.open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        if not self.open:
            return
        tag, attributes = self.open[-1]
        if tag == "title":
            self.title += data
        elif tag == "style" or (tag == "script" and "nonce" not in attributes):
            self.inline.append(data)

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for name, attributes in self.elements if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [
            value
            for _, attributes in self.elements
            if (value := attributes.get(attribute))
        ]

    def control(self, name: str) -> Attributes:
        """The form control with this name."""
        return next(
            attributes
            for tag, attributes in self.elements
            if tag in ("input", "select") and attributes.get("name") == name
        )

    def faults(self) -> list[str]:
        """What keeps this page from being whole, for any page."""
        ids = Counter(self.values("id"))
        labels = set(self.values("for"))
        pointed = {
            name
            for attribute in REFERENCES
            for value in self.values(attribute)
            for name in value.split()
        }
        handlers = [
            f"{tag} {name}"
            for tag, attributes in self.elements
            for name in attributes
            if name == "style" or name.startswith("on")
        ]
        return [
            *(f"has {len(self.all(tag))} {tag}" for tag in self.not_single()),
            *(f"says {text!r} inline" for text in self.inline),
            *(f"has {name} inline" for name in handlers),
            *(f"has {count} of id {name}" for name, count in ids.items() if count > 1),
            *(f"points at {name}, which is not there" for name in pointed - set(ids)),
            *(
                f"labels no {each.get('name')}"
                for each in self.unlabelled
                if each.get("id") not in labels
            ),
            *(
                f"takes {each.get('name')} away without a question"
                for each in self.all("button")
                if "button--warn" in (each.get("class") or "").split()
                and each.get("type") != "button"
            ),
            *("has img without alt" for img in self.all("img") if "alt" not in img),
            *("speaks no language" for html in self.all("html") if not html["lang"]),
        ]

    def not_single(self) -> list[str]:
        return [t for t in ("html", "title", "h1", "main") if len(self.all(t)) != 1]
