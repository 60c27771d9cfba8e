"""A group's whole story: its dated events in order, what it stood under, who sat when and who chaired.

What another app dates in a group's life (versions of its terms of reference, its meetings) it adds with `tell`, so
that nothing here reaches up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.journal.models import Value
from convenor.core.journal.queries import history
from convenor.core.records.rules import DISCLOSE_NOTHING, DISCLOSE_TITLE, Viewer
from convenor.domain.groups.models import Closure, Group, Parent, RuleOverride
from convenor.domain.groups.queries.life import Life, life_of
from convenor.domain.groups.queries.rosters import ChairShown, Holder, SeatShown, Table, table_of_groups
from convenor.domain.groups.queries.seen import flag
from convenor.domain.groups.rules.rosters import CHAIR_OF
from convenor.domain.groups.rules.spans import Span, common
from convenor.kit.structs import struct

TOLD: Final = {
    "group.created": ("state",),
    "group.moved": ("state",),
    "group.edited": ("name",),
    "group.review-set": ("reviewed_on", "outcome"),
}
"""What the journal alone knows of a group's life: verb → the fields that are told. Everything else has rows."""


@struct
class Moment:
    """Something that happened on a day, in words. `url` leads to what it is about, where the viewer may read it."""

    on: date
    what: str
    text: str = ""
    url: str = ""
    tone: str = "neutral"


Teller = Callable[[Viewer, Group], Iterable[Moment]]
tellers: list[Teller] = []


def tell(teller: Teller) -> None:
    """Add dated moments to every group's story; from AppConfig.ready. Each within a query or two."""
    tellers.append(teller)


@struct
class Sat:
    """A time that somebody sat in a seat. `holder` is None where whoever chairs another group does."""

    seat: SeatShown
    holder: Holder | None
    span: Span

    @property
    def by_office(self) -> bool:
        return self.holder is not None and self.holder.holding.how == "tenure"


@struct
class Chaired:
    """A time that a seat chaired the group, and who sat in it then."""

    seat: SeatShown
    chair: ChairShown
    holders: tuple[Holder, ...]


@struct
class Stood:
    """A time under, or over, another group. `group` is None where it may not be read; `name` then what may be known."""

    name: str
    slug: str
    span: Span
    approved_on: date | None = None
    note: str = ""


@struct(slots=False)
class Story:
    """All of it, as this viewer may read it."""

    moments: tuple[Moment, ...]
    life: Life
    parents: tuple[Stood, ...]
    children: tuple[Stood, ...]
    sat: tuple[Sat, ...]
    chaired: tuple[Chaired, ...]


def story_of(viewer: Viewer, group: Group, *, officer: bool) -> Story:
    """The story of a group that the viewer may read already: six queries, and those of the tellers."""
    life = life_of(viewer, group)
    parents, children = _stood(viewer, group)
    table = table_of_groups(viewer, [group.pk], officer=officer)
    told = [
        *_recorded(viewer, group),
        *_begun(group),
        *_lived(life),
        *_ruled(life),
        *_placed(parents),
        *_overridden(group),
    ]
    told += [moment for teller in tellers for moment in teller(viewer, group)]
    return Story(
        tuple(sorted(told, key=lambda moment: moment.on)),
        life,
        tuple(parents),
        tuple(children),
        tuple(_sat(table)),
        tuple(_chaired(table)),
    )


def _recorded(viewer: Viewer, group: Group) -> list[Moment]:
    """What only the journal knows. One query."""
    entries = history(viewer, group.record).filter(verb__in=TOLD).order_by().values("pk")
    rows = Value.objects.filter(entry__in=entries, public=True, erased_at=None).order_by("entry_id", "pk")
    changes: dict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
    when: dict[int, tuple[str, date]] = {}
    for key, verb, at, name, before, after in rows.values_list(
        "entry_id", "entry__verb", "entry__at", "field", "before", "after"
    ):
        if name in TOLD[verb]:
            changes[key][name] = (before or "", after or "")
            when[key] = (verb, localdate(at))
    return [moment for key, told in changes.items() for moment in _in_words(*when[key], told)]


def _in_words(verb: str, on: date, told: dict[str, tuple[str, str]]) -> Iterable[Moment]:
    states = {str(value): str(label) for value, label in Group.State.choices}
    if "state" in told:
        state = states.get(told["state"][1], told["state"][1])
        what = _("Entered here as %(state)s") if verb == "group.created" else _("Became %(state)s")
        yield Moment(on, what % {"state": state.lower()}, tone="info")
    if "name" in told and told["name"][0]:
        yield Moment(
            on, _("Renamed"), _("From “%(before)s” to “%(after)s”.") % dict(zip(BOTH, told["name"], strict=True))
        )
    if "outcome" in told:
        yield Moment(_day(told.get("reviewed_on", ("", ""))[1]) or on, _("Reviewed"), told["outcome"][1])


BOTH: Final = ("before", "after")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _begun(group: Group) -> Iterable[Moment]:
    if group.started_on is not None:
        yield Moment(group.started_on, _("Started"), tone="good")


