"""The law of rosters: who sat on a day gone by is never changed by what is done later, but by an explicit correction.

Random histories of the commands, each at a later time than the one before; none of them corrects. Before each step the
rosters of days gone by are read, after it they are read again (issue 3: property test over random histories).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from convenor.core.records.rules import Refused, system
from convenor.domain.directory.commands.tenures import TenureFacts, start_tenure
from convenor.domain.groups.commands.appointments import Term, appoint, end_appointment
from convenor.domain.groups.commands.chairs import end_chairing, start_chairing
from convenor.domain.groups.commands.groups import GroupFacts, create_group
from convenor.domain.groups.commands.lives import close_group, move_group, reopen_group
from convenor.domain.groups.commands.places import SeatFacts, add_seat, end_seat
from convenor.domain.groups.commands.succession import Part, Succession, merge_groups, split_group
from convenor.domain.groups.models import Appointment, Chairing, Group, Seat
from convenor.domain.groups.queries.rosters import rosters
from convenor.domain.groups.tests.world import NOW, World

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PEOPLE = ("Ada A", "Bea B", "Cy C", "Dee D")
SEATED = dict[tuple[int, date], Any]
Step = tuple[str, int, int, int]


@dataclass
class Telling:
    """A history as it is told: the clock, and what was seen of days gone by."""

    world: World
    now: datetime = NOW
    seen: SEATED = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.now.date()

    def pick(self, rows: Any, number: int) -> Any:
        """One of the rows; Refused where there is none."""
        found = list(rows.order_by("pk"))
        if not found:
            raise Refused([])
        return found[number % len(found)]

    def look(self, days: Iterable[date]) -> SEATED:
        """Who sits in every group on these days, as officers read it."""
        keys = list(Group.objects.values_list("pk", flat=True))
        viewer = system(self.now)
        found: SEATED = {}
        for day in days:
            for group, lines in rosters(viewer, keys, day).items():
                found[group, day] = [
                    (
                        line.seat.key,
                        [holder.name for holder in line.present],
                        [holder.name for holder in line.away],
                        [chair.role for chair in line.chairs],
                    )
                    for line in lines
                ]
        return found


def _group(telling: Telling, a: int, b: int) -> None:
    facts = GroupFacts(f"Council {a}{b}", "To practise.", telling.world.host, telling.world.type("council"))
    create_group(by=telling.world.by, facts=facts, now=telling.now, state="active")


def _seat(telling: Telling, a: int, b: int) -> None:
    group = telling.pick(Group.objects.all(), a)
    office = next(iter(telling.world.offices.values())) if b % 3 == 0 else None
    basis = "office" if office else "individual"
    facts = SeatFacts(f"Seat {b}", basis, telling.today, office=office, constituency=("providers", "agency")[b % 2])
    add_seat(by=telling.world.by, group=group, facts=facts, now=telling.now)


def _appoint(telling: Telling, a: int, b: int) -> None:
    seat = telling.pick(Seat.objects.all(), a)
    person = telling.world.person(PEOPLE[b % len(PEOPLE)])
    last = telling.today + timedelta(days=30 * (b % 4)) if b % 4 else None
    term = Term(telling.today, last, acting=b % 5 == 0)
    appoint(by=telling.world.by, seat=seat, person=person, term=term, now=telling.now)


def _end_term(telling: Telling, a: int, b: int) -> None:
    row = telling.pick(Appointment.objects.all(), a)
    on = telling.today - timedelta(days=b % 2)
    end_appointment(by=telling.world.by, appointment=row, on=on, now=telling.now)


def _chair(telling: Telling, a: int, b: int) -> None:
    seat = telling.pick(Seat.objects.all(), a)
    role = telling.world.roles["co-chair" if b % 3 else "deputy-chair"]
    start_chairing(by=telling.world.by, seat=seat, role=role, starts_on=telling.today, now=telling.now)


def _end_chair(telling: Telling, a: int, b: int) -> None:
    row = telling.pick(Chairing.objects.all(), a)
    end_chairing(by=telling.world.by, chairing=row, on=telling.today, now=telling.now)


def _end_seat(telling: Telling, a: int, b: int) -> None:
    end_seat(by=telling.world.by, seat=telling.pick(Seat.objects.all(), a), on=telling.today, now=telling.now)


def _close(telling: Telling, a: int, b: int) -> None:
    group = telling.pick(Group.objects.all(), a)
    close_group(by=telling.world.by, group=group, on=telling.today, reason="Done.", now=telling.now)


def _reopen(telling: Telling, a: int, b: int) -> None:
    group = telling.pick(Group.objects.filter(state="closed"), a)
    reopen_group(
        by=telling.world.by, group=group, on=telling.today, reason="More.", now=telling.now, with_seats=bool(b % 2)
    )


def _sleep(telling: Telling, a: int, b: int) -> None:
    group = telling.pick(Group.objects.all(), a)
    move_group(by=telling.world.by, group=group, to=("dormant", "active")[b % 2], now=telling.now)


def _succeed_to_office(telling: Telling, a: int, b: int) -> None:
    office = telling.pick(type(next(iter(telling.world.offices.values()))).objects.all(), a)
    facts = TenureFacts(starts_on=telling.today, acting=bool(b % 2))
    person = telling.world.person(PEOPLE[b % len(PEOPLE)])
    start_tenure(by=telling.world.by, office=office, person=person, facts=facts, now=telling.now)


def _facts(telling: Telling, name: str) -> GroupFacts:
    return GroupFacts(name, "To go on.", telling.world.host, telling.world.type("council"))


def _merge(telling: Telling, a: int, b: int) -> None:
    first, second = (telling.pick(Group.objects.exclude(state="closed"), n) for n in (a, b))
    seats = frozenset(Seat.objects.filter(group=first, ends_on=None).values_list("pk", flat=True))
    fresh = Part(new=_facts(telling, f"Merged {a}{b}"), seats=seats)
    plan = (
        Succession((first,), (Part(into=second, seats=seats),), telling.today, "One.")
        if a % 2
        else Succession((first, second), (fresh,), telling.today, "One.")
    )
    merge_groups(by=telling.world.by, plan=plan, now=telling.now)


def _split(telling: Telling, a: int, b: int) -> None:
    group = telling.pick(Group.objects.exclude(state="closed"), a)
    seats = list(Seat.objects.filter(group=group, ends_on=None).order_by("pk").values_list("pk", flat=True))
    parts = tuple(
        Part(new=_facts(telling, f"Part {a}{b}{n}"), seats=frozenset(seats[n::2] if b % 3 else ())) for n in range(2)
    )
    split_group(by=telling.world.by, plan=Succession((group,), parts, telling.today, "Two."), now=telling.now)


STEPS: dict[str, Callable[[Telling, int, int], None]] = {
    "group": _group, "seat": _seat, "appoint": _appoint, "end term": _end_term, "chair": _chair,
    "end chair": _end_chair, "end seat": _end_seat, "close": _close, "reopen": _reopen, "sleep": _sleep,
    "office": _succeed_to_office, "merge": _merge, "split": _split,
}  # fmt: skip
NUMBER = st.integers(0, 9)
HISTORIES = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), NUMBER, NUMBER, st.integers(1, 40)), max_size=14)
BEGINNING: list[Step] = [
    ("group", 0, 0, 1), ("seat", 0, 1, 1), ("seat", 0, 2, 1), ("seat", 0, 3, 1), ("appoint", 0, 1, 1),
    ("appoint", 1, 2, 1), ("chair", 0, 1, 1), ("group", 1, 1, 1), ("seat", 1, 4, 3), ("appoint", 3, 1, 2),
]  # fmt: skip


@settings(max_examples=12)
@given(history=HISTORIES)
def test_no_later_step_changes_who_sat_on_a_day_gone_by(world_of_module: World, history: list[Step]) -> None:
    with transaction.atomic():
        telling = Telling(world_of_module)
        kind = telling.world.department("Department of histories")
        telling.world.office("Keeper of histories", kind)
        for name in PEOPLE:
            telling.world.person(name)
        for step in BEGINNING:
            _tell(telling, step)
        assert telling.done == [what for what, *_ in BEGINNING]
        for step in history:
            _tell(telling, step)
        telling.world.people.clear()
        telling.world.offices.clear()
        transaction.set_rollback(True)


def _tell(telling: Telling, step: Step) -> None:
    what, a, b, days = step
    before = telling.today
    telling.now += timedelta(days=days)
    gone_by = {before, telling.today - timedelta(days=1)}
    telling.seen = {**telling.look(gone_by), **telling.seen}
    try:
        STEPS[what](telling, a, b)
    except Refused:
        return
    telling.done.append(what)
    again = telling.look({day for _group, day in telling.seen})
    changed = {key: (seen, again[key]) for key, seen in telling.seen.items() if again[key] != seen}
    assert not changed, (step, telling.done, changed)
