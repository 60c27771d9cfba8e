"""Loading who held which office, through the commands, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Q

from convenor.core.accounts.models import Person
from convenor.core.exchange.queries import kept_row, record_of
from convenor.core.exchange.resources import Column, Importer, Loaded, Loading, breach
from convenor.core.records.rules import Breach, Refused
from convenor.domain.directory.commands import TenureFacts
from convenor.domain.directory.commands.tenures import edit_tenure, end_tenure, remove_tenure, seat_holder
from convenor.domain.directory.models import Office, Tenure
from convenor.domain.directory.resources.loaders import officers_load
from convenor.domain.directory.resources.uploads_of_organisations import day_of
from convenor.domain.directory.resources.uploads_of_people import person_meant
from convenor.kit.structs import struct

OFFICES: Final = "offices"


@struct
class TenureRow:
    """One line of an upload: who held an office, from when to when as far as it is known."""

    words: Mapping[str, str]
    facts: TenureFacts


def parse(row: Mapping[str, str], prepared: Any) -> TenureRow | list[Breach]:  # noqa: ARG001 - the shape of parse
    """A line as facts, or what is wrong with its cells."""
    wrong: list[Breach] = []
    days: dict[str, date | None] = {name: day_of(row.get(name, ""), name, wrong) for name in ("starts_on", "ends_on")}
    facts = TenureFacts(days["starts_on"], days["ends_on"], row.get("acting", "") == "yes")
    return wrong or TenureRow(row, facts)


def apply(row: TenureRow, loading: Loading) -> Loaded:
    """Record the tenure; one that stands there ends where the line says when."""
    by, now = loading.by, loading.now
    office = office_meant(loading, row.words["office"])
    person = person_meant(loading, row.words["person"], row.words.get("person_email", ""))
    there = _there(office, person, row.facts) if isinstance(person, Person) else None
    if there is None:
        made = seat_holder(by=by, office=office, person=person, facts=row.facts, now=now)
        return Loaded(office.record, "created" if loading.record is None else "changed", {"made": made.pk})
    if row.facts.ends_on is None or there.ends_on == row.facts.ends_on:
        return Loaded(office.record, "unchanged")
    before = there.ends_on.isoformat() if there.ends_on else ""
    end_tenure(by=by, tenure=there, on=row.facts.ends_on, now=now, reason=loading.reason)
    return Loaded(office.record, "changed", {"ended": there.pk, "before": before})


def undo(loaded: Loaded, loading: Loading) -> None:
    """Take out what the line put in; what it ended goes on again."""
    by, now, why = loading.by, loading.now, loading.reason
    rows = Tenure.objects.select_related("office__record", "person")
    made = kept_row(rows, loaded, "made")
    if made is not None:
        remove_tenure(by=by, tenure=made, reason=why, now=now)
    ended = kept_row(rows, loaded, "ended")
    if ended is not None:
        before = loaded.undo["before"]
        facts = TenureFacts(ended.starts_on, date.fromisoformat(before) if before else None, ended.acting, ended.note)
        edit_tenure(by=by, tenure=ended, facts=facts, reason=why, now=now)


def office_meant(loading: Loading, said: str, column: str = "office") -> Office:
    """The one office that is meant by an id of the same source's list, a reference, or its title and organisation."""
    record = record_of(loading.by, OFFICES, loading.source, said)
    found = [Office.objects.select_related("record", "organisation").get(record=record)] if record else []
    title, _, organisation = (part.strip() for part in said.partition(","))
    means = Q(record__ref__iexact=said) | Q(title__iexact=title, organisation__name__iexact=organisation)
    found = found or list(Office.objects.live().filter(means).order_by("pk").visible_to(loading.by)[:10])
    if len(found) == 1:
        return found[0]
    refs = ", ".join(each.record.ref for each in found)
    many = f"More than one office is called “{said[:80]}”: write its reference ({refs})."
    none = f"No office here is called “{said[:80]}”: write its title, a comma and its organisation."
    raise Refused([breach(column, many if found else none)])


def _there(office: Office, person: Person, facts: TenureFacts) -> Tenure | None:
    rows = Tenure.objects.filter(office=office, person=person, acting=facts.acting, starts_on=facts.starts_on)
    return rows.select_related("office__record", "person").first()


IMPORTER: Final = Importer(
    columns=(
        Column("id", "Id in your list", "What your own list calls the line.", example="T5"),
        Column("office", "Office", "Title, comma, organisation; a reference; or an id in your list of offices.",
               required=True),
        Column("person", "Person", "A name, a reference, or an id in your list of people. Published.", required=True),
        Column("person_email", "E-mail of the person", "Tells people of one name apart. Never published."),
        Column("starts_on", "From", "A day as 2026-11-24; empty when it is not known."),
        Column("ends_on", "Last day", "A day, where it is known."),
        Column("acting", "Acting", "Whether the holder is acting.", choices={"yes": "Yes", "no": "No"}),
    ),
    source_id="id",
    parse=parse,
    apply=apply,
    undo=undo,
    may=officers_load("offices"),
)  # fmt: skip
