"""Assistants: who may read what a principal reads and, where allowed, answer for them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts import permissions, rules
from convenor.core.accounts.models import Assistance, Person
from convenor.core.accounts.queries import in_force, lock_person
from convenor.core.records.ports import write_entry
from convenor.core.records.rules import Breach, Viewer, refuse_if


def appoint_assistant(
    *,
    by: Viewer,
    principal: Person,
    assistant: Person,
    now: datetime,
    may_answer: bool = False,
    ends_at: datetime | None = None,
) -> Assistance:
    """Appoint an assistant from now on."""
    with transaction.atomic():
        principal = lock_person(principal.pk)
        permissions.may_appoint_assistant(by, principal).require()
        there = Assistance.objects.filter(in_force(now), principal=principal, assistant=assistant).exists()
        refuse_if(
            [
                *rules.check_assistance(
                    principal_id=principal.pk, assistant_id=assistant.pk, active=assistant.is_active, already=there
                ),
                *rules.check_period(now, ends_at),
            ]
        )
        made = Assistance.objects.create(
            principal=principal, assistant=assistant, may_answer=may_answer, starts_at=now, ends_at=ends_at
        )
        changes = {**_facts(made), "may_answer": (None, may_answer), "ends_at": (None, ends_at)}
        write_entry(by=by, verb="assistance.begun", record=None, now=now, changes=changes)
        return made


def end_assistance(*, by: Viewer, assistance: Assistance, now: datetime) -> Assistance:
    """End it now, by the principal, the assistant or an officer."""
    with transaction.atomic():
        row = Assistance.objects.select_for_update(of=("self",)).select_related("principal").get(pk=assistance.pk)
        permissions.may_end_assistance(by, row).require()
        refuse_if(_ended(row, now))
        row.ends_at = now
        row.save(update_fields=["ends_at"])
        changes = {**_facts(row), "ends_at": (assistance.ends_at, now)}
        write_entry(by=by, verb="assistance.ended", record=None, now=now, changes=changes)
        return row


def _facts(row: Assistance) -> dict[str, tuple[object, object]]:
    return {"person": (None, row.principal_id), "assistant": (None, row.assistant_id)}


def _ended(row: Assistance, now: datetime) -> list[Breach]:
    if row.ends_at is not None and row.ends_at <= now:
        return [Breach("assistance-ended", _("This has ended already."))]
    return []
