"""What breaks a rule is refused in the rule's own words; what does not is let through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convenor.domain.engagement.rules import (
    RULES,
    Composition,
    ConstituencyValue,
    Named,
    ParentValue,
    SeatValue,
    TypeRulesValue,
    broken_by,
    check_group,
    check_new_seat,
    check_output,
    check_term,
    months_after,
    said,
    shortfalls,
)
from convenor.domain.engagement.rules.enforcement import check_chairs

PROVIDERS = ConstituencyValue("providers", "Providers", None, 12, "organisations")
AGENCY = ConstituencyValue("agency", "The agency")
FOCUS = TypeRulesValue("focus", "Focus Group", "Focus Groups", "To explore.", constituencies=(PROVIDERS, AGENCY))
BARE = TypeRulesValue("board", "Board", "Boards", "To steer.")


def rules(**stated: Any) -> TypeRulesValue:
    return replace(BARE, **stated)


def texts(breaches: list[Any]) -> list[str]:
    return [breach.text for breach in breaches]


def providers(many: int) -> Composition:
    return Composition(tuple(SeatValue("providers", number) for number in range(many)))


def test_the_thirteenth_provider_is_refused_and_the_agency_does_not_count() -> None:
    """Up to 12 provider organisations; the agency's own seats are beside the cap (DESIGN section 1, seed 003)."""
    full = Composition((*providers(12).seats, *(SeatValue("agency", 900) for _ in range(5))))
    (breach,) = check_new_seat(FOCUS, full, SeatValue("providers", 12))
    assert breach.text == (
        "A Focus Group has places for up to 12 organisations under “Providers”. This would make it 13 organisations."
    )
    assert (breach.code, breach.field) == ("engagement.constituencies", "constituency")
    assert check_new_seat(FOCUS, full, SeatValue("agency", 900)) == []
    assert check_new_seat(FOCUS, providers(11), SeatValue("providers", 11)) == []


def test_a_second_seat_of_a_counted_organisation_takes_no_new_place() -> None:
    assert check_new_seat(FOCUS, providers(12), SeatValue("providers", 3)) == []


def test_a_seat_of_nobody_in_particular_takes_a_place() -> None:
    assert len(check_new_seat(FOCUS, providers(12), SeatValue("providers"))) == 1


def test_a_cap_of_people_counts_seats() -> None:
    four = rules(constituencies=(replace(PROVIDERS, maximum=4, counts="persons"),))
    now = Composition(tuple(SeatValue("providers", 7) for _ in range(4)))
    assert texts(check_new_seat(four, now, SeatValue("providers", 7))) == [
        "A Board has places for up to 4 people under “Providers”. This would make it 5 people."
    ]


def test_a_cap_in_all_counts_every_side() -> None:
    two = rules(total_maximum=2, constituencies=(replace(PROVIDERS, maximum=None), AGENCY))
    now = Composition((SeatValue("providers", 1), SeatValue("agency", 2)))
    assert texts(check_new_seat(two, now, SeatValue("agency", 3))) == [
        "A Board has places for up to 2 people in all. This would make it 3 people."
    ]


@pytest.mark.parametrize("side", ["", "others"])
def test_a_seat_names_a_side_that_is_known(side: str) -> None:
    (breach,) = check_new_seat(FOCUS, Composition(), SeatValue(side, 1))
    assert breach.text == f"{said(FOCUS, 'constituencies')} Say under which of them the seat is."


def test_a_seat_names_no_side_where_there_are_none() -> None:
    assert texts(check_new_seat(BARE, Composition(), SeatValue("providers", 1))) == [
        "A Board has no constituencies; leave this empty."
    ]
    assert check_new_seat(BARE, Composition(), SeatValue()) == []


def test_one_seat_per_organisation() -> None:
    one = rules(one_seat_per_organisation=True)
    now = Composition((SeatValue(organisation=5), SeatValue(), SeatValue()))
    assert texts(check_new_seat(one, now, SeatValue(organisation=5))) == [
        "Each organisation has one seat in a Board. This organisation has a seat already."
    ]
    assert check_new_seat(one, now, SeatValue(organisation=6)) == []
    assert check_new_seat(one, now, SeatValue()) == []


def test_one_seat_binds_only_its_side() -> None:
    one = replace(FOCUS, one_seat_per_organisation=True, eligible_constituency="providers")
    now = Composition((SeatValue("agency", 9), SeatValue("providers", 9)))
    assert check_new_seat(one, now, SeatValue("agency", 9)) == []
    assert len(check_new_seat(one, now, SeatValue("providers", 9))) == 1


