"""What groups hold about a person: told to them, and taken out when the law says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from convenor.core.journal.commands import erase_values
from convenor.core.journal.models import Entry
from convenor.core.records.ports import ports
from convenor.core.records.queries import refuse_if_frozen
from convenor.core.records.rules import Viewer
from convenor.domain.groups.commands import steps
from convenor.domain.groups.commands.reports import KIND as REPORT
from convenor.domain.groups.models import Appointment, FormerMember, ReportBack


def register() -> None:
    """Open the doors that records.ports names."""
    ports.erasers["groups"] = erase
    ports.personal_data["groups"] = held_about
    ports.name_claims["groups"] = claims


def claims(person_id: int) -> list[str]:
    """Why the record keeps a name: who sat in a public group is part of it (Archives Act 1983 s 24)."""
    rows = Appointment.objects.filter(person=person_id, named=True, seat__group__record__visibility="public")
    once = FormerMember.objects.filter(person=person_id, group__record__visibility="public").select_related("group")
    sat = [term.seat.group.name for term in rows.select_related("seat__group").order_by("pk")]
    return [f"Sat in {name}." for name in [*sat, *(row.group.name for row in once.order_by("pk"))]]


def held_about(_viewer: Viewer, person_id: int) -> dict[str, Any]:
    """Every appointment of a person: their own, wherever they sat."""
    rows = Appointment.objects.filter(person=person_id).order_by("pk")
    columns = ("seat__group__name", "seat__title", "starts_on", "ends_on", "acting", "instrument", "end_reason")
    once = FormerMember.objects.filter(person=person_id).order_by("pk")
    reports = ReportBack.objects.filter(delegate=person_id).order_by("pk")
    return {
        "appointments": list(rows.values(*columns, "confirmed_at")),
        "former_memberships": list(once.values("group__name", "role", "began", "ended")),
        "reports_back": list(reports.values("group__name", "met_on", "subject")),
    }


def erase(*, by: Viewer, person_id: int, authority: str, now: datetime) -> None:
    """Take out why somebody left, here and in the history. That they sat stays; their name is the profile's matter."""
    rows = Appointment.objects.filter(person=person_id)
    groups = list(rows.values_list("seat__group__record", flat=True).distinct())
    reports = ReportBack.objects.filter(delegate=person_id)
    refuse_if_frozen(now, *([steps.KIND] if groups else []), *([REPORT] if reports.exists() else []))
    rows.update(end_reason="")
    reports.update(delegate=None)
    entries = Entry.objects.filter(record__in=groups, values__field="person", values__after=str(person_id))
    for entry in entries.distinct().prefetch_related("values").order_by("pk"):
        fields = [v.field for v in entry.values.all() if v.field in {"reason", "end_reason"} and v.erased_at is None]
        if fields:
            erase_values(by=by, entry=entry, fields=fields, authority=authority, now=now)
