"""A model's health: its living groups counted, each number with its rows, at constant cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convenor.core.accounts.models import Person
from convenor.core.records.rules import anonymous
from convenor.domain.engagement.living import living
from convenor.domain.groups.commands.overrides import add_override
from convenor.domain.groups.commands.showing import show_group
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.weighing import OverrideFacts
from convenor.domain.groups.tests.world import World

pytestmark = pytest.mark.slow

URL = "/engagement/practice/health/"


@pytest.fixture
def task(present: World) -> Group:
    """Two seats, one filled and that not for long; a review overdue; a rule of its own."""
    today = present.now.date()
    group = present.group("task-group", name="Task group", review_due_on=today + timedelta(days=3))
    present.seat(group, "One")
    present.appoint(present.seat(group, "Two"), "Ada Marsh", last=today + timedelta(days=20))
    facts = OverrideFacts("size", {"total_maximum": 2}, today, None, "It is small.", "Board")
    add_override(by=present.by, group=group, facts=facts, now=present.now)
    Group.objects.filter(pk=group.pk).update(review_due_on=today - timedelta(days=3))
    return group


def test_what_is_asked_of_a_group(present: World, task: Group) -> None:
    (found,) = living.health(anonymous(present.now), [present.type("task-group").pk], present.now.date(), False)
    assert (found.name, found.state, found.seats, found.vacant, found.terms_ending) == ("Task group", "active", 2, 1, 1)
    assert [(own.rule, own.reason) for own in found.overrides] == [("size", "It is small.")]
    assert (found.broken, found.missing) == ((), ())


def test_the_page_counts_and_leads_to_the_rows(present: World, task: Group, client: Client) -> None:
    html = client.get(URL).content.decode()
    assert '<a href="/groups/?model=practice&amp;type=practice-task-group">1</a>' in html
    assert '<a href="/groups/?model=practice&amp;type=practice-task-group&amp;state=active">1</a>' in html
    assert '<a href="#vacant">1</a>' in html
    assert "1 of 2 seats" in html
    assert "Reviews overdue" in html
    assert "Because:" in html
    assert "Cadence is not measured: meetings are not recorded yet." in html
    assert "Appointments ending" not in html
    assert "view=rules" not in html
    assert URL in client.get("/engagement/practice/").content.decode()


def test_the_table_is_taken_away(present: World, task: Group, client: Client) -> None:
    head, line = client.get("/engagement/practice/health.csv").content.decode().splitlines()
    assert head.startswith("group,ref,type,state,seats,vacant")
    assert line.startswith(f"Task group,{task.record.ref},practice-task-group,active,2,1,")
    assert line.endswith("not measured: meetings are not recorded yet")


def test_officers_see_what_each_breaks_or_misses(present: World, client: Client) -> None:
    present.group("council", name="Council")
    assert "has co-chairs" not in client.get(f"{URL}?view=rules").content.decode()
    client.force_login(Person.objects.get(pk=present.officer().person_id or 0))
    assert "Appointments ending" in client.get(URL).content.decode()
    html = client.get(f"{URL}?view=rules").content.decode()
    assert "Groups that miss something" in html
    assert "has co-chairs" in html


def test_hidden_groups_are_in_no_number(present: World, task: Group, client: Client) -> None:
    show_group(by=present.by, group=task, readers="members", reason="Asked.", now=present.now)
    html = client.get(URL).content.decode()
    assert "Task group" not in html.replace("Task Groups", "")
    assert "It is small." not in html
    assert len(client.get("/engagement/practice/health.csv").content.decode().splitlines()) == 1


def test_more_groups_cost_no_more(present: World, client: Client) -> None:
    counted = []
    officer = present.officer()
    for step in range(2):
        for number in range(1 + 4 * step):
            group = present.group("task-group", name=f"Group {step} {number}")
            present.appoint(present.seat(group, "One"), f"Person {step} {number}")
        for viewer, judged in ((anonymous(present.now), False), (officer, True)):
            with CaptureQueriesContext(connection) as queries:
                living.health(viewer, [present.type("task-group").pk], present.now.date(), judged)
            counted.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{URL}?n={step}")
        counted.append(len(queries))
    assert counted[:3] == counted[3:]
    assert counted[0] == 5
