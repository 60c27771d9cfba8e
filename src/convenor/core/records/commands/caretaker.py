"""Caretaker periods: begun from a day, and ended."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from convenor.core.records import caretaker, permissions, rules
from convenor.core.records.models import CaretakerPeriod
from convenor.core.records.ports import write_entry
from convenor.core.records.rules import CaretakerFacts, Viewer, refuse_if


def begin_caretaker(*, by: Viewer, facts: CaretakerFacts, now: datetime) -> CaretakerPeriod:
    """Keep to caretaker conventions from a day on: every page says so, and what apps hold waits."""
    with transaction.atomic():
        others = [row.facts for row in CaretakerPeriod.objects.select_for_update().filter(ended_at=None)]
        permissions.may_set_caretaker(by).require()
        refuse_if(rules.check_caretaker(facts, localdate(now), others))
        note = facts.note.strip()[:300]
        made = CaretakerPeriod.objects.create(begins_on=facts.begins_on, ends_on=facts.ends_on, note=note, set_at=now)
        told = {"period": made.pk, "begins_on": made.begins_on, "ends_on": made.ends_on, "note": made.note}
        changes = {name: (None, value) for name, value in told.items()}
        write_entry(by=by, verb="caretaker.begun", record=None, now=now, changes=changes)
        caretaker.forget()
        return made


def end_caretaker(*, by: Viewer, period: CaretakerPeriod, reason: str, now: datetime) -> CaretakerPeriod:
    """End it at once, or take it back before it has begun."""
    with transaction.atomic():
        period = CaretakerPeriod.objects.select_for_update().get(pk=period.pk)
        permissions.may_set_caretaker(by).require()
        over = period.ends_on is not None and period.ends_on < localdate(now)
        refuse_if(rules.check_caretaker_end(ended=period.ended_at is not None or over, reason=reason))
        period.ended_at, period.end_reason = now, reason.strip()[:300]
        period.save(update_fields=["ended_at", "end_reason"])
        changes = {"period": (None, period.pk), "ended_at": (None, now)}
        write_entry(by=by, verb="caretaker.ended", record=None, now=now, changes=changes, reason=period.end_reason)
        caretaker.forget()
        return period
