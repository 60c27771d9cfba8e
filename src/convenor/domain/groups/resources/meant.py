"""Which group, seat or role a cell of an upload means: by the id of the same source's list, a reference, or a name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from convenor.core.exchange.queries import record_of
from convenor.core.exchange.resources import Loading, breach
from convenor.core.records.rules import Refused
from convenor.domain.groups.commands.places import seats_key
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.queries.naming import find_groups
from convenor.domain.groups.rules.spans import Span
from convenor.kit.once import once, put

GROUPS = "groups"
SEATS = "seats"


def group_meant(loading: Loading, said: str, column: str = "group") -> Group:
    """The one group that is meant; Refused at the column when there is none, or more."""
    return once(("group meant", loading.source, said), lambda: _group(loading, said, column))


def _group(loading: Loading, said: str, column: str) -> Group:
    record = record_of(loading.by, GROUPS, loading.source, said)
    found = [Group.objects.select_related("record", "type").get(record=record)] if record else []
    found = found or find_groups(loading.by, said)
    if len(found) > 1:
        ours = {"record__origins__resource": GROUPS, "record__origins__source": loading.source}
        own = Group.objects.filter(pk__in=[each.pk for each in found], **ours).select_related("record", "type")
        found = list(own.order_by("pk")) if own.count() == 1 else found
    if len(found) == 1:
        return found[0]
    refs = ", ".join(each.record.ref for each in found)
    many = f"More than one group is called “{said[:80]}”: write its reference ({refs})."
    raise Refused([breach(column, many if found else f"No group here is called “{said[:80]}”: load it first.")])


def seat_meant(group: Group, said: str, on: date | None) -> Seat:
    """The seat of the group by its number or its title; of several of one title, the one that stands on the day."""
    seats = seats_of(group)
    found = [seat for seat in seats if said.isdigit() and seat.number == int(said)]
    found = found or [seat for seat in seats if seat.title.casefold() == said.casefold()]
    if len(found) > 1 and on is not None:
        found = [seat for seat in found if Span(seat.starts_on, seat.ends_on).covers(on)] or found
    if len(found) > 1:
        found = [seat for seat in found if seat.ends_on is None] or found
    if len(found) == 1:
        return found[0]
    numbers = ", ".join(str(seat.number) for seat in found)
    many = f"More than one seat is called “{said[:80]}”: write its number ({numbers})."
    none = f"{group.name} has no seat “{said[:80]}”: load its seats first."
    raise Refused([breach("seat", many if found else none)])


def seats_of(group: Group) -> Sequence[Seat]:
    """Every seat the group ever had; read once in a chunk and kept up by `seats_changed`."""
    return once(seats_key(group), lambda: list(Seat.objects.filter(group=group).order_by("pk")))


def seats_changed(group: Group, added: Seat) -> None:
    """Keep the new seat among those that were read before."""
    if added not in (seats := seats_of(group)):
        put(seats_key(group), [*seats, added])
