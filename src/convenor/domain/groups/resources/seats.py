"""Seats, rosters, appointments and chairing, outside."""

from __future__ import annotations

from typing import Any, Final

from convenor.core.exchange.resources import Field, Filter, Resource
from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import Appointment, Chairing, ChairRole, Seat, SeatRole
from convenor.domain.groups.queries.roster_rows import another_day, line_of, only_vacant, roster_rows
from convenor.domain.groups.resources.uploads_of_appointments import FILLED_BY
from convenor.domain.groups.resources.uploads_of_appointments import IMPORTER as APPOINTMENT_IMPORTER
from convenor.domain.groups.resources.uploads_of_chairing import IMPORTER as CHAIRING_IMPORTER
from convenor.domain.groups.resources.uploads_of_seats import IMPORTER

BASES: Final = {str(value): str(label) for value, label in Seat.Basis.choices}


def role_words() -> dict[str, str]:
    """The words for who chairs: slug → name."""
    return dict(ChairRole.objects.order_by("order", "name").values_list("slug", "name"))


def seat_role_words() -> dict[str, str]:
    """The words for as what people sit: slug → name."""
    return dict(SeatRole.objects.order_by("order", "name").values_list("slug", "name"))


def _seats(viewer: Viewer) -> ScopedQuerySet[Seat]:
    return Seat.objects.select_related("group", "office", "organisation", "segment", "chair_of", "role").visible_to(
        viewer
    )


def _stands_for(row: Seat) -> int | None:
    found = row.office or row.organisation or row.chair_of
    return found.record_id if found else None


SEAT_FILTERS: Final = (
    Filter("group", "Group", "group__record_id", "Only of this group.", type="ref"),
    Filter("basis", "Basis", "basis", "Only on this basis.", choices=BASES),
    Filter("constituency", "Side", "constituency", "Only of this side of the table, by its code."),
    Filter("role", "Role", "role__slug", "Only of this role, by its code."),
)

SEATS: Final = Resource(
    kind="group",
    name="seats",
    label="Seats",
    description="Every place at a table, past ones too: what it stands on, from when to when.",
    queryset=_seats,
    key="",
    jsonld_type="org:Post",
    fields=(
        Field("group", "Group", "ref", "group.record_id", "Whose seat it is.", required=True, term="org:postIn"),
        Field("number", "Number", "integer", "number", "Its number in the group, for ever.", required=True),
        Field("title", "Title", "text", "title", "What the seat is called.", required=True, term="schema:name"),
        Field("basis", "Basis", "text", "basis", "What the seat stands on.", required=True, choices=BASES),
        Field("stands_for", "Stands for", "ref", _stands_for, "The office, organisation or group it stands for."),
        Field("segment", "Segment", "text", "segment.slug", "The segment it stands for."),
        Field("constituency", "Side", "text", "constituency", "Its side of the table, by the code of the model."),
        Field("role", "Role", "text", "role.slug", "As what somebody sits.", choices=seat_role_words, term="org:role"),
        Field(
            "counts_under_caps",
            "Counts under caps",
            "boolean",
            lambda row: row.role is None or row.role.counts_under_caps,
            "By its role; observers and the like do not.",
            required=True,
        ),
        Field("votes", "Votes", "boolean", "votes", "Whether it votes.", required=True),
        Field("counts_to_quorum", "Counts to the quorum", "boolean", "counts_to_quorum", "Whether.", required=True),
        Field("starts_on", "From", "date", "starts_on", "Its first day.", required=True, term="schema:startDate"),
        Field("ends_on", "Last day", "date", "ends_on", "Empty while it goes on.", term="schema:endDate"),
    ),
    filters=SEAT_FILTERS,
    importer=IMPORTER,
)


def _present(row: Any) -> list[int]:
    return [holder.profile for holder in line_of(row).present if holder.profile is not None]


def _away(row: Any) -> list[int]:
    return [holder.profile for holder in line_of(row).away if holder.profile is not None]


def _since(row: Any) -> Any:
    line = line_of(row)
    return line.present[0].span.first if line.present else None


