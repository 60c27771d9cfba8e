"""A group's whole story: what happened when, who sat and chaired, what came of it; and nothing that is withheld."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from convenor.core.accounts.models import Duty
from convenor.core.records import commands as records
from convenor.core.records.rules import anonymous
from convenor.domain.groups.commands.groups import GroupFacts, edit_group
from convenor.domain.groups.commands.lives import move_group, set_review
from convenor.domain.groups.commands.parents import end_parent
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries import story as telling
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.story import Moment, Story, story_of
from convenor.domain.groups.tests.test_screens import signed_in
from convenor.domain.groups.tests.world import START, World

pytestmark = pytest.mark.slow

TODAY = timezone.localdate()
DAY = timedelta(days=1)


def text_of(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


@pytest.fixture
def group(present: World) -> Group:
    """A focus group under a working group, with a seat two people held in turn, an acting one, and a chair."""
    made = present.focus_group()
    seat = present.seat(made, "Wattle", organisation=present.company("Wattle Ledger"), constituency="providers")
    change = START + timedelta(days=300)
    present.appoint(seat, "Ada Marsh", START, change, instrument="Letter 7")
    present.appoint(seat, "Bea Field", change + DAY, START + timedelta(days=1000))
    present.appoint(seat, "Cam Hill", change + 30 * DAY, change + 60 * DAY, acting=True, reason="On leave.")
    present.chair(seat)
    return made


def told(group: Group, world: World) -> Story:
    viewer = anonymous(world.now)
    return story_of(viewer, access_group(viewer, group.slug), officer=False)


def test_who_sat_when_in_order(present: World, group: Group) -> None:
    sat = told(group, present).sat
    assert [(each.holder and each.holder.name, each.span.first, each.span.last) for each in sat] == [
        ("Ada Marsh", START, START + timedelta(days=300)),
        ("Bea Field", START + timedelta(days=301), START + timedelta(days=1000)),
        ("Cam Hill", START + timedelta(days=330), START + timedelta(days=360)),
    ]


def test_who_chaired_and_who_sat_there(present: World, group: Group) -> None:
    (chaired,) = told(group, present).chaired
    assert (chaired.chair.role, [holder.name for holder in chaired.holders]) == (
        "Chair",
        ["Ada Marsh", "Bea Field", "Cam Hill"],
    )


def test_an_office_and_the_chair_of_another_group_sit_too(present: World) -> None:
    office = present.office("Chief Information Officer", present.department("Department of Practice Health"))
    present.holds(office, "Ada Marsh", START, START + 90 * DAY)
    present.holds(office, "Bea Field", START + 91 * DAY)
    made, other = present.group("task-group", name="Of offices"), present.group("task-group", name="Another")
    present.seat(made, office=office, starts_on=START + 30 * DAY)
    present.seat(made, chair_of=other)
    sat = told(made, present).sat
    assert [(each.holder.name if each.holder else "", each.span.first) for each in sat] == [
        ("Ada Marsh", START + 30 * DAY),
        ("Bea Field", START + 91 * DAY),
        ("", START),
    ]
    assert "Whoever chairs Another" in text_of(Client().get(f"/groups/{made.slug}/story/"))


def test_what_happened_stands_in_the_order_of_its_days(present: World, group: Group) -> None:
    by, now = present.by, present.now
    move_group(by=by, group=group, to="dormant", now=now)
    set_review(by=by, group=group, due_on=None, reviewed_on=START + 400 * DAY, outcome="It goes on.", now=now)
    facts = GroupFacts(
        "New name", group.purpose, group.host, group.type, deliverable=group.deliverable, started_on=START
    )
    group = edit_group(by=by, group=group, facts=facts, now=now)
    moments = told(group, present).moments
    assert [moment.on for moment in moments] == sorted(moment.on for moment in moments)
    words = [moment.what for moment in moments]
    for what in ("Started", "Approved by Design working group", "Placed under Design working group", "Reviewed",
                 "Became dormant", "Renamed"):  # fmt: skip
        assert what in words, what
    renamed = next(moment for moment in moments if moment.what == "Renamed")
    assert renamed.text == "From “Corrections focus group” to “New name”."


def test_where_it_stood_over_time(present: World, group: Group) -> None:
    link = group.parents.get()
    other = present.working_group("Second working group")
    from convenor.domain.groups.commands.parents import ParentFacts, set_parent

    set_parent(by=present.by, group=group, link=ParentFacts(other, START), starts_on=START + 50 * DAY, now=present.now)
    end_parent(by=present.by, link=link, on=START + 90 * DAY, reason="Moved.", now=present.now)
    parents = told(group, present).parents
    assert [(each.name, each.span.last) for each in parents] == [
        ("Design working group", START + 90 * DAY),
        ("Second working group", None),
    ]
    assert [each.name for each in told(link.parent, present).children] == ["Corrections focus group"]


def test_other_apps_tell_their_part(present: World, group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = Moment(date(2025, 5, 5), "Terms adopted", "Version 2")
    monkeypatch.setattr(telling, "tellers", [])
    telling.tell(lambda _viewer, _group: [moment])
    assert moment in told(group, present).moments


def test_the_page(present: World, group: Group) -> None:
    page = text_of(Client().get(f"/groups/{group.slug}/story/"))
    for words in (
        "The story of Corrections focus group",
        "A Focus Group at the Tactical level.",
        "3 people have sat in it, in 1 seat.",
        "One recommendation.",
        "No delivery has been recorded.",
        "Approved by Design working group",
        "Letter 7",
        'class="chart chart--timeline"',
        "Who sat there then",
    ):
        assert words in page, words
    assert f"/groups/{group.slug}/story/" in text_of(Client().get(f"/groups/{group.slug}/"))


def test_a_hidden_group_has_no_story(present: World, group: Group) -> None:
    with transaction.atomic():
        records.show_to(group.record, now=present.now, visibility="sealed")
    for address in ("story/", "story/?format=csv"):
        assert Client().get(f"/groups/{group.slug}/{address}").status_code == 404


def test_what_is_withheld_is_not_told(present: World, group: Group) -> None:
    """A name, and a parent that nobody may know of."""
    with transaction.atomic():
        records.show_to(present.person("Ada Marsh").profile.record, now=present.now, visibility="sealed")
        records.show_to(group.parents.get().parent.record, now=present.now, visibility="sealed")
    for address in ("story/", "story/?format=csv"):
        page = text_of(Client().get(f"/groups/{group.slug}/{address}"))
        assert "Ada Marsh" not in page
        assert "Design working group" not in page
        assert "Name not published" in page
    assert "Ada Marsh" in text_of(signed_in(present, Duty.SECRETARIAT).get(f"/groups/{group.slug}/story/"))


def test_the_file_has_the_dated_lines(present: World, group: Group) -> None:
    rows = list(csv.reader(io.StringIO(Client().get(f"/groups/{group.slug}/story/?format=csv").content.decode())))
    assert rows[0] == ["What", "From", "Last day", "Seat", "Who", "How or why"]
    assert ["Sat", START.isoformat(), (START + 300 * DAY).isoformat(), "Wattle", "Ada Marsh", "Letter 7"] in rows
    assert ["Chair", START.isoformat(), "", "Wattle", "Ada Marsh; Bea Field; Cam Hill", ""] in rows


def test_a_long_story_asks_no_more(present: World, group: Group, django_assert_max_num_queries: Any) -> None:
    council = present.group()
    for number in range(60):
        seat = present.seat(council, f"Seat {number}", constituency="agency")
        present.appoint(seat, f"Ada {number} Marsh")
    with django_assert_max_num_queries(10):
        page = text_of(Client().get(f"/groups/{council.slug}/story/"))
    assert "Earlier times are left out of the drawing (20)" in page


def test_a_group_without_a_story_says_so(present: World) -> None:
    made = present.group(None, name="Of another body", started_on=None)
    page = text_of(Client().get(f"/groups/{made.slug}/story/"))
    assert "Nobody is recorded as having sat in it." in page
    assert "A group that another body runs." in page
