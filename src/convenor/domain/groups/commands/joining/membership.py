"""Open membership: choosing the way in, joining, leaving, ending a membership."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts.models import Person
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import appointments, steps
from convenor.domain.groups.commands.joining.seating import Joining, as_whom, entered, seated, sits_breaches, tell
from convenor.domain.groups.models import Admission, Appointment, Chairing, Group, Seat
from convenor.domain.groups.queries import joining as queries
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import joining, terms
from convenor.kit.turns import in_turn


def set_admission(
    *, by: Viewer, group: Group, way: str, now: datetime, side: str = "", reason: str = ""
) -> Admission | None:
    """Choose how people come into the group from today on, within what its type's formation allows."""
    with transaction.atomic():
        group = steps.opened(by, group)
        today = steps.today(now)
        refuse_if(joining.way_breaches(values.rules_of(group, today), way, side))
        before = queries.admission_on(group, today)
        if before is not None and (before.way, before.side) == (way, side):
            return before
        if before is not None and before.starts_on < today:
            before.ends_on = today - timedelta(days=1)
            before.save(update_fields=["ends_on"])
        elif before is not None:
            Admission.objects.filter(pk=before.pk).delete()  # chosen only today: it never held
        made = Admission(group=group, way=way, side=side, starts_on=today, reason=reason.strip()[:300])
        steps.refuse_bad_fields(made)
        made.save()
        changes = {"way": (before and before.way, way), "side": (before and before.side, side)}
        steps.note(by, "group.admission-set", group.record, now, changes, reason)
        return made


def join_group(*, by: Viewer, group: Group, person: Person, facts: Joining, now: datetime) -> Appointment:
    """Take a seat in a group that anybody joins. Refused in a sentence when it is full.

    Full is looked for before the lock too: who comes late to a rush is told at once, and keeps nobody waiting.
    """
    permissions.may_act_for(by, person.pk).require()
    with in_turn(("group", group.pk)):
        refuse_if(_full_already(group, person, facts, steps.today(now)))
        return _join(by, group, person, facts, now)


def _join(by: Viewer, group: Group, person: Person, facts: Joining, now: datetime) -> Appointment:
    with transaction.atomic():
        group, rules, door = entered(group, now)
        permissions.may_act_for(by, person.pk).require()
        refuse_if([*steps.withdrawn(group.record), *joining.shut(door.way, joining.OPEN, group.state)])
        return seated(by, group, person, as_whom(facts, rules, door), now, "group.person-joined")


def _full_already(group: Group, person: Person, facts: Joining, today: date) -> list[Breach]:
    """That it is full as everybody can see; the lock decides when it is not."""
    rules = values.rules_of(group, today)
    if rules is None:
        return []
    side = queries.side_for(rules, queries.door_of(group, rules, today), facts.side)
    said = queries.fullness(group, rules, side, facts.organisation, today)
    return [Breach("group-full", text) for text in said] if said and not sits_breaches(group, person, today) else []


def leave_group(*, by: Viewer, appointment: Appointment, now: datetime) -> None:
    """Leave a group that one joined: at once, and the place is free for somebody else."""
    with transaction.atomic():
        group = steps.locked(appointment.seat.group)
        appointment = _membership(appointment, group)
        permissions.may_act_for(by, appointment.person_id).require()
        refuse_if(_over(appointment, steps.today(now)))
        _ended(by, group, appointment, now, "group.person-left", "")


def remove_member(*, by: Viewer, appointment: Appointment, reason: str, now: datetime) -> None:
    """End the membership of somebody who joined, with a reason that they are told and the public is not."""
    with transaction.atomic():
        group = steps.locked(appointment.seat.group)
        permissions.may_edit_group(by, group).require()
        appointment = _membership(appointment, group)
        refuse_if([*terms.reason_needed(reason, _("Say why: they are told.")), *_over(appointment, steps.today(now))])
        _ended(by, group, appointment, now, "group.person-removed", reason)
        words = {"group": group.name}
        subject = _("You are no longer a member of %(group)s") % words
        tell(appointment.person, group, subject, [_("Your membership was ended."), reason.strip()], now=now)


def _ended(by: Viewer, group: Group, term: Appointment, now: datetime, verb: str, reason: str) -> None:
    """The step by which somebody who joined sits no more: the seat goes with them."""
    seat, said = term.seat, reason.strip()[:300]
    on = joining.last_day(term.starts_on, steps.today(now))
    changes: dict[str, Any] = {"ends_on": (term.ends_on, on)}
    appointments.note(by, verb, group, term, appointments.profile_of(term.person), now, changes, reason, own=not reason)
    if on is None:
        Chairing.objects.filter(seat=seat).delete()
        Appointment.objects.filter(pk=term.pk).delete()
        if not Appointment.objects.filter(seat=seat).exists():
            Seat.objects.filter(pk=seat.pk).delete()
            return
        on = seat.starts_on
    Appointment.objects.filter(pk=term.pk).update(ends_on=on, end_reason=said)
    Chairing.objects.filter(seat=seat, starts_on__gt=on).delete()
    Chairing.objects.filter(seat=seat, ends_on=None).update(ends_on=on)
    Appointment.objects.filter(seat=seat, starts_on__gt=on).delete()
    Seat.objects.filter(pk=seat.pk).update(ends_on=on)


def _membership(appointment: Appointment, group: Group) -> Appointment:
    found = Appointment.objects.select_related("seat", "person").get(pk=appointment.pk, seat__group=group)
    text = _("Only somebody who joined by themselves leaves like this: end the appointment instead.")
    refuse_if([] if found.joined else [Breach("not-joined", text)])
    return found


def _over(appointment: Appointment, today: date) -> list[Breach]:
    if appointment.ends_on is None or appointment.ends_on >= today:
        return []
    return [Breach("left-already", _("This membership has ended already."))]