ROSTER: Final = Resource(
    kind="group",
    name="roster",
    label="Rosters",
    description="Who sits in each seat, on any day: today, or the day asked for. Names not published are left out.",
    queryset=roster_rows,
    key="",
    jsonld_type="org:Membership",
    fields=(
        Field("group", "Group", "ref", "group.record_id", "The group.", required=True, term="org:organization"),
        Field("on", "Day", "date", "day", "The day this holds for.", required=True),
        Field("number", "Number of the seat", "integer", "number", "In the group, for ever.", required=True),
        Field("seat", "Seat", "text", "title", "What the seat is called.", required=True, term="org:role"),
        Field("basis", "Basis", "text", "basis", "What the seat stands on.", required=True, choices=BASES),
        Field("constituency", "Side", "text", "constituency", "Its side of the table, by the code of the model."),
        Field("role", "Role", "text", "role.slug", "As what somebody sits, by its code."),
        Field("chairs_as", "Chairs as", "texts", lambda row: [each.role for each in line_of(row).chairs], "Its roles."),
        Field("filled", "Filled", "boolean", lambda row: not line_of(row).vacant, "Whether.", required=True),
        Field("present", "Who sits", "refs", _present, "Whoever sits, acting or not.", term="org:member"),
        Field("acting", "Acting", "boolean", lambda row: any(each.acting for each in line_of(row).present),
              "Whether somebody acting sits.", required=True),
        Field("since", "Since", "date", _since, "Where that is known.", term="schema:startDate"),
        Field("away", "In place of", "refs", _away, "Who holds the seat while somebody acts."),
    ),
    filters=(
        Filter("on", "Day", "starts_on", "As it was on this day.", type="date", apply=another_day),
        *SEAT_FILTERS,
        Filter("vacant", "Vacant", "pk", "Only seats nobody sits in, of groups that meet; or only the others.",
               type="boolean", apply=only_vacant),
    ),
)  # fmt: skip


def _named(row: Appointment) -> int | None:
    """Of somebody who did not agree to be named here, nobody reads who it is, although they have a page."""
    profile = getattr(row.person, "profile", None)
    return profile.record_id if row.named and profile is not None else None


def _of_person(rows: Any, person: Any) -> Any:
    return rows.filter(person__profile__record_id=person, named=True)


def _appointments(viewer: Viewer) -> ScopedQuerySet[Appointment]:
    return Appointment.objects.select_related("seat__group", "person__profile").visible_to(viewer)


APPOINTMENTS: Final = Resource(
    kind="group",
    name="appointments",
    label="Appointments",
    description="Who was appointed to which seat, or to act in it, from when to when.",
    queryset=_appointments,
    key="",
    jsonld_type="org:Membership",
    fields=(
        Field("group", "Group", "ref", "seat.group.record_id", "The group.", required=True, term="org:organization"),
        Field("number", "Number of the seat", "integer", "seat.number", "In the group, for ever.", required=True),
        Field("seat", "Seat", "text", "seat.title", "What the seat is called.", required=True, term="org:role"),
        Field("id", "Id", "integer", "pk", "What acts on it call it.", required=True),
        Field("person", "Person", "ref", _named, "Who; empty when not published.", term="org:member"),
        Field("starts_on", "From", "date", "starts_on", "Empty when it is not known.", term="schema:startDate"),
        Field("ends_on", "Last day", "date", "ends_on", "Empty while it goes on.", term="schema:endDate"),
        Field("acting", "Acting", "boolean", "acting", "In place of the holder.", required=True),
        Field("instrument", "Appointed by", "text", "instrument", "The letter or decision."),
        Field(
            "filled_by",
            "How the vacancy was filled",
            "text",
            "filled_by",
            "Where somebody had left before their term ended, and it is known.",
            choices=FILLED_BY,
        ),
        Field("end_reason", "Why it ended", "text", "end_reason", "For officers only.", public=False),
    ),
    filters=(
        Filter("group", "Group", "seat__group__record_id", "Only of this group.", type="ref"),
        Filter("person", "Person", "person__profile__record_id", "Only of this person.", type="ref", apply=_of_person),
        Filter("acting", "Acting", "acting", "Only acting, or only not.", type="boolean"),
    ),
    importer=APPOINTMENT_IMPORTER,
)


def _chairings(viewer: Viewer) -> ScopedQuerySet[Chairing]:
    return Chairing.objects.select_related("seat__group", "role").visible_to(viewer)


CHAIRING: Final = Resource(
    kind="group",
    name="chairing",
    label="Chairing",
    description="Which seat chaired which group, as what, from when to when.",
    queryset=_chairings,
    key="",
    jsonld_type="org:Role",
    fields=(
        Field("group", "Group", "ref", "seat.group.record_id", "The group.", required=True, term="org:organization"),
        Field("number", "Number of the seat", "integer", "seat.number", "In the group, for ever.", required=True),
        Field("seat", "Seat", "text", "seat.title", "What the seat is called.", required=True),
        Field("id", "Id", "integer", "pk", "What acts on it call it.", required=True),
        Field("role", "As", "text", "role.slug", "As what it chairs.", required=True, choices=role_words),
        Field("leads", "Leads", "boolean", "role.leads", "As chair or co-chair.", required=True),
        Field("starts_on", "From", "date", "starts_on", "The first day.", required=True, term="schema:startDate"),
        Field("ends_on", "Last day", "date", "ends_on", "Empty while it goes on.", term="schema:endDate"),
    ),
    filters=(
        Filter("group", "Group", "seat__group__record_id", "Only of this group.", type="ref"),
        Filter("role", "As", "role__slug", "Only in this role.", choices=role_words),
    ),
    importer=CHAIRING_IMPORTER,
)
