"""A group's whole story on one page, and who sat when as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.story import Chaired, Moment, Sat, Stood, Story, story_of
from convenor.domain.groups.queries.types import TypeShown, type_in_force
from convenor.domain.groups.views import base
from convenor.domain.groups.views.compare import as_csv
from convenor.kit.charts.timeline import Span as Bar
from convenor.kit.charts.timeline import Timeline, timeline
from convenor.kit.http import Request
from convenor.kit.parts import Anchor, Event, Link, State
from convenor.kit.tables import Column, Table

DRAWN: Final = 40
"""Rows of the drawing; the table has all of them."""
LISTED: Final = 300


@require_safe
def story(request: Request, slug: str) -> HttpResponse:
    """Where it sits in the model, what happened when, who sat and chaired, what was asked of it and what came of it."""
    viewer, today = request.viewer, local_day(request.now)
    group = access_group(viewer, slug)
    told = story_of(viewer, group, officer=permissions.may_read_every_name(viewer, group))
    if request.GET.get("format") == "csv":
        return _csv(group, told)
    shown = type_in_force(viewer, group.type_id, today) if getattr(group, "type_seen", False) else None
    context = {
        "title": _("The story of %(group)s") % {"group": group.name},
        "group": group,
        "lede": _lede(group, shown, told),
        "type": shown,
        "level": shown.tone if shown else "",
        "state": base.state_of(group),
        "life": told.life,
        "events": [_event(moment) for moment in told.moments],
        "parents": _stood_table(told.parents, _("Stood under")) if told.parents else None,
        "children": _stood_table(told.children, _("Set up under it")) if told.children else None,
        "drawn": _drawn(group, told.sat, today) if told.sat else None,
        "left_out": max(len(told.sat) - DRAWN, 0),
        "sat": _sat_table(told.sat[:LISTED]) if told.sat else None,
        "more_sat": max(len(told.sat) - LISTED, 0),
        "chaired": _chaired_table(told.chaired) if told.chaired else None,
        "anchors": _anchors(),
        "csv_url": f"{request.path}?format=csv",
        "history_url": f"/history/{group.record.ref}/",
        "crumbs": base.crumbs(Link(group.name, base.address(group)), Link(_("Story"), "", current=True)),
    }
    return directory.present(request, "groups/story.html", context)


def _anchors() -> list[Anchor]:
    return [
        Anchor("asked", _("What it was asked to do")),
        Anchor("happened", _("What happened when")),
        Anchor("stood", _("Where it stood")),
        Anchor("sat", _("Who sat when")),
        Anchor("chaired", _("Who chaired")),
    ]


def _lede(group: Group, shown: TypeShown | None, told: Story) -> str:
    """Two sentences: what it is, and how many sat."""
    what = _("A %(type)s at the %(level)s level.") % {"type": shown.name, "level": shown.level_name} if shown else ""
    if not group.is_ours:
        what = _("A group that another body runs.")
    people = {each.holder.holding.person for each in told.sat if each.holder is not None}
    seats = {each.seat.key for each in told.sat}
    if not people:
        return what
    sat = ngettext("%(n)d person has sat in it", "%(n)d people have sat in it", len(people)) % {"n": len(people)}
    places = ngettext("in %(n)d seat", "in %(n)d seats", len(seats)) % {"n": len(seats)}
    return f"{what} {sat}, {places}.".strip()


def _event(moment: Moment) -> Event:
    return Event(moment.on, moment.what, text=moment.text, url=moment.url, tone=moment.tone)


def _stood_table(rows: Sequence[Stood], label: str) -> Table[Stood]:
    columns = [
        Column[Stood](
            "group",
            _("Group"),
            lambda row: row.name or _("A group that is withheld"),
            priority=1,
            link=lambda row: reverse("groups:detail", args=[row.slug]) if row.slug else None,
        ),
        Column[Stood]("from", _("From"), lambda row: row.span.first),
        Column[Stood]("to", _("Last day"), lambda row: row.span.last),
        Column[Stood]("approved", _("Approved"), "approved_on"),
        Column[Stood]("note", _("Where that is recorded"), lambda row: row.note or None, priority=3),
    ]
    return Table(columns, rows, label, caption_hidden=True)


def _who(each: Sat) -> str:
    if each.holder is None:
        return _("Whoever chairs %(group)s") % {"group": each.seat.stands_for or _("another group")}
    return base.holder_name(each.holder)


def _how(each: Sat) -> str:
    if each.holder is None:
        return _("as its chair")
    told = [_("by the office")] if each.by_office else [each.holder.instrument or _("appointed")]
    return ", ".join([_("acting"), *told] if each.holder.acting else told)


def _drawn(group: Group, rows: Sequence[Sat], today: date) -> Timeline:
    """The latest rows, still in the order of the seats."""
    latest = sorted(rows, key=lambda each: (each.span.last or date.max, each.span.first or date.min))[-DRAWN:]
    kept = set(map(id, latest))
    bars = [_bar(group, each, number, today) for number, each in enumerate(rows) if id(each) in kept]
    return timeline(
        key="who-sat",
        title=_("Who sat when in %(group)s") % {"group": group.name},
        spans=bars,
        today=today,
        desc=_("A bar for each time that somebody sat in a seat; the table below says the same."),
    )


def _bar(group: Group, each: Sat, number: int, today: date) -> Bar:
    """A beginning that is not known is drawn from where the seat, or the group, began."""
    life = each.seat.facts.life
    start = each.span.first or life.first or group.started_on or each.span.last or today
    end = max(each.span.last or today, start)
    label, tone = f"{each.seat.title}: {_who(each)}", "info"
    if each.holder is not None and each.holder.acting:
        label, tone = _("%(label)s (acting)") % {"label": label}, "watch"
    return Bar(str(number), label, start, end, state=State("", tone))


def _sat_table(rows: Sequence[Sat]) -> Table[Sat]:
    columns = [
        Column[Sat]("seat", _("Seat"), lambda row: row.seat.title, priority=1, link=lambda row: row.seat.url),
        Column[Sat]("who", _("Who"), _who, link=lambda row: row.holder.url or None if row.holder else None),
        Column[Sat]("from", _("From"), lambda row: row.span.first or _("not known")),
        Column[Sat]("to", _("Last day"), lambda row: row.span.last),
        Column[Sat]("how", _("How"), _how, priority=3),
    ]
    return Table(columns, rows, _("Who sat when"), caption_hidden=True)


def _chaired_table(rows: Sequence[Chaired]) -> Table[Chaired]:
    columns = [
        Column[Chaired]("seat", _("Seat"), lambda row: row.seat.title, priority=1, link=lambda row: row.seat.url),
        Column[Chaired]("role", _("As"), lambda row: row.chair.role),
        Column[Chaired]("from", _("From"), lambda row: row.chair.span.first),
        Column[Chaired]("to", _("Last day"), lambda row: row.chair.span.last),
        Column[Chaired]("who", _("Who sat there then"), _holders),
    ]
    return Table(columns, rows, _("Who chaired"), caption_hidden=True)


def _holders(row: Chaired) -> Any:
    return [Link(each.name, each.url) if each.url else base.holder_name(each) for each in row.holders] or None


def _csv(group: Group, told: Story) -> HttpResponse:
    """Who sat when, and what happened, as one list of dated lines."""
    rows: list[list[object]] = [[_("What"), _("From"), _("Last day"), _("Seat"), _("Who"), _("How or why")]]
    rows += [[moment.what, moment.on.isoformat(), "", "", "", moment.text] for moment in told.moments]
    rows += [
        [_("Sat"), *_days(each.span.first, each.span.last), each.seat.title, _who(each), _how(each)]
        for each in told.sat
    ]
    rows += [
        [
            each.chair.role,
            *_days(each.chair.span.first, each.chair.span.last),
            each.seat.title,
            "; ".join(base.holder_name(holder) for holder in each.holders),
            "",
        ]
        for each in told.chaired
    ]
    return as_csv(rows, f"story-of-{group.slug}")


def _days(first: date | None, last: date | None) -> tuple[str, str]:
    return (first.isoformat() if first else "", last.isoformat() if last else "")
