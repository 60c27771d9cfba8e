"""Loading seats with who sits in them from a spreadsheet, through the commands, and taking them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from convenor.core.accounts.models import Person
from convenor.core.exchange.queries import kept_key, kept_row, record_of
from convenor.core.exchange.resources import Column, Importer, Loaded, Loading, breach
from convenor.core.records.rules import Breach, Refused, Viewer
from convenor.domain.directory.commands.people import profile_key
from convenor.domain.directory.models import Office, Profile, Segment
from convenor.domain.directory.resources.uploads_of_organisations import day_of, organisation_meant
from convenor.domain.directory.resources.uploads_of_people import foresee_people, person_meant
from convenor.domain.groups.commands.appointments import Term, appoint, strike_appointment
from convenor.domain.groups.commands.chairs import start_chairing, strike_chairing
from convenor.domain.groups.commands.places import SeatFacts, add_seat, strike_seat
from convenor.domain.groups.models import Appointment, Chairing, ChairRole, Group, Seat, SeatRole
from convenor.domain.groups.queries.naming import find_offices
from convenor.domain.groups.resources.meant import group_meant, seats_changed, seats_of
from convenor.domain.groups.resources.uploads_of_appointments import FILLED_BY
from convenor.domain.groups.resources.uploads_of_groups import YES_NO, may_load
from convenor.kit.once import put
from convenor.kit.structs import struct

BASES: Final = {str(value): str(label) for value, label in Seat.Basis.choices}
DAYS: Final = ("starts_on", "ends_on", "person_from", "person_to", "chair_from", "chair_to")
CHAIRINGS: Final = Chairing.objects.select_related("seat__group", "role")
TERMS: Final = Appointment.objects.select_related("seat__group", "person")
PLACES: Final = Seat.objects.select_related("group")


@struct
class Prepared:
    """Vocabulary, by code and by name."""

    segments: Mapping[str, Segment]
    roles: Mapping[str, ChairRole]
    seat_roles: Mapping[str, SeatRole]


@struct
class SeatRow:
    """One line of an upload: a seat, who sits in it and as what it chairs, where that is said."""

    words: Mapping[str, str]
    days: Mapping[str, date | None]
    segment: Segment | None
    role: ChairRole | None
    sits_as: SeatRole | None = None


def prepare(viewer: Viewer, now: datetime) -> Prepared:  # noqa: ARG001 - the shape of Importer.prepare
    """Segments and chair roles, by code and by name."""
    segments = {word.casefold(): row for row in Segment.objects.all() for word in (row.slug, row.name)}
    seat_roles = {word.casefold(): row for row in SeatRole.objects.all() for word in (row.slug, row.name)}
    return Prepared(segments, {row.slug: row for row in ChairRole.objects.all()}, seat_roles)


def parse(row: Mapping[str, str], prepared: Prepared) -> SeatRow | list[Breach]:
    """A line as facts, or what is wrong with its cells."""
    wrong: list[Breach] = []
    days = {name: day_of(row.get(name, ""), name, wrong) for name in DAYS}
    said = row.get("segment", "")
    segment = prepared.segments.get(said.casefold()) if said else None
    if said and segment is None:
        wrong.append(breach("segment", f"No segment here is called “{said[:60]}”."))
    sits_as = prepared.seat_roles.get(row.get("role", "").casefold())
    if row.get("role") and sits_as is None:
        known = ", ".join(sorted({each.slug for each in prepared.seat_roles.values()}))
        wrong.append(breach("role", f"No role here is called “{row['role'][:60]}”: {known}."))
    if not row.get("person") and any(row.get(name) for name in ("person_email", "person_from", "person_to", "acting")):
        wrong.append(breach("person", "Say who sits here, or leave the columns about the person empty."))
    return wrong or SeatRow(row, days, segment, prepared.roles.get(row.get("chairs_as", "")), sits_as)


def apply(row: SeatRow, loading: Loading) -> Loaded:
    """Add the seat unless it is there; appoint and let chair unless that stands there already."""
    group = group_meant(loading, row.words["group"])
    seat = _there(row, group)
    made = seat is None
    if seat is None:
        seat = add_seat(by=loading.by, group=group, facts=_facts(row, loading), now=loading.now, reason=loading.reason)
        seats_changed(group, seat)
    term = _appoint(row, seat, loading, made) if row.words.get("person") else None
    chairing = _chair(row, seat, loading) if row.role else None
    first: Any = "created" if loading.record is None and made else "changed"
    if not (made or term or chairing):
        first = "unchanged"
    keys = {"term": term.pk if term else None, "chairing": chairing.pk if chairing else None}
    return Loaded(group.record, first, {**keys, "seat": seat.pk if made else None})


def foresee(rows: Sequence[Mapping[str, str]], loading: Loading) -> None:
    """Read at once who sits in the next seats."""
    foresee_people(loading, [(row.get("person", ""), row.get("person_email", "")) for row in rows])


def undo(loaded: Loaded, loading: Loading) -> None:
    """Take out what this line put in, the last first."""
    by, now, why = loading.by, loading.now, loading.reason
    if (chairing := kept_row(CHAIRINGS, loaded, "chairing")) is not None:
        strike_chairing(by=by, chairing=chairing, reason=why, now=now)
    if (term := kept_row(TERMS, loaded, "term")) is not None:
        strike_appointment(by=by, appointment=term, reason=why, now=now)
    if (seat := kept_row(PLACES, loaded, "seat")) is not None:
        strike_seat(by=by, seat=seat, reason=why, now=now)


def recall(kept: Sequence[Mapping[str, Any]]) -> None:
    """Read at once what the next lines put in, and the profiles of whom they seated."""
    wanted: list[tuple[str, QuerySet[Any]]] = [("chairing", CHAIRINGS), ("term", TERMS), ("seat", PLACES)]
    found = [row for name, rows in wanted for row in rows.filter(pk__in={each.get(name) or 0 for each in kept})]
    for row in found:
        put(kept_key(type(row), row.pk), row)
    sitting = {row.person_id for row in found if isinstance(row, Appointment)}
    for profile in Profile.objects.filter(person__in=sitting).select_related("record"):
        put(profile_key(profile.person_id), profile)


def _there(row: SeatRow, group: Group) -> Seat | None:
    """The seat this line stands for: of that title in the group, and not ended."""
    title = row.words.get("title", "")
    if title:
        wanted, last = title.casefold(), row.days["ends_on"]
        found = [seat for seat in seats_of(group) if seat.title.casefold() == wanted and seat.ends_on == last]
        return found[0] if found else None
    rows = Seat.objects.filter(group=group, ends_on=row.days["ends_on"]).select_related("group")
    basis = Q(basis=row.words["basis"])
    named = Q(office__record__title__iexact=row.words.get("office", "")) | Q(
        organisation__name__iexact=row.words.get("organisation", "")
    )
    return rows.filter(basis & named).order_by("pk").first()


def _facts(row: SeatRow, loading: Loading) -> SeatFacts:
    words, days = row.words, row.days
    organisation = words.get("organisation", "")
    return SeatFacts(
        title=words.get("title", ""),
        basis=words["basis"],
        starts_on=days["starts_on"] or localdate(loading.now),
        office=_office(words["office"], loading) if words.get("office") else None,
        organisation=organisation_meant(loading, organisation, "organisation") if organisation else None,
        segment=row.segment,
        chair_of=group_meant(loading, words["chair_of"], "chair_of") if words.get("chair_of") else None,
        constituency=words.get("constituency", ""),
        role=row.sits_as,
        votes=_yes_no(words.get("votes", "")),
        counts_to_quorum=_yes_no(words.get("counts_to_quorum", "")),
        order=int(words["order"]) if words.get("order", "").isdigit() else 0,
        ends_on=days["ends_on"],
    )


def _yes_no(said: str) -> bool | None:
    return None if not said else said != "no"


def _office(said: str, loading: Loading) -> Office:
    record = record_of(loading.by, "offices", loading.source, said)
    found = [Office.objects.select_related("record", "organisation").get(record=record)] if record else []
    found = found or find_offices(loading.by, said)
    if len(found) == 1:
        return found[0]
    refs = ", ".join(each.record.ref for each in found)
    many = f"More than one office is called “{said[:80]}”: write its reference ({refs})."
    none = f"No office here is called “{said[:80]}”: write its title, a comma and its organisation."
    raise Refused([breach("office", many if found else none)])


def _appoint(row: SeatRow, seat: Seat, loading: Loading, made: bool) -> Appointment | None:
    """The appointment that was made; None when it stands there already."""
    term = Term(
        starts_on=row.days["person_from"],
        ends_on=row.days["person_to"],
        acting=row.words.get("acting", "") == "yes",
        instrument=row.words.get("instrument", ""),
    )
    person = person_meant(loading, row.words["person"], row.words.get("person_email", ""))
    if not made and isinstance(person, Person) and _appointed(seat, person, term):
        return None
    return appoint(
        by=loading.by,
        seat=seat,
        person=person,
        term=term,
        now=loading.now,
        reason=loading.reason,
        filled_by=row.words.get("filled_by", ""),
    )


def _appointed(seat: Seat, person: Person, term: Term) -> bool:
    days = {"starts_on": term.starts_on, "ends_on": term.ends_on, "acting": term.acting}
    return Appointment.objects.filter(seat=seat, person=person, **days).exists()


def _chair(row: SeatRow, seat: Seat, loading: Loading) -> Chairing | None:
    """The chairing that was begun; None when it stands there already."""
    starts_on = row.days["chair_from"] or seat.starts_on
    if row.role is None or Chairing.objects.filter(seat=seat, role=row.role, starts_on=starts_on).exists():
        return None
    return start_chairing(
        by=loading.by,
        seat=seat,
        role=row.role,
        starts_on=starts_on,
        ends_on=row.days["chair_to"] or seat.ends_on,
        now=loading.now,
        reason=loading.reason,
    )


def _roles() -> dict[str, str]:
    return dict(ChairRole.objects.order_by("order", "name").values_list("slug", "name"))


IMPORTER: Final = Importer(
    columns=(
        Column("id", "Id in your list", "What your own list calls the line.", example="12"),
        Column("group", "Group", "Its name, acronym, reference, or id in your list of groups.", required=True),
        Column("title", "Title of the seat", "Left empty, it is called what it stands for.", example="Health"),
        Column("basis", "Basis", "What the seat stands on.", required=True, choices=BASES),
        Column("office", "Office", "Title, comma, organisation; a reference; or an id in your list of offices."),
        Column("organisation", "Organisation", "Its name, reference, ABN or id in your list."),
        Column("segment", "Segment", "Its code or name."),
        Column("chair_of", "Chair of", "The other group whose chair sits here."),
        Column("constituency", "Side", "Its side of the table, by its code in the model."),
        Column("role", "Role", "As what somebody sits: its code or name; a member when empty.", example="observer"),
        Column("votes", "Votes", "As its role says when empty.", choices=YES_NO),
        Column("counts_to_quorum", "Counts to the quorum", "As its role says when empty.", choices=YES_NO),
        Column("order", "Place in the list", "A number.", example="1"),
        Column("starts_on", "From", "Its first day as 2026-11-24; today when empty.", example="2017-03-01"),
        Column("ends_on", "Last day", "Where it has ended, or will."),
        Column("person", "Who sits here", "A name, a reference, or an id in your list of people. Published."),
        Column("person_email", "E-mail of the person", "Tells people of one name apart. Never published."),
        Column("person_from", "Appointed from", "A day; empty when it is not known."),
        Column("person_to", "Appointed until", "The last day, where it is known."),
        Column("acting", "Acting", "Whether the person is acting.", choices=YES_NO),
        Column("instrument", "Appointed by", "The letter or decision."),
        Column(
            "filled_by", "How the vacancy was filled", "Where somebody left before their term ended.", choices=FILLED_BY
        ),
        Column("chairs_as", "Chairs as", "As what the seat chairs.", choices=_roles, also="chair-roles"),
        Column("chair_from", "Chairs from", "A day; since the seat is there when empty."),
        Column("chair_to", "Chairs until", "The last day; that of the seat when empty."),
    ),
    source_id="id",
    parse=parse,
    apply=apply,
    undo=undo,
    may=may_load,
    prepare=prepare,
    foresee=foresee,
    recall=recall,
)