def _lived(life: Life) -> Iterable[Moment]:
    kinds = {str(value): str(label) for value, label in Closure.Kind.choices}
    for each in life.proposals:
        if each.on:
            to = _("To %(group)s.") % {"group": each.name} if each.name else ""
            yield Moment(each.on, _("Proposed"), " ".join(filter(None, (to, each.text))), each.url, "info")
    for each in life.deliveries:
        if each.on:
            yield Moment(each.on, _("Delivered"), each.text, tone="good")
    for each in life.of("closure"):
        if each.on:
            yield Moment(each.on, _("Closed"), f"{kinds.get(each.state, '')}. {each.text}".lstrip(". "), tone="neutral")
        if each.until:
            yield Moment(each.until, _("Opened again"), each.note, tone="good")
    for each in life.of("sunset"):
        if each.on:
            yield Moment(each.on, _("Its time was renewed") if each.until else _("Its end was taken away"), each.text)


def _ruled(life: Life) -> Iterable[Moment]:
    """Versions of its terms of reference."""
    for each in life.of("terms"):
        if each.on:
            what = _("Version %(number)s of its terms of reference in force") % {"number": each.name}
            yield Moment(each.on, what, each.text, tone="info")


def _placed(parents: Iterable[Stood]) -> Iterable[Moment]:
    for each in parents:
        name = each.name or _("a group that is withheld")
        url = reverse("groups:detail", args=[each.slug]) if each.slug else ""
        if each.approved_on is not None:
            yield Moment(each.approved_on, _("Approved by %(group)s") % {"group": name}, each.note, url, "good")
        if each.span.first is not None:
            yield Moment(each.span.first, _("Placed under %(group)s") % {"group": name}, "", url)
        if each.span.last is not None:
            yield Moment(each.span.last, _("No longer under %(group)s after this day") % {"group": name}, "", url)


def _overridden(group: Group) -> Iterable[Moment]:
    """Rules of its own. One query; none are told where its model may not be read."""
    if not getattr(group, "type_seen", False):
        return
    for row in RuleOverride.objects.filter(group=group).order_by("pk"):
        url = reverse("groups:rules", args=[group.slug])
        yield Moment(row.starts_on, _("An exception from a rule of its type"), row.reason, url, "watch")
        if row.ends_on is not None:
            yield Moment(row.ends_on, _("Last day of an exception"), row.end_reason, url)


def _stood(viewer: Viewer, group: Group) -> tuple[list[Stood], list[Stood]]:
    """What it stood under and what stood under it, the oldest first. One query."""
    links: Any = Parent.objects.filter(Q(group=group) | Q(parent=group)).select_related(
        "group__record", "parent__record"
    )
    links = links.annotate(child_seen=flag(viewer, "group__record"), parent_seen=flag(viewer, "parent__record"))
    above: list[Stood] = []
    below: list[Stood] = []
    for link in links.order_by("starts_on", "pk"):
        up = link.group_id == group.pk
        other, seen = (link.parent, link.parent_seen) if up else (link.group, link.child_seen)
        if other.record.state == "live" and (seen or other.record.disclosure != DISCLOSE_NOTHING):
            (above if up else below).append(_one(link, other, seen=seen))
    return above, below


def _one(link: Parent, other: Group, *, seen: bool) -> Stood:
    span = Span(link.starts_on, link.ends_on)
    if seen:
        return Stood(other.name, other.slug, span, link.approved_on, link.approval_note)
    return Stood(other.name if other.record.disclosure == DISCLOSE_TITLE else "", "", span)


def _sat(table: Table) -> Iterable[Sat]:
    """Seat by seat in the group's order, each holder after the other."""
    for seat in sorted(table.wanted(), key=lambda each: (each.order, each.number)):
        facts = table.facts
        held = [*facts.appointments.get(seat.key, ()), *facts.tenures.get(seat.facts.office or 0, ())]
        found = [(common(each.span, seat.facts.life), table.holders[each.how, each.key]) for each in held]
        spans = [Sat(seat, holder, span) for span, holder in found if span is not None]
        if seat.facts.basis == CHAIR_OF:
            spans.append(Sat(seat, None, seat.facts.life))
        yield from sorted(spans, key=lambda each: (each.span.first or date.min, each.span.last or date.max))


def _chaired(table: Table) -> Iterable[Chaired]:
    wanted = {seat.key: seat for seat in table.wanted()}
    sat: dict[int, list[Sat]] = defaultdict(list)
    for each in _sat(table):
        sat[each.seat.key].append(each)
    found = [(wanted[key], chair) for (key, _number), chair in table.chairs.items() if key in wanted]
    for seat, chair in sorted(found, key=lambda each: (each[1].span.first or date.min, each[1].key)):
        yield Chaired(seat, chair, _during(sat[seat.key], chair.span))


def _during(sat: Sequence[Sat], span: Span) -> tuple[Holder, ...]:
    return tuple(each.holder for each in sat if each.holder is not None and common(each.span, span) is not None)
