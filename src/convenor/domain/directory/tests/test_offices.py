"""Offices and who holds them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from convenor.core.accounts.models import Person
from convenor.core.records import commands as records
from convenor.core.records.queries import former_address
from convenor.core.records.rules import NotAllowed, Refused, Viewer, anonymous
from convenor.domain.directory import commands as c
from convenor.domain.directory import queries as q
from convenor.domain.directory.models import Profile, Tenure
from convenor.domain.directory.tests.cast import TODAY, Cast, body, latest, office, somebody

DAY = timedelta(days=1)


def hold(cast: Cast, name: str = "Ada Holder", *, published: bool = True, **facts: object) -> Tenure:
    person = somebody(name, cast.now)
    return c.start_tenure(
        by=cast.by,
        office=cast.cio,
        person=person,
        facts=c.TenureFacts(**facts),  # type: ignore[arg-type]
        now=cast.now,
        published=published,
    )


def test_create_an_office(cast: Cast) -> None:
    facts = c.OfficeFacts("Deputy Secretary", cast.role, date(2020, 1, 1))
    made = c.create_office(by=cast.health_officer, organisation=cast.health, facts=facts, now=cast.now)
    assert (made.slug, made.record.title) == (
        "deputy-secretary-department-of-health",
        "Deputy Secretary, Department of Health",
    )
    verb, values, public = latest(made.record)
    assert verb == "office.created"
    assert values == {
        "title": (None, "Deputy Secretary"),
        "role_class": (None, str(cast.role)),
        "created_on": (None, "2020-01-01"),
        "organisation": (None, cast.health.record.ref),
    }
    assert public == set(values)


def test_offices_are_for_officers_of_that_organisation(cast: Cast) -> None:
    calls: list[Callable[[Viewer], object]] = [
        lambda by: c.create_office(by=by, organisation=cast.health, facts=c.OfficeFacts("X"), now=cast.now),
        lambda by: c.edit_office(by=by, office=cast.cio, facts=c.OfficeFacts("X"), now=cast.now),
        lambda by: c.abolish_office(by=by, office=cast.cio, on=TODAY, reason="", now=cast.now),
        lambda by: c.withdraw_office(by=by, office=cast.cio, reason="x", now=cast.now),
        lambda by: c.restore_office(by=by, office=cast.cio, reason="x", now=cast.now),
    ]
    for call in calls:
        for by in (cast.revenue_officer, cast.association_officer, cast.nobody, anonymous(cast.now)):
            with pytest.raises(NotAllowed, match="Only officers of Department of Health"):
                call(by)


def test_one_title_once_in_an_organisation(cast: Cast) -> None:
    with pytest.raises(Refused, match="has an office of that title already"):
        office("chief information officer", cast.health, cast.now)
    assert (
        office("Chief Information Officer", cast.revenue, cast.now).slug == "chief-information-officer-revenue-office"
    )


def test_no_new_offices_in_what_has_ended_or_was_withdrawn(cast: Cast) -> None:
    ended = body("Ended Office", cast.now, ended_on=date(2020, 1, 1))
    with pytest.raises(Refused, match="gets no new offices"):
        office("Clerk", ended, cast.now)
    c.withdraw_organisation(by=cast.by, organisation=cast.revenue, reason="x", now=cast.now)
    with pytest.raises(Refused, match="restore it first"):
        office("Clerk", cast.revenue, cast.now)


def test_a_new_title_keeps_the_old_address(cast: Cast) -> None:
    made = c.edit_office(by=cast.by, office=cast.cio, facts=c.OfficeFacts("Chief Digital Officer"), now=cast.now)
    assert made.slug == "chief-digital-officer-department-of-health"
    assert former_address(anonymous(cast.now), "office", cast.cio.slug) == made.record
    assert latest(made.record)[:2] == (
        "office.edited",
        {"title": ("Chief Information Officer", "Chief Digital Officer")},
    )


def test_abolishing_ends_what_is_held(cast: Cast) -> None:
    there = hold(cast, starts_on=date(2024, 1, 1))
    made = c.abolish_office(by=cast.by, office=cast.cio, on=TODAY, reason="Restructure", now=cast.now)
    assert made.abolished_on == TODAY
    assert Tenure.objects.get(pk=there.pk).ends_on == TODAY
    verb, values, public = latest(made.record)
    assert verb == "office.abolished"
    assert values["tenures_ended"] == (None, f'["{there.pk}"]')
    assert public == {"abolished_on", "reason"}
    with pytest.raises(Refused, match="abolished already"):
        c.abolish_office(by=cast.by, office=cast.cio, on=TODAY, reason="", now=cast.now)


def test_an_office_is_not_abolished_under_somebody(cast: Cast) -> None:
    hold(cast, starts_on=TODAY)
    with pytest.raises(Refused, match="holding it after that day"):
        c.abolish_office(by=cast.by, office=cast.cio, on=TODAY - DAY, reason="", now=cast.now)


def test_withdraw_and_restore(cast: Cast) -> None:
    assert c.withdraw_office(by=cast.by, office=cast.cio, reason="Twice", now=cast.now).record.state == "withdrawn"
    with pytest.raises(Refused, match="restore it first"):
        hold(cast)
    assert c.restore_office(by=cast.by, office=cast.cio, reason="Right", now=cast.now).record.state == "live"
    assert latest(cast.cio.record)[0] == "office.restored"


# Tenures


def test_holding_a_public_office_publishes_the_name(cast: Cast) -> None:
    made = hold(cast, starts_on=date(2026, 1, 1))
    profile = Profile.objects.get(person=made.person)
    assert (profile.slug, profile.record.title, profile.record.visibility) == ("ada-holder", "Ada Holder", "public")
    verb, values, public = latest(cast.cio.record)
    assert verb == "office.tenure-started"
    assert values == {
        "starts_on": (None, "2026-01-01"),
        "holder": (None, profile.record.ref),
        "person": (None, str(made.person_id)),
    }
    assert public == {"starts_on", "holder"}


def test_a_name_can_stay_unpublished(cast: Cast) -> None:
    made = hold(cast, published=False)
    assert not Profile.objects.filter(person=made.person).exists()
    assert q.holder_on(anonymous(cast.now), cast.cio, TODAY) == q.Holder(made.person_id, "", "", None, False)
    shown = q.holder_on(cast.site_officer, cast.cio, TODAY)
    assert shown is not None
    assert shown.name == "Ada Holder"


def test_the_rules_of_tenure_are_asked_when_it_starts_and_when_it_is_corrected(cast: Cast) -> None:
    first = hold(cast, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    hold(cast, "Bo Second", starts_on=date(2026, 1, 1))
    with pytest.raises(Refused) as refused:
        hold(cast, "Cy Third", starts_on=TODAY)
    assert [(b.code, b.field) for b in refused.value.breaches] == [("tenure-overlap", "starts_on")]
    with pytest.raises(Refused) as refused:
        c.edit_tenure(
            by=cast.by, tenure=first, facts=c.TenureFacts(date(2025, 1, 1), date(2026, 1, 1)), reason="x", now=cast.now
        )
    assert [b.code for b in refused.value.breaches] == ["tenure-overlap"]


def test_somebody_who_is_not_here_yet_is_added_and_holds_it_or_neither(cast: Cast) -> None:
    def seat(by: Viewer, name: str) -> Tenure:
        return c.seat_holder(
            by=by, office=cast.cio, person=c.PersonFacts(name), facts=c.TenureFacts(date(2026, 1, 1)), now=cast.now
        )

    made = seat(cast.health_officer, "Nia New")
    assert (made.person.name, Profile.objects.get(person=made.person).slug) == ("Nia New", "nia-new")
    assert latest(cast.cio.record)[0] == "office.tenure-started"
    with pytest.raises(Refused, match="End that first"):
        seat(cast.health_officer, "Nora Late")
    with pytest.raises(NotAllowed):
        seat(cast.revenue_officer, "Nora Late")
    assert not Person.objects.filter(name="Nora Late").exists()


def test_acting_beside_the_holder_answers_for_the_office(cast: Cast) -> None:
    hold(cast, starts_on=date(2026, 1, 1))
    acting = hold(cast, "Bo Acting", starts_on=TODAY, ends_on=TODAY + DAY, acting=True)
    viewer = anonymous(cast.now)

    def who(day: date) -> str:
        holder = q.holder_on(viewer, cast.cio, day)
        return holder.name if holder else ""

    assert [who(TODAY - DAY), who(TODAY), who(TODAY + DAY), who(TODAY + 2 * DAY)] == [
        "Ada Holder",
        "Bo Acting",
        "Bo Acting",
        "Ada Holder",
    ]
    assert q.holders_on(viewer, [cast.cio.pk], TODAY) == {
        cast.cio.pk: q.Holder(acting.person_id, "Bo Acting", "bo-acting", TODAY, True)
    }


def test_ending_a_tenure(cast: Cast) -> None:
    made = hold(cast, starts_on=date(2026, 1, 1))
    with pytest.raises(Refused, match="It cannot end on"):
        c.end_tenure(by=cast.by, tenure=made, on=date(2025, 12, 31), now=cast.now)
    ended = c.end_tenure(by=cast.health_officer, tenure=made, on=TODAY, now=cast.now, reason="Retired")
    assert ended.ends_on == TODAY
    verb, values, _ = latest(cast.cio.record)
    assert (verb, values["ends_on"], values["reason"]) == (
        "office.tenure-ended",
        (None, "2026-11-23"),
        (None, "Retired"),
    )
    with pytest.raises(Refused, match="already"):
        c.end_tenure(by=cast.by, tenure=made, on=TODAY, now=cast.now)
    assert c.end_tenure(by=cast.by, tenure=made, on=TODAY - DAY, now=cast.now).ends_on == TODAY - DAY


def test_correcting_a_tenure_needs_a_reason_and_is_kept(cast: Cast) -> None:
    made = hold(cast, starts_on=date(2026, 1, 1))
    facts = c.TenureFacts(date(2026, 1, 5), note="Instrument 12")
    with pytest.raises(Refused, match="Say why"):
        c.edit_tenure(by=cast.by, tenure=made, facts=facts, reason="", now=cast.now)
    c.edit_tenure(by=cast.by, tenure=made, facts=facts, reason="Wrong day", now=cast.now)
    verb, values, _ = latest(cast.cio.record)
    assert (verb, values["starts_on"]) == ("office.tenure-edited", ("2026-01-01", "2026-01-05"))


def test_removing_a_tenure_that_never_was(cast: Cast) -> None:
    made = hold(cast, starts_on=date(2026, 1, 1))
    with pytest.raises(Refused, match="Say why"):
        c.remove_tenure(by=cast.by, tenure=made, reason="", now=cast.now)
    c.remove_tenure(by=cast.by, tenure=made, reason="Another office", now=cast.now)
    assert not Tenure.objects.filter(pk=made.pk).exists()
    assert latest(cast.cio.record)[0] == "office.tenure-removed"


def test_tenures_are_for_officers_of_that_organisation(cast: Cast) -> None:
    made = hold(cast, starts_on=date(2026, 1, 1))
    facts = c.TenureFacts(date(2026, 1, 2))
    calls: list[Callable[[Viewer], object]] = [
        lambda by: c.start_tenure(by=by, office=cast.cio, person=made.person, facts=facts, now=cast.now),
        lambda by: c.edit_tenure(by=by, tenure=made, facts=facts, reason="x", now=cast.now),
        lambda by: c.end_tenure(by=by, tenure=made, on=TODAY, now=cast.now),
        lambda by: c.remove_tenure(by=by, tenure=made, reason="x", now=cast.now),
    ]
    for call in calls:
        for by in (cast.revenue_officer, cast.nobody, anonymous(cast.now)):
            with pytest.raises(NotAllowed):
                call(by)


def test_the_database_holds_one_open_tenure_of_each_sort(cast: Cast) -> None:
    made = hold(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tenure.objects.create(office=cast.cio, person_id=made.person_id)


# Reading


def test_the_roster_of_an_office_on_any_date(cast: Cast) -> None:
    hold(cast, starts_on=date(2020, 1, 1), ends_on=date(2022, 12, 31))
    hold(cast, "Bo Second", starts_on=date(2023, 1, 1))
    viewer = anonymous(cast.now)
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2022, 12, 31), date(2023, 1, 1)]
    found = [q.holder_on(viewer, cast.cio, day) for day in days]
    assert [holder.name if holder else None for holder in found] == [None, "Ada Holder", "Ada Holder", "Bo Second"]
    listed = q.offices(viewer, date(2021, 1, 1)).get(pk=cast.cio.pk)
    holder = q.holder_of(listed)
    assert holder is not None
    assert (holder.name, holder.slug, holder.since, holder.acting, holder.url) == (
        "Ada Holder",
        "ada-holder",
        date(2020, 1, 1),
        False,
        "/people/ada-holder/",
    )


def test_vacant_and_ending(cast: Cast) -> None:
    empty = office("Deputy Secretary", cast.health, cast.now)
    made = hold(cast, starts_on=date(2026, 1, 1), ends_on=TODAY + 30 * DAY)
    viewer = anonymous(cast.now)
    assert list(q.vacant_offices(viewer, TODAY)) == [empty]
    assert list(q.ending_tenures(viewer, TODAY, TODAY + 90 * DAY)) == [made]
    assert list(q.ending_tenures(viewer, TODAY, TODAY + 7 * DAY)) == []


def test_an_office_is_not_shown_where_its_organisation_is_not(cast: Cast) -> None:
    made = hold(cast)
    with transaction.atomic():
        records.show_to(cast.health.record, now=cast.now, visibility="sealed")
    viewer = anonymous(cast.now)
    assert not q.offices(viewer, TODAY).filter(pk=cast.cio.pk).exists()
    assert q.holder_on(viewer, cast.cio, TODAY) is None
    assert list(q.tenures_held_by(viewer, made.person_id)) == []


def test_a_withheld_person_is_nameless_at_every_door(cast: Cast) -> None:
    made = hold(cast)
    profile = Profile.objects.get(person=made.person)
    c.withhold_person(by=cast.site_officer, profile=profile, reason="At risk", now=cast.now)
    viewer = anonymous(cast.now)
    holder = q.holder_on(viewer, cast.cio, TODAY)
    assert holder is not None
    assert (holder.name, holder.slug, holder.url) == ("", "", "")
    listed = q.holder_of(q.offices(viewer, TODAY).get(pk=cast.cio.pk))
    assert listed is not None
    assert (listed.name, listed.slug) == ("", "")
