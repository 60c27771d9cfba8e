"""Rare personal exceptions: one person may, or may not, read one record for a time, for a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts import permissions, rules
from convenor.core.accounts.models import AccessRow, Person
from convenor.core.records.models import Record
from convenor.core.records.ports import write_entry
from convenor.core.records.rules import Breach, Viewer, refuse_if


def grant_access(
    *,
    by: Viewer,
    person: Person,
    record: Record,
    allow: bool,
    reason: str,
    now: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> AccessRow:
    """Allow one person to read a record, or deny it to them; a denial beats everything else."""
    starts = starts_at or now
    with transaction.atomic():
        record = Record.objects.select_for_update(of=("self",)).get(pk=record.pk)
        permissions.may_grant_access(by, record, person.pk).require()
        refuse_if(
            [
                *rules.check_not_erased(person.erased_at),
                *rules.check_reason(reason),
                *rules.check_period(starts, ends_at),
            ]
        )
        row = AccessRow.objects.create(
            person=person, record=record, allow=allow, reason=reason, starts_at=starts, ends_at=ends_at
        )
        changes = {**_facts(row), "starts_at": (None, starts), "ends_at": (None, ends_at)}
        verb = "access.allowed" if allow else "access.denied"
        write_entry(by=by, verb=verb, record=None, now=now, changes=changes, reason=reason)
        return row


def end_access(*, by: Viewer, row: AccessRow, reason: str, now: datetime) -> AccessRow:
    """End an exception now; one that never began is taken back. Nobody ends their own denial."""
    with transaction.atomic():
        row = AccessRow.objects.select_for_update(of=("self",)).select_related("record").get(pk=row.pk)
        permissions.may_grant_access(by, row.record, row.person_id).require()
        refuse_if([*rules.check_reason(reason), *_ended(row, now)])
        changes = {**_facts(row), "ends_at": (row.ends_at, now)}
        if row.starts_at >= now:
            row.delete()
        else:
            row.ends_at = now
            row.save(update_fields=["ends_at"])
        write_entry(by=by, verb="access.ended", record=None, now=now, changes=changes, reason=reason)
        return row


def _facts(row: AccessRow) -> dict[str, tuple[object, object]]:
    return {"person": (None, row.person_id), "record": (None, row.record.ref), "allow": (None, row.allow)}


def _ended(row: AccessRow, now: datetime) -> list[Breach]:
    if row.ends_at is not None and row.ends_at <= now:
        return [Breach("access-ended", _("This has ended already."))]
    return []
