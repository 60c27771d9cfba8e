"""Chapter three: partnerships, and what happened outside meetings."""

from __future__ import annotations

from typing import Any

from convenor.domain.directory.commands.contacts import ContactFacts, log_contact
from convenor.domain.directory.commands.partnerships import PartnershipFacts, StageFacts, create_partnership
from convenor.web.demo.telling import Telling


def tell(telling: Telling) -> None:
    for row in telling.rows("partnerships"):
        _partnership(telling, row)
    for row in telling.rows("contacts"):
        _contact(telling, row)


def _partnership(telling: Telling, row: dict[str, Any]) -> None:
    host, *others = (telling.organisations[key] for key in row["parties"])
    facts = PartnershipFacts(
        name=row["name"],
        host=host,
        kind=row["kind"],
        purpose=row["purpose"],
        parties=tuple((party, "") for party in others),
    )
    first = row["stages"][0]
    stage = StageFacts(stage=first["stage"], on=telling.on(first["months"]), note=first["note"])
    create_partnership(by=telling.by, facts=facts, stage=stage, now=telling.now)


def _contact(telling: Telling, row: dict[str, Any]) -> None:
    facts = ContactFacts(
        host=telling.organisations["dta"],
        nature=row["nature"],
        formal=row["formal"],
        on=telling.on(row["months"]),
        subject=row["subject"],
        about=row["about"],
        outcome=row["outcome"],
        organisations=tuple(telling.organisations[key] for key in row["organisations"]),
    )
    log_contact(by=telling.by, facts=facts, now=telling.now)
