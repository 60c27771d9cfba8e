"""A page as its elements, forms and links: enough to see what a text became once a browser had read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

LINKING = frozenset({"href", "src", "action", "formaction", "data", "poster", "cite", "xlink:href", "ping", "srcset"})
UNSENT = frozenset({"file", "submit", "button", "image", "reset"})


@dataclass
class Control:
    """One field of a form; `values` is what a browser would send if nobody touched it."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)

    @property
    def typed(self) -> bool:
        """Whether a person types into it."""
        return self.kind in {"text", "textarea", "search", "email", "url", "tel", "number", "date", "password", ""}


@dataclass
class Form:
    """A form: where it goes, how, and its controls in order."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def sent(self) -> dict[str, list[str]]:
        """What a browser would send if nobody touched it."""
        data: dict[str, list[str]] = {}
        for control in self.controls:
            if control.name and control.kind not in UNSENT:
                data.setdefault(control.name, []).extend(control.values)
        return {name: values for name, values in data.items() if values}

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(control.name for control in self.controls if control.name))


@dataclass
class Page(HTMLParser):
    """The elements of a page with their attributes, its forms and its addresses."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._select: Control | None = None
        self._area: Control | None = None
        self._loose: list[Control] = []

    __hash__ = HTMLParser.__hash__

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif tag in {"input", "button"}:
            self._add(_input(given, "submit" if tag == "button" else "text"))
        elif tag == "textarea":
            self._area = self._add(Control(given.get("name", ""), "textarea", [""]))
        elif tag == "select":
            self._select = self._add(Control(given.get("name", ""), "select"))
        elif tag == "option" and self._select is not None:
            _option(self._select, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            self._area.values[0] = self._area.values[0].removeprefix("\n")
            self._area = None
        elif tag == "select" and self._select is not None:
            if not self._select.values and self._select.options:
                self._select.values = self._select.options[:1]
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.values[0] += data

    def _add(self, control: Control) -> Control:
        if self.forms:
            self.forms[-1].controls.append(control)
        return control

    def addresses(self) -> Iterator[str]:
        """Every address the page names, as it is written."""
        for _tag, attributes in self.elements:
            yield from (value for name, value in attributes.items() if name in LINKING)

    def links(self, base: str) -> Iterator[str]:
        """Where its links lead on this very site, as path and query."""
        for tag, attributes in self.elements:
            if tag in {"a", "area", "link"} and "href" in attributes:
                found = urlsplit(urljoin(f"http://testserver{base}", urldefrag(attributes["href"]).url))
                if found.scheme in {"http", "https"} and found.hostname in {"testserver", "127.0.0.1", "localhost"}:
                    yield found.path + (f"?{found.query}" if found.query else "")


def read(text: str) -> Page:
    """The page in this HTML."""
    page = Page()
    page.feed(text)
    page.close()
    return page


def _input(given: dict[str, str], default: str) -> Control:
    kind = given.get("type", default).lower()
    value = given.get("value", "on" if kind in {"checkbox", "radio"} else "")
    chosen = [value] if kind not in {"checkbox", "radio"} or "checked" in given else []
    return Control(given.get("name", ""), kind, chosen, [value])


def _option(select: Control, given: dict[str, str]) -> None:
    value = given.get("value", "")
    select.options.append(value)
    if "selected" in given:
        select.values.append(value)
