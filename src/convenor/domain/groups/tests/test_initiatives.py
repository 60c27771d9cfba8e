"""Ending an initiative with its groups, and letting it go on; commands and screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from convenor.core.records.commands import show_to
from convenor.core.records.models import Audience
from convenor.core.records.rules import AUDIENCE, NotAllowed, Refused
from convenor.domain.groups.commands.initiatives import InitiativeFacts, edit_initiative, end_initiative
from convenor.domain.groups.commands.initiatives import reopen_initiative as reopen
from convenor.domain.groups.commands.parents import ParentFacts
from convenor.domain.groups.models import Closure, Group, Initiative
from convenor.domain.groups.tests.test_screens import signed_in
from convenor.domain.groups.tests.test_task_forms import day
from convenor.domain.groups.tests.world import START, World, last_told

pytestmark = pytest.mark.slow


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [breach.code for breach in refused.value.breaches]


def test_an_initiative_ends_with_the_groups_that_are_to(present: World) -> None:
    today = localdate(present.now)
    work = present.working_group()
    initiative = Initiative.objects.get()
    under = [ParentFacts(work, START, "Minutes")]
    focus = present.group("focus-group", name="Focus", deliverable="One.", initiative=initiative, under=under)
    other = present.working_group("Other", initiative=initiative)
    given: dict[str, Any] = {"by": present.by, "initiative": initiative, "on": today, "now": present.now}
    assert codes(lambda: end_initiative(reason=" ", **given)) == ["reason-needed"]
    assert codes(lambda: end_initiative(reason="x", **{**given, "on": today + timedelta(days=1)})) == ["not-yet"]
    with pytest.raises(NotAllowed):
        end_initiative(reason="x", **{**given, "by": present.somebody()})
    with pytest.raises(Refused) as refused:
        end_initiative(reason="Over.", close=[work.pk], **given)
    assert str(refused.value).startswith("Design working group: Focus stands under it")
    end_initiative(reason="Over.", outcome="It **worked**.", close=[work.pk, focus.pk], **given)
    assert sorted(Closure.objects.values_list("group__name", flat=True)) == ["Design working group", "Focus"]
    assert Group.objects.get(pk=other.pk).state == "active"
    assert last_told(initiative.record)[0] == "initiative.ended"
    assert codes(lambda: end_initiative(reason="x", **given)) == ["ended-already"]
    initiative.refresh_from_db()
    page = Client().get(f"/groups/initiatives/{initiative.slug}/").content.decode()
    assert "This initiative has ended" in page
    assert "<strong>worked</strong>" in page
    Initiative.objects.filter(pk=initiative.pk).update(ended_on=today - timedelta(days=1))
    initiative.refresh_from_db()
    late = {"name": "Late", "initiative": initiative, "started_on": today}
    assert codes(lambda: present.group("working-group", **late)) == ["initiative-ended"]
    assert codes(lambda: reopen(by=present.by, initiative=initiative, reason="", now=present.now)) == ["reason-needed"]
    with pytest.raises(NotAllowed):
        reopen(by=present.somebody(), initiative=initiative, reason="x", now=present.now)
    reopen(by=present.by, initiative=initiative, reason="More money.", now=present.now)
    assert codes(lambda: reopen(by=present.by, initiative=initiative, reason="x", now=present.now)) == ["not-ended"]
    started = InitiativeFacts("Design", "", today + timedelta(days=-1))
    edit_initiative(by=present.by, initiative=initiative, facts=started, now=present.now)
    early = {**given, "on": today - timedelta(days=5)}
    assert codes(lambda: end_initiative(reason="x", **early)) == ["ends-before-start"]


def test_a_public_group_does_not_name_a_hidden_initiative_nor_the_other_way_round(present: World) -> None:
    """The reason of a closing is read by whoever reads the group, the number of groups by whoever the initiative."""
    work, other = present.working_group(), present.working_group("Other")
    initiative = work.initiative
    given: dict[str, Any] = {"by": present.by, "on": localdate(present.now), "now": present.now}
    assert initiative is not None
    Group.objects.filter(pk=other.pk).update(initiative=initiative)
    members = Audience.objects.get(key=f"group:{other.pk}:members")
    show_to(other.record, now=present.now, visibility=AUDIENCE, audience=members)
    show_to(initiative.record, now=present.now, visibility=AUDIENCE, audience=members)
    end_initiative(initiative=initiative, reason="Over.", close=[work.pk, other.pk], **given)
    assert Closure.objects.get(group=work).reason == "The initiative it was part of ended."
    assert last_told(initiative.record)[1]["groups_closed"] == (None, "1")


def test_the_screens(present: World) -> None:
    work = present.working_group()
    initiative = Initiative.objects.get()
    officer, where = signed_in(present, "secretariat"), f"/groups/initiatives/{initiative.slug}/"
    assert "Design working group" in officer.get(f"{where}end/").content.decode()
    given = {"reason": "Over.", "outcome": "It worked.", "close": [str(work.pk)], **day("on", localdate(present.now))}
    assert officer.post(f"{where}end/", {**given, "reason": ""}).status_code == 200
    assert officer.post(f"{where}end/", given).status_code == 302
    assert Group.objects.get(pk=work.pk).state == "closed"
    page = officer.get(where).content.decode()
    assert "Let it go on" in page
    assert "The initiative “Design working group initiative” ended." in page
    assert officer.get(f"{where}reopen/").status_code == 200
    assert officer.post(f"{where}reopen/", {"reason": "More."}).status_code == 302
