"""Groups that become others: merged and split, each in one transaction, dated, with a reason. There is no way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from convenor.core.records import commands as records
from convenor.core.records.rules import Breach, NotAllowed, Refused, Viewer, refuse_if
from convenor.domain.engagement import rules as engagement
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import ending, parents, places, steps
from convenor.domain.groups.commands.appointments import Term, appoint
from convenor.domain.groups.commands.chairs import start_chairing
from convenor.domain.groups.commands.ending import later
from convenor.domain.groups.commands.groups import GroupFacts, create_group
from convenor.domain.groups.commands.parents import ParentFacts
from convenor.domain.groups.models import Appointment, Chairing, ChairRole, Group, Parent, Seat
from convenor.domain.groups.queries import values
from convenor.domain.groups.rules import closings, states, succession
from convenor.domain.groups.rules.rosters import CHAIR_OF, FOLLOWS
from convenor.kit.structs import struct

SUCCEEDED_BY: Final = "succeeded-by"
ONE_DAY: Final = timedelta(days=1)


@struct
class Part:
    """A group that follows: one that is there (`into`), or a new one (`new`).

    seats: keys of the seats that are set up in it again. children: keys of the groups below that stand under it.
    """

    into: Group | None = None
    new: GroupFacts | None = None
    seats: frozenset[int] = frozenset()
    children: frozenset[int] = frozenset()


@struct
class Succession:
    """Which groups end, and what follows from the day `on` (their last day is the one before).

    people: whoever is appointed to a seat that is set up again, or acts in it, does so there too, until their term's
    old end. chairs: a seat that chaired goes on chairing, where the rules of what follows allow that.
    """

    ended: tuple[Group, ...]
    parts: tuple[Part, ...]
    on: date
    reason: str
    people: bool = True
    chairs: bool = True


@dataclass
class Kept:
    """What goes on in the seats that are set up again, by the key of the old seat; read before anything ends."""

    held: dict[int, Appointment] = field(default_factory=dict)
    acting: dict[int, Appointment] = field(default_factory=dict)
    chairs: dict[int, Chairing] = field(default_factory=dict)


@dataclass
class Report:
    """What came of it, or would: in words for the page before the button."""

    ended: list[Group] = field(default_factory=list)
    made: list[Group] = field(default_factory=list)
    seats: list[tuple[Group, Seat, str]] = field(default_factory=list)
    """Seats set up again, each with the name of who is appointed to it."""
    acting: list[tuple[Group, Seat, str]] = field(default_factory=list)
    """Seats in which somebody goes on acting, each with their name."""
    chairs: list[tuple[Group, Seat, ChairRole]] = field(default_factory=list)
    """Seats that go on chairing."""
    not_chairing: list[tuple[Seat, ChairRole, str]] = field(default_factory=list)
    """Seats that chaired and do so no more where they are set up again, each with the rule that stands against it."""
    unled: list[Group] = field(default_factory=list)
    """What follows and has nobody who leads it."""
    lost: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By group that ends: how many seats and terms end."""
    children: list[tuple[Group, Group]] = field(default_factory=list)
    ex_officio: list[Seat] = field(default_factory=list)
    """Seats in other groups that are for the chair of one that ends."""


def merge_groups(*, by: Viewer, plan: Succession, now: datetime) -> Report:
    """Let groups go on as one: an existing group, or a new one."""
    with transaction.atomic():
        refuse_if(_one_part(plan))
        return _succeed(by, plan, closings.MERGED, now)


def split_group(*, by: Viewer, plan: Succession, now: datetime) -> Report:
    """Let one group go on as several."""
    with transaction.atomic():
        refuse_if(_several_parts(plan))
        return _succeed(by, plan, closings.SPLIT, now)


def preview(*, by: Viewer, plan: Succession, kind: str, now: datetime) -> Report:
    """What would come of it, found by doing it and taking it back; Refused as the command itself would."""
    with transaction.atomic():
        merged = kind == closings.MERGED
        report = merge_groups(by=by, plan=plan, now=now) if merged else split_group(by=by, plan=plan, now=now)
        transaction.set_rollback(True)
    return report


def children_of(groups: Iterable[Group], on: date) -> list[Parent]:
    """What stands under these groups on the day and after, but for what is among them."""
    keys = [group.pk for group in groups]
    rows = Parent.objects.filter(later(on - ONE_DAY), parent__in=keys).exclude(group__in=keys)
    rows = rows.exclude(group__state=states.CLOSED)
    return list(
        rows.select_related("group__record", "group__type__model", "group__host", "parent__record").order_by("pk")
    )


def seats_of(groups: Iterable[Group], on: date) -> list[Seat]:
    """The seats that end with these groups."""
    rows = Seat.objects.filter(later(on - ONE_DAY), group__in=[group.pk for group in groups])
    related = ("group", "office", "organisation", "segment", "chair_of")
    return list(rows.select_related(*related).order_by("group__name", "group", "order", "number"))


