"""What a person has to do with groups: the audiences they belong to, the seats they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from django.conf import settings
from django.db.models import (
    BooleanField,
    DateField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat
from django.utils.timezone import localdate

from convenor.core.accounts.models import DutyAssignment
from convenor.core.accounts.queries import in_force as duty_in_force
from convenor.core.clock.rules import nearest_instant
from convenor.core.records.models import Audience, visible_filter
from convenor.core.records.rules import Membership, Viewer
from convenor.domain.directory.models import MAX_DEPTH, Tenure
from convenor.domain.groups.models import Appointment, Chairing, Group, Seat
from convenor.domain.groups.permissions import OFFICER
from convenor.domain.groups.queries.rosters import APPOINTMENT, Holder, SeatLine, SeatShown, in_force, table_of
from convenor.domain.groups.queries.seen import text
from convenor.domain.groups.rules.membership import unbroken
from convenor.domain.groups.rules.spans import Span, common
from convenor.kit.prepared import Given, PreparedIn
from convenor.kit.structs import struct

NO_DAY: Final = Cast(Value(None), DateField())
NO: Final = Cast(Value(False), BooleanField())

HAS_DUTY: Final = -1

Spans = dict[int, list[Span]]


def memberships(person_ids: Sequence[int], now: datetime) -> list[Membership]:
    """The audiences of groups that these people belong to, each from when on.

    Members: who holds a seat today, acting or not, from the local midnight of the first day of their unbroken time
    in the group; what is over gives nothing. Who chairs a group also holds the seats that others keep for its chair.
    Secretariat, and members too: who has a duty over the group, its host or its model.

    One query; one more for those with a duty over something, and one for those who chair a group whose chair sits
    elsewhere. (Who holds what kind of thing is asked first: most people have no such duty, and every signed-in
    request passes here.)
    """
    today = localdate(now)
    audiences: Spans = defaultdict(list)
    seats: Spans = defaultdict(list)
    lines = HELD.rows(person_ids, now=now)
    over = sorted(record for record, seat, *_ in lines if seat == HAS_DUTY)
    lines = [line for line in lines if line[1] != HAS_DUTY]
    lines += REACHED.rows(over)
    for audience, seat, leads, *days in lines:
        life = common(Span(*days[:2]), Span(*days[2:]))
        if life is not None and audience is not None:
            audiences[audience].append(life)
            if leads:
                seats[seat].append(life)
    while seats:
        seats = _followed(seats, audiences)
    runs = {audience: unbroken(spans, today) for audience, spans in audiences.items()}
    return [Membership(key, _midnight(run.first)) for key, run in sorted(runs.items()) if run is not None]


def _held(people: list[Any]) -> QuerySet[Any, Any]:
    """Lines of (audience, seat, whether it ever leads, first and last day of the holding, and of the seat).

    With HAS_DUTY for a seat, what stands for the audience is the record that a duty is over: it may reach groups too.
    """
    has_duty = Cast(Value(HAS_DUTY), IntegerField())
    duties = _duties(people).values_list("over_id", has_duty, NO, *[NO_DAY] * 4)
    parts = [
        _by_holding(Appointment.objects.filter(person__pk__in=people), "seat"),
        _by_holding(Tenure.objects.filter(person__pk__in=people, office__seats__isnull=False), "office__seats"),
    ]
    return parts[0].union(parts[1], duties, all=True)


HELD: Final = PreparedIn(_held)


def _reached(over: list[Any]) -> QuerySet[Any, Any]:
    """The same lines for the groups under these records: both audiences of each.

    (As one query with the above it was a union of sixteen.)
    """
    groups = Group.objects.filter(_within(over))
    keys = [groups.values(key=_key("pk", word)) for word in ("members", "secretariat")]
    rows = Audience.objects.filter(Q(key__in=keys[0]) | Q(key__in=keys[1]))
    return rows.values_list("pk", Cast(Value(None), IntegerField()), NO, *[NO_DAY] * 4)


REACHED: Final = PreparedIn(_reached)


def _duties(people: list[Any]) -> QuerySet[DutyAssignment]:
    """Officers' duties over something, in force."""
    rows = DutyAssignment.objects.filter(duty_in_force(Given("now")), person__pk__in=people, duty__in=OFFICER)
    return rows.filter(over__isnull=False)


def _by_holding(rows: QuerySet[Any], seat: str) -> QuerySet[Any, Any]:
    return rows.values_list(
        _audience(f"{seat}__group_id", "members"), seat, _leads(seat), "starts_on", "ends_on",
        f"{seat}__starts_on", f"{seat}__ends_on",
    )  # fmt: skip