def test_only_eligible_offices_and_organisations_sit() -> None:
    chosen = rules(eligible_roles=(Named("cio", "CIO"),), eligible_kinds=(Named("agency", "Agency", "Agencies"),))
    good = SeatValue(organisation=1, organisation_kind="agency", role="cio")
    assert check_new_seat(chosen, Composition(), good) == []
    assert texts(check_new_seat(chosen, Composition(), replace(good, role="", organisation_kind="company"))) == [
        "Only a CIO may sit in a Board. This seat is not for such an office.",
        "Only organisations of these kinds may sit in a Board: Agencies. This organisation is not of such a kind.",
    ]


def test_eligibility_binds_only_its_side() -> None:
    chosen = replace(FOCUS, eligible_roles=(Named("cio", "CIO"),), eligible_constituency="providers")
    assert check_new_seat(chosen, Composition(), SeatValue("agency", 1)) == []
    assert len(check_new_seat(chosen, Composition(), SeatValue("providers", 1))) == 1


PARENTS = rules(parent_required=True, parent_types=(Named("council", "Council"),), parent_approval=True)


def test_parents_are_there_of_the_right_type_and_approve() -> None:
    good = ParentValue("council", "Our Council", approved=True)
    assert check_group(PARENTS, parents=[good]) == []
    assert texts(check_group(PARENTS, parents=[])) == ["A Board is set up from a Council. No parent is given."]
    assert texts(check_group(PARENTS, parents=[good, ParentValue("panel", "A Panel")])) == [
        "A Board is set up from a Council. A Panel is of another type.",
        "A Board is set up only when the approval of its parent is recorded. A Panel has not approved it.",
    ]


def test_parents_of_any_type_where_the_model_does_not_say() -> None:
    assert check_group(BARE, parents=[ParentValue("anything")]) == []
    assert check_group(rules(parent_required=True), parents=[ParentValue("anything")]) == []


def test_what_must_deliver_says_what() -> None:
    must = rules(must_deliver=True)
    assert texts(check_group(must, parents=[], deliverable="  ")) == [
        "A Board names what it is to deliver before it is set up. Say what it is to deliver."
    ]
    assert check_group(must, parents=[], deliverable="A report") == []


def test_what_is_for_an_initiative_names_it() -> None:
    assert texts(check_group(rules(lifespan="initiative"), parents=[], has_initiative=False)) == [
        "A Board is set up for an initiative and lasts as long as that does. Name the initiative."
    ]


def test_what_there_is_one_of_is_not_set_up_twice() -> None:
    assert texts(check_group(rules(only_one=True), parents=[], others_alive=1)) == [
        "There is only one of its kind: the Board. It is there already."
    ]


US, THEM = ConstituencyValue("us", "Us", chairs=True), ConstituencyValue("them", "Them", chairs=True)
OTHERS = ConstituencyValue("others", "Others")
NO_CHAIR = rules(chairing="none")
CHAIR = rules(chairing="chair", constituencies=(US, OTHERS))
CO_CHAIRS = rules(chairing="co-chairs", constituencies=(US, THEM, OTHERS))


@pytest.mark.parametrize(
    ("chaired", "leading", "expected"),
    [
        (NO_CHAIR, [""], ["A Board has no chair. Nobody can be made its chair."]),
        (CHAIR, ["us"], []),
        (CHAIR, ["us", "us"], ["A Board has one chair, who comes from “Us”. It has a chair already."]),
        (CHAIR, ["others"], ["A Board has one chair, who comes from “Us”. This seat is not under it."]),
        (CO_CHAIRS, ["us", "them"], []),
        (CO_CHAIRS, ["us", "us"],
         ["A Board has co-chairs, one from each of “Us” and “Them”. That side has its co-chair already."]),
        (CO_CHAIRS, ["others"],
         ["A Board has co-chairs, one from each of “Us” and “Them”. This seat is under none of them."]),
        (replace(CO_CHAIRS, constituencies=(US, OTHERS)), ["others", "others", "us"], []),
        (BARE, ["", "", ""], []),
    ],
)  # fmt: skip
def test_chairs_are_as_many_and_from_where_the_rules_say(
    chaired: TypeRulesValue, leading: list[str], expected: list[str]
) -> None:
    assert texts(check_chairs(chaired, Composition(tuple(SeatValue(side, leads=True) for side in leading)))) == expected


def test_outputs_are_of_the_kinds_that_are_allowed() -> None:
    advises = rules(outputs=("advice",))
    assert check_output(advises, "advice") == []
    assert texts(check_output(advises, "decision")) == [
        "A Board may give advice, and nothing else. This outcome is of another kind."
    ]
    assert check_output(BARE, "decision") == []


