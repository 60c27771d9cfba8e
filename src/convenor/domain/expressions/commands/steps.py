"""What the commands of calls share: the locks, the journal of the public call and of what is personal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from convenor.core.journal import commands as journal
from convenor.core.journal.commands import Change
from convenor.core.records.models import Record
from convenor.core.records.rules import Breach, Viewer, anonymous, refuse_if
from convenor.domain.expressions import permissions
from convenor.domain.expressions.models import Call, Expression
from convenor.domain.expressions.rules import calls
from convenor.domain.groups.commands import steps as groups

KIND: Final = "call"

today = groups.today
refuse_bad_fields = groups.refuse_bad_fields
set_values = groups.set_values
all_new = groups.all_new


def locked(call: Call) -> Call:
    """The call's row as it is now, held until the transaction ends."""
    rows = Call.objects.select_for_update(of=("self",))
    return rows.select_related("record", "group__record", "group__type__model", "group__host__record").get(pk=call.pk)


def opened(by: Viewer, call: Call) -> Call:
    """Lock the call, ask whether `by` looks after it, and refuse what no withdrawn or finished call takes."""
    call = locked(call)
    permissions.may_edit_call(by, call).require()
    refuse_if([*groups.withdrawn(call.record), *_over(call.state)])
    return call


def _over(state: str) -> list[Breach]:
    return calls.must_be(state, *calls.RUNNING, calls.DRAFT)


def phase_of(call: Call, now: datetime) -> str:
    """Where the call is by the clock."""
    return calls.phase(call.state, call.opens_at, call.closes_at, now)


def expression_locked(expression: Expression) -> Expression:
    """The row as it is now, held until the transaction ends."""
    rows = Expression.objects.select_for_update(of=("self",))
    return rows.select_related("call__record", "call__group__record", "organisation", "person").get(pk=expression.pk)


def note_personal(
    by: Viewer, verb: str, expression: Expression, now: datetime, changes: Mapping[str, Change] | None = None
) -> None:
    """An entry about what somebody sent in: of no record, by nobody named, with no value a stranger may read.

    Who applies is nobody's business: the journal lasts for ever, the expression only until its purge. Its key alone
    stands here, and means nothing once the row is gone.
    """
    told = {"expression": (None, expression.pk), "call": (None, expression.call_id), **(changes or {})}
    actor = by if by.person_id != expression.person_id else anonymous(now)
    journal.write(by=actor, verb=verb, record=None, now=now, changes=told)


def note(
    by: Viewer,
    verb: str,
    record: Record,
    now: datetime,
    changes: Mapping[str, Change] | None = None,
    reason: str = "",
    private: Collection[str] = (),
) -> None:
    """An entry of the public call, whose fields strangers may read, but for `private`."""
    public = {*(changes or {}), "reason"} - set(private)
    journal.write(by=by, verb=verb, record=record, now=now, changes=changes, public=public, reason=reason)


def state_change(call: Call, state: str) -> dict[str, Any]:
    """Set a call's state and say so."""
    changes = set_values(call, {"state": state})
    call.save(update_fields=["state"])
    return changes