def _followed(seats: Spans, audiences: Spans) -> Spans:
    """Add what comes of chairing from these seats; give back the seats reached, where they lead in their turn."""
    further: Spans = defaultdict(list)
    elsewhere = "seat__group__ex_officio_seats"
    rows = Chairing.objects.filter(seat__in=list(seats), role__leads=True, **{f"{elsewhere}__isnull": False})
    for audience, seat, reached, leads, *days in rows.values_list(
        _audience(f"{elsewhere}__group_id", "members"), "seat_id", elsewhere, _leads(elsewhere), "starts_on", "ends_on",
        f"{elsewhere}__starts_on", f"{elsewhere}__ends_on",
    ):  # fmt: skip
        for span in seats[seat]:
            life = common(span, Span(*days[:2]), Span(*days[2:]))
            if life is not None and life not in audiences[audience]:
                audiences[audience].append(life)
                further[reached] += [life] if leads else []
    return {seat: spans for seat, spans in further.items() if spans}


def _audience(group: str, word: str) -> Subquery:
    """The key of the group's audience of that name."""
    return Subquery(Audience.objects.filter(key=_key(OuterRef(group), word)).values("pk")[:1])


def _key(group: str | OuterRef, word: str) -> Concat:
    return Concat(Value("group:"), text(group), Value(f":{word}"), output_field=TextField())


def _leads(seat: str) -> Exists:
    return Exists(Chairing.objects.filter(seat=OuterRef(seat), role__leads=True))


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else nearest_instant(datetime.combine(day, time.min), settings.TIME_ZONE)


# Seats of a person


@struct
class SeatHeld:
    """A seat that somebody holds today: where, since when, acting or away, and as what they chair."""

    line: SeatLine
    holder: Holder
    away: bool

    @property
    def seat(self) -> SeatShown:
        return self.line.seat

    @property
    def unconfirmed(self) -> bool:
        """An appointment that the person has not confirmed yet."""
        return self.holder.holding.how == "appointment" and not self.holder.confirmed


def seats_of(viewer: Viewer, people: Collection[int], on: date) -> list[SeatHeld]:
    """The seats these people hold on a day, in groups the viewer may read: two queries."""
    table = table_of(viewer, _of_people(viewer, list(people), on), on=on)
    lines = [table.line(seat, on) for seat in table.wanted()]
    found = [
        SeatHeld(line, holder, away)
        for line in lines
        for away, holders in ((False, line.present), (True, line.away))
        for holder in holders
        if holder.holding.person in people
    ]
    return sorted(found, key=lambda held: (held.seat.group_name.casefold(), held.seat.order, held.seat.number))


def _of_people(viewer: Viewer, people: list[int], on: date) -> Q:
    """Their seats by their own holding, and those that others keep for the chair who sits there.

    (Unions of keys: over alternatives on the seats themselves a database goes through all seats there are.)
    """
    appointed = Appointment.objects.filter(in_force(on), person__in=people).values("seat")
    offices = Tenure.objects.filter(in_force(on), person__in=people).values("office")
    own = appointed.union(Seat.objects.filter(office__in=offices).values("pk"))
    led = Chairing.objects.filter(in_force(on), seat__in=own, role__leads=True).values("seat__group")
    mine = Q(pk__in=own.union(Seat.objects.filter(chair_of__in=led).values("pk")))
    return mine & visible_filter(viewer, "group__record") & Q(group__record__state="live")


@struct
class Term:
    """A time that somebody sat in a seat."""

    seat: SeatShown
    holder: Holder
    span: Span


def terms_of(viewer: Viewer, person: int) -> list[Term]:
    """Every term of a person, the latest first, in groups the viewer may read: two queries."""
    appointed = Appointment.objects.filter(person=person).values("seat")
    offices = Tenure.objects.filter(person=person).values("office")
    theirs = appointed.union(Seat.objects.filter(office__in=offices).values("pk"))
    which = Q(pk__in=theirs) & visible_filter(viewer, "group__record")
    table = table_of(viewer, which & Q(group__record__state="live"))
    found = []
    for seat in table.wanted():
        held = [*table.facts.appointments.get(seat.key, ()), *table.facts.tenures.get(seat.facts.office or 0, ())]
        for holding in held:
            span = common(holding.span, seat.facts.life)
            holder = table.holders[holding.how, holding.key]
            withheld = holding.how == APPOINTMENT and not holder.name  # did not agree to be named there
            if holding.person == person and span is not None and not withheld:
                found.append(Term(seat, holder, span))
    return sorted(found, key=lambda term: (term.span.last or date.max, term.span.first or date.min), reverse=True)


def groups_looked_after(viewer: Viewer) -> Q:
    """The groups that the viewer's duties reach, as a condition on groups."""
    if viewer.has_duty(*OFFICER):
        return Q()
    over = sorted({held.over for held in viewer.duties if held.duty in OFFICER and held.over is not None})
    if not over:
        return Q(pk__in=Group.objects.none())
    return Q(pk__in=Group.objects.filter(_within(over)).values("pk"))


def _within(over: Sequence[int | None] | Sequence[Given]) -> Q:
    """The groups under these records: the group itself, its model, its host or a body above that."""
    paths = ["record", "type__model__record", *("host" + "__parent" * depth + "__record" for depth in range(MAX_DEPTH))]
    reached = Q()
    for path in paths:
        reached |= Q(**{f"{path}__pk__in": over})
    return reached
