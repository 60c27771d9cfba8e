"""Seats: add, change, end, strike out; the seats a model names; seats again after a reopening."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach, Refused, Viewer, refuse_if
from convenor.domain.directory.models import Office, Organisation, Segment
from convenor.domain.engagement import rules as engagement
from convenor.domain.engagement.rules import SeatValue
from convenor.domain.groups.commands import steps
from convenor.domain.groups.commands.ending import later
from convenor.domain.groups.models import Appointment, Chairing, Group, Seat, SeatRole
from convenor.domain.groups.queries import values
from convenor.domain.groups.queries.places import Place, places_of
from convenor.domain.groups.rules import rosters, terms
from convenor.domain.groups.rules.spans import Span
from convenor.kit.once import drop, once, put
from convenor.kit.structs import struct

CHANGEABLE: Final = ("title", "role", "constituency", "votes", "counts_to_quorum", "order")
"""What may change of a seat that is there."""


@struct
class SeatFacts:
    """A place at the table: a title and exactly one basis. A seat for an individual may name where they come from."""

    title: str
    basis: str
    starts_on: date
    office: Office | None = None
    organisation: Organisation | None = None
    segment: Segment | None = None
    chair_of: Group | None = None
    constituency: str = ""
    votes: bool | None = None
    counts_to_quorum: bool | None = None
    order: int = 0
    ends_on: date | None = None
    role: SeatRole | None = None
    """As what somebody sits here; where nothing is said, what seats of its basis are. Its vote and whether it counts
    to the quorum follow from the role unless they are said."""

    @property
    def life(self) -> Span:
        return Span(self.starts_on, self.ends_on)

    def columns(self) -> dict[str, Any]:
        """As the table holds it."""
        return {
            "title": self.title.strip() or self.stands_for(),
            "basis": self.basis,
            "office": self.office,
            "organisation": self.organisation,
            "segment": self.segment,
            "chair_of": self.chair_of,
            "role": self.role,
            "constituency": self.constituency,
            "votes": _said(self.votes, self.role is None or self.role.votes),
            "counts_to_quorum": _said(self.counts_to_quorum, self.role is None or self.role.counts_to_quorum),
            "order": self.order,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
        }

    def stands_for(self) -> str:
        """What it is called when nobody said: what it stands for."""
        found = self.office or self.organisation or self.segment
        if self.chair_of is not None:
            return _("Chair of %(group)s") % {"group": self.chair_of.name}
        return str(found)[:200] if found else ""


def _said(value: bool | None, otherwise: bool) -> bool:
    return otherwise if value is None else value


def add_seat(*, by: Viewer, group: Group, facts: SeatFacts, now: datetime, reason: str = "") -> Seat:
    """Add a place at the table. Caps and eligibility are counted under the group's lock, on every day it will stand."""
    with transaction.atomic():
        seat = put_seat(by, steps.opened(by, group), facts, now, reason)
        put(new_seat_key(seat.pk), seat)
        return seat


def edit_seat(*, by: Viewer, seat: Seat, facts: SeatFacts, now: datetime, reason: str = "") -> Seat:
    """Change what a seat is called, its side, votes and order. What it stands for never changes."""
    with transaction.atomic():
        group = steps.opened(by, seat.group)
        seat = Seat.objects.get(pk=seat.pk, group=group)
        facts = facts if facts.role else replace(facts, role=seat.role)
        columns = facts.columns()
        refuse_if(_other_basis(seat, columns))
        wanted = {name: columns[name] for name in CHANGEABLE}
        before = {name: getattr(seat, name) for name in wanted}
        if {**before, "order": 0} != {**wanted, "order": 0} and seat.starts_on < steps.today(now):
            why = _("The seat has been there since before today: this changes how past rosters read. Say why.")
            refuse_if(terms.reason_needed(reason, why))
        if (before["constituency"], before["role"]) != (wanted["constituency"], wanted["role"]):
            course = values.course_of(group).without(seat.pk)
            refuse_if(_rule_breaches(course, _value(facts), Span(seat.starts_on, seat.ends_on), steps.today(now)))
        changes = steps.set_values(seat, wanted)
        seat.save(update_fields=list(wanted))
        if changes:
            steps.note(
                by, "group.seat-edited", group.record, now, {**changes, "seat": (seat.number, seat.number)}, reason
            )
        return seat


