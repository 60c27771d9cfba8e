"""Terms of reference: drafted, endorsed, in force one at a time, kept for ever; who reads what; every refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.clock.models import Deadline
from convenor.core.records.rules import NotAllowed, Refused, anonymous
from convenor.domain.groups.commands.lives import close_group
from convenor.domain.groups.commands.tor import (
    Endorsement,
    TermsFacts,
    ask_endorsement,
    discard_draft,
    draft_terms,
    edit_draft,
    endorse_terms,
    put_in_force,
)
from convenor.domain.groups.models import Group, TermsEndorsement, TermsOfReference, TermsSection
from convenor.domain.groups.queries.life import life_of
from convenor.domain.groups.queries.tor import access_version, to_endorse, versions
from convenor.domain.groups.tests.world import NOW, TODAY, World, last_told, private_fields

pytestmark = pytest.mark.slow

FIRST = TermsFacts({"purpose": "To advise.", "scope": "Everything.", "roles": " "})
MEETING = Endorsement(TODAY, "Practice council", "Meeting 3, item 2")


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [breach.code for breach in refused.value.breaches]


def in_force(world: World, group: Group, facts: TermsFacts = FIRST, on: date = TODAY) -> TermsOfReference:
    row = draft_terms(by=world.by, group=group, facts=facts, now=NOW)
    endorse_terms(by=world.by, version=row, endorsement=MEETING, now=NOW)
    return put_in_force(by=world.by, version=row, starts_on=on, now=NOW)


def test_a_draft_is_written_and_told_without_its_words(world: World) -> None:
    group = world.group("council")
    row = draft_terms(by=world.by, group=group, facts=FIRST, now=NOW)
    assert (row.number, row.endorsed_on, list(row.sections.values_list("key", flat=True))) == (
        1, None, ["purpose", "scope"],
    )  # fmt: skip
    assert last_told(group.record)[0] == "group.terms-drafted"
    assert {"purpose", "scope"} <= private_fields(group.record)
    with pytest.raises(NotAllowed):
        draft_terms(by=world.somebody(), group=group, facts=FIRST, now=NOW)
    assert codes(lambda: draft_terms(by=world.by, group=group, facts=FIRST, now=NOW)) == ["draft-there"]


def test_who_reads_a_draft(world: World) -> None:
    group = world.group("council")
    seat = world.seat(group, "Member", constituency="agency")
    world.appoint(seat, "Mia Member")
    member = viewer_for(world.person("Mia Member"), NOW)
    row = draft_terms(by=world.by, group=group, facts=FIRST, now=NOW)
    assert not versions(anonymous(NOW), group).exists()
    assert not versions(member, group).exists()
    assert versions(world.officer(over=world.host.record), group).get() == row
    edit_draft(by=world.by, version=row, facts=TermsFacts(FIRST.sections, readers="members"), now=NOW)
    assert versions(viewer_for(world.person("Mia Member"), NOW), group).exists()
    assert not TermsSection.objects.visible_to(anonymous(NOW)).exists()
    endorse_terms(by=world.by, version=row, endorsement=MEETING, now=NOW)
    assert not versions(anonymous(NOW), group).exists()
    put_in_force(by=world.by, version=row, starts_on=TODAY + timedelta(days=9), now=NOW)
    assert versions(anonymous(NOW), group).get() == row
    assert TermsSection.objects.visible_to(anonymous(NOW)).count() == 2


def test_what_the_chair_is_asked_to_endorse_is_not_for_the_other_members(world: World) -> None:
    """Nor for strangers; whoever assists the chair reads it, and a member does where they are to comment on it."""
    group = world.group("council")
    seats = [world.seat(group, f"Seat of {side}", constituency=side) for side in ("providers", "agency")]
    for seat, name in zip(seats, ("Mia Member", "Cora Chair"), strict=True):
        world.appoint(seat, name)
    world.chair(seats[1], "co-chair")
    row = draft_terms(by=world.by, group=group, facts=FIRST, now=NOW)
    chair, member = (viewer_for(world.person(name), NOW) for name in ("Cora Chair", "Mia Member"))
    for viewer in (chair, member, anonymous(NOW)):
        with pytest.raises(Http404):
            access_version(viewer, group, 1)
    ask_endorsement(by=world.by, version=row, now=NOW)
    assert access_version(chair, group, 1) == row
    assert access_version(replace(member, principals=frozenset({chair.person_id or 0})), group, 1) == row
    assert [found.pk for found in to_endorse(chair, [group.pk])] == [row.pk]
    endorse_terms(by=world.by, version=row, endorsement=MEETING, now=NOW)
    for viewer in (member, anonymous(NOW)):
        assert not versions(viewer, group).exists()
        assert not TermsSection.objects.visible_to(viewer).exists()
        assert not TermsEndorsement.objects.visible_to(viewer).exists()
        with pytest.raises(Http404):
            access_version(viewer, group, 1)
    put_in_force(by=world.by, version=row, starts_on=TODAY, now=NOW)
    assert access_version(anonymous(NOW), group, 1) == row


def test_a_draft_that_members_are_to_comment_on_stays_theirs_when_the_chair_is_asked(world: World) -> None:
    group = world.group("council")
    seat = world.seat(group, "Seat", constituency="agency")
    world.appoint(seat, "Mia Member")
    world.chair(seat, "co-chair")
    row = draft_terms(by=world.by, group=group, facts=TermsFacts(FIRST.sections, readers="members"), now=NOW)
    ask_endorsement(by=world.by, version=row, now=NOW)
    assert versions(viewer_for(world.person("Mia Member"), NOW), group).get() == row
    with pytest.raises(IntegrityError), transaction.atomic():
        TermsOfReference.objects.filter(pk=row.pk).update(audience=None)


def test_endorsed_it_never_changes_and_one_is_in_force(world: World) -> None:
    group = world.group("council")
    first = in_force(world, group, on=TODAY)
    assert codes(lambda: edit_draft(by=world.by, version=first, facts=FIRST, now=NOW)) == ["endorsed-already"]
    assert codes(lambda: discard_draft(by=world.by, version=first, reason="x", now=NOW)) == ["endorsed-already"]
    assert codes(lambda: draft_terms(by=world.by, group=group, facts=FIRST, now=NOW)) == ["change-needed"]
    facts = TermsFacts({"purpose": "To advise and to warn."}, "It warns too.", TODAY + timedelta(days=365))
    second = draft_terms(by=world.by, group=group, facts=facts, now=NOW)
    assert codes(lambda: put_in_force(by=world.by, version=second, starts_on=TODAY, now=NOW)) == ["not-endorsed"]
    endorse_terms(by=world.by, version=second, endorsement=MEETING, now=NOW)
    assert codes(lambda: put_in_force(by=world.by, version=second, starts_on=TODAY, now=NOW)) == ["before-current"]
    early = TODAY - timedelta(days=1)
    assert codes(lambda: put_in_force(by=world.by, version=second, starts_on=early, now=NOW)) == [
        "before-endorsement", "before-current",
    ]  # fmt: skip
    put_in_force(by=world.by, version=second, starts_on=TODAY + timedelta(days=10), now=NOW)
    first.refresh_from_db()
    assert first.in_force_to == TODAY + timedelta(days=9)
    assert last_told(group.record)[0] == "group.terms-in-force"
    assert Deadline.objects.filter(record=group.record, kind="terms-review").exists()
    life = life_of(anonymous(NOW), group)
    found = [life.terms_on(TODAY + timedelta(days=days)) for days in (0, 9, 10)]
    assert [row.name if row else "" for row in found] == ["1", "1", "2"]
    assert codes(lambda: put_in_force(by=world.by, version=second, starts_on=TODAY, now=NOW)) == ["in-force"]
    with pytest.raises(NotAllowed):
        put_in_force(by=world.somebody(), version=second, starts_on=TODAY, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        TermsOfReference.objects.filter(pk=first.pk).update(in_force_to=None)


def test_the_chair_endorses_and_each_of_two(world: World) -> None:
    group = world.group("council")
    seats = [world.seat(group, f"Seat of {side}", constituency=side) for side in ("providers", "agency")]
    for seat, name in zip(seats, ("Cora Chair", "Cosmo Chair"), strict=True):
        world.person(name, f"{name.split()[0].lower()}@practice.example")
        world.appoint(seat, name)
        world.chair(seat, "co-chair")
    row = draft_terms(by=world.by, group=group, facts=FIRST, now=NOW)
    assert ask_endorsement(by=world.by, version=row, now=NOW) == 2
    cora = viewer_for(Person.objects.get(name="Cora Chair"), NOW)
    assert [found.pk for found in to_endorse(cora, [group.pk])] == [row.pk]
    endorse_terms(by=cora, version=row, endorsement=Endorsement(TODAY), now=NOW)
    with pytest.raises(Refused) as waits:
        put_in_force(by=world.by, version=row, starts_on=TODAY, now=NOW)
    assert [(breach.code, breach.field) for breach in waits.value.breaches] == [("co-chair-to-endorse", "starts_on")]
    assert str(waits.value) == (
        "A Council has co-chairs, one from each of “Providers” and “The agency”. Co-chair, Seat of agency has not "
        "endorsed it yet: each co-chair does, before it is in force."
    )
    at_once = Endorsement(TODAY, "Practice council", "Meeting 3", in_force_from=TODAY)
    assert codes(lambda: endorse_terms(by=world.by, version=row, endorsement=at_once, now=NOW)) == [
        "co-chair-to-endorse"
    ]
    assert to_endorse(cora, [group.pk]) == []
    assert codes(lambda: endorse_terms(by=cora, version=row, endorsement=Endorsement(TODAY), now=NOW)) == [
        "endorsed-twice"
    ]
    cosmo = viewer_for(Person.objects.get(name="Cosmo Chair"), NOW)
    assert [found.pk for found in to_endorse(cosmo, [group.pk])] == [row.pk]
    endorse_terms(by=cosmo, version=row, endorsement=Endorsement(TODAY), now=NOW)
    assert list(TermsEndorsement.objects.order_by("pk").values_list("endorsed_by", flat=True)) == [
        "Co-chair, Seat of providers", "Co-chair, Seat of agency",
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        endorse_terms(by=world.somebody(), version=row, endorsement=MEETING, now=NOW)
    wanted = Endorsement(TODAY, "Me", in_force_from=TODAY)
    with pytest.raises(NotAllowed):
        endorse_terms(by=cora, version=row, endorsement=wanted, now=NOW)
    assert put_in_force(by=world.by, version=row, starts_on=TODAY, now=NOW).in_force_from == TODAY


def test_where_one_of_two_seats_is_vacant_the_other_is_enough(world: World) -> None:
    group = world.group("council")
    seats = [world.seat(group, f"Seat of {side}", constituency=side) for side in ("providers", "agency")]
    for seat in seats:
        world.chair(seat, "co-chair")
    world.appoint(seats[0], "Cora Chair")
    row = draft_terms(by=world.by, group=group, facts=FIRST, now=NOW)
    chair = viewer_for(world.person("Cora Chair"), NOW)
    endorse_terms(by=chair, version=row, endorsement=Endorsement(TODAY), now=NOW)
    assert put_in_force(by=world.by, version=row, starts_on=TODAY, now=NOW).in_force_from == TODAY


def test_what_is_refused(world: World) -> None:
    group = world.group("council")
    given: dict[str, Any] = {"by": world.by, "group": group, "now": NOW}
    assert codes(lambda: draft_terms(facts=TermsFacts({"scope": "All."}), **given)) == ["purpose-needed"]
    assert codes(lambda: draft_terms(facts=TermsFacts({"purpose": "x"}, readers="all"), **given)) == ["readers-unknown"]
    row = draft_terms(facts=FIRST, **given)
    assert codes(lambda: ask_endorsement(by=world.by, version=row, now=NOW)) == ["no-chair"]
    with pytest.raises(NotAllowed):
        ask_endorsement(by=world.somebody(), version=row, now=NOW)
    for on, code in ((TODAY + timedelta(days=1), "not-yet"), (TODAY - timedelta(days=1), "endorsed-before")):
        wanted = Endorsement(on, "Council")
        with pytest.raises(Refused) as refused:
            endorse_terms(by=world.by, version=row, endorsement=wanted, now=NOW)
        assert [breach.code for breach in refused.value.breaches] == [code]
    nobody = Endorsement(TODAY)
    assert codes(lambda: endorse_terms(by=world.by, version=row, endorsement=nobody, now=NOW)) == ["by-whom"]
    assert codes(lambda: discard_draft(by=world.by, version=row, reason=" ", now=NOW)) == ["reason-needed"]
    with pytest.raises(NotAllowed):
        discard_draft(by=world.somebody(), version=row, reason="x", now=NOW)
    discard_draft(by=world.by, version=row, reason="Not wanted.", now=NOW)
    assert not TermsOfReference.objects.exists()
    close_group(by=world.by, group=group, on=TODAY, reason="Done.", now=NOW)
    assert codes(lambda: draft_terms(facts=FIRST, **given)) == ["closed"]


def test_endorsing_and_putting_in_force_in_one_step(world: World) -> None:
    group = world.group("council")
    row = draft_terms(by=world.by, group=group, facts=FIRST, now=NOW)
    wanted = Endorsement(TODAY, "Council", in_force_from=TODAY)
    assert endorse_terms(by=world.by, version=row, endorsement=wanted, now=NOW).in_force_from == TODAY
    assert codes(lambda: endorse_terms(by=world.by, version=row, endorsement=MEETING, now=NOW)) == ["in-force"]


def test_what_waits_for_a_chair_is_asked_at_once_of_all_groups(world: World) -> None:
    """Two versions half endorsed ask as much of the database as one."""
    groups = []
    for number in (1, 2):
        group = world.group("council", name=f"Council {number}")
        seats = [world.seat(group, f"Seat of {side}", constituency=side) for side in ("providers", "agency")]
        for seat, name in zip(seats, ("Cora Chair", "Cosmo Chair"), strict=True):
            if number == 1:
                world.person(name, f"{name.split()[0].lower()}@practice.example")
            world.appoint(seat, name)
            world.chair(seat, "co-chair")
        row = draft_terms(by=world.by, group=group, facts=FIRST, now=NOW)
        ask_endorsement(by=world.by, version=row, now=NOW)
        cora = viewer_for(Person.objects.get(name="Cora Chair"), NOW)
        endorse_terms(by=cora, version=row, endorsement=Endorsement(TODAY), now=NOW)
        groups.append(group.pk)
    cosmo = viewer_for(Person.objects.get(name="Cosmo Chair"), NOW)
    asked = []
    for some in (groups[:1], groups):
        with CaptureQueriesContext(connection) as queries:
            assert len(to_endorse(cosmo, some)) == len(some)
            assert to_endorse(cora, some) == []
        asked.append(len(queries))
    assert asked[0] == asked[1]
