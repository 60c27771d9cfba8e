"""Small pieces of English that sentences are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convenor.domain.engagement.rules.values import Named


def either(words: Sequence[str]) -> str:
    """“a, b or c”."""
    return _joined(words, _("%(first)s or %(last)s"))


def both(words: Sequence[str]) -> str:
    """“a, b and c”."""
    return _joined(words, _("%(first)s and %(last)s"))


def listed(names: Sequence[str]) -> str:
    """“a, b and c”; with semicolons where a name has a comma of its own."""
    return both(names) if not any("," in name for name in names) else "; ".join(names)


def _joined(words: Sequence[str], pattern: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return pattern % {"first": ", ".join(words[:-1]), "last": words[-1]}


def a(name: str, only_one: bool = False) -> str:
    """The name with its article: “an Initiative Working Group”, “a Focus Group”, “the Digital 10”."""
    if only_one:
        return _("the %(name)s") % {"name": name}
    article = _("an %(name)s") if name[:1].lower() in set("aeio") else _("a %(name)s")
    return article % {"name": name}


def any_of(things: Iterable[Named]) -> str:
    """“a Focus Group or an Initiative Working Group”."""
    return either([a(thing.name, thing.only_one) for thing in things])


def all_of(things: Iterable[Named]) -> str:
    """“the Reference Group and a Focus Group”."""
    return both([a(thing.name, thing.only_one) for thing in things])


def months(number: int) -> str:
    return ngettext("%(n)d month", "%(n)d months", number) % {"n": number}


def every_months(number: int) -> str:
    """“every 12 months”."""
    return every(number, _("month"), _("months"))


def every(number: int, one: str, many: str) -> str:
    """“every month”, “every 6 weeks”."""
    if number == 1:
        return _("every %(unit)s") % {"unit": one}
    return _("every %(n)d %(unit)s") % {"n": number, "unit": many}


def days(number: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", number) % {"n": number}


def working_days(number: int) -> str:
    return ngettext("%(n)d working day", "%(n)d working days", number) % {"n": number}


def counted(number: int, counts: str) -> str:
    """“12 organisations”, “1 person”."""
    if counts == "organisations":
        return ngettext("%(n)d organisation", "%(n)d organisations", number) % {"n": number}
    return ngettext("%(n)d person", "%(n)d people", number) % {"n": number}


def span(minimum: int | None, maximum: int | None, counts: str) -> str:
    """“up to 12 organisations”, “at least 3 people”, “2 to 4 people”, “exactly 5 people”; "" where nothing is said."""
    if minimum is None and maximum is None:
        return ""
    if minimum is None:
        return _("up to %(cap)s") % {"cap": counted(maximum or 0, counts)}
    if maximum is None:
        return _("at least %(cap)s") % {"cap": counted(minimum, counts)}
    if minimum == maximum:
        return _("exactly %(cap)s") % {"cap": counted(maximum, counts)}
    return _("%(least)d to %(cap)s") % {"least": minimum, "cap": counted(maximum, counts)}


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    return text[:1].lower() + text[1:]


_SMALL = {"the", "a", "an", "it", "its", "this", "that", "these", "those", "there", "they", "their", "we", "our", "no",
          "only", "until", "while", "for", "in", "on", "as", "to", "by", "all", "some", "few", "more"}  # fmt: skip


def within_a_sentence(reason: str) -> str:
    """A reason that somebody wrote, to stand after “because”: without its full stop, begun small if it may be."""
    text = " ".join(reason.split()).rstrip(".")
    first = text.split(" ", 1)[0]
    return uncapital(text) if first.lower() in _SMALL else text
