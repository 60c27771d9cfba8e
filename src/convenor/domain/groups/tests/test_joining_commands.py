"""Open membership: joining, asking, inviting, leaving, and what is forgotten by date; at the commands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from convenor.core.accounts.commands import appoint_assistant
from convenor.core.accounts.queries import viewer_for
from convenor.core.journal.models import Entry
from convenor.core.notify.models import Message
from convenor.core.records.rules import NotAllowed, Refused, Viewer, anonymous
from convenor.domain.directory.models import Profile
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.models import GroupType
from convenor.domain.groups.commands.appointments import end_appointment
from convenor.domain.groups.commands.joining import (
    Joining,
    answer_invitation,
    answer_request,
    ask_to_join,
    invite,
    join_group,
    leave_group,
    membership,
    purge_asking,
    remove_member,
    set_admission,
    stop_watching,
    tell_of_place,
    watch_places,
    withdraw_invitation,
    withdraw_request,
)
from convenor.domain.groups.models import (
    Admission,
    Appointment,
    Asking,
    Group,
    JoinInvitation,
    JoinRequest,
    PlaceWatch,
    Seat,
    SeatRole,
)
from convenor.domain.groups.queries.rosters import roster
from convenor.domain.groups.tests.racing_to_join import MODEL
from convenor.domain.groups.tests.world import TODAY, World, last_told, make_world, private_fields, told
from tests.once import once_a_module

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def make_open_world() -> World:
    """With a type that anybody joins, of at most twelve."""
    world = make_world()
    load_model(by=world.by, text=MODEL, now=world.now, in_force_from=date(2020, 1, 1))
    world.types["practice-community"] = GroupType.objects.select_related("model__record").get(slug="race-community")
    return world


world_of_module = once_a_module(make_open_world)


@pytest.fixture
def community(world: World) -> Group:
    return world.group("community", name="Community of testers")


def joins(world: World, group: Group, name: str, **facts: Any) -> Appointment:
    person = world.person(name, f"{name.lower()}@practice.example")
    return join_group(
        by=viewer_for(person, world.now), group=group, person=person, facts=Joining(**facts), now=world.now
    )


def codes(refused: Any) -> list[str]:
    return [breach.code for breach in refused.value.breaches]


def fill(world: World, group: Group) -> list[Appointment]:
    return [joins(world, group, f"Filler{n}") for n in range(12)]


def test_joining_gives_a_seat_of_their_own_in_the_usual_role(world: World, community: Group) -> None:
    term = joins(world, community, "Ada")
    seat = term.seat
    assert (seat.basis, seat.role, seat.title, seat.votes) == (
        "individual",
        SeatRole.objects.get(slug="member"),
        "Member",
        True,
    )
    assert (term.starts_on, term.joined, term.named) == (TODAY, True, False)
    verb, values = last_told(community.record)
    assert verb == "group.person-joined"
    assert "holder" not in values or values["holder"] == (None, None)
    assert "person" in private_fields(community.record)


def test_nobody_reads_who_joined_unless_they_agreed(world: World, community: Group) -> None:
    """Although Ada has a public page: where she joins is hers to publish."""
    joins(world, community, "Ada")
    joins(world, community, "Ben", named=True)
    lines = roster(anonymous(world.now), community.pk, TODAY)
    assert sorted(holder.name for line in lines for holder in line.present) == ["", "Ben"]
    assert sorted(holder.profile is not None for line in lines for holder in line.present) == [False, True]
    own = roster(world.somebody("Ada"), community.pk, TODAY)
    assert sorted(holder.name for line in own for holder in line.present) == ["Ada", "Ben"]


def test_who_has_no_page_gets_one_only_when_they_agree(world: World, community: Group) -> None:
    joins(world, community, "Cleo")
    Profile.objects.filter(person=world.people["Cleo"]).delete()
    person = world.people["Cleo"]
    term = Appointment.objects.get(person=person)
    leave_group(by=viewer_for(person, world.now), appointment=term, now=world.now)
    join_group(by=viewer_for(person, world.now), group=community, person=person, facts=Joining(), now=world.now)
    assert not Profile.objects.filter(person=person).exists()


def test_the_thirteenth_is_told_plainly(world: World, community: Group) -> None:
    fill(world, community)
    with pytest.raises(Refused) as refused:
        joins(world, community, "Late")
    assert [(b.code, b.text) for b in refused.value.breaches] == [
        ("group-full", "The group is full: all 12 places are taken.")
    ]
    assert not Appointment.objects.filter(person=world.people["Late"]).exists()


def test_full_is_found_under_the_lock_too(world: World, community: Group, monkeypatch: Any) -> None:
    fill(world, community)
    monkeypatch.setattr(membership, "_full_already", lambda *_given: [])
    with pytest.raises(Refused) as refused:
        joins(world, community, "Late")
    assert codes(refused) == ["group-full"]


def test_an_observer_takes_none_of_the_places(world: World, community: Group) -> None:
    world.seat(community, "Looks on", role=SeatRole.objects.get(slug="observer"))
    fill(world, community)
    assert Seat.objects.filter(group=community).count() == 13


def test_nobody_joins_twice(world: World, community: Group) -> None:
    joins(world, community, "Ada")
    with pytest.raises(Refused) as refused:
        joins(world, community, "Ada")
    assert codes(refused) == ["in-already"]


def test_nobody_joins_for_somebody_else_but_their_assistant(world: World, community: Group) -> None:
    ada, ben = world.person("Ada"), world.person("Ben")
    with pytest.raises(NotAllowed):
        join_group(by=viewer_for(ben, world.now), group=community, person=ada, facts=Joining(), now=world.now)
    appoint_assistant(by=world.by, principal=ada, assistant=ben, may_answer=True, now=world.now)
    term = join_group(by=viewer_for(ben, world.now), group=community, person=ada, facts=Joining(), now=world.now)
    entry = Entry.objects.filter(record=community.record).latest("pk")
    assert (entry.verb, entry.actor_id, entry.on_behalf_of_id) == ("group.person-joined", ben.pk, ada.pk)
    leave_group(by=viewer_for(ben, world.now), appointment=term, now=world.now)
    entry = Entry.objects.filter(record=community.record).latest("pk")
    assert (entry.verb, entry.on_behalf_of_id) == ("group.person-left", ada.pk)


@pytest.mark.parametrize("state", ["proposed", "dormant"])
def test_a_group_that_does_not_meet_takes_nobody_in(world: World, community: Group, state: str) -> None:
    Group.objects.filter(pk=community.pk).update(state=state)
    with pytest.raises(Refused) as refused:
        joins(world, community, "Ada")
    assert codes(refused) == ["takes-nobody"]


@pytest.mark.parametrize(
    ("type_name", "way", "code"),
    [
        ("focus-group", "open", "engagement.formation"),
        ("focus-group", "invitation", "engagement.formation"),
        ("community", "invitation", ""),
        ("council", "request", ""),
    ],
)
def test_the_way_in_stays_within_the_formation(world: World, type_name: str, way: str, code: str) -> None:
    group = world.focus_group() if type_name == "focus-group" else world.group(type_name)
    if code:
        with pytest.raises(Refused) as refused:
            set_admission(by=world.by, group=group, way=way, now=world.now)
        assert codes(refused) == [code]
        return
    set_admission(by=world.by, group=group, way=way, now=world.now, reason="Agreed.")
    assert last_told(group.record)[0] == "group.admission-set"


def test_another_bodys_group_is_not_joined_here(world: World) -> None:
    group = world.group(None, name="Forum elsewhere")
    with pytest.raises(Refused) as refused:
        joins(world, group, "Ada")
    assert codes(refused) == ["not-ours"]


def test_choosing_again_ends_what_was_chosen_before(world: World, community: Group) -> None:
    set_admission(by=world.by, group=community, way="request", now=world.now)
    Admission.objects.update(starts_on=TODAY - timedelta(days=9))
    set_admission(by=world.by, group=community, way="invitation", now=world.now)
    rows = list(Admission.objects.order_by("pk").values_list("way", "ends_on"))
    assert rows == [("request", TODAY - timedelta(days=1)), ("invitation", None)]
    with pytest.raises(NotAllowed):
        set_admission(by=world.somebody(), group=community, way="open", now=world.now)


@pytest.fixture
def asking(world: World, community: Group) -> Group:
    set_admission(by=world.by, group=community, way="request", now=world.now)
    return community


def asks(world: World, group: Group, name: str) -> JoinRequest:
    person = world.person(name, f"{name.lower()}@practice.example")
    by = viewer_for(person, world.now)
    return ask_to_join(by=by, group=group, person=person, facts=Joining(), note="Please.", now=world.now)


def test_a_request_is_approved_and_the_person_told(world: World, asking: Group) -> None:
    with pytest.raises(Refused) as refused:
        joins(world, asking, "Ada")
    assert codes(refused) == ["way-shut"]
    request = asks(world, asking, "Ada")
    assert asks(world, asking, "Ada").pk == request.pk, "asking again changes the same request"
    term = answer_request(by=world.officer(), request=request, approve=True, now=world.now)
    assert term is not None
    assert term.person == world.people["Ada"]
    message = Message.objects.get(person=world.people["Ada"])
    assert message.subject == "You are a member of Community of testers"
    with pytest.raises(Refused) as refused:
        answer_request(by=world.by, request=request, approve=True, now=world.now)
    assert codes(refused) == ["answered-already"]


def test_a_request_is_declined_with_a_reason_and_forgotten_by_date(world: World, asking: Group) -> None:
    request = asks(world, asking, "Ada")
    with pytest.raises(Refused) as refused:
        answer_request(by=world.by, request=request, approve=False, now=world.now)
    assert codes(refused) == ["reason-needed"]
    answer_request(by=world.by, request=request, approve=False, reason="Testers only.", now=world.now)
    assert "Testers only." in Message.objects.get(person=world.people["Ada"]).text
    assert "Testers only." not in str(told(asking.record))
    assert purge_asking(by=world.by, now=world.now + timedelta(days=89)) == 0
    assert purge_asking(by=world.by, now=world.now + timedelta(days=91)) == 1
    assert not JoinRequest.objects.exists()


def test_a_chair_answers_and_a_member_does_not(world: World, asking: Group) -> None:
    seat = world.seat(asking, "The chair")
    world.appoint(seat, "Chris Chair")
    world.chair(seat)
    request = asks(world, asking, "Ada")
    with pytest.raises(NotAllowed):
        answer_request(by=world.somebody(), request=request, approve=True, now=world.now)
    chair = viewer_for(world.people["Chris Chair"], world.now)
    assert answer_request(by=chair, request=request, approve=True, now=world.now) is not None


def test_approving_into_a_full_group_is_refused_and_the_request_waits(world: World, asking: Group) -> None:
    request = asks(world, asking, "Ada")
    Admission.objects.all().delete()
    fill(world, asking)
    with pytest.raises(Refused) as refused:
        answer_request(by=world.by, request=request, approve=True, now=world.now)
    assert codes(refused) == ["group-full"]
    assert JoinRequest.objects.get().state == Asking.WAITING


def test_a_request_is_taken_back(world: World, asking: Group) -> None:
    request = asks(world, asking, "Ada")
    with pytest.raises(NotAllowed):
        withdraw_request(by=world.somebody("Ben"), request=request, now=world.now)
    withdraw_request(by=world.somebody("Ada"), request=request, now=world.now)
    assert not JoinRequest.objects.exists()


def invited(world: World, group: Group, name: str = "Ines") -> JoinInvitation:
    person = world.person(name, f"{name.lower()}@practice.example")
    return invite(by=world.by, group=group, person=person, now=world.now, note="Come along.")


def test_who_is_invited_accepts_or_declines(world: World, community: Group) -> None:
    set_admission(by=world.by, group=community, way="invitation", now=world.now)
    first, second = invited(world, community), invited(world, community, "Jo")
    ines, jo = world.somebody("Ines"), world.somebody("Jo")
    with pytest.raises(NotAllowed):
        answer_invitation(by=jo, invitation=first, accept=True, now=world.now)
    term = answer_invitation(by=ines, invitation=first, accept=True, facts=Joining(named=True), now=world.now)
    assert term is not None
    assert term.named
    answer_invitation(by=jo, invitation=second, accept=False, now=world.now)
    states = list(JoinInvitation.objects.order_by("pk").values_list("state", flat=True))
    assert states == [Asking.ACCEPTED, Asking.DECLINED]
    with pytest.raises(Refused) as refused:
        answer_invitation(by=ines, invitation=first, accept=True, now=world.now)
    assert codes(refused) == ["answered-already"]


def test_an_invitation_lapses_and_is_taken_back(world: World, community: Group) -> None:
    one, two = invited(world, community), invited(world, community, "Jo")
    withdraw_invitation(by=world.by, invitation=two, now=world.now)
    later = world.now + timedelta(days=15)
    with pytest.raises(Refused) as refused:
        answer_invitation(by=viewer_for(one.person, later), invitation=one, accept=True, now=later)
    assert codes(refused) == ["invitation-lapsed"]
    purge_asking(by=world.by, now=later)
    assert JoinInvitation.objects.get(pk=one.pk).state == Asking.LAPSED


def test_leaving_frees_the_place_at_once(world: World, community: Group) -> None:
    terms = fill(world, community)
    person = terms[0].person
    watcher = world.person("Waits", "waits@practice.example")
    watch_places(by=viewer_for(watcher, world.now), group=community, person=watcher, now=world.now)
    assert tell_of_place(by=world.by, group=community, now=world.now) == 0
    Appointment.objects.filter(pk=terms[0].pk).update(starts_on=TODAY - timedelta(days=30))
    Seat.objects.filter(pk=terms[0].seat_id).update(starts_on=TODAY - timedelta(days=30))
    leave_group(by=viewer_for(person, world.now), appointment=terms[0], now=world.now)
    gone = Appointment.objects.get(pk=terms[0].pk)
    assert (gone.ends_on, gone.seat.ends_on) == (TODAY - timedelta(days=1), TODAY - timedelta(days=1))
    assert tell_of_place(by=world.by, group=community, now=world.now) == 1
    assert tell_of_place(by=world.by, group=community, now=world.now) == 0, "never told twice"
    assert Message.objects.get(person=watcher).subject == "A place is free in Community of testers"
    joins(world, community, "Waits")
    with pytest.raises(Refused) as refused:
        leave_group(by=viewer_for(person, world.now), appointment=gone, now=world.now)
    assert codes(refused) == ["left-already"]


def test_leaving_on_the_first_day_leaves_only_the_history(world: World, community: Group) -> None:
    term = joins(world, community, "Ada")
    leave_group(by=world.somebody("Ada"), appointment=term, now=world.now)
    assert not Seat.objects.filter(group=community).exists()
    assert [verb for verb, _ in told(community.record)][-2:] == ["group.person-joined", "group.person-left"]


def test_somebody_is_removed_with_a_reason_they_are_told(world: World, community: Group) -> None:
    term = joins(world, community, "Ada")
    with pytest.raises(NotAllowed):
        remove_member(by=world.somebody("Ben"), appointment=term, reason="No.", now=world.now)
    with pytest.raises(Refused) as refused:
        remove_member(by=world.by, appointment=term, reason=" ", now=world.now)
    assert codes(refused) == ["reason-needed"]
    remove_member(by=world.officer(), appointment=term, reason="Broke the code of conduct.", now=world.now)
    assert "code of conduct" in Message.objects.get(person=world.people["Ada"]).text
    assert "reason" in private_fields(community.record)


def test_who_was_appointed_does_not_leave_like_that(world: World, community: Group) -> None:
    term = world.appoint(world.seat(community, "By letter"), "Ada")
    with pytest.raises(Refused) as refused:
        leave_group(by=world.somebody("Ada"), appointment=term, now=world.now)
    assert codes(refused) == ["not-joined"]
    with pytest.raises(Refused) as refused:
        remove_member(by=world.by, appointment=term, reason="Why.", now=world.now)
    assert codes(refused) == ["not-joined"]


def test_ending_the_appointment_of_who_joined_ends_the_place_too(world: World, community: Group) -> None:
    term = joins(world, community, "Ada")
    end_appointment(by=world.by, appointment=term, on=TODAY, now=world.now)
    assert Seat.objects.get(pk=term.seat_id).ends_on == TODAY


def test_waiting_for_a_place_and_stopping(world: World, community: Group) -> None:
    ada = world.person("Ada", "ada@practice.example")
    by: Viewer = viewer_for(ada, world.now)
    for _again in range(2):
        watch_places(by=by, group=community, person=ada, now=world.now)
    assert PlaceWatch.objects.count() == 1
    stop_watching(by=by, group=community, person=ada, now=world.now)
    assert not PlaceWatch.objects.exists()
