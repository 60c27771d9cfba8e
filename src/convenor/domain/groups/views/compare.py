"""Groups side by side. Which ones stands in the address, so that it can be kept, sent and printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.core.exchange.rules import defuse
from convenor.core.exchange.tabular import csv_lines
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.comparing import MOST, Compared, chosen, compared, in_common
from convenor.domain.groups.queries.rosters import SeatLine
from convenor.domain.groups.views import base
from convenor.kit.dates import say_day
from convenor.kit.http import Request
from convenor.kit.parts import Link, State
from convenor.kit.structs import struct
from convenor.kit.tables import Column, Table

LISTED = 12
"""Names in one cell; the group's own page has the rest."""


@struct(slots=False)
class Line:
    """One thing that is compared: what it is called, and its value for each group."""

    label: str
    value: Callable[[Compared], object]


@require_safe
def compare(request: Request) -> HttpResponse:
    """`?group=…&group=…`: up to six, by address, name, acronym or reference."""
    viewer, today = request.viewer, local_day(request.now)
    asked = [said.strip() for said in request.GET.getlist("group") if said.strip()]
    rows = chosen(viewer, asked)
    found = compared(viewer, rows, today)
    lines = _lines(today)
    if request.GET.get("format") == "csv" and found:
        return _csv(found, lines)
    people, bodies = in_common(found)
    context = {
        "title": _("Compare groups"),
        "groups": [(each.group, _without(rows, each.group)) for each in found],
        "few": len(found) < 2,
        "full": len(found) >= MOST,
        "most": MOST,
        "missing": len(set(asked)) > len(rows),
        "table": _table(found, lines),
        "people": _shared(_("Who"), [(_person(who), among) for who, among in people]),
        "bodies": _shared(_("Organisation"), bodies),
        "downloads": [Link("CSV", f"{request.path}?{_query(rows)}&format=csv")] if found else [],
        "crumbs": base.crumbs(Link(_("Compare"), "", current=True)),
    }
    return directory.present(request, "groups/compare.html", context)


def _query(rows: Sequence[Group]) -> str:
    return urlencode([("group", row.slug) for row in rows])


def _without(rows: Sequence[Group], one: Group) -> str:
    return f"{reverse('groups:compare')}?{_query([row for row in rows if row.pk != one.pk])}"


def _lines(today: date) -> list[Line]:
    return [
        Line(_("State"), lambda each: base.state_of(each.group)),
        Line(_("Level and type"), _type),
        Line(_("Run by"), _host),
        Line(_("Stands under"), lambda each: [Link(row.name, base.address(row)) for row in each.parents] or None),
        Line(_("Meets"), lambda each: each.type.cadence if each.type and each.type.cadence else None),
        Line(_("Started"), lambda each: each.group.started_on),
        Line(_("Age"), lambda each: _age(each.group, today)),
        Line(_("Seats filled"), _filled),
        Line(_("Vacant"), lambda each: each.vacant),
        Line(_("By side of the table"), lambda each: _sides(each.lines) or None),
        Line(_("Chairs"), _chairs),
        Line(_("Organisations"), lambda each: _some(sorted(each.organisations().values(), key=str.casefold))),
        Line(_("Segments covered"), lambda each: list(each.segments) or None),
        Line(_("Terms ending in 90 days"), lambda each: _ending(each, today)),
        Line(_("Review due"), lambda each: each.group.review_due_on),
        Line(_("Ends by"), lambda each: each.group.sunset_on),
        Line(_("Rules of its own"), lambda each: each.overridden),
        Line(_("Rules"), _rules),
    ]


def _type(each: Compared) -> object:
    if each.type is None:
        return _("Run by another body") if not each.group.is_ours else None
    return [State(each.type.level_name, each.type.tone), Link(each.type.name, each.type.url)]


def _host(each: Compared) -> object:
    if not getattr(each.group, "host_seen", False):
        return None
    host = each.group.host
    return Link(host.short_name or host.name, reverse("directory:organisation", args=[host.slug]))


def _age(group: Group, today: date) -> str | None:
    """In years and months, until it closed."""
    if group.started_on is None:
        return None
    end = group.closed_on or today
    months = (end.year - group.started_on.year) * 12 + end.month - group.started_on.month
    months -= end.day < group.started_on.day
    years, months = divmod(max(months, 0), 12)
    told = [ngettext("%(n)d year", "%(n)d years", years) % {"n": years}] if years else []
    told += [ngettext("%(n)d month", "%(n)d months", months) % {"n": months}] if months or not years else []
    return ", ".join(told)


