"""Chairing: a dated role of a seat, not of a person. And the words for it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.engagement import rules as engagement
from convenor.domain.groups.commands import steps
from convenor.domain.groups.commands.ending import later
from convenor.domain.groups.models import Chairing, ChairRole, Group, Seat
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import states, terms
from convenor.domain.groups.rules.rosters import Holding
from convenor.domain.groups.rules.spans import Span, say_span
from convenor.kit.dates import say_day
from convenor.kit.once import known, put


def start_chairing(
    *,
    by: Viewer,
    seat: Seat,
    role: ChairRole,
    starts_on: date,
    now: datetime,
    ends_on: date | None = None,
    reason: str = "",
) -> Chairing:
    """Let whoever sits in the seat chair the group, for a time, in a role."""
    with transaction.atomic():
        group = steps.opened(by, seat.group)
        seat = Seat.objects.get(pk=seat.pk, group=group)
        span = Span(starts_on, ends_on)
        refuse_if([*terms.backwards(span), *_outside(seat, span), *_twice(seat, span)])
        if role.leads:
            refuse_if([*_rule_breaches(group, seat, span, steps.today(now)), *_ring(group, seat)])
            refuse_if(_rewrites(group, span, steps.today(now), reason))
        chairing = Chairing(seat=seat, role=role, starts_on=starts_on, ends_on=ends_on)
        steps.refuse_bad_fields(chairing)
        chairing.save()
        columns = {"seat": seat.title, "role": role, "starts_on": starts_on, "ends_on": ends_on}
        course = known(values.course_key(group))
        steps.note(by, "group.chair-started", group.record, now, steps.all_new(columns), reason)
        if course is not None:
            put(values.course_key(group), course.with_lead(seat.pk, span) if role.leads else course)
        return chairing


def end_chairing(*, by: Viewer, chairing: Chairing, on: date, now: datetime, reason: str = "") -> Chairing:
    """End a chairing; `on` is its last day."""
    with transaction.atomic():
        group = steps.opened(by, chairing.seat.group)
        chairing = Chairing.objects.select_related("seat", "role").get(pk=chairing.pk, seat__group=group)
        refuse_if(terms.end_breaches(Span(chairing.starts_on, chairing.ends_on), on))
        refuse_if(terms.late_end(on, steps.today(now), reason))
        chairing.ends_on = on
        chairing.save(update_fields=["ends_on"])
        columns = {"seat": chairing.seat.title, "role": chairing.role, "ends_on": on}
        steps.note(by, "group.chair-ended", group.record, now, steps.all_new(columns), reason)
        return chairing


def strike_chairing(*, by: Viewer, chairing: Chairing, reason: str, now: datetime) -> None:
    """Take out a chairing that never was. The history keeps that it stood here."""
    with transaction.atomic():
        group = steps.opened(by, chairing.seat.group)
        chairing = Chairing.objects.select_related("seat", "role").get(pk=chairing.pk, seat__group=group)
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        changes = {
            "seat": (None, chairing.seat.title),
            "role": (str(chairing.role), None),
            "starts_on": (chairing.starts_on, None),
        }
        steps.note(by, "group.chair-struck", group.record, now, changes, reason)
        Chairing.objects.filter(pk=chairing.pk).delete()


def _outside(seat: Seat, span: Span) -> list[Breach]:
    life = Span(seat.starts_on, seat.ends_on)
    if span.within(life):
        return []
    text = _("The seat exists %(life)s: it can chair within that time only.")
    return [Breach("outside-seat", text % {"life": say_span(life)}, "starts_on")]


def _twice(seat: Seat, span: Span) -> list[Breach]:
    for held in Chairing.objects.filter(seat=seat).select_related("role"):
        if Span(held.starts_on, held.ends_on).meets(span):
            text = _("This seat is %(role)s already, from %(day)s. End that first.")
            told = {"role": held.role.name.lower(), "day": say_day(held.starts_on)}
            return [Breach("chairs-already", text % told, "seat")]
    return []


def _rewrites(group: Group, span: Span, today: date, reason: str) -> list[Breach]:
    """Another seat led on days gone by: who sat elsewhere as its chair would change."""
    held = Chairing.objects.filter(seat__group=group, role__leads=True)
    others = [Holding(key, 0, Span(first, last)) for key, first, last in held.values_list("pk", "starts_on", "ends_on")]
    if not terms.rewrites(others, Holding(0, 0, span), today):
        return []
    why = _("Another seat is recorded as chair on days gone by: this changes who chaired then. Say why.")
    return terms.reason_needed(reason, why)


def _rule_breaches(group: Group, seat: Seat, span: Span, today: date) -> list[Breach]:
    """The model's rule for chairs, on each day from which something may be different."""
    course = values.course_of(group).with_lead(seat.pk, span)
    days = {*course.days(span), *([today] if span.covers(today) else [])}
    for day in sorted(days):
        rules = course.rules_on(day)
        found = engagement.check_chairs(rules, course.composition(day)) if rules else []
        if found:
            return found
    return []


def _ring(group: Group, seat: Seat) -> list[Breach]:
    """Chairs that sit for each other, however long the way round, would seat nobody."""
    if seat.chair_of_id is None:
        return []
    sits_for: dict[int, list[int]] = defaultdict(list)
    rows = Chairing.objects.filter(later(seat.starts_on), role__leads=True, seat__chair_of__isnull=False)
    for chaired, other in rows.values_list("seat__group_id", "seat__chair_of_id"):
        sits_for[chaired].append(other)
    if group.pk not in {seat.chair_of_id, *states.above(seat.chair_of_id, sits_for)}:
        return []
    return [Breach("chair-ring", _("The chair of that group sits there as the chair of this one."), "seat")]
