"""Loading who chairs, and the words for it, through the commands, and taking them back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from convenor.core.exchange.queries import kept_row
from convenor.core.exchange.resources import Column, Importer, Loaded, Loading, Resource, breach
from convenor.core.records.rules import Breach, Refused, Viewer
from convenor.domain.directory.resources.uploads_of_organisations import day_of
from convenor.domain.groups.commands.chairs import end_chairing, start_chairing, strike_chairing
from convenor.domain.groups.commands.resuming import resume_chairing
from convenor.domain.groups.commands.words import ChairRoleFacts, add_chair_role, remove_chair_role
from convenor.domain.groups.models import Chairing, ChairRole, Seat
from convenor.domain.groups.resources.meant import group_meant, seat_meant
from convenor.domain.groups.resources.uploads_of_groups import YES_NO, may_load
from convenor.kit.structs import struct

ROLES: Final = "chair-roles"


@struct
class ChairingRow:
    """One line of an upload: which seat chaired, as what, from when to when."""

    words: Mapping[str, str]
    starts_on: date | None
    ends_on: date | None
    role: ChairRole


def roles_by_word(viewer: Viewer, now: datetime) -> dict[str, ChairRole]:  # noqa: ARG001 - the shape of prepare
    """Every role by its code."""
    return {row.slug: row for row in ChairRole.objects.all()}


def parse(row: Mapping[str, str], prepared: Mapping[str, ChairRole]) -> ChairingRow | list[Breach]:
    """A line as facts, or what is wrong with its cells."""
    wrong: list[Breach] = []
    first, last = (day_of(row.get(name, ""), name, wrong) for name in ("starts_on", "ends_on"))
    role = prepared.get(row["role"])
    if wrong or role is None:
        return wrong  # a role that an earlier line of the same file brings is there when this line is loaded
    return ChairingRow(row, first, last, role)


def apply(row: ChairingRow | list[Breach], loading: Loading) -> Loaded:
    """Let the seat chair; end the chairing that stands there where the line says when it ended."""
    if isinstance(row, list):
        raise Refused(row)
    group = group_meant(loading, row.words["group"])
    seat = seat_meant(group, row.words["seat"], row.starts_on)
    seat.group = group
    there = _there(seat, row)
    if there is None:
        made = start_chairing(
            by=loading.by, seat=seat, role=row.role, starts_on=row.starts_on or seat.starts_on, ends_on=row.ends_on,
            now=loading.now, reason=loading.reason,
        )  # fmt: skip
        return Loaded(group.record, "created" if loading.record is None else "changed", {"made": made.pk})
    if there.ends_on == row.ends_on or row.ends_on is None:
        return Loaded(group.record, "unchanged")
    if there.ends_on is not None:
        text = f"This chairing has an end already: {there.ends_on}. Correct it on the page of the seat."
        raise Refused([breach("ends_on", text)])
    end_chairing(by=loading.by, chairing=there, on=row.ends_on, now=loading.now, reason=loading.reason)
    return Loaded(group.record, "changed", {"ended": there.pk})


def _there(seat: Seat, row: ChairingRow) -> Chairing | None:
    first = row.starts_on or seat.starts_on
    rows = Chairing.objects.filter(seat=seat, role=row.role, starts_on=first)
    return rows.select_related("seat__group", "role").first()


def undo(loaded: Loaded, loading: Loading) -> None:
    """Take out what the line put in; what it ended goes on again."""
    by, now, why = loading.by, loading.now, loading.reason
    rows = Chairing.objects.select_related("seat__group", "role")
    made = kept_row(rows, loaded, "made")
    if made is not None:
        strike_chairing(by=by, chairing=made, reason=why, now=now)
    ended = kept_row(rows, loaded, "ended")
    if ended is not None:
        resume_chairing(by=by, chairing=ended, reason=why, now=now)


def _roles() -> dict[str, str]:
    return dict(ChairRole.objects.order_by("order", "name").values_list("slug", "name"))


IMPORTER: Final = Importer(
    columns=(
        Column("id", "Id in your list", "What your own list calls the line.", example="C3"),
        Column("group", "Group", "Its name, acronym, reference, or id in your list of groups.", required=True),
        Column("seat", "Seat", "Its title or its number; it must be here already.", required=True, example="Health"),
        Column("role", "As", "As what it chairs.", required=True, choices=_roles, also=ROLES),
        Column("starts_on", "From", "A day as 2026-11-24; since the seat is there when empty."),
        Column("ends_on", "Last day", "Empty while it goes on."),
    ),
    source_id="id",
    parse=parse,
    apply=apply,
    undo=undo,
    may=may_load,
    prepare=roles_by_word,
)


# the words


def _parse_role(row: Mapping[str, str], prepared: Any) -> ChairRoleFacts | list[Breach]:  # noqa: ARG001 - its shape
    return ChairRoleFacts(row["id"], row["name"], row.get("leads", "") != "no")


def _apply_role(facts: ChairRoleFacts, loading: Loading) -> Loaded:
    made = add_chair_role(by=loading.by, facts=facts, now=loading.now)
    return Loaded(None, "created" if made else "unchanged", {"made": facts.slug if made else ""})


def _undo_role(loaded: Loaded, loading: Loading) -> None:
    remove_chair_role(by=loading.by, slug=loaded.undo.get("made", ""), now=loading.now)


def _no_rows(_viewer: Viewer) -> Any:
    raise LookupError("The words for who chairs are only loaded.")


CHAIR_ROLES: Final = Resource(
    kind="",
    name=ROLES,
    label="Chair roles",
    description="The words for who chairs: chair, co-chair, ranking member. Words that are here stay as they are.",
    fields=(),
    queryset=_no_rows,
    key="",
    importer=Importer(
        columns=(
            Column("id", "Code", "Small letters, digits and -.", example="ranking-member"),
            Column("name", "Name", "As it is shown.", required=True, example="Ranking member"),
            Column("leads", "Leads", "Whether it counts as a chair or co-chair. Yes when empty.", choices=YES_NO),
        ),
        source_id="id",
        parse=_parse_role,
        apply=_apply_role,
        undo=_undo_role,
        may=may_load,
    ),
)
