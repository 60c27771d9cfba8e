"""Journal verbs and fields as people read them."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from convenor.core.journal.queries import Happening, ValueShown
from convenor.core.records.models import Record
from convenor.kit.parts import Event

LONGEST_VALUE = 160


def in_words(verb: str) -> str:
    """“group.seat-ended” → “Seat ended”; “group.created” → “Group created”."""
    kind, _, what = verb.partition(".")
    said = what.replace("-", " ")
    words = said if " " in said else f"{kind.replace('-', ' ')} {said}"
    return words.strip().capitalize()


def value_in_words(value: ValueShown) -> str:
    field = value.field.replace("_", " ")
    if value.erased:
        return f"{field}: erased"
    if value.before is None:
        return f"{field}: {_short(value.after)}"
    if value.after is None:
        return f"{field}: {_short(value.before)} removed"
    return f"{field}: {_short(value.before)} → {_short(value.after)}"


def deadline_in_words(kind: str) -> str:
    """“review” → “Review due”."""
    return f"{kind.replace('-', ' ')} due".capitalize()


def events(happenings: Iterable[Happening], *, with_title: bool = False) -> list[Event]:
    """Happenings as entries of a history; with_title names the record each is about."""
    return [_event(happening, with_title) for happening in happenings]


def record_address(record: Record) -> str:
    """Where any record's ref leads, whatever its kind."""
    return reverse("site:resolve", args=[record.ref])


def _event(happening: Happening, with_title: bool) -> Event:
    record = happening.record
    text = "; ".join(value_in_words(value) for value in happening.values)
    if happening.reason:
        text = f"“{happening.reason}” {text}".strip()
    title = in_words(happening.verb)
    if with_title and record:
        title = f"{record.title}: {title.lower()}"
    return Event(
        when=happening.at,
        title=title,
        who=happening.who,
        text=text,
        url=record_address(record) if with_title and record else "",
    )


def _short(text: str | None) -> str:
    said = text or "nothing"
    return said if len(said) <= LONGEST_VALUE else said[: LONGEST_VALUE - 1] + "…"
