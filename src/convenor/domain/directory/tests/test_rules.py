"""The rules, without a database. Laws by Hypothesis."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.records.rules import Breach
from convenor.domain.directory import rules
from convenor.domain.directory.rules import Held, Side

D = date(2026, 7, 1)
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2030, 1, 1))
maybe_days = st.none() | days


def codes(breaches: list[Breach]) -> list[str]:
    return [breach.code for breach in breaches]


# ABN


@pytest.mark.parametrize("abn", ["51 824 753 556", "51824753556", "53 004 085 616", " 83 914 571 673 ", ""])
def test_real_abns_pass(abn: str) -> None:
    assert rules.abn_breaches(abn) == []


@pytest.mark.parametrize("abn", ["5182475355", "518247535567", "51 824 753 55x", "٥١٨٢٤٧٥٣٥٥٦"])
def test_what_is_not_eleven_digits_is_refused(abn: str) -> None:
    assert codes(rules.abn_breaches(abn)) == ["abn-form"]


@st.composite
def abns(draw: st.DrawFn) -> str:
    """Nine free digits and the two leading ones that make the checksum right."""
    tail = draw(st.text("0123456789", min_size=9, max_size=9))
    return next(f"{n:02d}{tail}" for n in range(10, 99) if not rules.abn_breaches(f"{n:02d}{tail}"))


@given(abns(), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(abn: str, place: int, shift: int) -> None:
    wrong = abn[:place] + str((int(abn[place]) + shift) % 10) + abn[place + 1 :]
    assert codes(rules.abn_breaches(wrong)) == ["abn-checksum"]


@given(abns(), st.integers(0, 9))
def test_two_neighbours_swapped_are_found(abn: str, place: int) -> None:
    swapped = abn[:place] + abn[place + 1] + abn[place] + abn[place + 2 :]
    found = codes(rules.abn_breaches(swapped))
    # the first digit is taken less one, so a swap over it is caught too
    assert found == ([] if swapped == abn else ["abn-checksum"])


@given(abns())
def test_formatting_keeps_every_digit(abn: str) -> None:
    assert rules.abn_digits(rules.format_abn(abn)) == abn
    assert [len(part) for part in rules.format_abn(abn).split(" ")] == [2, 3, 3, 3]


def test_formatting_leaves_other_texts_alone() -> None:
    assert rules.format_abn("123") == "123"


# Slugs


@given(st.text(max_size=200), st.lists(st.text(max_size=30), max_size=4))
def test_a_slug_is_always_free_short_and_readable(name: str, others: list[str]) -> None:
    taken: set[str] = set()
    for other in [*others, name, name]:
        slug = rules.free_slug(other, taken)
        assert slug
        assert slug not in taken
        assert len(slug) <= 120
        taken.add(slug)


def test_slugs_count_up_and_leave_the_words_of_addresses_alone() -> None:
    assert rules.free_slug("Health", {"health", "health-2"}) == "health-3"
    assert rules.free_slug("Add", set()) == "add-2"
    assert rules.free_slug("…", set()) == "unnamed"


# Tenures


@st.composite
def spans(draw: st.DrawFn) -> Held:
    start, end = draw(maybe_days), draw(maybe_days)
    if start and end and end < start:
        start, end = end, start
    return Held(draw(st.integers(1, 3)), start, end, draw(st.booleans()), "Jo Example")


@given(spans(), spans())
def test_overlap_reads_the_same_both_ways(one: Held, other: Held) -> None:
    assert rules.overlap(one, other) == rules.overlap(other, one)


@given(spans())
def test_everything_overlaps_itself(one: Held) -> None:
    assert rules.overlap(one, one)


@given(st.lists(spans(), max_size=8), days)
def test_where_the_rules_hold_at_most_one_holds_and_one_acts(wanted: list[Held], day: date) -> None:
    kept: list[Held] = []
    for new in wanted:
        if not rules.tenure_breaches(new, kept):
            kept.append(new)
    there = [held for held in kept if held.starts and held.starts <= day <= held.last]
    assert sum(not held.acting for held in there) <= 1
    assert sum(held.acting for held in there) <= 1
    assert len({held.person for held in there}) == len(there)


@given(st.lists(spans(), max_size=6), days)
def test_whoever_answers_is_acting_when_anybody_is(tenures: list[Held], day: date) -> None:
    found = rules.holder_on(tenures, day)
    there = [held for held in tenures if (held.starts or date.min) <= day <= held.last]
    assert (found is None) == (there == [])
    if found is not None:
        assert found.acting == any(held.acting for held in there)


def test_two_substantive_holders_at_once_are_refused() -> None:
    breaches = rules.tenure_breaches(Held(2, D), [Held(1, D - timedelta(days=9), name="Jo Example")])
    assert len(breaches) == 1
    assert breaches[0].text == (
        "Jo Example holds this office from Mon 22 Jun 2026, with no end recorded. "
        "End that first, or record the new holder as acting."
    )
    assert breaches[0].field == "starts_on"


def test_acting_beside_a_holder_is_what_acting_is_for() -> None:
    assert rules.tenure_breaches(Held(2, D, acting=True), [Held(1, D)]) == []


def test_two_acting_at_once_and_one_person_twice_are_refused() -> None:
    assert codes(rules.tenure_breaches(Held(2, D, acting=True), [Held(1, D, acting=True)])) == ["tenure-acting"]
    assert codes(rules.tenure_breaches(Held(1, D, acting=True), [Held(1, D)])) == ["tenure-twice"]


def test_one_day_after_the_other_is_no_overlap() -> None:
    assert rules.tenure_breaches(Held(2, D), [Held(1, None, D - timedelta(days=1))]) == []
    assert codes(rules.tenure_breaches(Held(2, D), [Held(1, None, D)])) == ["tenure-overlap"]


def test_a_start_that_is_not_known_leaves_room_for_whoever_came_before() -> None:
    now_there = Held(1)
    assert rules.tenure_breaches(Held(2, date(2015, 1, 1), date(2018, 1, 1)), [now_there]) == []
    assert codes(rules.tenure_breaches(Held(2, D), [now_there])) == ["tenure-overlap"]
    assert codes(rules.tenure_breaches(Held(2), [now_there])) == ["tenure-overlap"]


def test_nobody_holds_an_office_outside_its_life() -> None:
    new = Held(1, D, None)
    found = rules.tenure_breaches(new, [], created=D + timedelta(days=1), abolished=D + timedelta(days=5))
    assert codes(found) == ["tenure-before-office", "tenure-after-office"]


def test_an_end_before_its_start_is_refused() -> None:
    assert [b.text for b in rules.tenure_breaches(Held(1, D, D - timedelta(days=1)), [])] == [
        "It cannot end on Tue 30 Jun 2026: it starts on Wed 1 Jul 2026."
    ]


# Parents


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=40))
def test_organisations_never_stand_in_a_circle(moves: list[tuple[int, int]]) -> None:
    parents: dict[int, int] = {}

    def above(pk: int) -> list[int]:
        found = [pk]
        while found[-1] in parents:
            found.append(parents[found[-1]])
            assert len(found) <= 8
        return found

    def below(pk: int) -> int:
        return max((1 + below(child) for child, parent in parents.items() if parent == pk), default=0)

    for child, parent in moves:
        if not rules.parent_breaches(child, above(parent), below(child), 4):
            parents |= {child: parent}
    assert all(len(above(pk)) <= 4 for pk in range(1, 9))


def test_a_circle_and_a_tower_are_refused() -> None:
    assert codes(rules.parent_breaches(1, [2, 1], 0, 6)) == ["organisation-cycle"]
    assert codes(rules.parent_breaches(9, [5, 4, 3], 2, 5)) == ["organisation-depth"]
    assert rules.parent_breaches(None, [5, 4, 3], 2, 6) == []


# Machinery-of-government changes

A, B, C = Side(1, "A"), Side(2, "B"), Side(None, "C")


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (rules.MERGED, [A], [C]),
        (rules.MERGED, [A, B], []),
        (rules.SPLIT, [A], [C]),
        (rules.SPLIT, [A, B], [C, Side(None, "D")]),
        (rules.RENAMED, [A], []),
        (rules.RENAMED, [A, B], [A, B]),
        (rules.ABOLISHED, [A], [C]),
        (rules.ABOLISHED, [], []),
        (rules.MOVED, [A], []),
    ],
)
def test_wrong_numbers_on_a_side_are_refused(kind: str, before: list[Side], after: list[Side]) -> None:
    assert codes(rules.change_breaches(kind, before, after, D, D)) == [f"change-{kind}"]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (rules.MERGED, [A, B], [C]),
        (rules.MERGED, [A, B], [A]),
        (rules.SPLIT, [A], [A, C]),
        (rules.RENAMED, [A], [Side(1, "A new")]),
        (rules.ABOLISHED, [A], []),
        (rules.MOVED, [A], [Side(1, "A", parent=7)]),
    ],
)
def test_right_numbers_pass(kind: str, before: list[Side], after: list[Side]) -> None:
    assert rules.change_breaches(kind, before, after, D, D) == []


def test_a_change_needs_its_day_and_something_that_is_there() -> None:
    def change(side: Side, on: date) -> list[str]:
        return codes(rules.change_breaches(rules.ABOLISHED, [side], [], on, D))

    assert change(A, D + timedelta(days=1)) == ["change-ahead"]
    assert change(Side(1, "A", ended=True), D) == ["change-ended"]
    assert change(Side(1, "A", established=D), D) == ["change-early"]
    assert change(Side(1, "A", established=D - timedelta(days=1)), D) == []


def test_a_change_that_changes_nothing_is_refused() -> None:
    assert codes(rules.change_breaches(rules.RENAMED, [A], [A], D, D)) == ["change-same-name"]
    assert codes(rules.change_breaches(rules.MOVED, [A], [A], D, D)) == ["change-same-parent"]


def test_the_same_organisation_twice_is_refused() -> None:
    assert codes(rules.change_breaches(rules.MERGED, [A, A], [C], D, D)) == ["change-twice"]
    twins = [Side(None, "New"), Side(None, "new")]
    assert codes(rules.change_breaches(rules.SPLIT, [A], twins, D, D)) == ["change-twice"]


def test_a_change_says_what_it_did() -> None:
    assert rules.change_title(rules.MERGED, ["A", "B", "C"], ["D"]) == "A, B and C merged into D"
    assert rules.change_title(rules.SPLIT, ["A"], ["B", "C"]) == "A split into B and C"
    assert rules.change_title(rules.RENAMED, ["A"], ["B"]) == "A renamed B"
    assert rules.change_title(rules.ABOLISHED, ["A"], []) == "A abolished"
    assert rules.change_title(rules.MOVED, ["A"], ["A"], "P") == "A moved to P"
    assert rules.change_title(rules.MOVED, ["A"], ["A"]) == "A moved out of its portfolio"


# Partnerships


@pytest.mark.parametrize(
    ("now_at", "allowed"),
    [
        ("", {"exploring", "negotiating", "active"}),
        ("exploring", {"negotiating", "ended"}),
        ("negotiating", {"active", "exploring", "ended"}),
        ("active", {"exploring", "ended"}),
        ("ended", {"exploring"}),
    ],
)
def test_stages_come_in_their_order(now_at: str, allowed: set[str]) -> None:
    def passes(stage: str) -> bool:
        return rules.stage_breaches(stage, now_at, on=D, since=None, today=D, note="Because.") == []

    assert {stage for stage in ("exploring", "negotiating", "active", "ended") if passes(stage)} == allowed


def test_going_back_and_ending_need_a_reason() -> None:
    def found(stage: str, now_at: str) -> list[str]:
        return codes(rules.stage_breaches(stage, now_at, on=D, since=None, today=D))

    assert found("exploring", "active") == ["stage-reason"]
    assert found("ended", "exploring") == ["stage-reason"]
    assert found("exploring", "") == []
    assert found("negotiating", "exploring") == []


def test_a_stage_has_a_day_that_has_come_and_follows_the_last() -> None:
    def found(on: date, since: date | None) -> list[str]:
        return codes(rules.stage_breaches("active", "negotiating", on=on, since=since, today=D))

    assert found(D, D) == []
    assert found(D - timedelta(days=1), D) == ["stage-date"]
    assert found(D + timedelta(days=1), D) == ["stage-ahead"]


def test_a_challenge_is_answered_before_the_partnership_moves_on_but_it_may_end() -> None:
    def found(stage: str) -> list[str]:
        return codes(rules.stage_breaches(stage, "negotiating", on=D, since=D, today=D, note="x", is_challenged=True))

    assert found("active") == ["stage-challenged"]
    assert found("ended") == []


def test_the_words_of_the_stage_rule() -> None:
    assert rules.stage_breaches("active", "exploring", on=D, since=D, today=D)[0].text == (
        "After “exploring” comes “negotiating” or “ended”, not “active”."
    )
    assert rules.stage_breaches("active", "active", on=D, since=D, today=D)[0].text == (
        "The partnership is at the stage “active” already."
    )


def test_a_challenge_has_a_last_day() -> None:
    def add(day: date, count: int) -> date:
        return day + timedelta(days=count)

    assert rules.challenge_deadline(D, 10, add) == date(2026, 7, 11)
    assert rules.challenge_deadline(D, 0, add) is None


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({}, []),
        ({"today": D + timedelta(days=1)}, ["challenge-late"]),
        ({"by": None}, ["challenge-none"]),
        ({"is_latest": False}, ["challenge-past"]),
        ({"is_challenged": True}, ["challenge-twice"]),
        ({"text": "  "}, ["challenge-empty"]),
    ],
)
def test_when_a_stage_can_be_challenged(case: dict[str, object], code: list[str]) -> None:
    asked = {"by": D, "today": D, "is_latest": True, "is_challenged": False, "text": "We never agreed.", **case}
    assert codes(rules.challenge_breaches(**asked)) == code  # type: ignore[arg-type]


# The engagement log


def test_the_log_holds_what_has_happened_with_somebody() -> None:
    assert rules.contact_breaches(on=D, today=D, organisations=1) == []
    found = rules.contact_breaches(on=D + timedelta(days=1), today=D, organisations=0)
    assert codes(found) == ["contact-ahead", "contact-nobody"]


def test_a_reason_is_more_than_spaces() -> None:
    assert codes(rules.needs_reason(" ")) == ["reason"]
    assert rules.needs_reason("Typing mistake") == []


def test_words_are_joined_as_people_join_them() -> None:
    assert [rules.and_words(words) for words in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]