def _succeed(by: Viewer, plan: Succession, kind: str, now: datetime) -> Report:
    """The step: lock, ask, judge; close; make or find what follows; set up seats, people and places below anew."""
    parents.take_turns()
    plan = _locked(by, plan)
    last, report = plan.on - ONE_DAY, Report()
    keys = [part.into.pk if part.into else None for part in plan.parts]
    refuse_if(succession.plan_breaches([g.pk for g in plan.ended], keys, plan.on, plan.reason, steps.today(now)))
    seats, children = seats_of(plan.ended, plan.on), children_of(plan.ended, plan.on)
    refuse_if(_placing(plan, seats, children))
    kept = _kept(plan, seats)
    above = _above(plan)
    report.ex_officio = _ex_officio(plan)
    _end(by, plan, kind, last, now, report)
    report.made = [_follower(by, plan, part, above, now) for part in plan.parts]
    again = [
        (seat, follower, _seat_again(by, plan, follower, seat, now))
        for part, follower in zip(plan.parts, report.made, strict=True)
        for seat in seats
        if seat.pk in part.seats
    ]
    for seat, follower, made in again:
        report.seats.append((follower, made, _appoint_again(by, plan, seat, made, kept.held.get(seat.pk), now)))
        if seat.pk in kept.acting:
            name = _appoint_again(by, plan, seat, made, kept.acting[seat.pk], now)
            report.acting.append((follower, made, name))
    for seat, follower, made in again:  # when all are seated: the rule of chairs looks at every side
        if seat.pk in kept.chairs:
            _chair_again(by, plan, follower, made, kept.chairs[seat.pk], report, now)
    report.unled = [group for group in report.made if not _led(group, plan.on)]
    _place_children(by, plan, children, report, now)
    _link(by, plan, report, now)
    return report


def _one_part(plan: Succession) -> list[Breach]:
    if len(plan.parts) == 1:
        return []
    return [Breach("one-part", _("Merged groups go on as one group."), "into")]


def _several_parts(plan: Succession) -> list[Breach]:
    if len(plan.ended) == 1 and len(plan.parts) > 1:
        return []
    return [Breach("several-parts", _("A group is split into two groups at least."), "name_2")]


def _locked(by: Viewer, plan: Succession) -> Succession:
    """Every group as it is now, each for somebody who may change it, and none closed or withdrawn."""
    keys = {*(group.pk for group in plan.ended), *(part.into.pk for part in plan.parts if part.into)}
    rows = {key: steps.opened(by, Group(pk=key)) for key in sorted(keys)}
    parts = tuple(replace(part, into=rows[part.into.pk]) if part.into else part for part in plan.parts)
    return replace(plan, ended=tuple(rows[group.pk] for group in plan.ended), parts=parts)


def _placing(plan: Succession, seats: Sequence[Seat], children: Sequence[Parent]) -> list[Breach]:
    return [
        *succession.placing_breaches(
            [seat.pk for seat in seats], [part.seats for part in plan.parts], "seats", _("Seats")
        ),
        *succession.placing_breaches(
            [link.group_id for link in children], [part.children for part in plan.parts], "children", _("Groups")
        ),
    ]


def _kept(plan: Succession, seats: Sequence[Seat]) -> Kept:
    """Who is appointed to each seat on its last day, acts in it or chairs from it, and was to stay."""
    kept, keys = Kept(), [seat.pk for seat in seats]
    if plan.people:
        rows = Appointment.objects.filter(later(plan.on - ONE_DAY), seat__in=keys)
        rows = rows.filter(Q(starts_on__isnull=True) | Q(starts_on__lt=plan.on)).order_by("pk")
        for row in rows.exclude(seat__basis__in=FOLLOWS, acting=False).select_related("person"):
            (kept.acting if row.acting else kept.held)[row.seat_id] = row
    if plan.chairs:
        chairs = Chairing.objects.filter(later(plan.on - ONE_DAY), seat__in=keys, starts_on__lt=plan.on)
        kept.chairs = {row.seat_id: row for row in chairs.select_related("role").order_by("pk")}
    return kept


def _above(plan: Succession) -> list[Parent]:
    """Where the groups that end stand, for a new group that follows."""
    keys = [group.pk for group in plan.ended]
    rows = Parent.objects.filter(later(plan.on - ONE_DAY), group__in=keys).exclude(parent__in=keys)
    return list(rows.select_related("group", "parent__record", "parent__type__model").order_by("pk"))


def _ex_officio(plan: Succession) -> list[Seat]:
    keys = [group.pk for group in plan.ended]
    rows = Seat.objects.filter(later(plan.on - ONE_DAY), chair_of__in=keys).exclude(group__in=keys)
    return list(rows.select_related("group", "chair_of").order_by("pk"))


def _end(by: Viewer, plan: Succession, kind: str, last: date, now: datetime, report: Report) -> None:
    for group in plan.ended:
        terms = Appointment.objects.filter(later(last), seat__group=group).count()
        report.lost[group.pk] = (Seat.objects.filter(later(last), group=group).count(), terms)
        report.ended.append(ending.close(by, group, kind, last, plan.reason, now, moving=True))


