"""Who may do what with calls and with what was sent in. One condition a line.

Officers are those who may change the group. Assessors are named for one call, for a time. What somebody sent in is
opened by themselves, by officers, and by assessors who have declared that they have no interest in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from convenor.core.records.rules import YES, Verdict, Viewer, no
from convenor.domain.expressions.models import Assessor, Call, Expression, Offer
from convenor.domain.groups import permissions as groups
from convenor.domain.groups.models import Group


@dataclass(frozen=True, slots=True)
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
    """Change a call, run its selection and offers, read who applied."""
    return groups.may_edit_group(viewer, call.group)


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
    """Declare an interest, and score: the assessor themselves, as long as they are named."""
    return YES if assesses(viewer, assessor, on) else no(_("Only those named to assess this call may do this."))


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