def end_seat(*, by: Viewer, seat: Seat, on: date, now: datetime, reason: str = "") -> Seat:
    """End a place at the table; `on` is its last day. Appointments to it and chairing from it end too."""
    with transaction.atomic():
        group = steps.opened(by, seat.group)
        seat = Seat.objects.get(pk=seat.pk, group=group)
        refuse_if(terms.end_breaches(Span(seat.starts_on, seat.ends_on), on))
        refuse_if([*terms.late_end(on, steps.today(now), reason), *_begins_later(seat, on)])
        seat.ends_on, seat.end_reason = on, reason.strip()[:300]
        seat.save(update_fields=["ends_on", "end_reason"])
        ended = Appointment.objects.filter(later(on), seat=seat).update(ends_on=on, end_reason=seat.end_reason)
        Chairing.objects.filter(later(on), seat=seat).update(ends_on=on)
        changes = steps.all_new({"seat": seat.title, "ends_on": on, "appointments_ended": ended or None})
        steps.note(by, "group.seat-ended", group.record, now, changes, reason)
        return seat


def strike_seat(*, by: Viewer, seat: Seat, reason: str, now: datetime) -> None:
    """Take out a seat that never was (a mistake, an upload taken back). The history keeps that it stood here."""
    with transaction.atomic():
        group = steps.opened(by, seat.group)
        seat = Seat.objects.get(pk=seat.pk, group=group)
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        changes = {"seat": (seat.title, None), "starts_on": (seat.starts_on, None), "ends_on": (seat.ends_on, None)}
        steps.note(by, "group.seat-struck", group.record, now, changes, reason)
        keys = values.course_key(group), seats_key(group), ("last seat number", group.pk), new_seat_key(seat.pk)
        _delete(seat)
        for key in keys:
            drop(key)


def seat_named_places(
    *, by: Viewer, group: Group, starts_on: date, now: datetime, chosen: Mapping[str, Office] | None = None
) -> list[Seat]:
    """Add seats for the places that the model names for this type and that have none yet.

    chosen: title → the office that sits for it, where it is not the only one that may.
    """
    with transaction.atomic():
        group = steps.opened(by, group)
        return seat_named(by, group, starts_on, now, chosen or {})


def seat_named(by: Viewer, group: Group, on: date, now: datetime, chosen: Mapping[str, Office]) -> list[Seat]:
    """The step. A place for which it is not clear who sits is left for later."""
    places = places_of(group, on)
    if not places:
        text = _("The engagement model names no seats for this type of group.")
        refuse_if([Breach("no-named-places", text, "named_seats")])
    return [
        put_seat(by, group, _named(place, basis, on), now)
        for place in places
        if not place.taken and (basis := _basis(place, chosen)) is not None
    ]


def _basis(place: Place, chosen: Mapping[str, Office]) -> Mapping[str, Any] | None:
    office = chosen.get(place.named.title)
    return place.basis() if office is None else {"basis": rosters.OFFICE, "office": office}


def _named(place: Place, basis: Mapping[str, Any], on: date) -> SeatFacts:
    named = place.named
    return SeatFacts(title=named.title, constituency=named.constituency, starts_on=on, order=place.order, **basis)


def repeat_seat(by: Viewer, group: Group, old: Seat, on: date, now: datetime) -> Seat:
    """The step that gives a reopened group a seat like one that ended when it closed."""
    facts = SeatFacts(
        title=old.title,
        basis=old.basis,
        starts_on=on,
        office=old.office,
        organisation=old.organisation,
        segment=old.segment,
        chair_of=old.chair_of,
        constituency=old.constituency,
        role=old.role,
        votes=old.votes,
        counts_to_quorum=old.counts_to_quorum,
        order=old.order,
    )
    return put_seat(by, group, facts, now)


def put_seat(by: Viewer, group: Group, facts: SeatFacts, now: datetime, reason: str = "") -> Seat:
    """The step that adds a seat and says so in the history; the caller holds the group's lock."""
    seat = place_seat(group, facts, now)
    steps.note(by, "group.seat-added", group.record, now, steps.all_new(with_role(facts).columns()), reason)
    return seat


def with_role(facts: SeatFacts) -> SeatFacts:
    """With the role that seats of its basis have when none is said."""
    if facts.role is not None:
        return facts
    which = SeatRole.DefaultFor.FOLLOWS if facts.basis in rosters.FOLLOWS else SeatRole.DefaultFor.APPOINTED
    return replace(facts, role=once(("role of", which), SeatRole.objects.filter(default_for=which).first))


def place_seat(group: Group, facts: SeatFacts, now: datetime) -> Seat:
    """The step that adds a seat; the caller holds the group's lock and writes the history."""
    facts = with_role(facts)
    refuse_if([*basis_breaches(facts, group), *terms.backwards(facts.life)])
    course, value = values.course_of(group), _value(facts)
    refuse_if(_rule_breaches(course, value, facts.life, steps.today(now)))
    seat = Seat(group=group, **facts.columns())
    seat.number = once(("last seat number", group.pk), lambda: _last_number(group)) + 1
    steps.refuse_bad_fields(seat)
    seat.save()
    put(("last seat number", group.pk), seat.number)
    put(values.course_key(group), course.with_seat(seat.pk, facts.life, value))
    return seat


