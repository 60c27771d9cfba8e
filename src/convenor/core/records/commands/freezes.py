"""Disposal freezes: set on kinds of record from a day, and lifted again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from convenor.core.records import permissions, queries, rules
from convenor.core.records.models import Freeze
from convenor.core.records.ports import write_entry
from convenor.core.records.registry import registry
from convenor.core.records.rules import FreezeFacts, Viewer, refuse_if


def set_freezes(*, by: Viewer, facts: FreezeFacts, now: datetime) -> list[Freeze]:
    """Let nothing be destroyed that belongs to records of these kinds, from a day on: one row and entry for each."""
    with transaction.atomic():
        list(Freeze.objects.select_for_update().filter(lifted_at=None))
        permissions.may_freeze(by).require()
        frozen = queries.open_freezes(facts.kinds)
        refuse_if(rules.check_freeze(facts, localdate(now), known=registry.kinds, frozen=frozen))
        return [_set(by, facts, kind, now) for kind in sorted(set(facts.kinds))]


def lift_freeze(*, by: Viewer, freeze: Freeze, reason: str, now: datetime) -> Freeze:
    """Let things be destroyed again: what was due meanwhile goes at the next round of each job."""
    with transaction.atomic():
        freeze = Freeze.objects.select_for_update().get(pk=freeze.pk)
        permissions.may_freeze(by).require()
        refuse_if(rules.check_lift(lifted=freeze.lifted_at is not None, reason=reason))
        freeze.lifted_at, freeze.lift_reason = now, reason.strip()[:300]
        freeze.save(update_fields=["lifted_at", "lift_reason"])
        changes = {"freeze": (None, freeze.pk), "kind": (None, freeze.kind), "lifted_at": (None, now)}
        write_entry(by=by, verb="freeze.lifted", record=None, now=now, changes=changes, reason=freeze.lift_reason)
        return freeze


def _set(by: Viewer, facts: FreezeFacts, kind: str, now: datetime) -> Freeze:
    made = Freeze.objects.create(
        kind=kind,
        starts_on=facts.starts_on,
        reason=facts.reason.strip()[:300],
        authority=facts.authority.strip()[:120],
        set_at=now,
    )
    told = {"freeze": made.pk, "kind": kind, "starts_on": made.starts_on, "authority": made.authority}
    changes = {name: (None, value) for name, value in told.items()}
    write_entry(by=by, verb="freeze.set", record=None, now=now, changes=changes, reason=made.reason)
    return made
