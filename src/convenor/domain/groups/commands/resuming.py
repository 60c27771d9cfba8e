"""A chairing whose end was recorded by mistake goes on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.engagement import rules as engagement
from convenor.domain.groups.commands import steps
from convenor.domain.groups.models import Chairing
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import terms
from convenor.domain.groups.rules.spans import Span
from convenor.kit.dates import say_day


def resume_chairing(*, by: Viewer, chairing: Chairing, reason: str, now: datetime) -> Chairing:
    """Take the end of a chairing back, with a reason; whatever began since must allow it."""
    with transaction.atomic():
        group = steps.opened(by, chairing.seat.group)
        chairing = Chairing.objects.select_related("seat", "role").get(pk=chairing.pk, seat__group=group)
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        span = Span(chairing.starts_on, chairing.seat.ends_on)
        refuse_if(_met(chairing, span))
        if chairing.role.leads:
            course = values.course_of(group).with_lead(chairing.seat_id, span)
            for day in course.days(span):
                rules = course.rules_on(day)
                refuse_if(engagement.check_chairs(rules, course.composition(day)) if rules else [])
        changes = steps.set_values(chairing, {"ends_on": chairing.seat.ends_on})
        chairing.save(update_fields=["ends_on"])
        if changes:
            told = {"seat": (None, chairing.seat.title), "role": (None, str(chairing.role)), **changes}
            steps.note(by, "group.chair-resumed", group.record, now, told, reason)
        return chairing


def _met(chairing: Chairing, span: Span) -> list[Breach]:
    for other in Chairing.objects.filter(seat=chairing.seat).exclude(pk=chairing.pk).select_related("role"):
        if Span(other.starts_on, other.ends_on).meets(span):
            text = _("This seat is %(role)s from %(day)s: it cannot be another beside.")
            told = {"role": other.role.name.lower(), "day": say_day(other.starts_on)}
            return [Breach("chairs-already", text % told, "ends_on")]
    return []
