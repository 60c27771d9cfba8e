"""Who is appointed to seats, and who chairs from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from convenor.core.accounts.commands import links
from convenor.core.accounts.models import Person
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.directory.commands.people import PersonFacts, create_person, profile_key, publish
from convenor.domain.directory.models import Profile
from convenor.domain.engagement import rules as engagement
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import people, steps
from convenor.domain.groups.commands.places import new_seat_key
from convenor.domain.groups.models import Appointment, Group, Seat
from convenor.domain.groups.queries import values
from convenor.domain.groups.queries.rosters import table_of
from convenor.domain.groups.queries.vacancies import cut_short
from convenor.domain.groups.rules import terms
from convenor.domain.groups.rules.rosters import FOLLOWS, Holding, SeatFacts, sat_during
from convenor.domain.groups.rules.spans import Span
from convenor.kit.once import drop, known
from convenor.kit.structs import struct

CONFIRM = "confirm-appointment"


@struct
class Term:
    """From when to when somebody is appointed, where known; acting or not; by which letter or decision."""

    starts_on: date | None = None
    ends_on: date | None = None
    acting: bool = False
    instrument: str = ""

    @property
    def span(self) -> Span:
        return Span(self.starts_on, self.ends_on)

    def columns(self) -> dict[str, Any]:
        """As the table holds it."""
        return {
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "acting": self.acting,
            "instrument": self.instrument.strip(),
        }


def appoint(
    *,
    by: Viewer,
    seat: Seat,
    person: Person | PersonFacts,
    term: Term,
    now: datetime,
    reason: str = "",
    published: bool = True,
    named: bool = True,
    filled_by: str = "",
) -> Appointment:
    """Put a person in a seat for a time, or to act in it; somebody who is not here yet is added first.

    Sitting in a public group publishes the name, unless told not to. named False: whoever has a page all the same is
    not named in this seat. filled_by: how a casual vacancy is filled by it (Appointment.FilledBy).
    """
    with transaction.atomic():
        group = steps.opened(by, seat.group)
        new: Seat | None = known(new_seat_key(seat.pk))
        seat = new or Seat.objects.get(pk=seat.pk, group=group)
        if isinstance(person, PersonFacts):
            person = create_person(by=by, facts=replace(person, published=False), now=now)
        held = [] if new else holdings(seat)
        wanted = Holding(0, person.pk, term.span, term.acting)
        refuse_if([*people.gone(person), *_breaches(group, seat, held, wanted, steps.today(now))])
        refuse_if(_casual(group, seat, wanted, filled_by, steps.today(now)) if held or filled_by else [])
        if _rewrites(by, seat, [each for each, _name in held], wanted, steps.today(now)):
            why = _("Somebody else is recorded in this seat on days gone by: this changes who sat then. Say why.")
            refuse_if(terms.reason_needed(reason, why))
        appointment = Appointment(seat=seat, person=person, named=named, filled_by=filled_by, **term.columns())
        steps.refuse_bad_fields(appointment)
        appointment.save()
        columns = {**term.columns(), "filled_by": filled_by}
        shown = published and named and group.record.is_public
        profile = publish(by, person, "", now) if shown else profile_of(person)
        note(by, "group.person-appointed", group, appointment, profile, now, steps.all_new(columns), reason)
        return appointment


def correct_appointment(*, by: Viewer, appointment: Appointment, term: Term, reason: str, now: datetime) -> Appointment:
    """Correct what was recorded of an appointment, with a reason."""
    with transaction.atomic():
        group = steps.opened(by, appointment.seat.group)
        appointment = _fresh(appointment, group)
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        wanted = Holding(appointment.pk, appointment.person_id, term.span, term.acting)
        held = holdings(appointment.seat)
        refuse_if(_breaches(group, appointment.seat, held, wanted, steps.today(now)))
        changes = steps.set_values(appointment, term.columns())
        appointment.save()
        if changes:
            note(
                by,
                "group.appointment-corrected",
                group,
                appointment,
                profile_of(appointment.person),
                now,
                changes,
                reason,
            )
        return appointment


def end_appointment(*, by: Viewer, appointment: Appointment, on: date, now: datetime, reason: str = "") -> Appointment:
    """End an appointment; `on` is its last day. Before the end of the term it leaves a casual vacancy behind."""
    with transaction.atomic():
        group = steps.opened(by, appointment.seat.group)
        appointment = _fresh(appointment, group)
        refuse_if(terms.end_breaches(Span(appointment.starts_on, appointment.ends_on), on))
        refuse_if(terms.late_end(on, steps.today(now), reason))
        cut = {"until": appointment.ends_on} if appointment.ends_on is not None else {}
        changes = steps.set_values(appointment, {"ends_on": on, "end_reason": reason.strip()[:300], **cut})
        changes.pop("end_reason", None)
        appointment.save(update_fields=["ends_on", "end_reason", "until"])
        if appointment.joined:  # a place of their own: it goes with them
            Seat.objects.filter(pk=appointment.seat_id).update(ends_on=on)
        note(by, "group.appointment-ended", group, appointment, profile_of(appointment.person), now, changes, reason)
        return appointment


def strike_appointment(*, by: Viewer, appointment: Appointment, reason: str, now: datetime) -> None:
    """Take out an appointment that never was. The history keeps that it stood here."""
    with transaction.atomic():
        group = steps.opened(by, appointment.seat.group)
        appointment = _fresh(appointment, group)
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        links.revoke_links(person=appointment.person, now=now, purpose=CONFIRM, subject_id=appointment.pk)
        gone = {"starts_on": (appointment.starts_on, None), "ends_on": (appointment.ends_on, None)}
        note(by, "group.appointment-struck", group, appointment, profile_of(appointment.person), now, gone, reason)
        appointment.delete()


def ask_to_confirm(*, by: Viewer, appointment: Appointment, now: datetime) -> Appointment:
    """Send the person a signed link, by which they confirm their appointment without signing in."""
    with transaction.atomic():
        group = steps.opened(by, appointment.seat.group)
        appointment = _fresh(appointment, group)
        refuse_if([*confirm_breaches(appointment, steps.today(now)), *people.unreachable(appointment.person)])
        links.send_link(
            purpose=CONFIRM, person=appointment.person, now=now, record=group.record, subject_id=appointment.pk
        )
        note(by, "group.confirmation-asked", group, appointment, profile_of(appointment.person), now, {}, "")
        return appointment


def confirm_appointment(*, by: Viewer, appointment: Appointment, now: datetime) -> Appointment:
    """Say that one takes the seat: the person themselves, signed in or by their link, or who assists them."""
    with transaction.atomic():
        group = steps.locked(appointment.seat.group)
        appointment = _fresh(appointment, group)
        permissions.may_confirm_appointment(by, appointment).require()
        refuse_if(confirm_breaches(appointment, steps.today(now)))
        appointment.confirmed_at = now
        appointment.save(update_fields=["confirmed_at"])
        changes = steps.all_new({"confirmed_at": now})
        who = profile_of(appointment.person)
        note(by, "group.appointment-confirmed", group, appointment, who, now, changes, "", own=True)
        return appointment


def confirm_breaches(appointment: Appointment, today: date) -> list[Breach]:
    """Why there is nothing to confirm."""
    if appointment.confirmed_at is not None:
        return [Breach("confirmed-already", _("This appointment has been confirmed already."))]
    if appointment.ends_on is not None and appointment.ends_on < today:
        return [Breach("appointment-over", _("This appointment has ended."))]
    return []


def holdings(seat: Seat) -> list[tuple[Holding, str]]:
    """Everybody ever appointed to the seat, with their names for those who may appoint."""
    rows = Appointment.objects.filter(seat=seat).select_related("person").order_by("pk")
    return [
        (Holding(row.pk, row.person_id, Span(row.starts_on, row.ends_on), row.acting), row.person.name) for row in rows
    ]


def _breaches(
    group: Group, seat: Seat, held: Sequence[tuple[Holding, str]], wanted: Holding, today: date
) -> list[Breach]:
    facts = SeatFacts(
        seat.pk, group.pk, seat.basis, Span(seat.starts_on, seat.ends_on), seat.office_id, seat.chair_of_id
    )
    found = [*terms.basis_breaches(facts, acting=wanted.acting), *terms.backwards(wanted.span)]
    if found:
        return found
    found = terms.outside_seat(facts, wanted.span)
    met = terms.taken_by([each for each, _name in held], wanted)
    if met is not None:
        found += terms.overlap([met], wanted, dict(held)[met])
    rules = values.rules_of(group, wanted.span.first or today)
    if rules is not None and not wanted.acting:
        found += engagement.check_term(rules, wanted.span.first, wanted.span.last)
    return found


def _casual(group: Group, seat: Seat, wanted: Holding, filled_by: str, today: date) -> list[Breach]:
    """The model's rule for a seat whose holder left before the end of the term. Somebody acting fills no vacancy."""
    first = wanted.span.first or today
    rules = values.rules_of(group, first)
    if wanted.acting or not (filled_by or (rules is not None and rules.casual_vacancies)):
        return []
    until = cut_short(seat.pk, first)
    if until is None:
        return terms.no_casual_vacancy(filled_by)
    return engagement.check_casual_vacancy(rules, filled_by, until) if rules is not None else []


