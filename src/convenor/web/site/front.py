"""What is true today, for the front page. Ten queries, eight while nothing changes, whatever the amount of data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.clock.queries import overdue
from convenor.core.journal.models import Entry
from convenor.core.journal.queries import happenings, recent
from convenor.core.journal.unchanged import while_unchanged, with_version
from convenor.core.records.queries import counted
from convenor.core.records.registry import registry
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement.models import EngagementModel, LevelRules, ModelVersion
from convenor.domain.engagement.queries import in_force
from convenor.domain.engagement.queries.pages import owner_of, with_owner
from convenor.domain.engagement.rules.values import tone_of
from convenor.domain.expressions.models import Call
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.queries.desk import vacant_seats
from convenor.kit.structs import struct
from convenor.web.site.words import deadline_in_words, in_words, record_address

SHOWN = 6


@struct
class Item:
    title: str
    url: str
    about: str
    on: date | datetime | None = None


@struct
class Column:
    """A live column: it stands here because its context exists; `none` is what it says on a quiet day."""

    id: str
    title: str
    entries: Sequence[Item]
    none: str
    more_url: str = ""
    more_label: str = ""
    warm: bool = False


@struct
class Band:
    name: str
    motto: str
    tone: int
    types: str


@struct
class SmallModel:
    """An engagement model at a glance: its levels and the types in each."""

    name: str
    owner: str
    url: str
    levels: Sequence[Band]


@struct
class News:
    """The last entries that the viewer may read, and the version of the site with which they were read."""

    entries: Sequence[Entry]
    version: int | None


def news(viewer: Viewer) -> News:
    """Read before all that is kept while that version stands."""
    entries: list[Any] = list(with_version(recent(viewer))[: SHOWN * 8])
    return News(entries, entries[0].site_version if entries else None)


def counts(viewer: Viewer, version: int | None) -> dict[str, int]:
    """How much there is; each number leads to its rows."""
    open_groups = Group.objects.exclude(state=Group.State.CLOSED).visible_to(viewer).live()
    open_seats = Seat.objects.filter(ends_on=None).exclude(group__state=Group.State.CLOSED)
    there = Organisation.objects.filter(ended_on=None)
    parts: dict[str, QuerySet[Any, Any]] = {
        "groups": open_groups,
        "seats": open_seats.visible_to(viewer).live(),
        "organisations": there.visible_to(viewer).live(),
    }
    return while_unchanged("site.front.counts", viewer, lambda: counted(parts), version)


def changed(viewer: Viewer, entries: Sequence[Entry]) -> Column:
    """What changed last, one line a record."""
    seen: dict[int, Item] = {}
    for happening in happenings(viewer, entries):
        if happening.record and happening.record.pk not in seen:
            record = happening.record
            about = f"{registry.kind(record.kind).label} · {in_words(happening.verb)}"
            seen[record.pk] = Item(record.title, record_address(record), about, happening.at)
    return Column(
        "changed", _("Changed"), list(seen.values())[:SHOWN], _("Nothing has been published yet."),
        reverse("site:updates"), _("All changes"),
    )  # fmt: skip


def open_now(viewer: Viewer, upcoming: Sequence[Call], version: int | None) -> Column:
    """What one may answer now: calls by when they close; then seats that wait for somebody."""
    calls = [
        Item(call.title, reverse("expressions:call", args=[call.slug]), _("Call · closes"), call.closes_at)
        for call in upcoming
        if call.opens_at <= viewer.now
    ]
    seats = while_unchanged("site.front.vacant", viewer, lambda: _vacant(viewer), version)
    return Column(
        "open", _("Open"), [*calls, *seats][:SHOWN], _("No call is open, and every seat is held."),
        reverse("expressions:calls"), _("All calls"),
    )  # fmt: skip


def _vacant(viewer: Viewer) -> list[Item]:
    rows = vacant_seats(Group.objects.visible_to(viewer).live(), localdate(viewer.now))[:SHOWN]
    return [
        Item(seat.title, reverse("groups:seat", args=[seat.group.slug, seat.number]), str(seat.group)) for seat in rows
    ]


def late(viewer: Viewer) -> Column:
    """Promises whose day has passed, in public."""
    entries = [
        Item(row.record.title, record_address(row.record), deadline_in_words(row.kind), row.due_at)
        for row in overdue(viewer)[:SHOWN]
    ]
    return Column("late", _("Late"), entries, _("Nothing is overdue."), warm=bool(entries))


def small_models(viewer: Viewer) -> list[SmallModel]:
    """Every engagement model in force, with its levels from the top."""
    models = with_owner(viewer, EngagementModel.objects.all()).visible_to(viewer).live()
    current = ModelVersion.objects.filter(in_force(localdate(viewer.now)), model=OuterRef("pk")).values("pk")[:1]
    shown = list(models.annotate(current=Subquery(current)).exclude(current=None).order_by("name", "id"))
    bands = _bands([model.current for model in shown])
    return [
        SmallModel(model.name, owner_of(model), reverse("engagement:model", args=[model.slug]), bands[model.current])
        for model in shown
    ]


def _bands(versions: Sequence[int]) -> dict[int, list[Band]]:
    """The levels of these versions of models with the types in each. One query for both."""
    rows = LevelRules.objects.filter(version__in=versions).order_by("order", "id", "types__order", "types__id")
    named: dict[int, list[str]] = defaultdict(list)
    levels: dict[int, tuple[int, str, str, str]] = {}
    for key, version, name, motto, colour, type_name in rows.values_list(
        "pk", "version_id", "name", "motto", "colour", "types__name_plural"
    ):
        levels[key] = (version, name, motto, colour)
        named[key] += [type_name] if type_name else []
    found: dict[int, list[Band]] = defaultdict(list)
    for key, (version, name, motto, colour) in levels.items():
        found[version].append(Band(name, motto, tone_of(colour), ", ".join(named[key])))
    return found
