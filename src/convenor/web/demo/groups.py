"""Chapter two: the engagement models, the groups under them, and who sits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from convenor.core.accounts.models import Person
from convenor.domain import engagement
from convenor.domain.directory.models import Segment
from convenor.domain.engagement.commands.load import load_model
from convenor.domain.engagement.models import GroupType
from convenor.domain.groups.commands.appointments import Term, appoint
from convenor.domain.groups.commands.chairs import start_chairing
from convenor.domain.groups.commands.groups import GroupFacts, create_group
from convenor.domain.groups.commands.initiatives import InitiativeFacts, create_initiative
from convenor.domain.groups.commands.overrides import add_override
from convenor.domain.groups.commands.parents import ParentFacts
from convenor.domain.groups.commands.places import SeatFacts, add_seat
from convenor.domain.groups.commands.proposals import ProposalFacts
from convenor.domain.groups.models import ChairRole, Group, Seat
from convenor.domain.groups.queries.weighing import OverrideFacts
from convenor.web.demo.telling import Telling

SHIPPED = Path(engagement.__file__).parent / "seeds"
"""The models that come with Convenor."""

MODELS_IN_FORCE = -60
"""Months ago: before the oldest group started."""


def tell(telling: Telling) -> None:
    for path in sorted(SHIPPED.glob("*.yaml")):
        load_model(
            by=telling.by,
            text=path.read_text(encoding="utf-8"),
            now=telling.now,
            in_force_from=telling.on(MODELS_IN_FORCE),
        )
    for row in telling.rows("initiatives"):
        facts = InitiativeFacts(name=row["name"], summary=row["summary"])
        telling.initiatives[row["key"]] = create_initiative(by=telling.by, facts=facts, now=telling.now)
    for row in telling.rows("groups"):
        group = make_group(telling, row)
        telling.groups[row["key"]] = group
        for order, seat in enumerate(telling.seats(row["key"]), start=1):
            _seat(telling, group, seat, order)
    for row in telling.rows("overrides"):
        _override(telling, row)


def _override(telling: Telling, row: dict[str, Any]) -> None:
    first, last = telling.day(row["from"]) or telling.on(0), telling.day(row.get("to"))
    facts = OverrideFacts(row["rule"], row["values"], first, last, row["reason"], row["approved"])
    add_override(by=telling.by, group=telling.groups[row["group"]], facts=facts, now=telling.now)


def make_group(telling: Telling, row: dict[str, Any]) -> Group:
    """A group of the story, under its parents."""
    outside = row.get("outside", False)
    facts = GroupFacts(
        name=row["name"],
        acronym=row.get("acronym", ""),
        purpose=row["purpose"],
        host=telling.organisations[row["host"]],
        type=None if outside else GroupType.objects.get(model__slug=row["model"], slug=row["type"]),
        is_ours=not outside,
        initiative=telling.initiatives.get(row.get("initiative", "")),
        deliverable=row.get("deliverable", ""),
        started_on=telling.day(row.get("started")),
        review_due_on=telling.day(row.get("review")),
        sunset_on=telling.day(row.get("sunset")),
    )
    parents = [ParentFacts(telling.groups[key], approved_on=facts.started_on) for key in row.get("parents", ())]
    state = row.get("state", "active")
    asked = ProposalFacts(row.get("proposed_by", ""), row.get("proposed_why", ""))
    return create_group(by=telling.by, facts=facts, now=telling.now, under=parents, state=state, proposal=asked)


def _seat(telling: Telling, group: Group, row: dict[str, Any], order: int) -> None:
    started = group.started_on or telling.now.date()
    facts = SeatFacts(
        title=row["title"],
        basis=_basis(row),
        starts_on=started,
        office=telling.offices.get(row.get("office", "")),
        organisation=telling.organisations.get(row.get("organisation", "")),
        segment=Segment.objects.filter(slug=row.get("segment", "")).first(),
        constituency=row.get("constituency", ""),
        order=order,
    )
    seat = add_seat(by=telling.by, group=group, facts=facts, now=telling.now)
    if "person" in row:
        _appoint(telling, seat, telling.person(row["person"]), row)
    if "chairs" in row:
        role = ChairRole.objects.get(slug=row["chairs"])
        why = "As the group was set up."
        start_chairing(by=telling.by, seat=seat, role=role, starts_on=started, now=telling.now, reason=why)


def _appoint(telling: Telling, seat: Seat, person: Person, row: dict[str, Any]) -> None:
    term = Term(
        starts_on=telling.day(row.get("from")), ends_on=telling.day(row.get("to")), instrument="Letter of appointment"
    )
    appoint(by=telling.by, seat=seat, person=person, term=term, now=telling.now)


def _basis(row: dict[str, Any]) -> str:
    for basis in (Seat.Basis.OFFICE, Seat.Basis.ORGANISATION, Seat.Basis.SEGMENT):
        if basis.value in row:
            return basis.value
    return Seat.Basis.INDIVIDUAL.value