def _filled(each: Compared) -> str | None:
    if not each.lines:
        return None
    return _("%(filled)d of %(n)d") % {"filled": len(each.lines) - each.vacant, "n": len(each.lines)}


def _sides(lines: Sequence[SeatLine]) -> list[str]:
    found: dict[str, list[SeatLine]] = {}
    for line in lines:
        if line.seat.constituency:
            found.setdefault(line.seat.constituency, []).append(line)
    return [
        _("%(side)s: %(filled)d of %(n)d")
        % {
            "side": side.replace("-", " ").capitalize(),
            "filled": sum(not line.vacant for line in own),
            "n": len(own),
        }
        for side, own in found.items()
    ]


def _chairs(each: Compared) -> object:
    found = [
        Link(holder.name, holder.url) if holder.url else base.holder_name(holder)
        for line in each.lines
        if line.leads
        for holder in line.present
    ]
    return found or None


def _some(names: Sequence[str]) -> list[object] | None:
    """How many, then their names, as many as fit."""
    if not names:
        return None
    rest = len(names) - LISTED
    more = [ngettext("and %(n)d more", "and %(n)d more", rest) % {"n": rest}] if rest > 0 else []
    return [str(len(names)), *names[:LISTED], *more]


def _ending(each: Compared, today: date) -> object:
    found = [
        Link(_("%(seat)s, %(day)s") % {"seat": line.seat.title, "day": say_day(last)}, line.seat.url)
        for line, last in each.ending(today)
    ]
    return found[:LISTED] or None


def _rules(each: Compared) -> object:
    """For officers how many are broken; for everybody the way to the page that says it in words."""
    if each.type is None:
        return None
    url = reverse("groups:rules", args=[each.group.slug])
    if each.judged is None:
        return Link(_("Its rules, and how it keeps them"), url)
    broken, missing = len(each.judged.broken), len(each.judged.missing)
    if not broken and not missing:
        return Link(_("All kept"), url)
    told = [ngettext("%(n)d broken", "%(n)d broken", broken) % {"n": broken}] if broken else []
    told += [ngettext("%(n)d still missing", "%(n)d still missing", missing) % {"n": missing}] if missing else []
    return Link(", ".join(told), url)


def _table(found: Sequence[Compared], lines: Sequence[Line]) -> Table[Line]:
    columns = [Column[Line]("what", _("What"), "label", priority=1)]
    columns += [
        Column[Line](f"g{number}", each.group.acronym or each.group.name, _cell(each))
        for number, each in enumerate(found)
    ]
    return Table(columns, lines, _("The groups side by side"), caption_hidden=True)


def _cell(each: Compared) -> Callable[[Line], object]:
    return lambda line: line.value(each)


def _person(holder: Any) -> object:
    return Link(holder.name, holder.url) if holder.url else holder.name


def _shared(label: str, rows: Sequence[tuple[object, list[Compared]]]) -> Table[Any] | None:
    """Who sits in more than one, and in which."""
    if not rows:
        return None
    columns = [
        Column[Any]("who", label, lambda row: row[0], priority=1),
        Column[Any]("many", _("Sits in"), lambda row: len(row[1]), numeric=True),
        Column[Any](
            "where", _("Which"), lambda row: [Link(each.group.name, base.address(each.group)) for each in row[1]]
        ),
    ]
    return Table(columns, rows, label, caption_hidden=True)


def _csv(found: Sequence[Compared], lines: Sequence[Line]) -> HttpResponse:
    rows = [[_("What"), *(each.group.name for each in found)]]
    rows += [[line.label, *(told(line.value(each)) for each in found)] for line in lines]
    return as_csv(rows, "groups-compared")


def as_csv(rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    """Rows as a file, no cell of which a spreadsheet would run."""
    safe = ([defuse(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    response = HttpResponse("".join(csv_lines(safe)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def told(value: object) -> str:
    """A cell as text."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "; ".join(told(item) for item in value)
    if isinstance(value, Link):
        return value.label
    return value.word if isinstance(value, State) else str(value)
