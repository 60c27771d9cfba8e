"""Machinery-of-government changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from convenor.core.journal.models import Entry
from convenor.core.records import commands as records
from convenor.core.records.models import Link, Record
from convenor.core.records.queries import former_address, line
from convenor.core.records.rules import NotAllowed, Refused, anonymous
from convenor.domain.directory import commands as c
from convenor.domain.directory import queries as q
from convenor.domain.directory.models import Office, Organisation, Tenure
from convenor.domain.directory.rules import SUCCEEDED_BY
from convenor.domain.directory.tests.cast import TODAY, Cast, body, kind, latest, office, somebody, verbs

LAST = TODAY - timedelta(days=1)


def new(name: str, **facts: object) -> c.Successor:
    return c.Successor(facts=c.OrganisationFacts(name=name, kind=kind(), **facts))  # type: ignore[arg-type]


def links() -> set[tuple[str, str]]:
    rows = Link.objects.filter(relation__slug=SUCCEEDED_BY)
    return set(rows.values_list("source__title", "target__title"))


def test_renamed(cast: Cast) -> None:
    plan = c.ChangePlan("renamed", TODAY, (cast.health,), name="Department of Care", short_name="Care", note="Order 7")
    change = c.record_change(by=cast.site_officer, plan=plan, now=cast.now)
    health = Organisation.objects.get(pk=cast.health.pk)
    assert (health.name, health.short_name, health.slug, health.ended_on) == (
        "Department of Care",
        "Care",
        "department-of-care",
        None,
    )
    assert health.record.ref == cast.health.record.ref
    assert former_address(anonymous(cast.now), "organisation", "department-of-health") == health.record
    assert change.record.title == "Department of Health renamed Department of Care"
    became = q.changes_of(anonymous(cast.now), health)
    assert [[(p.side, p.name) for p in (*b.before, *b.after)] for b in became] == [
        [("before", "Department of Health"), ("after", "Department of Care")]
    ]
    assert latest(health.record)[1]["name"] == ("Department of Health", "Department of Care")
    verb, values, public = latest(change.record)
    assert (verb, values["note"], public) == ("organisation-change.recorded", (None, "Order 7"), set(values))


def test_merged_into_a_new_one_with_all_that_belonged_to_them(cast: Cast) -> None:
    gone = office("Registrar", cast.revenue, cast.now)
    holder = somebody("Ada Holder", cast.now)
    kept = c.start_tenure(by=cast.by, office=cast.cio, person=holder, facts=c.TenureFacts(), now=cast.now)
    ended = c.start_tenure(by=cast.by, office=gone, person=holder, facts=c.TenureFacts(date(2020, 1, 1)), now=cast.now)
    plan = c.ChangePlan(
        "merged",
        TODAY,
        (cast.health, cast.revenue),
        (new("Department of Everything", abn="51 824 753 556"),),
        offices={cast.cio.pk: 0},
        bodies={cast.registry.pk: 0},
    )
    change = c.record_change(by=cast.site_officer, plan=plan, now=cast.now)
    made = Organisation.objects.get(name="Department of Everything")
    assert made.established_on == TODAY
    assert list(
        Organisation.objects.filter(pk__in=[cast.health.pk, cast.revenue.pk]).values_list("ended_on", flat=True)
    ) == [
        LAST,
        LAST,
    ]
    cio = Office.objects.get(pk=cast.cio.pk)
    assert (cio.organisation, cio.slug) == (made, "chief-information-officer-department-of-everything")
    assert Tenure.objects.get(pk=kept.pk).ends_on is None
    assert Office.objects.get(pk=gone.pk).abolished_on == LAST
    assert Tenure.objects.get(pk=ended.pk).ends_on == LAST
    assert Organisation.objects.get(pk=cast.registry.pk).parent == made
    assert links() == {
        ("Department of Health", "Department of Everything"),
        ("Revenue Office", "Department of Everything"),
    }
    assert change.record.title == "Department of Health and Revenue Office merged into Department of Everything"
    assert verbs(cast.health.record)[-1] == "organisation.ended"
    assert latest(cio.record)[0] == "office.moved"
    assert latest(gone.record)[0] == "office.abolished"


def test_the_line_runs_from_what_was_to_what_it_became(cast: Cast) -> None:
    plan = c.ChangePlan("merged", TODAY, (cast.association, cast.revenue), (new("Both"),))
    c.record_change(by=cast.by, plan=plan, now=cast.now)
    steps = line(anonymous(cast.now), Record.objects.get(pk=cast.revenue.record_id), forward=True)
    assert [step.title for step in steps] == ["Both"]


def test_merged_into_one_of_them_which_goes_on(cast: Cast) -> None:
    plan = c.ChangePlan("merged", TODAY, (cast.revenue, cast.association), (c.Successor(cast.revenue),))
    c.record_change(by=cast.by, plan=plan, now=cast.now)
    assert Organisation.objects.get(pk=cast.revenue.pk).ended_on is None
    assert Organisation.objects.get(pk=cast.association.pk).ended_on == LAST
    assert links() == {("Association of Example Software", "Revenue Office")}


def test_a_part_that_takes_in_its_parent_rises(cast: Cast) -> None:
    plan = c.ChangePlan("merged", TODAY, (cast.health, cast.registry), (c.Successor(cast.registry),))
    c.record_change(by=cast.by, plan=plan, now=cast.now)
    assert Organisation.objects.get(pk=cast.registry.pk).parent is None


def test_split_with_one_that_goes_on(cast: Cast) -> None:
    plan = c.ChangePlan(
        "split", TODAY, (cast.health,), (c.Successor(cast.health), new("Health Data Office")), offices={cast.cio.pk: 1}
    )
    c.record_change(by=cast.by, plan=plan, now=cast.now)
    made = Organisation.objects.get(name="Health Data Office")
    assert Organisation.objects.get(pk=cast.health.pk).ended_on is None
    assert Office.objects.get(pk=cast.cio.pk).organisation == made
    assert Organisation.objects.get(pk=cast.registry.pk).parent == cast.health
    assert links() == {("Department of Health", "Health Data Office")}


def test_abolished(cast: Cast) -> None:
    c.record_change(by=cast.by, plan=c.ChangePlan("abolished", TODAY, (cast.revenue,)), now=cast.now)
    assert Organisation.objects.get(pk=cast.revenue.pk).ended_on == LAST
    assert links() == set()


def test_what_ends_must_leave_no_orphan(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        c.record_change(by=cast.by, plan=c.ChangePlan("abolished", TODAY, (cast.health,)), now=cast.now)
    assert [breach.text for breach in refused.value.breaches] == ["First move what is part of it: Blood Registry."]
    assert Organisation.objects.get(pk=cast.health.pk).ended_on is None


def test_moved_to_another_portfolio(cast: Cast) -> None:
    plan = c.ChangePlan("moved", TODAY, (cast.registry,), parent=cast.revenue)
    change = c.record_change(by=cast.site_officer, plan=plan, now=cast.now)
    assert Organisation.objects.get(pk=cast.registry.pk).parent == cast.revenue
    assert change.record.title == "Blood Registry moved to Revenue Office"
    sides = q.changes_of(anonymous(cast.now), cast.registry)[0]
    assert (sides.before[0].parent_name, sides.after[0].parent_name) == ("Department of Health", "Revenue Office")


def test_moving_cannot_make_a_circle_or_end_in_the_past(cast: Cast) -> None:
    with pytest.raises(Refused, match="part of itself"):
        c.record_change(
            by=cast.by, plan=c.ChangePlan("moved", TODAY, (cast.health,), parent=cast.registry), now=cast.now
        )
    ended = body("Ended", cast.now, ended_on=date(2020, 1, 1))
    with pytest.raises(Refused, match="Ended has ended"):
        c.record_change(by=cast.by, plan=c.ChangePlan("moved", TODAY, (cast.health,), parent=ended), now=cast.now)


def test_each_rule_is_asked(cast: Cast) -> None:
    for plan, code in [
        (c.ChangePlan("merged", TODAY, (cast.health,), (new("X"),)), "change-merged"),
        (c.ChangePlan("split", TODAY, (cast.health,), (new("X"),)), "change-split"),
        (c.ChangePlan("abolished", TODAY, (cast.health,), (new("X"),)), "change-abolished"),
        (c.ChangePlan("renamed", TODAY, (cast.health,), name="Department of Health"), "change-same-name"),
        (c.ChangePlan("moved", TODAY, (cast.registry,), parent=cast.health), "change-same-parent"),
        (c.ChangePlan("abolished", TODAY + timedelta(days=1), (cast.revenue,)), "change-ahead"),
    ]:
        with pytest.raises(Refused) as refused:
            c.record_change(by=cast.by, plan=plan, now=cast.now)
        assert [breach.code for breach in refused.value.breaches] == [code]


def test_a_refused_change_leaves_nothing_behind(cast: Cast) -> None:
    entries, records_there = Entry.objects.count(), Record.objects.count()
    plan = c.ChangePlan("merged", TODAY, (cast.revenue, cast.association), (new("Both", abn="51 824 753 557"),))
    with pytest.raises(Refused):
        c.record_change(by=cast.by, plan=plan, now=cast.now)
    assert (Entry.objects.count(), Record.objects.count()) == (entries, records_there)
    assert Organisation.objects.get(pk=cast.revenue.pk).ended_on is None


def test_who_may_record_a_change(cast: Cast) -> None:
    merge = c.ChangePlan("merged", TODAY, (cast.health, cast.revenue), (new("X"),), bodies={cast.registry.pk: 0})
    with pytest.raises(NotAllowed, match="Only officers of Revenue Office"):
        c.record_change(by=cast.health_officer, plan=merge, now=cast.now)
    rename = c.ChangePlan("renamed", TODAY, (cast.health,), name="Department of Care")
    with pytest.raises(NotAllowed):
        c.record_change(by=cast.revenue_officer, plan=rename, now=cast.now)
    c.record_change(by=cast.health_officer, plan=rename, now=cast.now)
    grab = c.ChangePlan("moved", TODAY, (cast.registry,), parent=cast.revenue)
    with pytest.raises(NotAllowed):
        c.record_change(by=cast.health_officer, plan=grab, now=cast.now)


def test_a_withdrawn_organisation_has_no_future(cast: Cast) -> None:
    c.withdraw_organisation(by=cast.by, organisation=cast.revenue, reason="x", now=cast.now)
    with pytest.raises(Refused, match="restore it first"):
        c.record_change(by=cast.by, plan=c.ChangePlan("abolished", TODAY, (cast.revenue,)), now=cast.now)


def test_a_change_of_a_withheld_organisation_is_withheld_with_it(cast: Cast) -> None:
    with_audience = records.audience("test", "Test")
    from django.db import transaction

    with transaction.atomic():
        records.show_to(cast.revenue.record, now=cast.now, visibility="audience", audience=with_audience)
    plan = c.ChangePlan("merged", TODAY, (cast.revenue, cast.association), (c.Successor(cast.association),))
    change = c.record_change(by=cast.by, plan=plan, now=cast.now)
    assert change.record.visibility == "audience"
    assert q.changes_of(anonymous(cast.now), cast.association) == []
    assert len(q.changes_of(cast.site_officer, cast.association)) == 1


def test_the_preview_says_what_will_follow(cast: Cast) -> None:
    merge = c.ChangePlan(
        "merged",
        TODAY,
        (cast.health, cast.revenue),
        (new("Both"),),
        offices={cast.cio.pk: 0},
        bodies={cast.registry.pk: 0},
    )
    assert c.consequences(merge) == [
        "Department of Health ends; its last day is Sun 22 Nov 2026. Its page stays and says what became of it.",
        "Revenue Office ends; its last day is Sun 22 Nov 2026. Its page stays and says what became of it.",
        "Both is added to the directory.",
        "The office Chief Information Officer goes to Both, with who holds it.",
        "Blood Registry becomes part of Both.",
    ]
    assert c.consequences(replace(merge, offices={}))[3] == (
        "The office Chief Information Officer is abolished; who holds it does so until Sun 22 Nov 2026."
    )
    rename = c.ChangePlan("renamed", TODAY, (cast.health,), name="Care")
    assert c.consequences(rename) == [
        "Department of Health is called Care from Mon 23 Nov 2026. Old addresses still lead to it.",
        "1 office carries the new name.",
    ]
    assert c.consequences(c.ChangePlan("moved", TODAY, (cast.registry,))) == [
        "Blood Registry becomes part of no portfolio on Mon 23 Nov 2026, with everything that belongs to it."
    ]
