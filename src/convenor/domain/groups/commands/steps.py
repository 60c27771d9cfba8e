"""What the commands of groups share: the lock, the day, the journal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import models

from convenor.core.journal import commands as journal
from convenor.core.journal.commands import Change
from convenor.core.records.models import Record
from convenor.core.records.rules import LIVE, Breach, Viewer, refuse_if
from convenor.domain.directory.commands import steps as directory
from convenor.domain.engagement import rules as engagement
from convenor.domain.engagement.models import GroupType
from convenor.domain.groups import permissions
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import states
from convenor.kit.once import drop, forget, once

KIND: Final = "group"
ADDS: Final = ("group.created", "group.parent-set", "group.chair-started", "group.chair-struck")
"""Verbs after which nothing but this group's course is other than before."""
WHO_SITS: Final = (
    "group.person-",
    "group.appointment-",
    "group.confirmation-",
    "group.former-member-",
    "group.seat-added",
    "group.seat-struck",
)
"""Verbs after which a group's course is as before, or has been kept up by the command itself."""

today = directory.local_day
refuse_bad_fields = directory.refuse_bad_fields


def locked(group: Group) -> Group:
    """The group's row as it is now, held until the transaction ends: whatever is counted under it stays so."""
    return once(("group", group.pk), lambda: _locked(group))


def _locked(group: Group) -> Group:
    rows = Group.objects.select_for_update(of=("self",))
    return rows.select_related("record", "type__model", "host__record", "initiative__record").get(pk=group.pk)


def opened(by: Viewer, group: Group) -> Group:
    """Lock the group, ask whether `by` may change it, and refuse what no closed or withdrawn group takes."""
    group = locked(group)
    permissions.may_edit_group(by, group).require()
    refuse_if([*withdrawn(group.record), *states.open_breaches(group.state)])
    return group


def withdrawn(record: Record) -> list[Breach]:
    """Nothing changes in what has been withdrawn."""
    if record.state == LIVE:
        return []
    return [Breach("withdrawn", "This has been withdrawn. Restore it before changing it.")]


def set_values(row: models.Model, columns: Mapping[str, Any]) -> dict[str, Change]:
    """Set what differs, check that the columns can hold it, and say what changed."""
    changes: dict[str, Change] = {}
    for name, value in columns.items():
        before = getattr(row, name)
        if before != value:
            changes[name] = (plain(before), plain(value))
            setattr(row, name, value)
    if changes:
        refuse_bad_fields(row, but=("slug",))
    return changes


def all_new(columns: Mapping[str, Any]) -> dict[str, Change]:
    """What a creation writes in the journal: everything that was given."""
    return {name: (None, plain(value)) for name, value in columns.items() if value not in (None, "", ())}


def plain(value: Any) -> Any:
    """A value as the journal keeps it. Records go by their ref: who may not read one reads no name in a history."""
    if isinstance(value, models.Model):
        record = getattr(value, "record", None)
        return record.ref if record is not None else str(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def note(
    by: Viewer,
    verb: str,
    record: Record,
    now: datetime,
    changes: Mapping[str, Change] | None = None,
    reason: str = "",
    private: Collection[str] = (),
    on_behalf_of: int | None = None,
) -> None:
    """A journal entry whose fields strangers may read, but for `private`. on_behalf_of: whom an assistant acted for."""
    if verb in ADDS:
        drop(("course", record.pk))
    elif not verb.startswith(WHO_SITS):
        forget()
    public = {*(changes or {}), "reason"} - set(private)
    journal.write(
        by=by,
        verb=verb,
        record=record,
        now=now,
        changes=changes,
        public=public,
        reason=reason,
        on_behalf_of=on_behalf_of,
    )


def hold_type(group_type: GroupType | None) -> None:
    """Those who set up groups of one type take turns, so that a type for one body never gets two."""
    if group_type is not None:
        GroupType.objects.select_for_update().get(pk=group_type.pk)


def ahead(day: date | None, now: datetime, field: str) -> list[Breach]:
    """What has not happened is not recorded."""
    if day is None or day <= today(now):
        return []
    return [Breach("not-yet", "This day lies ahead: record it when it has come.", field)]


def only_one(group: Group, on: date) -> list[Breach]:
    """A type that stands for one body has one living group."""
    rules = values.rules_of(group, on)
    if rules is None or group.type is None:
        return []
    return engagement.check_only_one(rules, values.others_alive(group.type, but=group))
