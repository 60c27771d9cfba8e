"""Who may do what with calls and with what was sent in. One condition a line.

Officers are those who may change the group. Assessors are named for one call, for a time. What somebody sent in is
opened by themselves, by officers, and by assessors who have declared that they have no interest in it. Nobody decides
on a call in which they have a stake, whatever their duty would allow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet, Value
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.records.rules import YES, Verdict, Viewer, no
from convenor.domain.expressions.models import Assessor, Call, CallInterest, Declaration, Expression, Offer
from convenor.domain.groups import permissions as groups
from convenor.domain.groups.models import Group
from convenor.kit.structs import struct

APPLIED: Final = "applied"
ASSISTS: Final = "assists"
DECLARED: Final = "declared"
INTERESTED: Final = "interested"
"""Stakes one may have in a call: one's own expression, one by whom one assists, an interest declared in one, an
interest declared in the whole call."""


@struct
class Holder(Viewer):
    """Whoever holds the secret address of an expression: without a sign-in, and allowed that one thing."""

    expression_id: int | None = None


def is_officer(viewer: Viewer) -> bool:
    """An officer of anything at all."""
    return groups.is_officer(viewer)


def may_add_call(viewer: Viewer, group: Group) -> Verdict:
    """Write a call for a group."""
    return groups.may_edit_group(viewer, group)


def may_edit_call(viewer: Viewer, call: Call) -> Verdict:
    """Change a call, run its selection and offers, read who applied: an officer who has no stake in it."""
    looks_after = groups.may_edit_group(viewer, call.group)
    return _unless_at_stake(stakes(viewer, [call.pk])[call.pk]) if looks_after.ok else looks_after


def stakes(viewer: Viewer, calls: Collection[int]) -> defaultdict[int, set[str]]:
    """Call → what the viewer has at stake in it: APPLIED and so on. One query; none without a sign-in."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    if viewer.person_id is None or not calls:
        return found
    own = applied_of([viewer.person_id]).filter(call__in=calls).values_list("call_id", Value(APPLIED))
    assisted = applied_of(viewer.principals).filter(call__in=calls).values_list("call_id", Value(ASSISTS))
    interests = Declaration.objects.filter(assessor__person=viewer.person_id, conflicted=True)
    declared = interests.filter(assessor__call__in=calls).values_list("assessor__call_id", Value(DECLARED))
    whole = CallInterest.objects.filter(person=viewer.person_id, call__in=calls)
    interested = whole.values_list("call_id", Value(INTERESTED))
    for call, stake in own.union(assisted, declared, interested):
        found[call].add(stake)
    return found


def applied_of(people: Iterable[int]) -> QuerySet[Expression]:
    """What these people sent in, taken back since or not, or may still send in.

    Without a sign-in it is theirs by its address, once that was proved: nobody is kept out of their work by a stranger
    who types their address.
    """
    proved = Q(confirmed_at__isnull=False, email__in=Person.objects.filter(pk__in=people).values("email"))
    sent = Q(submitted_at__isnull=False) | Q(state=Expression.State.DRAFT, call__state=Call.State.PUBLISHED)
    return Expression.objects.filter(sent, Q(person__in=people) | proved)


def _unless_at_stake(found: Collection[str]) -> Verdict:
    if APPLIED in found:
        return no(_("You applied to this call yourself, so somebody else assesses, runs and decides it."))
    if ASSISTS in found:
        return no(_("Somebody whom you assist applied to this call, so others assess, run and decide it."))
    if INTERESTED in found:
        return no(_("You declared an interest in this call, so others assess, run and decide it."))
    if DECLARED in found:
        return no(_("You declared an interest in an expression to this call, so another officer runs and decides it."))
    return YES


def may_begin(viewer: Viewer, expression: Expression | None = None) -> Verdict:
    """Begin an expression: anybody, for themselves. Somebody else's is only known to them."""
    if expression is None or expression.person_id is None or expression.person_id == viewer.person_id:
        return YES
    return no(_("This expression is somebody else's."))


def may_write(viewer: Viewer, expression: Expression) -> Verdict:
    """Change, send in or take back an expression: whose it is, by their sign-in or by its secret address."""
    if viewer.is_system or _is_theirs(viewer, expression):
        return YES
    return no(_("Only the person whose expression it is may do this."))


def may_answer_offer(viewer: Viewer, offer: Offer) -> Verdict:
    """Accept or decline: the person it was made to, or who assists them."""
    if viewer.is_system or _is_theirs(viewer, offer.expression) or viewer.stands_for(offer.expression.person_id):
        return YES
    return no(_("Only the person it was made to can answer this offer."))


def assesses(viewer: Viewer, assessor: Assessor, on: date) -> bool:
    """Whether this is the viewer's own task on the day."""
    in_time = assessor.starts_on <= on and (assessor.ends_on is None or on <= assessor.ends_on)
    return in_time and viewer.person_id is not None and assessor.person_id == viewer.person_id


def may_assess(viewer: Viewer, assessor: Assessor, on: date) -> Verdict:
    """Declare an interest, and score: the assessor themselves, as long as they are named and did not apply.

    An interest in one expression closes that one to them; the others they assess.
    """
    if not assesses(viewer, assessor, on):
        return no(_("Only those named to assess this call may do this."))
    return _unless_at_stake(stakes(viewer, [assessor.call_id])[assessor.call_id] - {DECLARED})


def may_work_signed_in(viewer: Viewer) -> Verdict:
    """Reach what is one's own here: whose it is, is known by the sign-in."""
    return YES if viewer.signed_in else no(_("Sign in to see what is yours here."))


def may_run_clock(viewer: Viewer) -> Verdict:
    """What only the clock does: let offers lapse, purge."""
    return YES if viewer.is_system else no(_("This happens by the clock."))


def _is_theirs(viewer: Viewer, expression: Expression) -> bool:
    if isinstance(viewer, Holder) and viewer.expression_id == expression.pk:
        return True
    return viewer.person_id is not None and viewer.person_id == expression.person_id
