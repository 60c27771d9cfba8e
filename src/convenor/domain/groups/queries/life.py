"""A group's life as dated rows: proposals, deliveries, renewals, closings, and what became of it. One query."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, Final

from django.db.models import Case, DateField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.timezone import localdate

from convenor.core.records.models import Link
from convenor.core.records.prepared import PreparedRowsFor
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import (
    Closure,
    Delivery,
    FormerMember,
    Group,
    Proposal,
    SunsetChange,
    TermsOfReference,
)
from convenor.domain.groups.permissions import may_read_every_name
from convenor.domain.groups.queries.former import FormerShown, former_name
from convenor.domain.groups.queries.seen import named, text, word
from convenor.domain.groups.rules import proposals
from convenor.domain.groups.rules.spans import Span
from convenor.kit.structs import struct

PROPOSAL: Final = "proposal"
DELIVERY: Final = "delivery"
CLOSURE: Final = "closure"
SUNSET: Final = "sunset"
TERMS: Final = "terms"
FORMER: Final = "former"
BECAME: Final = "became"
CAME_FROM: Final = "came-from"
SUCCEEDED_BY: Final = "succeeded-by"
"""As commands.succession links them."""

NONE: Final = text(Value(""))
NO_DAY: Final = Cast(Value(None), DateField())


@struct
class Moment:
    """One row. `name` and `slug` are those of another group where there is one, "" where it may not be named.

    on, until: what is dated by it and to when it holds; state: its own word; text: its words; note: who, or more.
    Of a former member name and slug are the person's, text the role, note and link when that began and ended.
    """

    what: str
    key: int
    on: date | None
    until: date | None
    state: str
    name: str
    slug: str
    text: str
    note: str
    link: str

    @property
    def url(self) -> str:
        return reverse("groups:detail", args=[self.slug]) if self.slug else ""


@struct(slots=False)
class Life:
    """Everything that is dated in a group's life, as the viewer may read it."""

    moments: tuple[Moment, ...] = ()

    def of(self, what: str) -> list[Moment]:
        """Those of one kind, oldest first."""
        found = [moment for moment in self.moments if moment.what == what]
        return sorted(found, key=lambda moment: (moment.on or date.min, moment.key))

    @property
    def proposals(self) -> list[Moment]:
        return self.of(PROPOSAL)

    @property
    def waiting(self) -> list[Moment]:
        """Proposals that nobody has answered yet, or that were returned."""
        return [moment for moment in self.proposals if moment.state in {proposals.WAITING, proposals.RETURNED}]

    @property
    def deliveries(self) -> list[Moment]:
        return self.of(DELIVERY)

    @property
    def closure(self) -> Moment | None:
        """How it closed, for a group that is closed now."""
        return next((moment for moment in self.of(CLOSURE) if moment.until is None), None)

    def terms_on(self, day: date) -> Moment | None:
        """The version of its terms of reference in force on a day."""
        return next((row for row in self.of(TERMS) if row.on and Span(row.on, row.until).covers(day)), None)

    @property
    def former(self) -> list[FormerShown]:
        """Who sat once, on days that are not known, by name."""
        rows = (FormerShown(row.text, row.note, row.link, row.name, row.slug) for row in self.of(FORMER))
        return sorted(rows, key=lambda row: (row.name.casefold(), row.role, row.began))

    @property
    def became(self) -> list[Moment]:
        return self.of(BECAME)

    @property
    def came_from(self) -> list[Moment]:
        return self.of(CAME_FROM)


def life_of(viewer: Viewer, group: Group) -> Life:
    """The life of a group that the viewer may read already."""
    rows = ROWS[may_read_every_name(viewer, group)].rows(viewer, group=group.pk, record=group.record_id)
    return Life(tuple(Moment(*row) for row in rows))


def _row(rows: QuerySet[Any], what: str, **columns: Any) -> QuerySet[Any, Any]:
    """The columns of Moment, each of one type on both databases."""
    given = {"on": NO_DAY, "until": NO_DAY} | columns
    words = [columns.get(name, NONE) for name in ("state", "name", "slug", "text", "note", "link")]
    key = Cast(F("pk"), IntegerField())
    days = [Cast(given[name], DateField()) for name in ("on", "until")]
    return rows.values_list(word(Value(what)), key, *days, *[text(column) for column in words])


def _proposals(viewer: Viewer, group: Any) -> QuerySet[Any, Any]:
    parent = "parent__record"
    return _row(
        Proposal.objects.filter(group=group),
        PROPOSAL,
        on=F("proposed_on"),
        state=F("state"),
        name=named(viewer, "parent__name", parent),
        slug=named(viewer, "parent__slug", parent),
        text=F("why"),
        note=F("proposed_by"),
        link=Case(When(parent=None, then=Value("own")), default=Value("")),
    )


def _deliveries(group: Any) -> QuerySet[Any, Any]:
    complete = Case(When(completes=True, then=Value("complete")), default=Value(""))
    rows = Delivery.objects.filter(group=group)
    return _row(rows, DELIVERY, on=F("on"), state=complete, text=F("what"), note=F("note"), link=F("link"))


def _closures(group: Any) -> QuerySet[Any, Any]:
    rows = Closure.objects.filter(group=group)
    columns = {"on": F("on"), "until": F("reopened_on"), "state": F("kind")}
    return _row(rows, CLOSURE, **columns, text=F("reason"), note=F("reopen_reason"))


def _sunsets(group: Any) -> QuerySet[Any, Any]:
    rows = SunsetChange.objects.filter(group=group)
    return _row(rows, SUNSET, on=F("on"), until=F("until"), text=F("reason"))


def _successions(viewer: Viewer, which: Q, what: str, other: str) -> QuerySet[Any, Any]:
    name, slug = (named(viewer, f"{other}__group__{column}", other) for column in ("name", "slug"))
    rows = Link.objects.filter(which, relation__slug=SUCCEEDED_BY)
    return _row(rows, what, name=name, slug=slug, text=F("note"))


def _terms(viewer: Viewer, group: Any) -> QuerySet[Any, Any]:
    """Those in force, now or before; a row's name is its number."""
    rows = TermsOfReference.objects.filter(group=group, in_force_from__isnull=False).visible_to(viewer)
    columns = {"on": F("in_force_from"), "until": F("in_force_to"), "name": F("number")}
    return _row(rows, TERMS, **columns, text=F("change_note"))


def _former(viewer: Viewer, group: Any, *, officer: bool) -> QuerySet[Any, Any]:
    name, slug = former_name(viewer, officer=officer)
    rows = FormerMember.objects.filter(group=group)
    return _row(rows, FORMER, name=name, slug=slug, text=F("role"), note=F("began"), link=F("ended"))


def _rows(viewer: Viewer, group: Any, record: Any, *, officer: bool) -> QuerySet[Any, Any]:
    return _proposals(viewer, group).union(
        _deliveries(group),
        _closures(group),
        _sunsets(group),
        _successions(viewer, Q(source=record), BECAME, "target"),
        _successions(viewer, Q(target=record), CAME_FROM, "source"),
        _terms(viewer, group),
        _former(viewer, group, officer=officer),
        all=True,
    )


ROWS: Final = {officer: PreparedRowsFor(partial(_rows, officer=officer)) for officer in (True, False)}
"""By whether every name is read."""


def past_sunset(group: Group, viewer: Viewer) -> bool:
    """Whether the day on which the group was to end has gone by, and it has not closed."""
    today = localdate(viewer.now)
    return group.closed_on is None and group.sunset_on is not None and group.sunset_on < today
