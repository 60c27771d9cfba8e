"""Initiatives: the named reforms and projects that groups are set up for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.records import commands as records
from convenor.core.records.rules import Breach, NotAllowed, Refused, Viewer, refuse_if
from convenor.domain.directory.commands.steps import change_slug, new_slug
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import steps
from convenor.domain.groups.commands.lives import close_group
from convenor.domain.groups.models import Group, Initiative, Parent
from convenor.domain.groups.rules import states, terms
from convenor.kit.structs import struct

KIND = "initiative"


@struct
class InitiativeFacts:
    """What is recorded of an initiative."""

    name: str
    summary: str = ""
    started_on: date | None = None

    def columns(self) -> dict[str, Any]:
        return {"name": self.name.strip(), "summary": self.summary.strip(), "started_on": self.started_on}


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


def end_initiative(
    *,
    by: Viewer,
    initiative: Initiative,
    on: date,
    reason: str,
    now: datetime,
    outcome: str = "",
    close: Collection[int] = (),
) -> Initiative:
    """End an initiative, and say what came of it. `close`: keys of its groups that close with it, on the same day."""
    with transaction.atomic():
        initiative = Initiative.objects.select_for_update(of=("self",)).select_related("record").get(pk=initiative.pk)
        permissions.may_edit_initiative(by, initiative.record_id).require()
        refuse_if([*steps.withdrawn(initiative.record), *_ending(initiative, on, reason, now)])
        columns = {"ended_on": on, "end_reason": reason.strip(), "outcome": outcome.strip()}
        changes = steps.set_values(initiative, columns)
        initiative.save(update_fields=list(columns))
        rows = Group.objects.filter(initiative=initiative, pk__in=list(close)).exclude(state=states.CLOSED)
        groups = list(rows.select_related("record").order_by("pk"))
        for group in _lowest_first(groups):
            _close_with(by, initiative, group, on, now)
        told = sum(group.record.is_public for group in groups)  # who reads this may not know of the others
        changes |= steps.all_new({"groups_closed": told or None})
        steps.note(by, "initiative.ended", initiative.record, now, changes, reason)
        return initiative


def reopen_initiative(*, by: Viewer, initiative: Initiative, reason: str, now: datetime) -> Initiative:
    """Let an initiative go on that had ended. Groups that closed with it are reopened one by one."""
    with transaction.atomic():
        initiative = Initiative.objects.select_for_update(of=("self",)).select_related("record").get(pk=initiative.pk)
        permissions.may_edit_initiative(by, initiative.record_id).require()
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        if initiative.ended_on is None:
            refuse_if([Breach("not-ended", _("The initiative has not ended."))])
        columns = {"ended_on": None, "end_reason": ""}
        changes = steps.set_values(initiative, columns)
        initiative.save(update_fields=list(columns))
        steps.note(by, "initiative.reopened", initiative.record, now, changes, reason)
        return initiative


def _ending(initiative: Initiative, on: date, reason: str, now: datetime) -> list[Breach]:
    if initiative.ended_on is not None:
        return [Breach("ended-already", _("The initiative has ended already."))]
    found = [*terms.reason_needed(reason, _("Say why it ends: anybody can read it.")), *steps.ahead(on, now, "on")]
    if initiative.started_on is not None and on < initiative.started_on:
        found.append(Breach("ends-before-start", _("It cannot end before it started."), "on"))
    return found


def _lowest_first(groups: list[Group]) -> list[Group]:
    """Those that stand under others close before them."""
    keys = {group.pk for group in groups}
    depth: dict[int, int] = dict.fromkeys(keys, 0)
    links = list(Parent.objects.filter(group__in=keys, parent__in=keys, ends_on=None).values_list("group", "parent"))
    for _round in groups:
        for child, parent in links:
            depth[child] = max(depth[child], depth[parent] + 1)
    return sorted(groups, key=lambda group: (-depth[group.pk], group.pk))


def _close_with(by: Viewer, initiative: Initiative, group: Group, on: date, now: datetime) -> None:
    named, unnamed = _("The initiative “%(name)s” ended."), _("The initiative it was part of ended.")
    why = named % {"name": initiative.name} if initiative.record.is_public else unnamed  # the group may be for more
    try:
        close_group(by=by, group=group, on=on, reason=why[:300], now=now)
    except NotAllowed:
        raise
    except Refused as refused:
        found = [Breach(breach.code, f"{group.name}: {breach.text}", "close") for breach in refused.breaches]
        raise Refused(found) from refused
