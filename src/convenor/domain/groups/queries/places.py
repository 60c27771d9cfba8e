"""Which office or organisation a place that a model names belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from convenor.domain.directory.models import ChangeParty, Office, Organisation
from convenor.domain.engagement.rules import NamedPlaceValue, TypeRulesValue
from convenor.domain.groups.rules.rosters import INDIVIDUAL, OFFICE, ORGANISATION

Match = dict[str, Any]
"""basis with office or organisation, as SeatFacts takes them."""


def match_places(
    rules: TypeRulesValue, places: Iterable[NamedPlaceValue], on: date
) -> list[tuple[NamedPlaceValue, Match]]:
    """Each place with its basis: the only office of a class that may sit, else the organisation, else a person.

    Organisations are found by their name, or by one they had before a change.
    """
    wanted = list(places)
    found = _organisations({place.organisation for place in wanted if place.organisation}, on)
    offices = _offices([each.pk for each in found.values()], {role.slug for role in rules.eligible_roles}, on)
    return [(place, _match(found.get(place.organisation.casefold()), offices)) for place in wanted]


def _match(organisation: Organisation | None, offices: dict[int, list[Office]]) -> Match:
    if organisation is None:
        return {"basis": INDIVIDUAL}
    fitting = offices.get(organisation.pk, [])
    if len(fitting) == 1:
        return {"basis": OFFICE, "office": fitting[0]}
    return {"basis": ORGANISATION, "organisation": organisation}


def _organisations(names: set[str], on: date) -> dict[str, Organisation]:
    if not names:
        return {}
    rows = Organisation.objects.live().current(on).select_related("kind")
    by_name = {name.casefold(): None for name in names}
    found = {row.name.casefold(): row for row in rows.filter(name__in=names)}
    former = ChangeParty.objects.filter(side=ChangeParty.Side.BEFORE, name__in=names).values_list(
        "name", "organisation_id"
    )
    successors = {name.casefold(): key for name, key in former}
    later = {row.pk: row for row in rows.filter(pk__in=successors.values())}
    for name in by_name:
        if name not in found and successors.get(name) in later:
            found[name] = later[successors[name]]
    return found


def _offices(organisations: list[int], roles: set[str], on: date) -> dict[int, list[Office]]:
    if not (organisations and roles):
        return {}
    rows = Office.objects.live().current(on).filter(organisation__in=organisations, role_class__slug__in=roles)
    found: dict[int, list[Office]] = {}
    for office in rows.select_related("organisation__kind", "role_class").order_by("pk"):
        found.setdefault(office.organisation_id, []).append(office)
    return found