def _last_number(group: Group) -> int:
    return Seat.objects.filter(group=group).aggregate(last=Max("number"))["last"] or 0


def seats_key(group: Group) -> tuple[str, int]:
    """Under which a group's seats are kept within one piece of work."""
    return "seats of", group.pk


def new_seat_key(seat_id: int) -> tuple[str, int]:
    """Under which a seat is kept that was added within this piece of work and to which nobody was appointed yet."""
    return "new seat", seat_id


def basis_breaches(facts: SeatFacts, group: Group) -> list[Breach]:
    """Exactly one basis, and what it needs."""
    needs = {
        rosters.OFFICE: ("office", facts.office, _("Say which office the seat belongs to.")),
        rosters.ORGANISATION: ("organisation", facts.organisation, _("Say which organisation the seat belongs to.")),
        rosters.SEGMENT: ("segment", facts.segment, _("Say which segment the seat stands for.")),
        rosters.CHAIR_OF: ("chair_of", facts.chair_of, _("Say whose chair sits here.")),
        rosters.INDIVIDUAL: ("title", facts.title.strip(), _("Give the seat a title.")),
    }
    if facts.basis not in needs:
        return [Breach("basis-unknown", _("Say on what basis the seat stands."), "basis")]
    field, given, text = needs[facts.basis]
    found = [] if given else [Breach("basis-incomplete", text, field)]
    extra = [name for name in _other_fields(facts.basis) if getattr(facts, name) is not None]
    found += [Breach("basis-twice", _("A seat stands on one basis only: leave this empty."), name) for name in extra]
    if facts.chair_of is not None and facts.chair_of.pk == group.pk:
        found.append(Breach("chair-of-itself", _("The group's own chair has a seat in it already."), "chair_of"))
    return found + _gone(facts)


def _other_fields(basis: str) -> list[str]:
    fields = {rosters.OFFICE: "office", rosters.ORGANISATION: "organisation", rosters.SEGMENT: "segment"}
    own = {fields.get(basis, "chair_of" if basis == rosters.CHAIR_OF else "organisation")}
    return [name for name in ("office", "organisation", "segment", "chair_of") if name not in own]


def _gone(facts: SeatFacts) -> list[Breach]:
    """What has ended gets no new seats."""
    found = []
    office, organisation = facts.office, facts.organisation
    if office is not None and office.abolished_on and office.abolished_on < facts.starts_on:
        found.append(Breach("office-abolished", _("That office was abolished before the seat begins."), "office"))
    if organisation is not None and organisation.ended_on and organisation.ended_on < facts.starts_on:
        found.append(Breach("organisation-ended", _("That organisation ended before the seat begins."), "organisation"))
    return found


def _value(facts: SeatFacts) -> SeatValue:
    office = (
        Office.objects.select_related("organisation__kind", "role_class").get(pk=facts.office.pk)
        if facts.office
        else None
    )
    from_where = facts.organisation
    if from_where is not None:
        from_where = Organisation.objects.select_related("kind").get(pk=from_where.pk)
    about = {"segment": facts.segment, "constituency": facts.constituency, "role": facts.role}
    seat = Seat(office=office, organisation=from_where, **about)
    return values.seat_value(seat)


def _rule_breaches(course: values.Course, seat: SeatValue, life: Span, today: date) -> list[Breach]:
    """The model's rules for one seat more, on each day from which something may be different."""
    days = {*course.days(life), *([today] if life.covers(today) else [])}
    for day in sorted(days):
        rules = course.rules_on(day)
        found = engagement.check_new_seat(rules, course.composition(day), seat) if rules else []
        if found:
            return found
    return []


def _other_basis(seat: Seat, columns: Mapping[str, Any]) -> list[Breach]:
    fixed = ("basis", "office", "organisation", "segment", "chair_of")
    changed = [name for name in fixed if getattr(seat, name) != columns[name]]
    text = _("What a seat stands for does not change. End this seat and add another.")
    return [Breach("basis-fixed", text, name) for name in changed[:1]]


def _begins_later(seat: Seat, on: date) -> list[Breach]:
    rows = (
        Appointment.objects.filter(seat=seat, starts_on__gt=on),
        Chairing.objects.filter(seat=seat, starts_on__gt=on),
    )
    if not any(found.exists() for found in rows):
        return []
    return [Breach("ends-before-start", _("Somebody is to begin in this seat after that day: end that first."), "on")]


def _delete(seat: Seat) -> None:
    """Every row that stands on a seat protects it: the deletion itself asks them, so they are not asked before."""
    try:
        seat.delete()
    except ProtectedError as used:
        people = {Appointment, Chairing} & {type(row) for row in used.protected_objects}
        text = (
            _("Somebody has been appointed to it or chaired from it: end it instead.")
            if people
            else _("A call, an offer or a report names it: end it instead.")
        )
        raise Refused([Breach("seat-used", text)]) from used
