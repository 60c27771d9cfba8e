"""As what somebody sits: the words, what follows from them, and the caps they are or are not counted under."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.models import ModelVersion
from convenor.domain.groups.commands.places import SeatFacts, add_seat, edit_seat
from convenor.domain.groups.commands.vocabulary import RoleFacts, add_seat_role, edit_seat_role, load_vocabulary
from convenor.domain.groups.models import Group, Seat, SeatRole
from convenor.domain.groups.queries.rosters import roster
from convenor.domain.groups.resources.uploads_of_seats import parse, prepare
from convenor.domain.groups.tests.world import MODEL, START, TODAY, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(world: World) -> Group:
    """With places for three."""
    return world.group("task-group", name="Task group")


def role(slug: str) -> SeatRole:
    return SeatRole.objects.get(slug=slug)


def test_a_seat_has_the_usual_role_of_its_basis(world: World, group: Group) -> None:
    office = world.office("Chief Information Officer", world.department("Department of Roles"))
    assert world.seat(group, "Somebody").role == role("member")
    assert world.seat(group, office=office).role == role("ex-officio")


def test_vote_and_quorum_follow_from_the_role_unless_they_are_said(world: World, group: Group) -> None:
    looks_on = world.seat(group, "Looks on", role=role("observer"))
    votes = world.seat(group, "Looks on and votes", role=role("observer"), votes=True)
    assert (looks_on.votes, looks_on.counts_to_quorum) == (False, False)
    assert (votes.votes, votes.counts_to_quorum) == (True, False)


def test_observers_are_not_under_the_cap(world: World, group: Group) -> None:
    for n in range(3):
        world.seat(group, f"Member {n}")
    world.seat(group, "Looks on", role=role("observer"))
    with pytest.raises(Refused) as refused:
        world.seat(group, "Member 4")
    assert "This would make it 4 people." in str(refused.value)
    seat = Seat.objects.get(title="Looks on")
    facts = SeatFacts("Looks on", "individual", seat.starts_on, role=role("member"))
    with pytest.raises(Refused) as refused:
        edit_seat(by=world.by, seat=seat, facts=facts, reason="Becomes a member.", now=world.now)
    assert "This would make it 4 people." in str(refused.value)


def test_who_may_sit_binds_members_only(world: World) -> None:
    """A department looks on among the providers: it is no provider, and takes no provider's place."""
    group, body = world.focus_group(), world.department("Department that looks on")
    given: dict[str, Any] = {"organisation": body, "constituency": "providers"}
    with pytest.raises(Refused) as refused:
        world.seat(group, **given)
    assert [breach.code for breach in refused.value.breaches] == ["engagement.eligible_kinds"]
    assert world.seat(group, role=role("observer"), **given).role == role("observer")


def test_a_roster_says_the_roles_worth_saying(world: World, group: Group) -> None:
    world.seat(group, "Pat", role=role("adviser"))
    world.seat(group, "Quinn")
    said = {line.seat.title: (line.seat.role, line.seat.role_in_words) for line in roster(world.by, group.pk, TODAY)}
    assert said == {"Pat": ("Adviser", "Adviser"), "Quinn": ("Member", "")}


def test_administrators_keep_the_words(world: World) -> None:
    facts = RoleFacts("Guest speaker", counts_under_caps=False, votes=False, counts_to_quorum=False)
    with pytest.raises(NotAllowed):
        add_seat_role(by=world.officer(), facts=facts, now=world.now)
    made = add_seat_role(by=world.by, facts=facts, now=world.now)
    assert made.slug == "guest-speaker"
    with pytest.raises(Refused):
        add_seat_role(by=world.by, facts=facts, now=world.now)
    edit_seat_role(by=world.by, role=made, facts=RoleFacts("Speaker", default_for="appointed"), now=world.now)
    assert SeatRole.objects.get(default_for="appointed") == made, "one role is the usual one"


def test_counting_a_role_is_refused_where_it_would_put_a_group_over_its_cap(world: World, group: Group) -> None:
    for n in range(3):
        world.seat(group, f"Member {n}")
    world.seat(group, "Looks on", role=role("observer"))
    with pytest.raises(Refused) as refused:
        edit_seat_role(by=world.by, role=role("observer"), facts=RoleFacts("Observer"), now=world.now)
    assert "Task group" in str(refused.value)
    assert "So far: 4 people." in str(refused.value)


def test_loading_the_words_again_changes_nothing_and_serves_seats_from_before(world: World, group: Group) -> None:
    seat = world.seat(group, "From before")
    Seat.objects.filter(pk=seat.pk).update(role=None)
    assert load_vocabulary(world.now) == 0
    assert Seat.objects.get(pk=seat.pk).role == role("member")


@pytest.mark.parametrize(("said", "slug"), [("observer", "observer"), ("Adviser", "adviser"), ("", None)])
def test_an_upload_says_the_role_by_code_or_name(world: World, said: str, slug: str | None) -> None:
    row: Any = parse({"group": "G", "basis": "individual", "role": said}, prepare(world.by, world.now))
    assert (row.sits_as.slug if row.sits_as else None) == slug
    wrong: Any = parse({"group": "G", "basis": "individual", "role": "jester"}, prepare(world.by, world.now))
    assert "No role here is called “jester”" in wrong[0].text


def test_a_cap_is_not_lowered_below_what_is_occupied(world: World, group: Group) -> None:
    """Neither today nor from a later day on; the group and the numbers are named, and nothing is loaded."""
    for n in range(3):
        world.seat(group, f"Member {n}")
    lower = MODEL.replace("seats: {maximum: 3, counts: persons}", "seats: {maximum: 2, counts: persons}")
    assert yaml.safe_load(lower) != yaml.safe_load(MODEL)
    for day in (TODAY, TODAY + timedelta(days=90)):
        with pytest.raises(Refused) as refused:
            load_model(by=world.by, text=lower, now=world.now, in_force_from=day)
        assert [breach.code for breach in refused.value.breaches] == ["engagement.occupied"]
        assert "Task group: A Task Group has places for up to 2 people in all. So far: 3 people." in str(refused.value)
    assert ModelVersion.objects.filter(model__slug="practice").count() == 1


def test_a_cap_is_lowered_to_what_is_occupied(world: World, group: Group) -> None:
    for n in range(2):
        world.seat(group, f"Member {n}")
    lower = MODEL.replace("seats: {maximum: 3, counts: persons}", "seats: {maximum: 2, counts: persons}")
    load_model(by=world.by, text=lower, now=world.now, in_force_from=TODAY)
    with pytest.raises(Refused):
        add_seat(by=world.by, group=group, facts=SeatFacts("One more", "individual", TODAY), now=world.now)
    assert date(2020, 1, 1) < START
