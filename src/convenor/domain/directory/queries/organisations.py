"""Organisations: the register, one of them with all that belongs to it, the tree, what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Prefetch, Q
from django.http import Http404

from convenor.core.records.models import ScopedQuerySet, visible_filter
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import (
    ChangeParty,
    Organisation,
    OrganisationChange,
    OrganisationKind,
    OrganisationQuerySet,
    Segment,
)
from convenor.domain.directory.queries.shared import local_day, shown
from convenor.kit.query import may_be_named
from convenor.kit.structs import struct

CURRENT, ENDED, ALL = "current", "ended", "all"


@struct
class OrganisationFilter:
    """What a register of organisations is narrowed by; empty means not at all. `standing`: current, ended or all."""

    q: str = ""
    kind: str = ""
    sector: str = ""
    segment: str = ""
    portfolio: str = ""
    standing: str = CURRENT


def organisations(viewer: Viewer, asked: OrganisationFilter | None = None) -> OrganisationQuerySet:
    """The register: what is not withdrawn, with kind, segments and the parent where it may be read. Not ordered."""
    asked = asked or OrganisationFilter(standing=ALL)
    rows = Organisation.objects.live().select_related("kind", "record")
    parents = Prefetch("parent", queryset=Organisation.objects.visible_to(viewer))
    rows = rows.prefetch_related(parents, "segments")
    return _narrowed(rows, asked, viewer).visible_to(viewer)


def _narrowed(rows: OrganisationQuerySet, asked: OrganisationFilter, viewer: Viewer) -> OrganisationQuerySet:
    today = local_day(viewer.now)
    if asked.standing == CURRENT:
        rows = rows.current(today)
    elif asked.standing == ENDED:
        rows = rows.filter(ended_on__lt=today)
    for value, path in ((asked.kind, "kind__slug"), (asked.sector, "kind__sector"), (asked.segment, "segments__slug")):
        if value:
            rows = rows.filter(**{path: value})
    if asked.portfolio:
        rows = rows.filter(parent__in=_directly_under(viewer, asked.portfolio))
    return rows.filter(worded(asked.q)) if asked.q.strip() else rows


def worded(text: str) -> Q:
    """All these words in the name or short name; or the digits of an ABN."""
    words = text.split()
    found = Q()
    for word in words:
        found &= Q(name__icontains=word) | Q(short_name__icontains=word)
    digits = "".join(words)
    return found | Q(abn=digits) if digits.isdigit() else found


def _directly_under(viewer: Viewer, slug: str) -> OrganisationQuerySet:
    """The body at that address, where the viewer may read it: filters tell nothing either."""
    return Organisation.objects.filter(slug=slug).visible_to(viewer)


def access_organisation(viewer: Viewer, slug: str) -> Organisation:
    """The organisation at this address with kind, parent and `parent_shown`, or 404."""
    rows = Organisation.objects.filter(slug=slug).with_places().visible_to(viewer)
    may_read = ExpressionWrapper(Q(parent__isnull=False) & shown(viewer, "parent__record"), output_field=BooleanField())
    found = rows.select_related("record", "kind", "parent__record").annotate(parent_shown=may_read).first()
    if found is None:
        raise Http404
    return found


def parent_of(organisation: Organisation) -> Organisation | None:
    """The parent where the viewer may read it; for rows of access_organisation."""
    return organisation.parent if getattr(organisation, "parent_shown", False) else None


def parts_of(viewer: Viewer, organisation: Organisation) -> OrganisationQuerySet:
    """What is part of an organisation, those that go on first."""
    rows = Organisation.objects.live().filter(parent=organisation).select_related("kind")
    return rows.order_by(F("ended_on").desc(nulls_first=True), "name", "pk").visible_to(viewer)


@struct
class Branch:
    """An organisation of the tree and how deep it stands."""

    organisation: Organisation
    depth: int


def organisation_tree(viewer: Viewer, on: date, kinds: Iterable[str] = ()) -> list[Branch]:
    """The organisations of a day as a tree, each after its parent, by name. One query.

    kinds: slugs of the kinds that make it up; all when empty. What stands under something the viewer may not
    read stands at the top.
    """
    rows = Organisation.objects.live().current(on).select_related("kind")
    wanted = list(kinds)
    if wanted:
        rows = rows.filter(kind__slug__in=wanted)
    found = list(rows.order_by("name", "pk").visible_to(viewer))
    there = {row.pk for row in found}
    under: dict[int | None, list[Organisation]] = {}
    for row in found:
        under.setdefault(row.parent_id if row.parent_id in there else None, []).append(row)
    return list(_branches(under, None, 0))


def _branches(under: dict[int | None, list[Organisation]], parent: int | None, depth: int) -> Iterable[Branch]:
    for row in under.get(parent, ()):
        yield Branch(row, depth)
        yield from _branches(under, row.pk, depth + 1)


@struct
class Became:
    """A change with the organisations on both sides that the viewer may read."""

    change: OrganisationChange
    before: tuple[ChangeParty, ...]
    after: tuple[ChangeParty, ...]


def changes_of(viewer: Viewer, organisation: Organisation) -> list[Became]:
    """What became of an organisation and what it came from, newest first. One query."""
    parties = ChangeParty.objects.filter(change__parties__organisation=organisation, change__record__state="live")
    return _became(parties.distinct(), viewer)


def access_change(viewer: Viewer, ref: str) -> Became:
    """One change, or 404."""
    found = _became(ChangeParty.objects.filter(change__record__ref=ref), viewer)
    if not found:
        raise Http404
    return found[0]


def _became(parties: ScopedQuerySet[ChangeParty], viewer: Viewer) -> list[Became]:
    rows = parties.filter(visible_filter(viewer, "organisation__record")).select_related(
        "change__record", "organisation"
    )
    sides: dict[int, list[ChangeParty]] = {}
    for party in rows.order_by("-change__on", "-change_id", "pk").visible_to(viewer):
        sides.setdefault(party.change_id, []).append(party)
    return [
        Became(
            found[0].change,
            tuple(party for party in found if party.side == ChangeParty.Side.BEFORE),
            tuple(party for party in found if party.side == ChangeParty.Side.AFTER),
        )
        for found in sides.values()
    ]


def changes(viewer: Viewer) -> ScopedQuerySet[OrganisationChange]:
    """Every machinery-of-government change, newest first."""
    rows = OrganisationChange.objects.live().select_related("record")
    return rows.order_by("-on", "-pk").visible_to(viewer)


def portfolio_of(party: ChangeParty) -> str:
    """What the organisation was part of then, where the viewer may read that; for parties of a Became."""
    return party.parent_name if getattr(party, "parent_shown", False) else ""


@struct
class Choices:
    """What the register can be narrowed by: (value, label) pairs."""

    kinds: list[tuple[str, str]]
    segments: list[tuple[str, str]]


def choices() -> Choices:
    """Vocabulary for filters and forms. Two queries."""
    kinds = OrganisationKind.objects.order_by("order", "name").values_list("slug", "name_plural")
    segments = Segment.objects.order_by("name").values_list("slug", "name")
    return Choices(list(kinds), list(segments))


def portfolio_organisations(viewer: Viewer) -> OrganisationQuerySet:
    """The organisations that others are part of, with `parts`: how many of those the viewer may read."""
    seen = shown(viewer, "children__record") & Q(children__record__state="live")
    rows = Organisation.objects.live().annotate(parts=Count("children", filter=seen)).filter(parts__gt=0)
    return rows.order_by("name", "pk").visible_to(viewer)


def named(viewer: Viewer, slug: str) -> tuple[str, str]:
    """Name and ref of the organisation at an address; empty where the viewer may not read it."""
    rows = Organisation.objects.filter(slug=slug).visible_to(viewer)
    return rows.values_list("name", "record__ref").first() or ("", "")


def own_organisation(viewer: Viewer) -> Organisation | None:
    """The organisation the viewer's duties are over, where that is one alone."""
    over = [held.over for held in viewer.duties if held.over is not None]
    rows = Organisation.objects.live().filter(record__in=over, ended_on=None).visible_to(viewer)
    found = list(rows[:2]) if over else []
    return found[0] if len(found) == 1 else None


def name_choices(viewer: Viewer, most: int = 1000) -> list[str]:
    """Names to offer while an officer types one: present organisations the viewer may read."""
    rows = Organisation.objects.live().filter(ended_on=None).order_by("name").visible_to(viewer)
    return list(rows.values_list("name", flat=True)[:most])


def find_organisations(viewer: Viewer, text: str) -> list[Organisation]:
    """Whom somebody means by a name, short name, ref, address or ABN; more than one where it is not clear."""
    said = text.strip()
    if not may_be_named(said):
        return []
    digits = "".join(said.split())
    means = Q(name__iexact=said) | Q(record__ref__iexact=said) | Q(slug=said.lower()) | Q(short_name__iexact=said)
    if digits.isdigit():
        means |= Q(abn=digits)
    rows = Organisation.objects.live().filter(means).select_related("record", "kind", "parent")
    found = list(rows.order_by("name", "pk").visible_to(viewer)[:10])
    going_on = [row for row in found if row.ended_on is None]
    return going_on or found
