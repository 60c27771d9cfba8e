"""Loading offices with who holds them from a spreadsheet, through the commands, and taking them back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from convenor.core.accounts.models import Person
from convenor.core.exchange.queries import kept_row
from convenor.core.exchange.resources import Column, Importer, Loaded, Loading, breach
from convenor.core.records.rules import LIVE, Breach, Refused, Viewer
from convenor.domain.directory import commands
from convenor.domain.directory.commands import OfficeFacts, PersonFacts, TenureFacts
from convenor.domain.directory.models import Office, Organisation, RoleClass, Tenure
from convenor.domain.directory.queries import people_named
from convenor.domain.directory.resources.loaders import officers_load
from convenor.domain.directory.resources.uploads_of_organisations import day_of, organisation_meant
from convenor.kit.structs import struct


@struct
class OfficeRow:
    """One line of an upload: an office, and who holds it where that is said."""

    organisation: str
    facts: OfficeFacts
    holder: str
    email: str
    tenure: TenureFacts


def prepare(viewer: Viewer, now: datetime) -> dict[str, RoleClass]:  # noqa: ARG001 - the shape of Importer.prepare
    return {role.slug: role for role in RoleClass.objects.all()}


def parse(row: Mapping[str, str], prepared: Mapping[str, RoleClass]) -> OfficeRow | list[Breach]:
    """A line as facts, or what is wrong with its cells."""
    wrong: list[Breach] = []
    days = {name: day_of(row.get(name, ""), name, wrong) for name in ("created_on", "holder_from", "holder_to")}
    if not row.get("holder") and any(row.get(name) for name in ("holder_email", "holder_from", "holder_to", "acting")):
        wrong.append(breach("holder", "Say who holds it, or leave the columns about the holder empty."))
    if wrong:
        return wrong
    acting = row.get("acting", "") == "yes"
    return OfficeRow(
        organisation=row["organisation"],
        facts=OfficeFacts(row["title"], prepared.get(row.get("role", "")), days["created_on"]),
        holder=row.get("holder", ""),
        email=row.get("holder_email", ""),
        tenure=TenureFacts(days["holder_from"], days["holder_to"], acting),
    )


def apply(row: OfficeRow, loading: Loading) -> Loaded:
    """Make or change the office; then record who holds it, unless that stands there already."""
    organisation = organisation_meant(loading, row.organisation, "organisation")
    office, kept = _office(row, organisation, loading)
    tenure = _tenure(row, office, loading) if row.holder else None
    undo_with = {**kept, "tenure": tenure.pk if tenure else None}
    if kept["made"]:
        return Loaded(office.record, "created", undo_with)
    same = kept["before"] == _remembered(office) and tenure is None and not kept["restored"]
    return Loaded(office.record, "unchanged" if same else "changed", undo_with)


def _office(row: OfficeRow, organisation: Organisation, loading: Loading) -> tuple[Office, dict[str, Any]]:
    there = _there(row, organisation, loading)
    if there is None:
        made = commands.create_office(by=loading.by, organisation=organisation, facts=row.facts, now=loading.now)
        return made, {"made": True, "before": None, "restored": False}
    if there.organisation_id != organisation.pk:
        raise Refused([breach("organisation", "The office belongs to another organisation: record a change instead.")])
    restored = there.record.state != LIVE
    if restored:
        commands.restore_office(by=loading.by, office=there, reason=loading.reason, now=loading.now)
    kept = {"made": False, "before": _remembered(there), "restored": restored}
    changed = commands.edit_office(by=loading.by, office=there, facts=row.facts, now=loading.now, reason=loading.reason)
    return changed, kept


def _there(row: OfficeRow, organisation: Organisation, loading: Loading) -> Office | None:
    """The office this line stands for: by what it made before, else by title in its organisation."""
    rows = Office.objects.select_related("record", "organisation", "role_class")
    if loading.record is not None:
        return rows.get(record=loading.record)
    present = rows.filter(organisation=organisation, title__iexact=row.facts.title.strip(), abolished_on=None)
    return present.live().first()


def _tenure(row: OfficeRow, office: Office, loading: Loading) -> Tenure | None:
    """The tenure that was recorded; None when it stands there already."""
    person = _person(row, loading)
    if isinstance(person, Person) and _held_already(row, office, person):
        return None
    return commands.seat_holder(by=loading.by, office=office, person=person, facts=row.tenure, now=loading.now)


def _held_already(row: OfficeRow, office: Office, person: Person) -> bool:
    days = {"starts_on": row.tenure.starts_on, "ends_on": row.tenure.ends_on, "acting": row.tenure.acting}
    return Tenure.objects.filter(office=office, person=person, **days).exists()


def _person(row: OfficeRow, loading: Loading) -> Person | PersonFacts:
    found = people_named(loading.by, row.email or row.holder)
    if len(found) > 1:
        text = f"{len(found)} people here are called “{row.holder[:80]}”: give the e-mail address of the right one."
        raise Refused([breach("holder", text)])
    return found[0] if found else PersonFacts(name=row.holder, email=row.email)


def undo(loaded: Loaded, loading: Loading) -> None:
    """Take the holder out again; withdraw what was made; put back what was changed."""
    office = Office.objects.get(record=loaded.record)
    tenure = kept_row(Tenure.objects.all(), loaded, "tenure")
    if tenure is not None:
        commands.remove_tenure(by=loading.by, tenure=tenure, reason=loading.reason, now=loading.now)
    if loaded.undo["before"] is not None:
        facts = _recalled(loaded.undo["before"])
        commands.edit_office(by=loading.by, office=office, facts=facts, now=loading.now, reason=loading.reason)
    if loaded.undo["made"] or loaded.undo["restored"]:
        commands.withdraw_office(by=loading.by, office=office, reason=loading.reason, now=loading.now)


def _remembered(office: Office) -> dict[str, Any]:
    created = office.created_on.isoformat() if office.created_on else None
    return {"title": office.title, "role_class": office.role_class_id, "created_on": created}


def _recalled(before: Mapping[str, Any]) -> OfficeFacts:
    created = date.fromisoformat(before["created_on"]) if before["created_on"] else None
    return OfficeFacts(before["title"], RoleClass.objects.filter(pk=before["role_class"] or 0).first(), created)


def _roles() -> dict[str, str]:
    return dict(RoleClass.objects.order_by("name").values_list("slug", "name"))


IMPORTER: Final = Importer(
    columns=(
        Column(
            "id", "Id in your list", "What your own list calls it. Loading the same id again changes it.", example="4"
        ),
        Column("organisation", "Organisation", "Its name, reference, ABN or id in your list.", required=True),
        Column("title", "Title", "Without the organisation.", required=True, example="Chief Information Officer"),
        Column("role", "Role", "What the rules of groups know it as.", choices=_roles),
        Column("created_on", "Created", "A day as 2026-11-24, where it is known."),
        Column("holder", "Held by", "The name of who holds it. It is published.", example="Ada Notional"),
        Column("holder_email", "E-mail of the holder", "Tells people of one name apart. Never published."),
        Column("holder_from", "Held from", "A day as 2026-11-24; empty when it is not known.", example="2024-02-01"),
        Column("holder_to", "Held until", "The last day, where it is known."),
        Column("acting", "Acting", "Whether the holder is acting.", choices={"yes": "Yes", "no": "No"}),
    ),
    source_id="id",
    parse=parse,
    apply=apply,
    undo=undo,
    may=officers_load("offices"),
    prepare=prepare,
)
