"""Loading a table of appointments, through the commands, and taking them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from convenor.core.accounts.models import Person
from convenor.core.exchange.queries import kept_row
from convenor.core.exchange.resources import Column, Importer, Loaded, Loading, breach
from convenor.core.records.rules import Breach
from convenor.domain.directory.resources.uploads_of_organisations import day_of
from convenor.domain.directory.resources.uploads_of_people import foresee_people, person_meant
from convenor.domain.groups.commands.appointments import (
    Term,
    appoint,
    correct_appointment,
    end_appointment,
    strike_appointment,
)
from convenor.domain.groups.commands.former import explain_end
from convenor.domain.groups.models import Appointment, Seat
from convenor.domain.groups.resources.meant import group_meant, seat_meant
from convenor.domain.groups.resources.uploads_of_groups import YES_NO, may_load
from convenor.kit.structs import struct

FILLED_BY: Final = {str(value): str(label) for value, label in Appointment.FilledBy.choices}
"""How a casual vacancy is filled, by code."""


@struct
class AppointmentRow:
    """One line of an upload: who was in which seat, from when to when."""

    words: Mapping[str, str]
    term: Term


def parse(row: Mapping[str, str], prepared: Any) -> AppointmentRow | list[Breach]:  # noqa: ARG001 - the shape of parse
    """A line as facts, or what is wrong with its cells."""
    wrong: list[Breach] = []
    days: dict[str, date | None] = {name: day_of(row.get(name, ""), name, wrong) for name in ("starts_on", "ends_on")}
    if row.get("end_reason") and not row.get("ends_on"):
        wrong.append(breach("end_reason", "Say on which day it ended, or leave this empty."))
    term = Term(days["starts_on"], days["ends_on"], row.get("acting", "") == "yes", row.get("instrument", ""))
    return wrong or AppointmentRow(row, term)


def apply(row: AppointmentRow, loading: Loading) -> Loaded:
    """Appoint, or bring the appointment that stands there up to the line."""
    group = group_meant(loading, row.words["group"])
    seat = seat_meant(group, row.words["seat"], row.term.starts_on or row.term.ends_on)
    seat.group = group
    person = person_meant(loading, row.words["person"], row.words.get("person_email", ""))
    there = _there(seat, person, row.term) if isinstance(person, Person) else None
    if there is not None:
        return _brought_up(there, row, loading)
    made = appoint(
        by=loading.by,
        seat=seat,
        person=person,
        term=row.term,
        now=loading.now,
        reason=_why(row, loading),
        filled_by=row.words.get("filled_by", ""),
    )
    if row.words.get("end_reason"):
        explain_end(by=loading.by, appointment=made, why=row.words["end_reason"], now=loading.now)
    return Loaded(group.record, "created" if loading.record is None else "changed", {"made": made.pk})


def _there(seat: Seat, person: Person, term: Term) -> Appointment | None:
    """The appointment of that person from that day; where the days are not known, the one that may be meant."""
    held = Appointment.objects.filter(seat=seat, person=person, acting=term.acting).select_related("seat__group")
    return held.filter(starts_on=term.starts_on).order_by("pk").first()


def _brought_up(there: Appointment, row: AppointmentRow, loading: Loading) -> Loaded:
    record = there.seat.group.record
    before = {
        "starts_on": _said(there.starts_on), "ends_on": _said(there.ends_on), "acting": there.acting,
        "instrument": there.instrument,
    }  # fmt: skip
    if (there.ends_on, there.instrument) == (row.term.ends_on, row.term.instrument or there.instrument):
        return Loaded(record, "unchanged")
    by, now, why = loading.by, loading.now, _why(row, loading)
    if there.ends_on is None and row.term.ends_on is not None and there.instrument == row.term.instrument:
        end_appointment(by=by, appointment=there, on=row.term.ends_on, now=now, reason=why)
    else:
        correct_appointment(by=by, appointment=there, term=row.term, reason=why, now=now)
    return Loaded(record, "changed", {"corrected": there.pk, "before": before})


def foresee(rows: Sequence[Mapping[str, str]], loading: Loading) -> None:
    """Read at once who is meant by the next lines."""
    foresee_people(loading, [(row.get("person", ""), row.get("person_email", "")) for row in rows])


def undo(loaded: Loaded, loading: Loading) -> None:
    """Take out what the line put in, put back what it changed."""
    rows = Appointment.objects.select_related("seat__group__record", "person")
    by, now, why = loading.by, loading.now, loading.reason
    made = kept_row(rows, loaded, "made")
    if made is not None:
        strike_appointment(by=by, appointment=made, reason=why, now=now)
    corrected = kept_row(rows, loaded, "corrected")
    if corrected is not None:
        before = loaded.undo["before"]
        term = Term(_day(before["starts_on"]), _day(before["ends_on"]), before["acting"], before["instrument"])
        correct_appointment(by=by, appointment=corrected, term=term, reason=why, now=now)


def _why(row: AppointmentRow, loading: Loading) -> str:
    return row.words.get("end_reason") or loading.reason


def _said(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


IMPORTER: Final = Importer(
    columns=(
        Column("id", "Id in your list", "What your own list calls the line.", example="A12"),
        Column("group", "Group", "Its name, acronym, reference, or id in your list of groups.", required=True),
        Column("seat", "Seat", "Its title or its number; it must be here already.", required=True, example="Health"),
        Column("person", "Person", "A name, a reference, or an id in your list of people. Published.", required=True),
        Column("person_email", "E-mail of the person", "Tells people of one name apart. Never published."),
        Column("starts_on", "From", "A day as 2026-11-24; empty when it is not known.", example="2024-02-01"),
        Column("ends_on", "Last day", "Empty while it goes on.", example="2026-01-31"),
        Column("acting", "Acting", "Whether the person is acting.", choices=YES_NO),
        Column("instrument", "Appointed by", "The letter or decision."),
        Column("end_reason", "Why it ended", "For officers only."),
        Column(
            "filled_by", "How the vacancy was filled", "Where somebody left before their term ended.", choices=FILLED_BY
        ),
    ),
    source_id="id",
    parse=parse,
    apply=apply,
    undo=undo,
    may=may_load,
    foresee=foresee,
)
