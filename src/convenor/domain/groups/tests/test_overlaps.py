"""Groups that are alike, who sits in most of them, groups side by side; and nothing hidden told."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.accounts.models import Duty
from convenor.core.clock.schedules import jobs
from convenor.core.records import commands as records
from convenor.core.records.rules import anonymous
from convenor.domain.groups.commands.overlaps import compare_all
from convenor.domain.groups.models import Group, Overlap
from convenor.domain.groups.queries.comparing import MOST, chosen
from convenor.domain.groups.queries.overlaps import OverlapFilter, pairs, shown
from convenor.domain.groups.rules import overlaps as rules
from convenor.domain.groups.tests.test_screens import signed_in
from convenor.domain.groups.tests.world import World

pytestmark = pytest.mark.slow

TODAY = timezone.localdate()


def text_of(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


@pytest.fixture
def twins(present: World) -> tuple[Group, Group]:
    """Two groups that share three people and three organisations, and a third that shares one of each."""
    first = present.group(name="Payroll council", purpose="To correct payroll records of retired sailors.")
    second = present.group(name="Corrections council", purpose="Payroll records corrected for retired sailors.")
    third = present.group(name="Garden council", purpose="Roses.")
    bodies = [present.company(f"Company {number}") for number in range(3)]
    for group, many in ((first, 3), (second, 3), (third, 1)):
        for number in range(many):
            seat = present.seat(group, organisation=bodies[number], constituency="providers")
            present.appoint(seat, f"Ada {number} Marsh")
    present.appoint(present.seat(second, "Chair", constituency="agency"), "Bea Field")
    return first, second


def refresh(world: World) -> list[Overlap]:
    compare_all(world.now)
    return list(Overlap.objects.order_by("pk"))


def test_the_pair_is_found_and_the_third_is_not(present: World, twins: tuple[Group, Group]) -> None:
    (row,) = refresh(present)
    assert (row.first, row.second) == twins
    assert (row.people, row.organisations, row.offices) == (100, 100, 0)
    assert row.subject >= 50
    assert row.strength == 100
    refresh(present)
    assert Overlap.objects.count() == 1


def test_it_is_worked_out_every_night() -> None:
    assert jobs["groups.compare-all"].run is compare_all


def test_the_page_says_why_in_words(present: World, twins: tuple[Group, Group]) -> None:
    refresh(present)
    page = text_of(Client().get("/groups/overlaps/"))
    assert "1 pair of groups" in page
    assert "Everybody in Payroll council sits in the other too: 3 people." in page
    assert "Every organisation in Payroll council has a seat in the other too: 3 organisations." in page
    assert "Ada 0 Marsh</a>" in page
    assert "% alike. Both say:" in page
    assert "/groups/compare/?group=payroll-council&amp;group=corrections-council" in page


def test_filters_stand_in_the_address(present: World, twins: tuple[Group, Group]) -> None:
    refresh(present)
    viewer = anonymous(present.now)
    for asked, found in (
        (OverlapFilter(by="people"), 1),
        (OverlapFilter(by="offices"), 0),
        (OverlapFilter(by="organisations", least=100), 1),
        (OverlapFilter(q="payroll"), 1),
        (OverlapFilter(q="garden"), 0),
        (OverlapFilter(same_type=True), 1),
    ):
        assert pairs(viewer, asked).count() == found, asked
    assert "No overlaps" in text_of(Client().get("/groups/overlaps/?by=offices"))


def test_a_group_that_is_hidden_since_is_in_no_pair(present: World, twins: tuple[Group, Group]) -> None:
    refresh(present)
    with transaction.atomic():
        records.show_to(twins[1].record, now=present.now, visibility="sealed")
    for address in ("/groups/overlaps/", "/groups/overlaps/?format=csv"):
        assert "Corrections council" not in text_of(Client().get(address))
    assert pairs(anonymous(present.now), OverlapFilter()).count() == 0
    assert refresh(present) == []


def test_names_that_are_withheld_count_for_nobody(present: World, twins: tuple[Group, Group]) -> None:
    refresh(present)
    for number in range(3):
        with transaction.atomic():
            record = present.person(f"Ada {number} Marsh").profile.record
            records.show_to(record, now=present.now, visibility="sealed")
    (pair,) = shown(anonymous(present.now), list(pairs(anonymous(present.now), OverlapFilter())), TODAY)
    assert set(pair.shared) == {"organisations"}
    page = text_of(Client().get("/groups/overlaps/"))
    assert "Marsh" not in page
    assert "3 people" not in page


def test_what_has_changed_since_is_said(present: World, twins: tuple[Group, Group]) -> None:
    refresh(present)
    Overlap.objects.update(subject=0)
    twins[0].seats.update(ends_on=TODAY - timedelta(days=1))
    assert "This has changed since they were compared." in text_of(Client().get("/groups/overlaps/"))


def test_the_file_has_it_all(present: World, twins: tuple[Group, Group]) -> None:
    refresh(present)
    Group.objects.filter(pk=twins[0].pk).update(name="=1+1")
    rows = list(csv.reader(io.StringIO(Client().get("/groups/overlaps/?format=csv").content.decode())))
    assert rows[0][:3] == ["First group", "Second group", "People in both"]
    assert rows[1][:5] == ["'=1+1", "Corrections council", "3", "3", ""]
    assert "Ada 0 Marsh" in rows[1][-1]


def test_who_sits_in_most_groups(present: World, twins: tuple[Group, Group]) -> None:
    office = present.office("Chief Information Officer", present.department("Department of Practice Health"))
    present.holds(office, "Ada 1 Marsh")
    present.seat(present.group("forum", name="Forum"), office=office)
    page = text_of(Client().get("/groups/overlaps/people/"))
    assert "3 people in several groups" in page
    assert page.index("Ada 0 Marsh") < page.index("Ada 2 Marsh")
    assert "Bea Field" not in page
    rows = list(csv.reader(io.StringIO(Client().get("/groups/overlaps/people/?format=csv").content.decode())))
    assert ["Ada 1 Marsh", "3", "Corrections council; Forum; Payroll council"] in rows
    page = text_of(Client().get("/groups/overlaps/organisations/"))
    assert "3 organisations in several" in page


def test_hidden_people_and_groups_are_not_counted(present: World, twins: tuple[Group, Group]) -> None:
    with transaction.atomic():
        records.show_to(present.person("Ada 1 Marsh").profile.record, now=present.now, visibility="sealed")
        records.show_to(twins[1].record, now=present.now, visibility="sealed")
    page = text_of(Client().get("/groups/overlaps/people/"))
    assert "Ada 0 Marsh" in page
    assert "Ada 1 Marsh" not in page
    assert "Corrections council" not in page


@pytest.mark.parametrize(
    "address", ["/groups/overlaps/", "/groups/overlaps/people/", "/groups/overlaps/organisations/"]
)
def test_queries_do_not_grow(
    present: World, twins: tuple[Group, Group], address: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        more = present.group(name=f"Twin {number}")
        for many in range(3):
            seat = present.seat(more, f"Seat {many}", constituency="agency")
            present.appoint(seat, f"Ada {many} Marsh")
    refresh(present)
    assert Overlap.objects.count() > 20
    with django_assert_max_num_queries(10):
        Client().get(address)


def test_before_the_first_night(db: None) -> None:
    assert "No overlaps" in text_of(Client().get("/groups/overlaps/"))


# Side by side


def test_groups_stand_side_by_side(present: World, twins: tuple[Group, Group]) -> None:
    present.seat(twins[0], "An empty chair", constituency="agency")
    page = text_of(Client().get("/groups/compare/?group=payroll-council&group=corrections-council"))
    assert page.index("Payroll council") < page.index("Corrections council")
    for words in ("3 of 4", "4 of 4", "Every 3 months", "Company 0", "Who sits in more than one", "Ada 1 Marsh"):
        assert words.casefold() in page.casefold(), words
    assert "/groups/compare/?group=corrections-council" in page


def test_one_may_be_added_by_its_name(present: World, twins: tuple[Group, Group]) -> None:
    page = text_of(Client().get("/groups/compare/", {"group": ["payroll-council", "Corrections council"]}))
    assert "Who sits in more than one" in page


def test_each_may_be_named_and_is_shown_once(present: World, twins: tuple[Group, Group]) -> None:
    viewer, refs = anonymous(present.now), [group.record.ref.lower() for group in twins]
    assert chosen(viewer, ["CORRECTIONS COUNCIL", refs[0], refs[1], "Payroll-Council"]) == [twins[1], twins[0]]


def test_a_name_that_several_have_names_none_and_hides_none(present: World, twins: tuple[Group, Group]) -> None:
    """However many are called alike, and however new the group at the other address is."""
    for _number in range(MOST * MOST):
        present.group(name="Working group")
    newest = present.group(name="Newest council")
    assert chosen(anonymous(present.now), ["Working group", newest.slug]) == [newest]


def test_what_was_withdrawn_is_found_by_its_address_only(present: World, twins: tuple[Group, Group]) -> None:
    with transaction.atomic():
        records.withdraw(twins[0].record)
    viewer = anonymous(present.now)
    assert (chosen(viewer, ["payroll-council"]), chosen(viewer, ["Payroll council"])) == ([twins[0]], [])


def test_what_one_may_not_know_of_is_like_what_is_not_there(present: World, twins: tuple[Group, Group]) -> None:
    with transaction.atomic():
        records.show_to(twins[1].record, now=present.now, visibility="sealed")
    hidden = text_of(Client().get("/groups/compare/?group=payroll-council&group=corrections-council"))
    absent = text_of(Client().get("/groups/compare/?group=payroll-council&group=nobody-here"))
    assert hidden == absent
    assert "Not all of them are shown" in hidden


def test_more_than_six_are_too_many(present: World) -> None:
    for number in range(8):
        present.group(name=f"Council {number}")
    page = text_of(Client().get("/groups/compare/", {"group": [f"council-{number}" for number in range(8)]}))
    assert "Not all of them are shown" in page
    assert "/groups/council-5/" in page or "Council 5" in page
    assert "Council 6" not in page


def test_officers_read_how_many_rules_are_broken(present: World, twins: tuple[Group, Group]) -> None:
    address = "/groups/compare/?group=payroll-council&group=corrections-council"
    assert "still missing" in text_of(signed_in(present, Duty.SECRETARIAT).get(address))
    assert "still missing" not in text_of(Client().get(address))


def test_the_comparison_as_a_file(present: World, twins: tuple[Group, Group]) -> None:
    answer = Client().get("/groups/compare/?group=payroll-council&group=corrections-council&format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert rows[0] == ["What", "Payroll council", "Corrections council"]
    assert ["Seats filled", "3 of 3", "4 of 4"] in rows


def test_comparing_six_asks_as_much_as_comparing_two(present: World, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        group = present.group(name=f"Council {number}")
        present.appoint(present.seat(group, "Seat", constituency="agency"), f"Ada {number} Marsh")
    with django_assert_max_num_queries(10):
        Client().get("/groups/compare/", {"group": [f"council-{number}" for number in range(6)]})


def test_the_register_offers_boxes(present: World, twins: tuple[Group, Group]) -> None:
    page = text_of(Client().get("/groups/"))
    assert 'name="group" value="payroll-council" form="compare"' in page
    assert '<form id="compare"' in page


# The rules


def test_containment_and_jaccard() -> None:
    held = rules.shared(frozenset("abc"), frozenset("abcdef"))
    assert (held.both, held.contained, held.jaccard, held.percent) == (3, 1.0, 0.5, 100)
    assert rules.shared(frozenset(), frozenset("a")).contained == 0.0


@given(st.dictionaries(st.integers(0, 12), st.frozensets(st.integers(0, 20), max_size=9), max_size=9))
def test_pairs_are_those_of_the_definition(sets: dict[int, frozenset[Any]]) -> None:
    found = rules.overlapping(sets, 2, 0.4, 0.6)
    for first, one in sets.items():
        for second, other in sets.items():
            if first < second:
                held = rules.shared(one, other)
                wanted = held.both >= 2 and (held.jaccard >= 0.4 or held.contained >= 0.6)
                assert ((first, second) in found) == wanted


def test_words_that_say_nothing_do_not_count() -> None:
    assert rules.words_of("The working group meets about corrections of a correction") == Counter({"correction": 2})
    assert rules.common_words("Roses and tulips", "A tulip, a rose") == ["tulip", "rose"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_compared(first: str, second: str) -> None:
    found = rules.alike({1: rules.words_of(first), 2: rules.words_of(second), 3: rules.words_of(first)}, 0.5, 1)
    if rules.words_of(first):
        assert found[1, 3] == pytest.approx(1.0)
    assert all(0.5 <= close <= 1.0 for close in found.values())