def _rewrites(by: Viewer, seat: Seat, held: Sequence[Holding], wanted: Holding, today: date) -> bool:
    """Whether somebody else is known to have sat there: appointed, or by the office or chair that the seat follows."""
    if terms.rewrites(held, wanted, today):
        return True
    past = terms.gone_by(wanted.span, today)
    if past is None or seat.basis not in FOLLOWS:
        return False
    facts = table_of(by, Q(pk=seat.pk)).facts
    return sat_during(facts, facts.seats[seat.pk], past)


def _fresh(appointment: Appointment, group: Group) -> Appointment:
    rows = Appointment.objects.select_related("seat", "person")
    return rows.get(pk=appointment.pk, seat__group=group)


def profile_of(person: Person) -> Profile | None:
    """Their profile, if they have one; kept while an upload is loaded or taken back."""
    there: Profile | None = known(profile_key(person.pk))
    return there or Profile.objects.select_related("record").filter(person=person).first()


def note(
    by: Viewer,
    verb: str,
    group: Group,
    appointment: Appointment,
    profile: Profile | None,
    now: datetime,
    changes: dict[str, Any],
    reason: str,
    *,
    own: bool = False,
) -> None:
    """The history names the person by the ref of their profile; why somebody left is for officers only.

    own: what the person does themselves; somebody else who does it then acts on their behalf.
    """
    shown = profile.record.ref if profile and appointment.named else None
    drop(new_seat_key(appointment.seat_id))
    told = {"seat": (None, appointment.seat.title), "holder": (None, shown)}
    people.note(by, verb, group, appointment.person_id, now, {**told, **changes}, reason, own=own)
