"""Who may read a group, its audiences, and what it has promised by when."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from convenor.core.clock import commands as clock
from convenor.core.clock.rules import end_of_day
from convenor.core.records import commands as records
from convenor.core.records import rules as access
from convenor.core.records.rules import Viewer, refuse_if
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import steps
from convenor.domain.groups.models import Group, TermsOfReference
from convenor.domain.groups.rules import states, terms

PUBLIC: Final = "public"
MEMBERS: Final = "members"
REVIEW: Final = "group-review"
SUNSET: Final = "group-sunset"
TERMS_REVIEW: Final = "terms-review"
AUDIENCES: Final = {"members": "Members of %s", "secretariat": "Secretariat of %s"}
"""The audiences each group has: `group:<key of the group>:<word>`."""


def show_group(*, by: Viewer, group: Group, readers: str, reason: str, now: datetime, known: str = "nothing") -> Group:
    """Change who may read a group: everybody, or its members. `known`: what others may know then."""
    with transaction.atomic():
        group = steps.locked(group)
        permissions.may_edit_group(by, group).require()
        refuse_if([*steps.withdrawn(group.record), *terms.reason_needed(reason, "Say why: it is kept in the history.")])
        before = group.record.visibility
        set_readers(group, readers, now, known, reason.strip())
        changes = {"visibility": (before, group.record.visibility)}
        steps.note(by, "group.shown", group.record, now, changes, reason)
        return group


def withdraw_group(*, by: Viewer, group: Group, reason: str, now: datetime) -> Group:
    """Take out of the lists a group that should not have been there. Its page stays and says so."""
    with transaction.atomic():
        group = steps.locked(group)
        permissions.may_edit_group(by, group).require()
        refuse_if([*steps.withdrawn(group.record), *terms.reason_needed(reason, "Say why: it is kept in the history.")])
        records.withdraw(group.record)
        drop_promises(group)
        steps.note(by, "group.withdrawn", group.record, now, {"record_state": ("live", "withdrawn")}, reason)
        return group


def restore_group(*, by: Viewer, group: Group, reason: str, now: datetime) -> Group:
    """Bring back a group that was withdrawn."""
    with transaction.atomic():
        group = steps.locked(group)
        permissions.may_edit_group(by, group).require()
        refuse_if(
            [
                *terms.reason_needed(reason, "Say why: it is kept in the history."),
                *steps.only_one(group, steps.today(now)),
            ]
        )
        records.restore(group.record)
        keep_promises(group, now)
        steps.note(by, "group.restored", group.record, now, {"record_state": ("withdrawn", "live")}, reason)
        return group


def name_audiences(group: Group) -> None:
    """Make the group's audiences, or give them its new name."""
    for word, label in AUDIENCES.items():
        made = records.audience(f"group:{group.pk}:{word}", label % group.name)
        if made.label != (label % group.name)[:200]:
            made.label = (label % group.name)[:200]
            made.save(update_fields=["label"])


def set_readers(group: Group, readers: str, now: datetime, known: str, why: str) -> None:
    """The step that shows the group to everybody, or to its members only."""
    if readers == PUBLIC:
        records.show_to(group.record, now=now, visibility=access.PUBLIC)
        return
    members = records.audience(f"group:{group.pk}:members", AUDIENCES["members"] % group.name)
    records.show_to(
        group.record,
        now=now,
        visibility=access.AUDIENCE,
        audience=members,
        disclosure=known,
        withheld_reason=why if known != access.DISCLOSE_NOTHING else "",
    )


def keep_promises(group: Group, now: datetime) -> None:
    """The review and the sunset are promises with a clock (DESIGN, principle 8)."""
    current = TermsOfReference.objects.filter(group=group, in_force_from__isnull=False, in_force_to=None).first()
    terms_due = current.review_due_on if current else None
    for kind, day in ((REVIEW, group.review_due_on), (SUNSET, group.sunset_on), (TERMS_REVIEW, terms_due)):
        if day is None or group.state == states.CLOSED:
            clock.drop_deadline(record=group.record, kind=kind)
        else:
            clock.set_deadline(record=group.record, kind=kind, due_at=end_of_day(day, settings.TIME_ZONE), now=now)


def drop_promises(group: Group) -> None:
    """A group that is closed or withdrawn owes no review."""
    for kind in (REVIEW, SUNSET, TERMS_REVIEW):
        clock.drop_deadline(record=group.record, kind=kind)
