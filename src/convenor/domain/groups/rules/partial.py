"""Dates that are known to the year or the month only (Popolo, ISO 8601 reduced precision). Nothing is filled in."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.kit.dates import say_day

SHAPE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def is_partial(text: str) -> bool:
    """Whether it is a year, a month or a day: 2016, 2016-03, 2016-03-01."""
    found = SHAPE.fullmatch(text)
    if found is None:
        return False
    year, month, day = (int(part) if part else 1 for part in found.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def whole_day(text: str) -> date | None:
    """The day, where the text says one; None for a year, a month or nothing."""
    return date.fromisoformat(text) if len(text) == len("2016-03-01") and is_partial(text) else None


def partial_breaches(began: str, ended: str) -> list[Breach]:
    """What is wrong with a time that is known in part."""
    found = [
        Breach("partial-date", _("“%(said)s” is not a year, a month or a day: write 2016, 2016-03 or 2016-03-01.")
               % {"said": text[:40]}, name)
        for name, text in (("began", began), ("ended", ended))
        if text and not is_partial(text)
    ]  # fmt: skip
    if not found and began and ended and ended[: len(began)] < began[: len(ended)]:
        text = _("It cannot end (%(ended)s) before it began (%(began)s).")
        found.append(Breach("span-backwards", text % {"ended": ended, "began": began}, "ended"))
    return found


def say_partial(text: str) -> str:
    """As people read it."""
    day = whole_day(text)
    if day is not None:
        return say_day(day)
    if len(text) == len("2016-03"):
        return date(int(text[:4]), int(text[5:]), 1).strftime("%B %Y")
    return text


def say_time(began: str, ended: str) -> str:
    """A time in words, as far as it is known."""
    first, last = say_partial(began), say_partial(ended)
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("from %(first)s") % {"first": first}
    return _("until %(last)s") % {"last": last} if last else _("the days are not known")
