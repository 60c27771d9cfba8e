"""Initiatives: the named reforms and projects that groups are set up for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from convenor.core.records import commands as records
from convenor.core.records.rules import Viewer, refuse_if
from convenor.domain.directory.commands.steps import change_slug, new_slug
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import steps
from convenor.domain.groups.models import Initiative

KIND = "initiative"


@dataclass(frozen=True, slots=True)
class InitiativeFacts:
    """What is recorded of an initiative."""

    name: str
    summary: str = ""

    def columns(self) -> dict[str, str]:
        return {"name": self.name.strip(), "summary": self.summary.strip()}


def create_initiative(*, by: Viewer, facts: InitiativeFacts, now: datetime) -> Initiative:
    """Add an initiative, in public."""
    with transaction.atomic():
        permissions.may_edit_initiative(by).require()
        initiative = Initiative(**facts.columns())
        steps.refuse_bad_fields(initiative, but=("slug",))
        initiative.slug = new_slug(Initiative, KIND, initiative.name)
        initiative.record = records.create_record(kind=KIND, title=initiative.name, now=now)
        initiative.save()
        steps.note(by, "initiative.created", initiative.record, now, steps.all_new(facts.columns()))
        return initiative


def edit_initiative(
    *, by: Viewer, initiative: Initiative, facts: InitiativeFacts, now: datetime, reason: str = ""
) -> Initiative:
    """Change an initiative. A new name changes its address; the old one still leads here."""
    with transaction.atomic():
        initiative = Initiative.objects.select_for_update(of=("self",)).select_related("record").get(pk=initiative.pk)
        permissions.may_edit_initiative(by, initiative.record_id).require()
        refuse_if(steps.withdrawn(initiative.record))
        changes = steps.set_values(initiative, facts.columns())
        if not changes:
            return initiative
        if "name" in changes:
            records.retitle(initiative.record, initiative.name)
            change_slug(initiative, KIND, initiative.name, now)
        initiative.save()
        steps.note(by, "initiative.edited", initiative.record, now, changes, reason)
        return initiative
