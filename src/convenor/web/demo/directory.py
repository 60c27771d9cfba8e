"""Chapter one: the organisations, what became of them, their offices and who holds them."""

from __future__ import annotations

from typing import Any

from convenor.domain.directory.commands.changes import ChangePlan, Successor, record_change
from convenor.domain.directory.commands.offices import OfficeFacts, create_office
from convenor.domain.directory.commands.organisations import OrganisationFacts, create_organisation
from convenor.domain.directory.commands.tenures import TenureFacts, start_tenure
from convenor.domain.directory.models import OrganisationKind, RoleClass, Segment
from convenor.web.demo.telling import Telling


def tell(telling: Telling) -> None:
    renamed = {row["organisation"]: row for row in telling.rows("changes")}
    for row in telling.rows("organisations"):
        _organisation(telling, row, renamed.get(row["key"], {}).get("old_name") or row["name"])
    for row in telling.rows("changes"):
        _rename(telling, row)
    for row in telling.rows("offices"):
        _office(telling, row)
    for row in telling.rows("tenures"):
        _tenure(telling, row)


def _organisation(telling: Telling, row: dict[str, Any], name: str) -> None:
    facts = OrganisationFacts(
        name=name,
        kind=OrganisationKind.objects.get(slug=row["kind"]),
        short_name=row.get("short", "") if name == row["name"] else "",
        parent=telling.organisations.get(row.get("parent", "")),
        segments=tuple(Segment.objects.filter(slug__in=row.get("segments", ()))),
        website=row.get("website", ""),
        summary=row.get("summary", ""),
    )
    telling.organisations[row["key"]] = create_organisation(by=telling.by, facts=facts, now=telling.now)


def _rename(telling: Telling, row: dict[str, Any]) -> None:
    body = telling.organisations[row["organisation"]]
    full = next(item for item in telling.rows("organisations") if item["key"] == row["organisation"])
    plan = ChangePlan(
        kind=row["kind"],
        on=row["day"],
        before=(body,),
        after=(Successor(organisation=body),),
        name=full["name"],
        short_name=full.get("short", ""),
        note=row["note"],
    )
    record_change(by=telling.by, plan=plan, now=telling.now)
    body.refresh_from_db()


def _office(telling: Telling, row: dict[str, Any]) -> None:
    facts = OfficeFacts(title=row["title"], role_class=RoleClass.objects.get(slug=row["role"]))
    office = create_office(
        by=telling.by, organisation=telling.organisations[row["organisation"]], facts=facts, now=telling.now
    )
    telling.offices[row["key"]] = office


def _tenure(telling: Telling, row: dict[str, Any]) -> None:
    facts = TenureFacts(
        starts_on=telling.day(row.get("from")), ends_on=_last_day(telling, row), acting=row.get("acting", False)
    )
    start_tenure(
        by=telling.by,
        office=telling.offices[row["office"]],
        person=telling.person(row["person"]),
        facts=facts,
        now=telling.now,
    )


def _last_day(telling: Telling, row: dict[str, Any]) -> Any:
    """The day before the month mark, so that a successor may start on it."""
    from_day = telling.day(row.get("to"))
    return from_day and from_day.fromordinal(from_day.toordinal() - 1)
