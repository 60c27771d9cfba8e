"""The life of the story's groups: terms of reference in versions, a report back, something delivered."""

from __future__ import annotations

from convenor.domain.groups.commands.deliveries import DeliveryFacts, record_delivery
from convenor.domain.groups.commands.reports import ReportFacts, file_report
from convenor.domain.groups.commands.tor import Endorsement, TermsFacts, draft_terms, endorse_terms
from convenor.domain.groups.queries.chairs import chairs_of
from convenor.domain.groups.queries.tor import still_to_endorse
from convenor.web.demo.telling import Telling


def tell(telling: Telling) -> None:
    for row in telling.rows("terms"):
        facts = TermsFacts(row["sections"], row.get("changed", ""), telling.day(row.get("review")), "members")
        made = draft_terms(by=telling.by, group=telling.groups[row["group"]], facts=facts, now=telling.now)
        if "endorsed_by" in row:
            on = telling.local_day()
            for seat in still_to_endorse(made, chairs_of(made.group, on)):  # each co-chair, before it is in force
                said = Endorsement(on, seat, row["meeting"])
                endorse_terms(by=telling.by, version=made, endorsement=said, now=telling.now)
            wanted = Endorsement(on, row["endorsed_by"], row["meeting"], in_force_from=on if row["in_force"] else None)
            endorse_terms(by=telling.by, version=made, endorsement=wanted, now=telling.now)
    for row in telling.rows("reports"):
        told = ReportFacts(telling.day(row["day"]) or telling.local_day(), row["subject"], row["said"], row["means"])
        file_report(by=telling.by, group=telling.groups[row["group"]], facts=told, now=telling.now)
    for row in telling.rows("deliveries"):
        what = DeliveryFacts(row["what"], telling.day(row["day"]) or telling.local_day(), note=row.get("note", ""))
        record_delivery(by=telling.by, group=telling.groups[row["group"]], facts=what, now=telling.now)
