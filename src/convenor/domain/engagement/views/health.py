"""Is the model healthy? Its groups by type and state, what is vacant, due and overdue, and which rules are excepted.

Every number leads to its rows. Those who look after groups also see which of them break or miss a rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.exchange.rules import defuse
from convenor.core.exchange.tabular import csv_lines
from convenor.core.records.rules import Viewer
from convenor.domain.directory.views.base import next_midnight
from convenor.domain.engagement.living import GroupHealth, living
from convenor.domain.engagement.models import EngagementModel
from convenor.domain.engagement.permissions import may_change_model
from convenor.domain.engagement.queries.pages import access_model, types_on
from convenor.domain.engagement.rules.rulebook import known_rule, label_of
from convenor.kit.cells import show
from convenor.kit.http import Request, public
from convenor.kit.parts import Link
from convenor.kit.structs import struct
from convenor.kit.tables import Column, Table

SHOWN: Final = 50
SOON: Final = timedelta(days=90)
STATES: Final = ("proposed", "recruiting", "active", "dormant")


@struct(slots=False)
class TypeHealth:
    """One type of the model, counted."""

    slug: str
    name: str
    model: str
    groups: Sequence[GroupHealth]

    def state(self, state: str) -> int | None:
        """How many groups of the type are in the state; None for none."""
        return sum(group.state == state for group in self.groups) or None

    def total(self, what: Callable[[GroupHealth], int]) -> int | None:
        """The sum over its groups; None for none."""
        return sum(map(what, self.groups)) or None

    def listed(self, state: str = "") -> str:
        """Where these groups are listed."""
        url = living.list_url(self.model, self.slug)
        return f"{url}&state={state}" if url and state else url


@require_safe
def health(request: Request, slug: str) -> HttpResponse:
    """The page; with ?view=rules, for officers, every group held against its rules."""
    viewer: Viewer = request.viewer
    model = access_model(viewer, slug)
    officer = may_change_model(viewer, model).ok
    judged = officer and request.GET.get("view") == "rules"
    on = localdate(viewer.now)
    types = _types(viewer, model, on, judged=judged)
    context = {
        "title": _("The health of “%(model)s”") % {"model": model.name},
        "model": model,
        "officer": officer,
        "judged": judged,
        "table": _table(types),
        "tallies": _tallies(types),
        "lists": _held(types) if judged else _lists(types, on, officer=officer),
        "overrides": _overrides(types),
        "csv_url": reverse("engagement:health_csv", args=[slug]),
        "rules_url": f"{reverse('engagement:health', args=[slug])}?view=rules",
        "crumbs": [
            Link(_("How we engage"), reverse("engagement:models")),
            Link(model.name, reverse("engagement:model", args=[slug])),
            Link(_("Health"), ""),
        ],
    }
    return public(render(request, "engagement/health.html", context), next_midnight(request.now))


def _types(viewer: Viewer, model: EngagementModel, on: date, *, judged: bool) -> list[TypeHealth]:
    named = types_on(model, on)
    by_type: dict[int, list[GroupHealth]] = {key: [] for key in named}
    for group in living.health(viewer, list(named), on, judged):
        by_type[group.type_id].append(group)
    return [TypeHealth(slug, name, model.slug, by_type[key]) for key, (slug, name) in named.items()]


def _table(types: Sequence[TypeHealth]) -> Table[TypeHealth]:
    words = dict(zip(STATES, (_("Proposed"), _("Recruiting"), _("Active"), _("Dormant")), strict=True))
    columns: list[Column[TypeHealth]] = [
        Column("type", _("Type of group"), lambda row: row.name, priority=1,
               link=lambda row: reverse("engagement:type", args=[row.model, row.slug])),
        Column("groups", _("Groups"), lambda row: len(row.groups) or None, numeric=True,
               link=lambda row: (row.listed() or None) if row.groups else None),
        *(_state_column(state, words[state]) for state in STATES),
        Column("seats", _("Seats"), lambda row: row.total(lambda group: group.seats), numeric=True),
        Column("vacant", _("Vacant"), lambda row: row.total(lambda group: group.vacant), numeric=True,
               link=lambda row: "#vacant" if row.total(lambda group: group.vacant) else None),
        Column("overrides", _("Rules excepted"), lambda row: row.total(_excepted), numeric=True,
               link=lambda row: "#overrides" if row.total(_excepted) else None),
        Column("cadence", _("Cadence kept"), lambda row: _("not measured"), priority=3),  # noqa: ARG005 - a column's shape
    ]  # fmt: skip
    return Table(columns, types, _("Living groups by type"), empty=_("The model has no type in force today."))


def _excepted(group: GroupHealth) -> int:
    return len(group.overrides)


def _state_column(state: str, word: str) -> Column[TypeHealth]:
    return Column(
        state,
        word,
        lambda row: row.state(state),
        numeric=True,
        link=lambda row: (row.listed(state) or None) if row.state(state) else None,
    )


def _groups(types: Sequence[TypeHealth]) -> list[tuple[TypeHealth, GroupHealth]]:
    return [(each, group) for each in types for group in each.groups]


def _tallies(types: Sequence[TypeHealth]) -> list[dict[str, Any]]:
    """Which rules are excepted, and how often."""
    counted = Counter(own.rule for _type, group in _groups(types) for own in group.overrides)
    return [{"label": label_of(rule), "n": number} for rule, number in counted.most_common()]


def _list(anchor: str, title: str, empty: str, lines: Sequence[tuple[GroupHealth, object]]) -> dict[str, Any]:
    """A section: each group with what is to be said of it, at most SHOWN; the rest are in the download."""
    shown = [{"group": group, "said": show(said)} for group, said in lines[:SHOWN]]
    return {"anchor": anchor, "title": title, "empty": empty, "lines": shown, "count": len(lines),
            "more": max(len(lines) - SHOWN, 0)}  # fmt: skip


def _lists(types: Sequence[TypeHealth], on: date, *, officer: bool) -> list[dict[str, Any]]:
    groups = [group for _type, group in _groups(types)]
    reviews = sorted((group.review_due_on, group.name, group) for group in groups if group.review_due_on)
    sunsets = sorted((group.sunset_on, group.name, group) for group in groups if group.sunset_on)
    overdue = [(group, day) for day, _name, group in reviews if day < on]
    due = [(group, day) for day, _name, group in reviews if on <= day <= on + SOON]
    ending = [(group, day) for day, _name, group in sunsets if day <= on + SOON]
    vacant = [(group, _("%(n)d of %(seats)d seats") % {"n": group.vacant, "seats": group.seats})
              for group in groups if group.vacant]  # fmt: skip
    terms = [(group, group.terms_ending) for group in groups if group.terms_ending]
    found = [
        _list(
            "vacant", _("Groups with vacant seats"), _("No seat is vacant in a group that meets or recruits."), vacant
        ),
        _list("overdue", _("Reviews overdue"), _("No review is overdue."), overdue),
        _list("due", _("Reviews due within 90 days"), _("No review is due soon."), due),
        _list("sunset", _("Ending within 90 days, or past their end"), _("No group is near its end."), ending),
    ]
    if officer:
        none = _("No appointment ends within 90 days without somebody to follow.")
        found.append(_list("terms", _("Appointments ending within 90 days"), none, terms))
    return found


def _held(types: Sequence[TypeHealth]) -> list[dict[str, Any]]:
    """For officers: what each group breaks or misses, in the rules' words."""
    groups = [group for _type, group in _groups(types)]
    broken = [(group, " ".join(group.broken)) for group in groups if group.broken]
    missing = [(group, " ".join(group.missing)) for group in groups if group.missing]
    return [
        _list("broken", _("Groups that break a rule"), _("No group breaks a rule that can be counted."), broken),
        _list("missing", _("Groups that miss something"), _("No group misses anything its rules ask."), missing),
    ]


