"""What ends when a group closes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.groups.commands import showing, steps
from convenor.domain.groups.models import Appointment, Chairing, Closure, Delivery, Group, Parent, RuleOverride, Seat
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import closings, states


def later(on: date) -> Q:
    """Rows that run on after the day."""
    return Q(ends_on__isnull=True) | Q(ends_on__gt=on)


def begun(group: Group) -> Iterator[date]:
    """The first days of everything that would have to end with the group."""
    yield from Seat.objects.filter(group=group).values_list("starts_on", flat=True)
    yield from Chairing.objects.filter(seat__group=group).values_list("starts_on", flat=True)
    yield from Parent.objects.filter(group=group).values_list("starts_on", flat=True)
    yield from RuleOverride.objects.filter(group=group).values_list("starts_on", flat=True)
    known = Appointment.objects.filter(seat__group=group).values_list("starts_on", flat=True)
    yield from (day for day in known if day is not None)


def orphans(group: Group, on: date) -> list[Breach]:
    """Groups under this one that must have a parent, and would have none left."""
    links = Parent.objects.filter(later(on), parent=group).select_related("group__type", "group__record")
    found = []
    for link in links.exclude(group__state="closed"):
        rules = values.rules_of(link.group, on)
        others = Parent.objects.filter(later(on), group=link.group).exclude(pk=link.pk)
        if rules is not None and rules.parent_required and not others.exists():
            text = _("%(name)s stands under it and must have a parent. Close it, or give it another parent, first.")
            found.append(Breach("orphans", text % {"name": link.group.name}, "on"))
    return found


def end_everything(group: Group, on: date, reason: str) -> dict[str, int]:
    """End the group's seats, terms, chairs, parents and what stands under it; say how many of each."""
    said = reason[:300]
    return {
        "appointments_ended": Appointment.objects.filter(later(on), seat__group=group).update(
            ends_on=on, end_reason=said
        ),
        "chairs_ended": Chairing.objects.filter(later(on), seat__group=group).update(ends_on=on),
        "seats_ended": Seat.objects.filter(later(on), group=group).update(ends_on=on, end_reason=said),
        "overrides_ended": RuleOverride.objects.filter(later(on), group=group).update(ends_on=on, end_reason=said),
        "parents_ended": Parent.objects.filter(later(on), group=group).update(ends_on=on),
        "children_ended": Parent.objects.filter(later(on), parent=group, starts_on__lte=on).update(ends_on=on),
    }


def close(by: Viewer, group: Group, kind: str, on: date, reason: str, now: datetime, *, moving: bool = False) -> Group:
    """The step that closes a group; the caller has locked and asked. Its row says how it ended, and why.

    moving: what stands under it goes to another group in the same transaction, which judges that.
    """
    refuse_if(states.close_breaches(group.state, on, reason, begun(group), steps.today(now)))
    delivered = Delivery.objects.filter(group=group).exists()
    refuse_if(closings.kind_breaches(kind, delivered=delivered, sunset_on=group.sunset_on, on=on))
    refuse_if([] if moving else orphans(group, on))
    said = reason.strip()
    columns = {"state": states.CLOSED, "closed_on": on, "close_reason": said}
    changes = steps.set_values(group, columns)
    group.save(update_fields=list(columns))
    row = Closure(group=group, kind=kind, on=on, reason=said)
    steps.refuse_bad_fields(row)
    row.save()
    ended = end_everything(group, on, said)
    showing.drop_promises(group)
    steps.note(by, "group.closed", group.record, now, changes | steps.all_new({"how": kind, **ended}), reason)
    return group
