"""Which office or organisation a place that a model names belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from convenor.domain.directory.models import ChangeParty, Office, Organisation
from convenor.domain.engagement.rules import NamedPlaceValue, TypeRulesValue
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.queries.values import rules_of
from convenor.domain.groups.rules.rosters import INDIVIDUAL, OFFICE, ORGANISATION
from convenor.kit.structs import struct


@struct
class Place:
    """A place the model names, whether the group has a seat of that title, and who could sit for it.

    Where the rules ask for offices of certain classes, only `offices` may sit; else the organisation itself may too.
    """

    named: NamedPlaceValue
    order: int
    taken: bool
    organisation: Organisation | None
    offices: tuple[Office, ...]
    office_needed: bool

    def basis(self) -> Mapping[str, Any] | None:
        """What the seat stands on when nobody chooses: the only fitting office, else the organisation, else a person.

        None where an office is needed and it is not clear which.
        """
        if len(self.offices) == 1:
            return {"basis": OFFICE, "office": self.offices[0]}
        if self.office_needed:
            return None
        if self.organisation is not None:
            return {"basis": ORGANISATION, "organisation": self.organisation}
        return {"basis": INDIVIDUAL}


def places_of(group: Group, on: date) -> list[Place]:
    """The places that the group's type names, as far as they are filled."""
    rules = rules_of(group, on)
    if rules is None or not rules.named_places:
        return []
    titles = Seat.objects.filter(in_force(on), group=group).values_list("title", flat=True)
    return _matched(rules, {title.casefold() for title in titles}, on)


def unseated(group: Group, rules: TypeRulesValue | None, on: date) -> list[NamedPlaceValue]:
    """The places the rules name for which the group has no seat on a day. One query, or none."""
    if rules is None or not rules.named_places:
        return []
    titles = Seat.objects.filter(in_force(on), group=group).values_list("title", flat=True)
    taken = {title.casefold() for title in titles}
    return [place for place in rules.named_places if place.title.casefold() not in taken]


def _matched(rules: TypeRulesValue, taken: Collection[str], on: date) -> list[Place]:
    """Organisations are found by their name, or by one they had before a change."""
    found = _organisations({place.organisation for place in rules.named_places if place.organisation}, on)
    offices = _offices([each.pk for each in found.values()], {role.slug for role in rules.eligible_roles}, on)
    places = []
    for order, named in enumerate(rules.named_places, 1):
        organisation = found.get(named.organisation.casefold())
        fitting = tuple(offices.get(organisation.pk, ())) if organisation else ()
        bound = bool(rules.eligible_roles) and rules.eligible_constituency in {"", named.constituency}
        places.append(Place(named, order, named.title.casefold() in taken, organisation, fitting, bound))
    return places


def _organisations(names: set[str], on: date) -> dict[str, Organisation]:
    """By the name asked for, casefolded."""
    rows = Organisation.objects.live().current(on).select_related("kind", "record")
    found = {row.name.casefold(): row for row in rows.filter(name__in=names)}
    if not {name.casefold() for name in names} - set(found):
        return found
    former = ChangeParty.objects.filter(side=ChangeParty.Side.BEFORE, name__in=names)
    today = {name.casefold(): key for name, key in former.values_list("name", "organisation_id")}
    later = {row.pk: row for row in rows.filter(pk__in=today.values())}
    return {name: later[key] for name, key in today.items() if key in later} | found


def _offices(organisations: Sequence[int], roles: set[str], on: date) -> dict[int, list[Office]]:
    found: dict[int, list[Office]] = defaultdict(list)
    if organisations and roles:
        rows = Office.objects.live().current(on).filter(organisation__in=organisations, role_class__slug__in=roles)
        for office in rows.select_related("organisation__kind", "role_class").order_by("title", "pk"):
            found[office.organisation_id].append(office)
    return found