def _overrides(types: Sequence[TypeHealth]) -> list[dict[str, Any]]:
    return [
        {"group": group, "label": label_of(own.rule), "own": own}
        for _type, group in _groups(types)
        for own in group.overrides
    ][:SHOWN]


COLUMNS: Final = (
    "group", "ref", "type", "state", "seats", "vacant", "review_due_on", "sunset_on", "rules_excepted", "cadence",
)  # fmt: skip


@require_safe
def health_csv(request: Request, slug: str) -> HttpResponse:
    """Every living group that the viewer may see, a row each."""
    viewer: Viewer = request.viewer
    model = access_model(viewer, slug)
    types = _types(viewer, model, localdate(viewer.now), judged=False)
    rows = [_row(each, group) for each, group in _groups(types)]
    lines = csv_lines([COLUMNS, *([defuse(str(cell)) for cell in row] for row in rows)])
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-health.csv"'
    return public(response, next_midnight(request.now))


def _row(each: TypeHealth, group: GroupHealth) -> tuple[object, ...]:
    days = [day.isoformat() if day else "" for day in (group.review_due_on, group.sunset_on)]
    excepted = "; ".join(own.rule if known_rule(own.rule) else label_of(own.rule) for own in group.overrides)
    unmeasured = _("not measured: meetings are not recorded yet")
    return (group.name, group.ref, each.slug, group.state, group.seats, group.vacant, *days, excepted, unmeasured)
