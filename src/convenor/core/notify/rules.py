"""What a mail may look like. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from convenor.core.files.rules import MARKINGS
from convenor.core.records.rules import Breach

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
BLOCKS: Final = frozenset(
    {"p", "h1", "h2", "h3", "ul", "ol", "div", "table", "tr", "hr", "blockquote", "header", "footer"}
)
SILENT: Final = frozenset({"head", "title", "style", "script"})


def one_line(text: str) -> str:
    """Text as a header may hold it: no line break, no control character, whatever was typed."""
    return " ".join(CONTROL.sub(" ", text).split())


def marking_breaches(marking: str) -> list[Breach]:
    if not marking or marking in MARKINGS:
        return []
    return [Breach("marking", f"“{marking}” is not a marking this system may carry: {', '.join(MARKINGS)}.")]


def marked_subject(subject: str, marking: str) -> str:
    """The subject with its marking at the end, once."""
    return f"{subject} [SEC={marking}]" if marking and "[SEC=" not in subject else subject


def marking_header(marking: str, origin: str) -> str:
    """The value of X-Protective-Marking (ASD Blueprint for Secure Cloud; e-mail protective marking standard)."""
    return f"VER=2024.1, NS=gov.au, SEC={marking}, ORIGIN={origin}"


def follows(verbs: str, verb: str) -> bool:
    """Whether somebody who follows these verbs hears of this one; no verbs means all."""
    return not verbs or verb in verbs.split()


def verb_in_words(verb: str) -> str:
    """“group.seat-ended” → “seat ended”."""
    return verb.rpartition(".")[2].replace("-", " ")


class _Reader(HTMLParser):
    """Collects an HTML mail as plain text: paragraphs, lists, and each link's address behind its words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        if tag in BLOCKS:
            self.parts.append("\n\n")
        elif tag in ("li", "br"):
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT
        if tag in BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a" and self.links and (address := self.links.pop()):
            self.parts.append(f" <{address}>")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def plain_text(html: str) -> str:
    """The text of an HTML mail, so that both come from one template and say the same."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = "".join(reader.parts).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines)).strip() + "\n"