def _follower(by: Viewer, plan: Succession, part: Part, above: Sequence[Parent], now: datetime) -> Group:
    """The group that follows, made where it is new: under the parents of those that end, with their approval."""
    if part.into is not None:
        return part.into
    if part.new is None:
        raise Refused([Breach("nothing-follows", _("Say what it becomes."), "into")])
    under: dict[int, ParentFacts] = {}
    for link in above:
        note = _("Carried over from %(group)s.") % {"group": link.group.name}
        facts = ParentFacts(link.parent, link.approved_on, f"{note} {link.approval_note}".strip()[:300])
        under.setdefault(link.parent_id, facts)
    facts_of_new = replace(part.new, started_on=plan.on)
    return create_group(
        by=by, facts=facts_of_new, now=now, under=list(under.values()), state=states.ACTIVE, reason=plan.reason
    )


def _seat_again(by: Viewer, plan: Succession, follower: Group, seat: Seat, now: datetime) -> Seat:
    """The seat in the group that follows."""
    _not_for_its_own_chair(seat, follower)
    return places.repeat_seat(by, follower, seat, plan.on, now)


def _appoint_again(
    by: Viewer, plan: Succession, seat: Seat, made: Seat, held: Appointment | None, now: datetime
) -> str:
    """Who goes on in the seat, by their name; named to the public, and free to leave, as they were before."""
    if held is None:
        return ""
    instrument = _("Carried over from %(group)s.") % {"group": seat.group.name}
    term = Term(plan.on, held.ends_on, held.acting, f"{instrument} {held.instrument}".strip()[:200])
    row = appoint(
        by=by, seat=made, person=held.person, term=term, now=now, reason=plan.reason, published=False, named=held.named
    )
    if held.joined:
        row.joined = True
        row.save(update_fields=["joined"])
    return held.person.name


def _chair_again(
    by: Viewer, plan: Succession, follower: Group, made: Seat, chairing: Chairing, report: Report, now: datetime
) -> None:
    """The seat goes on chairing; where the rules of what follows stand against it, the report says so."""
    role = chairing.role
    try:
        start_chairing(
            by=by, seat=made, role=role, starts_on=plan.on, ends_on=chairing.ends_on, reason=plan.reason, now=now
        )
    except NotAllowed:
        raise
    except Refused as refused:
        report.not_chairing.append((made, role, " ".join(breach.text for breach in refused.breaches)))
    else:
        report.chairs.append((follower, made, role))


def _led(group: Group, on: date) -> bool:
    chairs = Chairing.objects.filter(later(on - ONE_DAY), seat__group=group, role__leads=True, starts_on__lte=on)
    return chairs.exists()


def _not_for_its_own_chair(seat: Seat, follower: Group) -> None:
    if seat.basis == CHAIR_OF and seat.chair_of_id == follower.pk:
        text = _("“%(seat)s” is for the chair of the group itself: leave it out.")
        refuse_if([Breach("chair-of-itself", text % {"seat": seat.title}, "seats")])


def _place_children(by: Viewer, plan: Succession, links: Sequence[Parent], report: Report, now: datetime) -> None:
    """What stood under a group that ended stands under what follows, where the rules of its type allow it."""
    where = succession.placed_children([link.group_id for link in links], [part.children for part in plan.parts])
    followers = {group.pk for group in report.made}
    for link in links:
        follower, child = report.made[where[link.group_id]], link.group
        if child.pk not in followers:
            _place_child(by, plan, link, follower, now)
            report.children.append((child, follower))
    for group in report.made:
        rules = values.rules_of(group, plan.on)
        found = engagement.check_parents(rules, values.parent_values(group, plan.on)) if rules else []
        refuse_if(Breach(breach.code, breach.text, "children") for breach in found)


def _place_child(by: Viewer, plan: Succession, link: Parent, follower: Group, now: datetime) -> None:
    child = steps.opened(by, link.group)
    if Parent.objects.filter(later(plan.on), group=child, parent=follower).exists():
        return
    rules = values.rules_of(child, plan.on)
    value = values.parent_value(follower, approved=link.approved_on is not None or child.state == states.PROPOSED)
    found = engagement.check_parent(rules, value) if rules else []
    refuse_if(Breach(breach.code, f"{child.name}: {breach.text}", "children") for breach in found)
    note = _("Carried over from %(group)s.") % {"group": link.parent.name}
    facts = ParentFacts(follower, link.approved_on, f"{note} {link.approval_note}".strip()[:300])
    Parent.objects.filter(pk=link.pk, starts_on__gte=plan.on).delete()  # it had not begun yet: it begins there
    parents.add_parent(by, child, facts, max(plan.on, link.starts_on), now)


def _link(by: Viewer, plan: Succession, report: Report, now: datetime) -> None:
    """The word of the relation vocabulary, and the history of what follows."""
    records.define_relation(SUCCEEDED_BY, "succeeded by", "successor of", [("group", "group")])
    for follower in report.made:
        permissions.may_edit_group(by, follower).require()
        for group in report.ended:
            records.link(
                source=group.record, target=follower.record, relation=SUCCEEDED_BY, now=now, note=plan.reason[:300]
            )
        changes = {"came_from": (None, [group.record.ref for group in report.ended]), "on": (None, plan.on)}
        steps.note(by, "group.succeeded", follower.record, now, changes, plan.reason)
