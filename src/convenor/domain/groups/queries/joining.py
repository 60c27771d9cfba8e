"""How a group is joined today, who asks to, who is invited, and who waits for a place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.db.models import F, QuerySet, Value
from django.http import Http404

from convenor.core.records.models import visible_filter
from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Organisation, Tenure
from convenor.domain.engagement.rules import SeatValue, TypeRulesValue
from convenor.domain.groups.models import (
    Admission,
    Appointment,
    Asking,
    Group,
    JoinInvitation,
    JoinRequest,
    PlaceWatch,
)
from convenor.domain.groups.queries.people import groups_looked_after
from convenor.domain.groups.queries.rosters import in_force
from convenor.domain.groups.queries.seen import word
from convenor.domain.groups.queries.values import compositions
from convenor.domain.groups.rules import joining
from convenor.kit.structs import struct

WAITING: Final = Asking.WAITING


@struct
class Door:
    """The way in that holds on a day, and the side of the table that those who join sit on ("" where it is asked)."""

    way: str
    side: str = ""
    chosen: bool = False
    """Whether the group chose it; else it follows from the type."""

    @property
    def label(self) -> str:
        return str(Admission.Way(self.way).label)


def admission_on(group: Group, on: date) -> Admission | None:
    """The group's own choice that holds on a day. One query."""
    return Admission.objects.filter(in_force(on), group=group).order_by("-starts_on", "-pk").first()


def door_of(group: Group, rules: TypeRulesValue | None, on: date) -> Door:
    """How the group is joined on a day. What the type's formation does not allow (any more) holds no longer."""
    own = admission_on(group, on)
    if own is None or rules is None or own.way not in joining.ALLOWED[rules.formation]:
        return Door(joining.usual_way(rules))
    return Door(own.way, own.side, chosen=True)


def sides_to_choose(rules: TypeRulesValue, door: Door) -> list[tuple[str, str]]:
    """The sides of the table among which one who joins chooses; none where there is nothing to choose."""
    if door.side or len(rules.constituencies) < 2:
        return []
    return [(side.slug, side.name) for side in rules.constituencies]


def side_for(rules: TypeRulesValue, door: Door, said: str) -> str:
    """The side that one who joins sits on: the group's choice, the only one there is, or what they said."""
    if door.side:
        return door.side
    return rules.constituencies[0].slug if len(rules.constituencies) == 1 else said


def needs_organisation(rules: TypeRulesValue) -> bool:
    """Whether the rules look at where somebody comes from."""
    counted = {rules.total_counts, *(side.counts for side in rules.constituencies)}
    return rules.one_seat_per_organisation or bool(rules.eligible_kinds) or "organisations" in counted


def fullness(group: Group, rules: TypeRulesValue, side: str, organisation: Organisation | None, on: date) -> list[str]:
    """In words that every place is taken on the day; nothing while one is free."""
    seat = SeatValue(constituency=side, organisation=organisation.pk if organisation else None)
    now = compositions([group.pk], on, segments=False, leads=False)[group.pk]
    return [breach.text for breach in joining.full(rules, now, seat)]


def sits(group: Group, person_id: int, on: date) -> date | bool:
    """Since when the person holds a seat of the group on the day, appointed or by an office; True when not known."""
    appointed = Appointment.objects.filter(in_force(on), in_force(on, "seat__"), seat__group=group, person=person_id)
    for starts_on in appointed.order_by("pk").values_list("starts_on", flat=True):
        return starts_on or True
    offices = Tenure.objects.filter(in_force(on), office__seats__in=group.seats.filter(in_force(on)), person=person_id)
    for starts_on in offices.order_by("pk").values_list("starts_on", flat=True):
        return starts_on or True
    return False


@struct(slots=False)
class Standing:
    """What one person has to do with joining a group."""

    person_id: int
    membership: Appointment | None = None
    """By joining, and so ended by leaving."""
    request: JoinRequest | None = None
    invitation: JoinInvitation | None = None
    watches: bool = False


def standings(group: Group, people: Collection[int], on: date) -> dict[int, Standing]:
    """Each person's standing towards the group: one query, and one more for each kind of thing that is there."""
    found = {person: Standing(person) for person in people}
    rows: dict[str, QuerySet[Any]] = {
        "membership": Appointment.objects.filter(in_force(on), seat__group=group, person__in=people, joined=True),
        "request": JoinRequest.objects.filter(group=group, person__in=people, state=WAITING),
        "invitation": JoinInvitation.objects.filter(group=group, person__in=people, state=WAITING),
    }
    watching = PlaceWatch.objects.filter(group=group, person__in=people)
    first, *others = [
        each.values_list(word(Value(name)), "person_id") for name, each in [*rows.items(), ("", watching)]
    ]
    there = set(first.union(*others, all=True))
    for name in {name for name, _person in there if name}:
        for row in rows[name].select_related("seat__group" if name == "membership" else "group", "person"):
            found[row.person_id] = replace(found[row.person_id], **{name: row})
    for person in {person for name, person in there if not name}:
        found[person] = replace(found[person], watches=True)
    return found


def requests_waiting(viewer: Viewer) -> QuerySet[JoinRequest]:
    """Who asks to join the groups that the viewer's duties reach, the longest waiting first."""
    mine = Group.objects.live().filter(groups_looked_after(viewer)).values("pk")
    rows = JoinRequest.objects.filter(state=WAITING, group__in=mine)
    return rows.select_related("group__record", "person").order_by("asked_at", "pk")


def invitations_waiting(viewer: Viewer, people: Collection[int]) -> QuerySet[JoinInvitation]:
    """What these people are invited to and have not answered; whom an invitation reached knows of the group."""
    rows = JoinInvitation.objects.filter(state=WAITING, person__in=people, group__record__state="live")
    return rows.filter(visible_filter(viewer, "group__record")).select_related("group", "person").order_by("pk")


def requests_of(group: Group) -> QuerySet[JoinRequest]:
    """Everybody who asks to join, the waiting ones first; answered ones until they are purged."""
    rows = JoinRequest.objects.filter(group=group).select_related("person", "organisation", "answered_by")
    return rows.order_by(F("answered_at").desc(nulls_first=True), "asked_at", "pk")


def invitations_of(group: Group) -> QuerySet[JoinInvitation]:
    """Everybody who is invited, the newest first."""
    rows = JoinInvitation.objects.filter(group=group).select_related("person")
    return rows.order_by("-invited_at", "-pk")


def access_request(group: Group, key: int) -> JoinRequest:
    """A request to join the group, or 404."""
    found = JoinRequest.objects.filter(group=group, pk=key).select_related("group__record", "person").first()
    if found is None:
        raise Http404
    return found


def access_invitation(group: Group, key: int) -> JoinInvitation:
    """An invitation to join the group, or 404."""
    found = JoinInvitation.objects.filter(group=group, pk=key).select_related("group__record", "person").first()
    if found is None:
        raise Http404
    return found
