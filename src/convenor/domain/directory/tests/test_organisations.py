"""Organisations: create, edit, withdraw, restore."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from convenor.core.journal.models import Entry
from convenor.core.records.models import Address
from convenor.core.records.queries import former_address
from convenor.core.records.rules import NotAllowed, Refused, anonymous
from convenor.domain.directory import commands as c
from convenor.domain.directory.models import Office, Organisation
from convenor.domain.directory.tests.cast import Cast, body, kind, latest, office, verbs

ABN = "51 824 753 556"


def facts(name: str = "Digital Office", **given: object) -> c.OrganisationFacts:
    return c.OrganisationFacts(name=name, kind=kind(), **given)  # type: ignore[arg-type]


def test_an_officer_creates_an_organisation(cast: Cast) -> None:
    given = facts(abn=ABN, parent=cast.health, segments=(cast.segment,), website="https://example.org/")
    made = c.create_organisation(by=cast.site_officer, facts=given, now=cast.now)
    assert (made.slug, made.abn, made.parent, list(made.segments.all())) == (
        "digital-office",
        "51824753556",
        cast.health,
        [cast.segment],
    )
    assert (made.record.kind, made.record.title, made.record.visibility) == ("organisation", "Digital Office", "public")
    verb, values, public = latest(made.record)
    assert verb == "organisation.created"
    assert values["name"] == (None, "Digital Office")
    assert values["parent"] == (None, cast.health.record.ref)
    assert public == set(values)


def test_who_may_add_an_organisation(cast: Cast) -> None:
    below = facts(parent=cast.health)
    assert c.create_organisation(by=cast.health_officer, facts=below, now=cast.now).parent == cast.health
    for by, given in [
        (cast.revenue_officer, below),
        (cast.health_officer, facts("Elsewhere")),
        (cast.nobody, facts("Elsewhere")),
        (anonymous(cast.now), facts("Elsewhere")),
    ]:
        with pytest.raises(NotAllowed):
            c.create_organisation(by=by, facts=given, now=cast.now)
    assert not Organisation.objects.filter(name="Elsewhere").exists()


def test_a_duty_reaches_down_the_tree_but_not_up(cast: Cast) -> None:
    below = facts(parent=cast.registry)
    made = c.create_organisation(by=cast.health_officer, facts=below, now=cast.now)
    c.edit_organisation(by=cast.health_officer, organisation=made, facts=replace(below, short_name="DO"), now=cast.now)
    with pytest.raises(NotAllowed, match="Only officers of Revenue Office can change what is recorded of it"):
        c.edit_organisation(by=cast.health_officer, organisation=cast.revenue, facts=facts(), now=cast.now)


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"abn": "51 824 753 557"}, "abn-checksum", "abn"),
        ({"abn": "12"}, "abn-form", "abn"),
        ({"established_on": date(2020, 1, 2), "ended_on": date(2020, 1, 1)}, "ends-before-start", "ended_on"),
        ({"website": "javascript:alert(1)"}, "field", "website"),
        ({"website": "nowhere"}, "field", "website"),
        ({"short_name": "x" * 41}, "field", "short_name"),
        ({"summary": "\x00"}, "field", "summary"),
        ({"summary": "\x1b[2J"}, "field", "summary"),
    ],
)
def test_what_an_organisation_cannot_be(cast: Cast, given: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        c.create_organisation(by=cast.by, facts=facts(**given), now=cast.now)
    assert [(breach.code, breach.field) for breach in refused.value.breaches] == [(code, field)]


def test_an_organisation_needs_a_name(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        c.create_organisation(by=cast.by, facts=facts("  "), now=cast.now)
    assert [breach.field for breach in refused.value.breaches] == ["name"]


def test_one_abn_belongs_to_one_present_organisation(cast: Cast) -> None:
    first = c.create_organisation(by=cast.by, facts=facts("First", abn=ABN), now=cast.now)
    with pytest.raises(Refused, match="First has this ABN already"):
        c.create_organisation(by=cast.by, facts=facts("Second", abn=ABN), now=cast.now)
    ended = facts("Old", abn=ABN, ended_on=date(2001, 1, 1))
    assert c.create_organisation(by=cast.by, facts=ended, now=cast.now).abn == first.abn


def test_a_circle_is_refused_on_edit_too(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        c.edit_organisation(
            by=cast.by,
            organisation=cast.health,
            facts=facts("Department of Health", parent=cast.registry),
            now=cast.now,
        )
    assert [breach.code for breach in refused.value.breaches] == ["organisation-cycle"]


def test_a_tower_is_refused(cast: Cast) -> None:
    at = cast.health
    for number in range(5):
        at = body(f"Part {number}", cast.now, parent=at)
    with pytest.raises(Refused, match="at most 6 levels"):
        body("One too many", cast.now, parent=at)


def test_an_ended_organisation_takes_in_nothing_new(cast: Cast) -> None:
    ended = body("Ended Office", cast.now, ended_on=date(2020, 1, 1))
    with pytest.raises(Refused, match="Ended Office has ended"):
        body("New", cast.now, parent=ended)


def test_a_new_name_gives_a_new_address_and_the_old_one_leads_there(cast: Cast) -> None:
    made = c.edit_organisation(
        by=cast.health_officer,
        organisation=cast.health,
        facts=facts("Department of Wellbeing"),
        now=cast.now,
        reason="Typo",
    )
    assert (made.slug, made.record.title) == ("department-of-wellbeing", "Department of Wellbeing")
    assert former_address(anonymous(cast.now), "organisation", "department-of-health") == made.record
    cio = Office.objects.get(pk=cast.cio.pk)
    assert (cio.slug, cio.record.title) == (
        "chief-information-officer-department-of-wellbeing",
        "Chief Information Officer, Department of Wellbeing",
    )
    assert former_address(anonymous(cast.now), "office", cast.cio.slug) == cio.record
    verb, values, _ = latest(made.record)
    assert verb == "organisation.edited"
    assert values["name"] == ("Department of Health", "Department of Wellbeing")
    assert values["reason"] == (None, "Typo")


def test_a_former_address_is_never_given_to_somebody_else(cast: Cast) -> None:
    c.edit_organisation(by=cast.by, organisation=cast.health, facts=facts("Wellbeing"), now=cast.now)
    assert body("Department of Health", cast.now).slug == "department-of-health-2"
    back = c.edit_organisation(by=cast.by, organisation=cast.health, facts=facts("Department of Health"), now=cast.now)
    assert back.slug == "department-of-health"


def test_nothing_changed_writes_nothing(cast: Cast) -> None:
    before = Entry.objects.count()
    same = c.OrganisationFacts(name="Revenue Office", kind=cast.revenue.kind)
    c.edit_organisation(by=cast.by, organisation=cast.revenue, facts=same, now=cast.now)
    assert Entry.objects.count() == before


def test_moving_under_another_parent_needs_a_duty_there_too(cast: Cast) -> None:
    given = facts("Blood Registry", parent=cast.revenue)
    with pytest.raises(NotAllowed, match="Only officers of Revenue Office"):
        c.edit_organisation(by=cast.health_officer, organisation=cast.registry, facts=given, now=cast.now)
    moved = c.edit_organisation(by=cast.site_officer, organisation=cast.registry, facts=given, now=cast.now)
    assert moved.parent == cast.revenue


def test_withdraw_and_restore(cast: Cast) -> None:
    gone = c.withdraw_organisation(
        by=cast.site_officer, organisation=cast.revenue, reason="Entered twice", now=cast.now
    )
    assert gone.record.state == "withdrawn"
    assert latest(gone.record) == (
        "organisation.withdrawn",
        {"state": ("live", "withdrawn"), "reason": (None, "Entered twice")},
        {"state", "reason"},
    )
    with pytest.raises(Refused, match="restore it first"):
        c.edit_organisation(by=cast.site_officer, organisation=cast.revenue, facts=facts(), now=cast.now)
    back = c.restore_organisation(by=cast.site_officer, organisation=cast.revenue, reason="It was right", now=cast.now)
    assert back.record.state == "live"
    assert verbs(back.record) == ["organisation.created", "organisation.withdrawn", "organisation.restored"]


def test_what_is_in_use_is_not_withdrawn(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        c.withdraw_organisation(by=cast.by, organisation=cast.health, reason="x", now=cast.now)
    assert [breach.text for breach in refused.value.breaches] == [
        "It cannot be withdrawn: other organisations are part of it.",
        "It cannot be withdrawn: it has offices.",
    ]


def test_withdraw_and_restore_need_a_reason_and_a_duty(cast: Cast) -> None:
    for command in (c.withdraw_organisation, c.restore_organisation):
        with pytest.raises(Refused, match="Say why"):
            command(by=cast.by, organisation=cast.revenue, reason=" ", now=cast.now)
        with pytest.raises(NotAllowed):
            command(by=cast.health_officer, organisation=cast.revenue, reason="x", now=cast.now)


def test_the_same_name_twice_gets_two_addresses(cast: Cast) -> None:
    assert [body("Twin", cast.now).slug for _ in range(3)] == ["twin", "twin-2", "twin-3"]
    assert Address.objects.count() == 0
    assert office("Clerk", body("Add", cast.now), cast.now).organisation.slug == "add-2"
