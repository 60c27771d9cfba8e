"""Loading organisations from a spreadsheet, through the commands, and taking them back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from convenor.core.exchange.queries import record_of
from convenor.core.exchange.resources import Column, Importer, Loaded, Loading, breach
from convenor.core.records.rules import LIVE, Breach, Refused, Viewer
from convenor.domain.directory import commands, rules
from convenor.domain.directory.commands import OrganisationFacts
from convenor.domain.directory.models import Organisation, OrganisationKind, Segment
from convenor.domain.directory.queries import find_organisations
from convenor.domain.directory.resources.loaders import officers_load
from convenor.kit.structs import struct

LIST: Final = "organisations"


@struct
class OrganisationRow:
    """One line of an upload. The parent stays a text: it may stand in an earlier line of the same file."""

    facts: OrganisationFacts
    parent: str


@struct
class Words:
    """The vocabulary, once a chunk."""

    kinds: Mapping[str, OrganisationKind]
    segments: Mapping[str, Segment]


def prepare(viewer: Viewer, now: datetime) -> Words:  # noqa: ARG001 - the shape of Importer.prepare
    return Words(
        {kind.slug: kind for kind in OrganisationKind.objects.all()},
        {segment.slug: segment for segment in Segment.objects.all()},
    )


def parse(row: Mapping[str, str], prepared: Words) -> OrganisationRow | list[Breach]:
    """A line as facts, or what is wrong with its cells."""
    wrong = list(rules.abn_breaches(row.get("abn", "")))
    days: dict[str, date | None] = {}
    for name in ("established_on", "ended_on"):
        days[name] = day_of(row.get(name, ""), name, wrong)
    if wrong:
        return wrong
    segments = [part.strip() for part in row.get("segments", "").split(";") if part.strip()]
    facts = OrganisationFacts(
        name=row["name"],
        kind=prepared.kinds[row["kind"]],
        short_name=row.get("short_name", ""),
        segments=tuple(prepared.segments[slug] for slug in segments),
        abn=row.get("abn", ""),
        website=row.get("website", ""),
        summary=row.get("summary", ""),
        established_on=days["established_on"],
        ended_on=days["ended_on"],
    )
    return OrganisationRow(facts, row.get("part_of", ""))


def day_of(text: str, column: str, wrong: list[Breach]) -> date | None:
    """The day in a cell; what is wrong with it is added to the list."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        wrong.append(breach(column, f"“{text[:40]}” is not a day: write it as 2026-11-24."))
        return None


def apply(row: OrganisationRow, loading: Loading) -> Loaded:
    """Make the organisation, or bring the one this line stands for up to it."""
    parent = organisation_meant(loading, row.parent, "part_of") if row.parent else None
    facts = _under(row.facts, parent)
    if loading.record is None:
        made = commands.create_organisation(by=loading.by, facts=facts, now=loading.now)
        return Loaded(made.record, "created")
    there = Organisation.objects.select_related("kind", "parent").get(record=loading.record)
    restored = loading.record.state != LIVE
    if restored:
        commands.restore_organisation(by=loading.by, organisation=there, reason=loading.reason, now=loading.now)
    before = _remembered(there)
    commands.edit_organisation(by=loading.by, organisation=there, facts=facts, now=loading.now, reason=loading.reason)
    there.refresh_from_db()
    changed = restored or _remembered(there) != before
    return Loaded(loading.record, "changed" if changed else "unchanged", {"before": before, "restored": restored})


def undo(loaded: Loaded, loading: Loading) -> None:
    """Withdraw what was made; put back what was changed."""
    there = Organisation.objects.get(record=loaded.record)
    if loaded.outcome == "changed":
        facts = _recalled(loaded.undo["before"])
        commands.edit_organisation(
            by=loading.by, organisation=there, facts=facts, now=loading.now, reason=loading.reason
        )
    if loaded.outcome == "created" or loaded.undo.get("restored"):
        commands.withdraw_organisation(by=loading.by, organisation=there, reason=loading.reason, now=loading.now)


def organisation_meant(loading: Loading, said: str, column: str) -> Organisation:
    """The one that is meant by an id of the same source's list, else by a reference, a name or an ABN."""
    record = record_of(loading.by, LIST, loading.source, said)
    if record is not None:
        return Organisation.objects.select_related("record", "kind", "parent").get(record=record)
    return organisation_named(loading.by, said, column)


def organisation_named(viewer: Viewer, said: str, column: str) -> Organisation:
    """The one organisation that is meant; Refused at the column when there is none, or more."""
    found = find_organisations(viewer, said)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused([breach(column, f"No organisation here is called “{said[:80]}”: load it first.")])
    refs = ", ".join(row.record.ref for row in found)
    raise Refused([breach(column, f"More than one is called “{said[:80]}”: write its reference ({refs}).")])


def _under(facts: OrganisationFacts, parent: Organisation | None) -> OrganisationFacts:
    return OrganisationFacts(**{**facts.columns(), "parent": parent, "segments": facts.segments})


def _remembered(organisation: Organisation) -> dict[str, Any]:
    """The facts of an organisation as JSON can keep them."""
    return {
        "name": organisation.name,
        "kind": organisation.kind_id,
        "short_name": organisation.short_name,
        "parent": organisation.parent_id,
        "segments": sorted(organisation.segments.values_list("pk", flat=True)),
        "abn": organisation.abn,
        "website": organisation.website,
        "summary": organisation.summary,
        "established_on": organisation.established_on and organisation.established_on.isoformat(),
        "ended_on": organisation.ended_on and organisation.ended_on.isoformat(),
    }


def _recalled(before: Mapping[str, Any]) -> OrganisationFacts:
    return OrganisationFacts(
        name=before["name"],
        kind=OrganisationKind.objects.get(pk=before["kind"]),
        short_name=before["short_name"],
        parent=Organisation.objects.filter(pk=before["parent"] or 0).first(),
        segments=tuple(Segment.objects.filter(pk__in=before["segments"])),
        abn=before["abn"],
        website=before["website"],
        summary=before["summary"],
        established_on=before["established_on"] and date.fromisoformat(before["established_on"]),
        ended_on=before["ended_on"] and date.fromisoformat(before["ended_on"]),
    )


def _kinds() -> dict[str, str]:
    return dict(OrganisationKind.objects.order_by("order").values_list("slug", "name"))


def _segments() -> dict[str, str]:
    return dict(Segment.objects.order_by("name").values_list("slug", "name"))


IMPORTER: Final = Importer(
    columns=(
        Column(
            "id", "Id in your list", "What your own list calls it. Loading the same id again changes it.", example="17"
        ),
        Column("name", "Name", "Its full name.", required=True, example="Department of Examples"),
        Column("short_name", "Short name", "As people say it.", example="Examples"),
        Column("kind", "Kind", "One of the kinds this site knows.", required=True, choices=_kinds),
        Column("part_of", "Part of", "Name, reference or ABN of the body above it, or its id in this list."),
        Column("segments", "Segments", "Market segments, with ; between them.", choices=_segments, many=True),
        Column("abn", "ABN", "11 digits; the check digits are checked.", example="51 824 753 556"),
        Column("website", "Website", "With https://.", example="https://www.example.gov.au/"),
        Column("summary", "What it does", "One or two sentences."),
        Column("established_on", "Established", "A day as 2026-11-24.", example="1999-07-01"),
        Column("ended_on", "Last day", "A day as 2026-11-24, for a body that has ended.", example=""),
    ),
    source_id="id",
    parse=parse,
    apply=apply,
    undo=undo,
    may=officers_load("organisations"),
    prepare=prepare,
)
