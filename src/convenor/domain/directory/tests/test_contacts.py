"""The engagement log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from convenor.core.records.rules import DutyHeld, NotAllowed, Refused, Viewer, anonymous
from convenor.domain.directory import commands as c
from convenor.domain.directory import queries as q
from convenor.domain.directory.models import Contact
from convenor.domain.directory.tests.cast import TODAY, Cast, latest, somebody, verbs, viewer


def facts(cast: Cast, **given: object) -> c.ContactFacts:
    base = {
        "host": cast.health,
        "nature": "advice",
        "formal": True,
        "on": TODAY,
        "subject": "Advice on records",
        "about": "How to keep them.",
        "organisations": (cast.association,),
    }
    return c.ContactFacts(**{**base, **given})  # type: ignore[arg-type]


def test_logging_a_contact(cast: Cast) -> None:
    made = c.log_contact(by=cast.health_officer, facts=facts(cast, outcome="They will try."), now=cast.now)
    assert (made.record.title, made.record.visibility, made.officer_id) == (
        "Advice on records",
        "public",
        cast.health_officer.person_id,
    )
    verb, values, public = latest(made.record)
    assert verb == "contact.logged"
    assert values["organisations"] == (None, f'["{cast.association.record.ref}"]')
    assert public == set(values) - {"officer"}


def test_a_program_officer_logs_for_their_own_organisation(cast: Cast) -> None:
    program = viewer(somebody("Pat Program", cast.now), cast.now, DutyHeld("program-officer", cast.health.record_id))
    assert c.log_contact(by=program, facts=facts(cast), now=cast.now).officer_id == program.person_id
    for by in (cast.revenue_officer, cast.association_officer, cast.nobody, anonymous(cast.now)):
        with pytest.raises(NotAllowed, match="Only officers of Department of Health"):
            c.log_contact(by=by, facts=facts(cast), now=cast.now)


def test_rules_are_asked_on_logging_and_on_editing(cast: Cast) -> None:
    bad = facts(cast, on=TODAY + timedelta(days=1), organisations=())
    made = cast.contact()
    with pytest.raises(Refused) as logged:
        c.log_contact(by=cast.by, facts=bad, now=cast.now)
    with pytest.raises(Refused) as edited:
        c.edit_contact(by=cast.by, contact=made, facts=bad, reason="x", now=cast.now)
    for refused in (logged, edited):
        assert [breach.code for breach in refused.value.breaches] == ["contact-ahead", "contact-nobody"]
    with pytest.raises(Refused):
        c.log_contact(by=cast.by, facts=facts(cast, nature="party"), now=cast.now)


def test_correcting_an_entry_needs_a_reason_and_keeps_what_stood_there(cast: Cast) -> None:
    made = c.log_contact(by=cast.health_officer, facts=facts(cast), now=cast.now)
    better = facts(cast, subject="Advice on registers", organisations=(cast.revenue,))
    with pytest.raises(Refused, match="Say why"):
        c.edit_contact(by=cast.health_officer, contact=made, facts=better, reason="", now=cast.now)
    changed = c.edit_contact(by=cast.health_officer, contact=made, facts=better, reason="Wrong body", now=cast.now)
    assert (changed.record.title, list(changed.organisations.all())) == ("Advice on registers", [cast.revenue])
    verb, values, _ = latest(made.record)
    assert verb == "contact.edited"
    assert values["subject"] == ("Advice on records", "Advice on registers")
    assert values["organisations"] == (f'["{cast.association.record.ref}"]', f'["{cast.revenue.record.ref}"]')
    assert values["reason"] == (None, "Wrong body")


def test_who_may_change_an_entry(cast: Cast) -> None:
    made = cast.contact()
    calls: list[Callable[[Viewer], object]] = [
        lambda by: c.edit_contact(by=by, contact=made, facts=facts(cast), reason="x", now=cast.now),
        lambda by: c.withhold_contact(by=by, contact=made, reason="x", now=cast.now),
        lambda by: c.publish_contact(by=by, contact=made, reason="x", now=cast.now),
        lambda by: c.withdraw_contact(by=by, contact=made, reason="x", now=cast.now),
        lambda by: c.restore_contact(by=by, contact=made, reason="x", now=cast.now),
    ]
    for call in calls:
        for by in (cast.revenue_officer, cast.association_officer, cast.nobody, anonymous(cast.now)):
            with pytest.raises(NotAllowed):
                call(by)


def test_whoever_logged_it_may_correct_it_while_an_officer(cast: Cast) -> None:
    person = somebody("Pat Program", cast.now)
    program = viewer(person, cast.now, DutyHeld("program-officer", cast.health.record_id))
    made = c.log_contact(by=program, facts=facts(cast), now=cast.now)
    c.edit_contact(by=program, contact=made, facts=facts(cast, subject="Better"), reason="Typo", now=cast.now)
    with pytest.raises(NotAllowed):
        c.edit_contact(by=viewer(person, cast.now), contact=made, facts=facts(cast), reason="x", now=cast.now)


def test_an_entry_is_not_moved_to_an_organisation_one_may_not_log_for(cast: Cast) -> None:
    made = cast.contact()
    with pytest.raises(NotAllowed, match="Only officers of Revenue Office"):
        c.edit_contact(
            by=cast.health_officer, contact=made, facts=facts(cast, host=cast.revenue), reason="x", now=cast.now
        )


def test_a_withheld_entry_says_that_it_exists_and_why(cast: Cast) -> None:
    made = cast.contact(subject="Secret visit")
    c.withhold_contact(by=cast.health_officer, contact=made, reason="A tender is open", now=cast.now)
    public = anonymous(cast.now)
    assert list(q.contacts(public)) == []
    assert q.withheld_contacts(public) == [q.Withheld("A tender is open")]
    assert list(q.contacts(cast.site_officer)) == [made]
    assert q.withheld_contacts(cast.site_officer) == []
    assert latest(made.record)[0] == "contact.withheld"
    c.publish_contact(by=cast.health_officer, contact=made, reason="It is over", now=cast.now)
    assert list(q.contacts(public)) == [made]
    assert latest(made.record)[:2] == (
        "contact.published",
        {"visibility": ("audience", "public"), "reason": (None, "It is over")},
    )


def test_disclosure_may_name_the_subject_or_nothing(cast: Cast) -> None:
    public = anonymous(cast.now)
    made = cast.contact(subject="Known visit")
    c.withhold_contact(by=cast.by, contact=made, reason="Privacy", disclosure="title", now=cast.now)
    assert q.withheld_contacts(public) == [q.Withheld("Privacy", "Known visit")]
    c.withhold_contact(by=cast.by, contact=made, reason="Privacy", disclosure="nothing", now=cast.now)
    assert q.withheld_contacts(public) == []


def test_withholding_needs_a_reason(cast: Cast) -> None:
    made = cast.contact()
    for command in (c.withhold_contact, c.publish_contact, c.withdraw_contact, c.restore_contact):
        with pytest.raises(Refused, match="Say why"):
            command(by=cast.by, contact=made, reason=" ", now=cast.now)


def test_withdraw_and_restore(cast: Cast) -> None:
    made = cast.contact()
    c.withdraw_contact(by=cast.by, contact=made, reason="Entered twice", now=cast.now)
    assert list(q.contacts(anonymous(cast.now))) == []
    with pytest.raises(Refused, match="restore it first"):
        c.edit_contact(by=cast.by, contact=made, facts=facts(cast), reason="x", now=cast.now)
    c.restore_contact(by=cast.by, contact=made, reason="It was right", now=cast.now)
    assert verbs(made.record) == ["contact.logged", "contact.withdrawn", "contact.restored"]


def test_the_register_narrows(cast: Cast) -> None:
    made = cast.contact(outcome="A promise")
    public = anonymous(cast.now)
    all_of_it = q.ContactFilter("promise", "visit", False, cast.association.slug, TODAY, TODAY)
    assert list(q.contacts(public, all_of_it)) == [made]
    assert list(q.contacts(public, q.ContactFilter(organisation=cast.health.slug))) == [made]
    day = timedelta(days=1)
    for changed in (
        {"q": "boats"},
        {"nature": "advice"},
        {"formal": True},
        {"organisation": cast.revenue.slug},
        {"since": TODAY + day},
        {"until": TODAY - day},
    ):
        assert list(q.contacts(public, replace(all_of_it, **changed))) == []
    assert list(q.contacts_with(public, cast.association)) == [made]
    assert Contact.objects.count() == 1