@pytest.mark.parametrize(
    ("starts", "ends", "allowed"),
    [
        (date(2026, 1, 1), date(2027, 12, 31), True),
        (date(2026, 1, 1), date(2028, 1, 1), False),
        (date(2026, 1, 1), None, False),
        (None, None, True),
    ],
)
def test_terms_end_in_time(starts: date | None, ends: date | None, allowed: bool) -> None:
    assert (check_term(rules(term_months=24), starts, ends) == []) is allowed
    assert check_term(BARE, starts, ends) == []


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months_after(start: date, months: int, end: date) -> None:
    assert months_after(start, months) == end


def test_what_is_missing_is_said_and_refuses_nothing() -> None:
    wanting = rules(
        total_minimum=3,
        chairing="co-chairs",
        constituencies=(replace(US, minimum=2), THEM),
        segments=(Named("a", "Apples"), Named("b", "Pears")),
        segments_minimum=2,
    )
    now = Composition((SeatValue("us", 1, segments=frozenset({"a"}), leads=True), SeatValue("us", 2, leads=True)))
    assert texts(shortfalls(wanting, now)) == [
        "A Board has places for at least 3 people in all. So far: 2 people.",
        "The seats of a Board cover these segments: Apples and Pears. Missing: Pears.",
        "The seats of a Board cover at least 2 different segments. So far: 1.",
        "A Board has co-chairs, one from each of “Us” and “Them”. Missing: “Them”.",
    ]
    assert texts(shortfalls(wanting, Composition()))[1] == (
        "A Board has places for at least 2 people under “Us”. So far: 0 people."
    )
    assert shortfalls(BARE, Composition()) == []


def test_lowering_a_cap_below_who_sits_is_told() -> None:
    lowered = replace(FOCUS, constituencies=(replace(PROVIDERS, maximum=10), AGENCY))
    assert broken_by(FOCUS, providers(12)) == []
    assert texts(broken_by(lowered, providers(12))) == [
        "A Focus Group has places for up to 10 organisations under “Providers”. So far: 12 organisations."
    ]


def test_a_living_group_is_looked_at_as_a_whole() -> None:
    strict = replace(
        PARENTS,
        constituencies=(US,),
        eligible_roles=(Named("cio", "CIO"),),
        one_seat_per_organisation=True,
        chairing="none",
    )
    now = Composition((SeatValue("us", 1, leads=True), SeatValue("us", 1), SeatValue("gone", 2)))
    assert [breach.code for breach in broken_by(strict, now)] == [
        "engagement.parents",
        "engagement.eligible_roles",
        "engagement.constituencies",
        "engagement.eligible_roles",
        "engagement.one_seat",
        "engagement.chairing",
    ]


seats = st.builds(
    SeatValue,
    constituency=st.sampled_from(["providers", "agency"]),
    organisation=st.one_of(st.none(), st.integers(1, 6)),
    role=st.sampled_from(["", "cio"]),
)


@settings(max_examples=200)
@given(
    st.lists(seats, max_size=30),
    st.integers(1, 8),
    st.sampled_from(["persons", "organisations"]),
    st.one_of(st.none(), st.integers(1, 10)),
    st.booleans(),
)
@pytest.mark.slow
def test_whatever_is_asked_for_the_caps_hold(
    asked: list[SeatValue], cap: int, counts: str, whole: int | None, once: bool
) -> None:
    """Law: a group that grows only by seats the rules let through never breaks them, and no cap is passed."""
    capped = rules(
        constituencies=(replace(PROVIDERS, maximum=cap, counts=counts), AGENCY),
        total_maximum=whole,
        one_seat_per_organisation=once,
        eligible_constituency="providers",
    )
    now = Composition()
    for seat in asked:
        if not check_new_seat(capped, now, seat):
            now = now.with_seat(seat)
        assert now.side("providers").count(counts) <= cap
        assert whole is None or now.count("persons") <= whole
    assert broken_by(capped, now) == []


@settings(max_examples=100)
@given(st.lists(seats, max_size=12), seats)
def test_every_refusal_begins_with_a_sentence_of_the_rules(asked: list[SeatValue], more: SeatValue) -> None:
    strict = rules(
        constituencies=(replace(PROVIDERS, maximum=2),),
        eligible_roles=(Named("cio", "CIO"),),
        one_seat_per_organisation=True,
        total_maximum=3,
    )
    spoken: list[str] = [text for rule in RULES for text in rule.says(strict)]
    begins: Callable[[str], bool] = lambda text: any(text.startswith(each) for each in spoken)  # noqa: E731
    for breach in check_new_seat(strict, Composition(tuple(asked)), more):
        assert begins(breach.text), breach.text
