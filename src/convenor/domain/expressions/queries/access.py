"""One call, one expression: or 404, never a hint that it exists."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.timezone import localdate

from convenor.core.accounts.models import DutyAssignment, Person
from convenor.core.records.prepared import PreparedFor
from convenor.core.records.rules import Breach, DutyHeld, Viewer
from convenor.domain.expressions import permissions
from convenor.domain.expressions.models import (
    Assessor,
    Call,
    CallInterest,
    CallQuerySet,
    Draw,
    Expression,
    Moderation,
    Offer,
)
from convenor.domain.expressions.rules.calls import apart
from convenor.domain.groups.permissions import OFFICER, may_edit_group

KIND = "call"


def calls(viewer: Viewer) -> CallQuerySet:
    """The calls this viewer may read."""
    rows = Call.objects.select_related("record", "group__record", "group__type__model__record", "group__host__record")
    return rows.visible_to(viewer)


def access_call(viewer: Viewer, slug: str) -> Call:
    """The call at this address, or 404."""
    found = ONE_CALL.rows(viewer, slug=slug)
    if not found:
        raise Http404
    return found[0]


def _at(viewer: Viewer, slug: Any) -> QuerySet[Call]:
    return calls(viewer).filter(slug=slug)[:1]


ONE_CALL: Final = PreparedFor(_at)


def access_edited(viewer: Viewer, slug: str) -> Call:
    """The call, for an officer who looks after it; NotAllowed for those who may read it."""
    call = access_call(viewer, slug)
    permissions.may_edit_call(viewer, call).require()
    return call


def access_draw(viewer: Viewer, call: Call, number: int) -> Draw:
    """A selection of a call that the viewer may read, or 404."""
    found = Draw.objects.visible_to(viewer).filter(call=call, number=number).first()
    if found is None:
        raise Http404
    return found


def my_assessor(viewer: Viewer, call: Call) -> Assessor | None:
    """The viewer as one who assesses this call today."""
    today = localdate(viewer.now)
    rows = Assessor.objects.filter(call=call, person=viewer.person_id or 0, starts_on__lte=today)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=today)).first()


def access_to_assess(viewer: Viewer, slug: str) -> tuple[Call, Assessor]:
    """The call and the viewer's own task in it; 404 for everybody else, once they have signed in.

    NotAllowed for who was named, and applied.
    """
    call = access_call(viewer, slug)
    permissions.may_work_signed_in(viewer).require()
    assessor = my_assessor(viewer, call)
    if assessor is None:
        raise Http404
    permissions.may_assess(viewer, assessor, localdate(viewer.now)).require()
    return call, assessor


def sent_in(call: Call) -> list[Expression]:
    """Everything that was sent in and not taken back, by the time it came."""
    rows = Expression.objects.filter(call=call, state=Expression.State.SUBMITTED).select_related("organisation")
    return list(rows.order_by("submitted_at", "pk"))


def access_to_work(viewer: Viewer, call: Call, reference: str) -> Expression:
    """An expression for the officer who runs the call, or 404."""
    permissions.may_edit_call(viewer, call).require()
    rows = Expression.objects.filter(call=call, reference=reference).select_related("organisation", "person", "call")
    found = rows.exclude(state=Expression.State.DRAFT, late_until=None).first()
    if found is None:
        raise Http404
    return found


def access_to_score(assessor: Assessor, reference: str) -> Expression:
    """An expression for an assessor who has declared that they have no interest in it, or 404."""
    rows = Expression.objects.filter(
        call=assessor.call_id,
        reference=reference,
        state=Expression.State.SUBMITTED,
        declarations__assessor=assessor,
        declarations__conflicted=False,
    )
    found = rows.select_related("call").first()
    if found is None:
        raise Http404
    return found


def hashed(token: str) -> str:
    """What is kept of a secret address."""
    return hashlib.sha256(token.encode()).hexdigest()


def expression_by_token(token: str) -> Expression:
    """The expression of a secret address, or 404. Looked up by the hash: no comparison tells how near a guess was."""
    rows = Expression.objects.filter(return_links__token_hash=hashed(token))
    found = rows.select_related("call__record", "call__group__record", "organisation", "person").first()
    if found is None:
        raise Http404
    return found


def my_expression(viewer: Viewer, call: Call) -> Expression | None:
    """What the signed-in viewer has begun or sent in for this call."""
    if viewer.person_id is None:
        return None
    rows = Expression.objects.filter(call=call, person=viewer.person_id)
    return rows.select_related("call__record", "call__group__record", "organisation", "person").first()


def has_part(people: Collection[int], call: Call) -> bool:
    """Whether one of them was named to assess the call, declared an interest in it or set a score that counts there."""
    named = Assessor.objects.filter(call=call, person__in=people).values_list("pk")
    interested = CallInterest.objects.filter(call=call, person__in=people).values_list("pk")
    moderated = Moderation.objects.filter(expression__call=call, by__in=people).values_list("pk")
    return bool(people) and named.union(interested, moderated).exists()


def could_read(people: Collection[int], call: Call, now: datetime) -> bool:
    """Whether a duty of one of them reaches what is sent in to the call, or did at some time since it opened.

    Not who applied before they had the duty: from then on nothing of the call is opened to them (permissions.stakes).
    """
    held = DutyAssignment.objects.filter(person__in=people, duty__in=OFFICER, starts_at__lte=now)
    since_opening = held.filter(Q(ends_at=None) | Q(ends_at__gt=call.opens_at))
    duties: dict[int, set[DutyHeld]] = {}
    for person, duty, over in since_opening.values_list("person_id", "duty", "over_id"):
        duties.setdefault(person, set()).add(DutyHeld(duty, over))
    return any(
        may_edit_group(Viewer(now, person, duties=frozenset(found)), call.group).ok
        and not permissions.applied_of([person]).filter(call=call).exists()
        for person, found in duties.items()
    )


def part_of(viewer: Viewer, call: Call, now: datetime, expression: Expression | None = None) -> list[Breach]:
    """What keeps who reads or decides from applying: by their sign-in, and by the address of what they began."""
    people = {key for key in (viewer.person_id, expression.person_id if expression else None) if key is not None}
    if expression is not None:
        people |= set(Person.objects.filter(email=expression.email).values_list("pk", flat=True))
    return kept_apart(people, call, now)


def kept_apart(people: Collection[int], call: Call, now: datetime, *, for_another: bool = False) -> list[Breach]:
    """The same for any people."""
    return apart(has_part(people, call), could_read(people, call, now), for_another=for_another)


def holder_of(expression: Expression, viewer: Viewer) -> permissions.Holder:
    """Whoever came by the secret address: that one expression, and nothing else."""
    return permissions.Holder(
        now=viewer.now, person_id=expression.person_id, name=expression.name, expression_id=expression.pk
    )


def latest_offer(expression: Expression) -> Offer | None:
    """The offer that counts: the newest."""
    return Offer.objects.filter(expression=expression).select_related("call", "seat").order_by("-pk").first()
