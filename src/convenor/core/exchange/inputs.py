"""The body of an act, read: what is known, of the right kind, and within bounds; or what is wrong, each in a sentence.

Only what the act declares is taken. Anything else is refused, so that no column can be set that no form would set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from convenor.core.exchange.acts import Act, Input
from convenor.core.exchange.declare import words
from convenor.core.records.rules import Breach, Refused, Viewer

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
"""What no database and no page holds: control characters, and halves of characters."""
SHOWN: Final = 80


def read(act: Act, body: Mapping[str, Any], viewer: Viewer) -> dict[str, Any]:
    """What was sent, by field. Raises Refused with everything that is wrong."""
    wrong = list(_unknown(act, body))
    given: dict[str, Any] = {}
    for item in act.inputs:
        if item.name not in body and not item.required:
            continue
        try:
            given[item.name] = _one(item, body.get(item.name), viewer)
        except Refused as refused:
            wrong += refused.breaches
    if wrong:
        raise Refused(wrong)
    return given


def _unknown(act: Act, body: Mapping[str, Any]) -> Iterable[Breach]:
    known = [item.name for item in act.inputs]
    takes = _("It takes: %(names)s.") % {"names": ", ".join(known)} if known else _("It takes nothing.")
    for name in list(body)[:20]:
        if name not in known:
            shown = _fit(name)
            text = _("“%(name)s” is not something this takes.") % {"name": shown}
            yield Breach("unknown-field", f"{text} {takes}", shown)


def _one(item: Input, value: Any, viewer: Viewer) -> Any:
    """What was sent in a field: None for null. What is needed is neither null nor empty."""
    found = None if value is None else READERS[item.type](item, value, viewer)
    if item.required and found in (None, "", []):
        raise _no(item, "required", _("“%(label)s” is needed."))
    return found


def _text(item: Input, value: Any, _viewer: Viewer | None = None) -> str:
    if not isinstance(value, str):
        raise _no(item, "wrong-type", _("“%(label)s” must be text."))
    if UNFIT.search(value):
        raise _no(item, "wrong-text", _("“%(label)s” has a character that cannot be kept."))
    if len(value) > item.most:
        raise _no(item, "too-long", _("“%(label)s” may have %(most)d letters at most."), most=item.most)
    allowed = words(item.choices)
    if item.choices is not None and value and value not in allowed:
        raise _no(item, "not-a-choice", _("“%(label)s” takes one of: %(words)s."), words=", ".join(allowed))
    return value.strip()


def _texts(item: Input, value: Any, viewer: Viewer) -> list[str]:
    if not isinstance(value, list):
        raise _no(item, "wrong-type", _("“%(label)s” must be a list of texts."))
    if len(value) > item.most:
        raise _no(item, "too-many", _("“%(label)s” may have %(most)d items at most."), most=item.most)
    return [_text(item, each, viewer) for each in value]


def _integer(item: Input, value: Any, _viewer: Viewer) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _no(item, "wrong-type", _("“%(label)s” must be a whole number."))
    if not item.least <= value <= item.most:
        text = _("“%(label)s” must lie between %(least)d and %(most)d.")
        raise _no(item, "out-of-range", text, least=item.least, most=item.most)
    return value


def _boolean(item: Input, value: Any, _viewer: Viewer) -> bool:
    if not isinstance(value, bool):
        raise _no(item, "wrong-type", _("“%(label)s” must be true or false."))
    return value


def _date(item: Input, value: Any, _viewer: Viewer) -> date:
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _no(item, "wrong-day", _("“%(label)s” must be a day, written as 2026-11-24."))


def _datetime(item: Input, value: Any, _viewer: Viewer) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None:
        raise _no(
            item, "wrong-time", _("“%(label)s” must be a time with its zone, written as 2026-11-24T17:00:00+11:00.")
        )
    return found


def _row(item: Input, value: Any, viewer: Viewer) -> Any:
    said = _text(item, value)
    if not said or item.find is None:
        return None
    found = item.find(viewer, said)
    if not found:
        text = _("Nothing here that you may read is called “%(said)s”.")
        raise _no(item, "not-found", text, said=_fit(said))
    if len(found) > 1:
        text = _("“%(said)s” may mean more than one: give its reference (%(refs)s).")
        raise _no(item, "ambiguous", text, said=_fit(said), refs=", ".join(map(_called, found)))
    return found[0]


READERS: Final[Mapping[str, Callable[[Input, Any, Viewer], Any]]] = {
    "text": _text,
    "texts": _texts,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "row": _row,
}


def _called(row: Any) -> str:
    record = getattr(row, "record", None)
    return f"{row}: {record.ref}" if record is not None else str(row)


def _fit(text: str) -> str:
    """What was sent, short and whole enough to be said back."""
    return UNFIT.sub("\N{REPLACEMENT CHARACTER}", text[:SHOWN])


def _no(item: Input, code: str, text: str, **told: Any) -> Refused:
    return Refused([Breach(code, text % {"label": item.label, **told}, item.name)])
