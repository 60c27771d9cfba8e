"""What waits for people: assessors, who was offered a place, officers. Lists to count and to show."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.utils.timezone import localdate

from convenor.core.accounts.models import Person
from convenor.core.records.rules import Viewer
from convenor.domain.expressions import permissions
from convenor.domain.expressions.models import Assessor, Call, Declaration, Expression, Offer, Score
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.queries.access import sent_in
from convenor.domain.expressions.rules import assessing, calls
from convenor.domain.expressions.rules.assessing import Spread
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.people import groups_looked_after
from convenor.kit.query import may_be_named
from convenor.kit.structs import struct

SOON: Final = timedelta(days=7)


@struct
class Assigned:
    """One expression as an assessor's list shows it. `who` is told only until one has declared."""

    reference: str
    who: str
    declared: bool
    conflicted: bool
    scored: bool
    total: Decimal | None

    @property
    def done(self) -> bool:
        return self.conflicted or self.scored


def declared_by(assessor: Assessor) -> dict[int, bool]:
    """Expression → whether the assessor declared an interest in it."""
    rows = Declaration.objects.filter(assessor=assessor)
    return dict(rows.values_list("expression_id", "conflicted"))


def assigned(assessor: Assessor) -> list[Assigned]:
    """Everything sent in. Four queries."""
    declared, measures = declared_by(assessor), facts.measures_of(assessor.call)
    given: dict[int, dict[int, Spread]] = {}
    for row in Score.objects.filter(assessor=assessor, is_current=True):
        given.setdefault(row.expression_id, {})[row.criterion_id] = Spread((row.score,))
    found = []
    for each in sent_in(assessor.call):
        mine = given.get(each.pk, {})
        found.append(
            Assigned(
                reference=each.reference,
                who=who(each) if each.pk not in declared else "",
                declared=each.pk in declared,
                conflicted=declared.get(each.pk, False),
                scored=bool(measures) and len(mine) == len(measures),
                total=assessing.total(measures, mine),
            )
        )
    return sorted(found, key=lambda row: (row.done, row.reference))


def who(expression: Expression) -> str:
    """Name and organisation."""
    body = expression.organisation.name if expression.organisation else expression.organisation_name
    return ", ".join(part for part in (expression.name, body) if part)


def my_assessments(viewer: Viewer) -> QuerySet[Assessor]:
    """Calls being assessed for which the viewer is named, but for those they applied to."""
    today = localdate(viewer.now)
    rows = Assessor.objects.filter(person=viewer.person_id or 0, starts_on__lte=today, call__state=calls.ASSESSING)
    rows = rows.filter(Q(ends_on=None) | Q(ends_on__gte=today), call__record__state="live")
    people = {viewer.person_id or 0, *viewer.principals}
    rows = rows.exclude(call__in=permissions.applied_of(people).values("call"))
    rows = rows.exclude(call__interests__person=viewer.person_id or 0)
    sent = Count("call__expressions", filter=Q(call__expressions__state=Expression.State.SUBMITTED), distinct=True)
    return rows.select_related("call__group").annotate(sent=sent).order_by("call__outcome_by", "pk")


def my_offers(viewer: Viewer) -> QuerySet[Offer]:
    """Offers that wait for the viewer's answer."""
    rows = Offer.objects.filter(
        expression__person=viewer.person_id or 0, state=Offer.State.WAITING, due_at__gt=viewer.now
    )
    return rows.select_related("call__group").order_by("due_at", "pk")


def my_expressions(viewer: Viewer) -> QuerySet[Expression]:
    """What the viewer has begun or sent in, of calls that still run."""
    rows = Expression.objects.filter(person=viewer.person_id or 0, call__state__in=calls.RUNNING)
    rows = rows.exclude(state=Expression.State.TAKEN_BACK)
    return rows.select_related("call__group").order_by("call__closes_at", "pk")


def looked_after(viewer: Viewer) -> QuerySet[Call]:
    """The calls of the groups that the viewer's duties reach."""
    mine = Group.objects.filter(groups_looked_after(viewer))
    rows = Call.objects.live().filter(group__in=mine).select_related("group__record", "record")
    return rows.visible_to(viewer)


def to_do(viewer: Viewer) -> list[Call]:
    """Calls that wait for an officer: drafts, closed by the clock, being assessed, selected, offers out.

    Without those in which the viewer has a stake: others run them.
    """
    rows = looked_after(viewer).filter(state__in=(calls.DRAFT, *calls.RUNNING))
    waiting = ~Q(state=calls.PUBLISHED) | Q(closes_at__lte=viewer.now + SOON)
    found = list(rows.filter(waiting).order_by("closes_at", "pk")[:100])
    at_stake = permissions.stakes(viewer, [row.pk for row in found])
    return [row for row in found if row.pk not in at_stake]


def upcoming_calls(viewer: Viewer) -> list[Call]:
    """Published calls that are open or will open, the first to open or close in front: at most fifty. One query."""
    ahead = Case(When(opens_at__gt=viewer.now, then=F("opens_at")), default=F("closes_at"))
    rows = Call.objects.live().filter(state=calls.PUBLISHED, closes_at__gt=viewer.now)
    rows = rows.select_related("record", "group").annotate(ahead=ahead).order_by("ahead", "closes_at", "pk")
    return list(rows.visible_to(viewer)[:50])


def people_to_name(said: str) -> list[Person]:
    """Whom an officer means by a name or an e-mail address."""
    if not may_be_named(said):
        return []
    rows = Person.objects.filter(Q(name__iexact=said.strip()) | Q(email__iexact=said.strip()), is_active=True)
    return list(rows.order_by("pk")[:5])
