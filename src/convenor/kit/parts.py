"""The small values that components draw: frozen dataclasses; in templates a dict with the same keys serves too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from convenor.kit.structs import struct

Tone = Literal["neutral", "good", "watch", "bad", "info", "withheld"]
ButtonStyle = Literal["primary", "secondary", "warning", "quiet"]


@struct(slots=False)
class State:
    """A state in the field's own word, with the tone that gives it shape and colour."""

    word: str
    tone: str = "neutral"


class Ref(str):
    """A reference, which never breaks over two lines."""

    __slots__ = ()


@struct(slots=False)
class Link:
    """A place to go: navigation item, breadcrumb, tab, download or sort choice."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


@struct(slots=False)
class Action:
    """Something one can do. A `refused` reason greys it and is read out beside it."""

    label: str
    url: str = ""
    style: str = "secondary"
    refused: str = ""


@struct(slots=False)
class Chip:
    """A filter in force; its address is the same list without it."""

    label: str
    value: str
    remove_url: str


@struct(slots=False)
class Fact:
    """One line of a fact list."""

    label: str
    value: object
    url: str = ""
    note: str = ""


@struct(slots=False)
class Anchor:
    """A section of this page, for the contents list."""

    id: str
    label: str


@struct(slots=False)
class Event:
    """One entry of a history."""

    when: date | datetime
    title: str
    who: str = ""
    text: str = ""
    url: str = ""
    tone: str = "neutral"


@struct(slots=False)
class Stage:
    """A stage of a process; status is done, current, next or skipped."""

    label: str
    status: str = "next"
    when: date | datetime | None = None
    url: str = ""
    note: str = ""


@struct(slots=False)
class Step:
    """One step of the line. `gap` is the time since the step before ("41 days"); a `hidden` reason hides the rest."""

    kind: str
    title: str = ""
    ref: str = ""
    url: str = ""
    when: date | datetime | None = None
    state: State | None = None
    gap: str = ""
    hidden: str = ""
    here: bool = False
    end: bool = False
