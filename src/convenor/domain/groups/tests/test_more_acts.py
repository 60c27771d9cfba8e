"""What only forms did before: proposals, terms of reference, overrides, endings, corrections, joining, by the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from convenor.core.accounts.models import Person, SignedLink
from convenor.core.journal.models import Entry
from convenor.core.records.rules import Refused
from convenor.domain.engagement.models import ModelVersion
from convenor.domain.groups.commands.chairs import strike_chairing
from convenor.domain.groups.commands.deliveries import change_sunset
from convenor.domain.groups.commands.initiatives import reopen_initiative
from convenor.domain.groups.commands.joining import set_admission
from convenor.domain.groups.commands.lives import close_group, reopen_group, set_review
from convenor.domain.groups.commands.overrides import add_override
from convenor.domain.groups.commands.parents import ParentFacts
from convenor.domain.groups.commands.places import SeatFacts as Facts
from convenor.domain.groups.commands.places import edit_seat, seat_named_places, strike_seat
from convenor.domain.groups.commands.proposals import Answer, ProposalFacts, decline_proposal, propose_to
from convenor.domain.groups.commands.reports import ReportFacts, file_report
from convenor.domain.groups.commands.succession import Part, Succession, merge_groups
from convenor.domain.groups.commands.terms import reappoint
from convenor.domain.groups.commands.tor import Endorsement, TermsFacts, draft_terms, endorse_terms, put_in_force
from convenor.domain.groups.commands.vocabulary import RoleFacts, add_seat_role
from convenor.domain.groups.models import (
    Admission,
    Appointment,
    Chairing,
    Closure,
    Delivery,
    Group,
    Initiative,
    JoinInvitation,
    JoinRequest,
    Parent,
    PlaceWatch,
    Proposal,
    ReportBack,
    RuleOverride,
    Seat,
    SeatRole,
    TermsOfReference,
)
from convenor.domain.groups.queries.weighing import OverrideFacts
from convenor.domain.groups.tests.acting import Case, Program, program_of, told
from convenor.domain.groups.tests.world import MODEL, START, World

pytestmark = pytest.mark.slow

TODAY = timezone.localdate()
DAY = timedelta(days=1)
WHY = {"reason": "As agreed."}


@pytest.fixture
def officer(present: World) -> Program:
    return program_of(Person.objects.get(pk=present.officer().person_id or 0))


@pytest.fixture
def administrator(present: World) -> Program:
    return program_of(Person.objects.get(pk=present.officer(duty="administrator").person_id or 0))


def ok(answer: Any) -> dict[str, Any]:
    assert answer.status_code in {200, 201}, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def proposed(world: World) -> tuple[Group, Group]:
    """A focus group that is to stand under a working group, which is not asked yet."""
    above = world.working_group()
    group = world.group(
        "focus-group", name="Archive focus group", deliverable="One rule.", state="proposed", started_on=None,
        under=[ParentFacts(above)],
    )  # fmt: skip
    Proposal.objects.filter(group=group).delete()
    return group, above


def test_a_proposal_is_put_returned_brought_back_and_approved(present: World, officer: Program) -> None:
    group, above = proposed(present)
    chair = present.seat(above, "Chair's seat")
    present.person("Cora Chair", "cora@practice.example")
    present.appoint(chair, "Cora Chair")
    present.chair(chair)
    body = {"parent": above.name, "why": "Nobody knows how long.", "proposed_by": "Records branch"}
    key = ok(officer.act(f"groups/{group.slug}/proposals/add/", body))["proposal"]
    place = f"groups/{group.slug}/proposals/{key}"
    assert [row["id"] for row in officer.read("group-proposals/").json()["items"]] == [key]
    assert ok(officer.act(f"{place}/ask/"))["asked"] == 1
    assert SignedLink.objects.filter(purpose="decide-proposal").count() == 1
    on = TODAY.isoformat()
    assert (
        ok(officer.act(f"{place}/answer/", {"answer": "returned", "on": on, "note": "Shorter."}))["state"] == "returned"
    )
    assert ok(officer.act(f"{place}/again/", {"note": "It is shorter."}))["state"] == "waiting"
    assert ok(officer.act(f"{place}/answer/", {"answer": "approved", "on": on, "instrument": "Item 4"})) == {
        "act": "group-proposals-answer", "ref": group.record.ref, "state": "approved",
        "url": f"http://127.0.0.1:8000/r/{group.record.ref}",
    }  # fmt: skip
    assert Parent.objects.get(group=group).approved_on == TODAY


def test_who_chairs_the_parent_answers_by_a_program_too(present: World, officer: Program) -> None:
    group, above = proposed(present)
    seat = present.seat(above, "Chair's seat")
    present.appoint(seat, "Cora Chair")
    present.chair(seat)
    key = ok(officer.act(f"groups/{group.slug}/proposals/add/", {"parent": above.name, "why": "Needed."}))["proposal"]
    address = f"groups/{group.slug}/proposals/{key}/answer/"
    body = {"answer": "declined", "on": TODAY.isoformat(), "note": "Not now."}
    assert program_of(present.person("Bea Stranger")).act(address, body).status_code == 403
    ok(program_of(present.person("Cora Chair")).act(address, body))
    group.refresh_from_db()
    assert (group.state, Closure.objects.get(group=group).kind) == ("closed", "declined")


def test_terms_are_drafted_changed_asked_endorsed_and_put_in_force(present: World, officer: Program) -> None:
    group = present.group()
    seat = present.seat(group, "Chair's seat", constituency="agency")
    present.person("Cora Chair", "cora@practice.example")
    present.appoint(seat, "Cora Chair")
    present.chair(seat)
    number = ok(officer.act(f"groups/{group.slug}/terms/add/", {"purpose": "To advise.", "scope": "All."}))["number"]
    place = f"groups/{group.slug}/terms/{number}"
    ok(officer.act(f"{place}/edit/", {"scope": None, "readers": "members"}))
    row = TermsOfReference.objects.get()
    assert list(row.sections.values_list("key", "text")) == [("purpose", "To advise.")]
    assert row.audience is not None
    assert row.audience.key.endswith(":members")
    assert ok(officer.act(f"{place}/ask/"))["asked"] == 1
    ok(program_of(present.person("Cora Chair")).act(f"{place}/endorse/", {"on": TODAY.isoformat()}))
    assert row.endorsements.get().endorsed_by == "Chair, Chair's seat"
    ok(officer.act(f"{place}/in-force/", {"starts_on": TODAY.isoformat()}))
    row.refresh_from_db()
    assert (row.endorsed_on, row.in_force_from) == (TODAY, TODAY)
    body = {"purpose": "Other.", "change_note": "A new purpose."}
    number = ok(officer.act(f"groups/{group.slug}/terms/add/", body))["number"]
    ok(officer.act(f"groups/{group.slug}/terms/{number}/discard/", WHY))
    assert TermsOfReference.objects.count() == 1


def test_an_override_is_set_corrected_ended_and_taken_out(present: World, officer: Program) -> None:
    group = present.group("task-group", name="Task group")
    body = {
        "rule": "size", "values": '{"total_maximum": 2}', "starts_on": TODAY.isoformat(), "reason": "It is small.",
        "approved_by": "Board",
    }  # fmt: skip
    number = ok(officer.act(f"groups/{group.slug}/overrides/add/", body))["number"]
    place = f"groups/{group.slug}/overrides/{number}"
    ok(officer.act(f"{place}/correct/", {"correction": "A slip.", "values": '{"total_maximum": 1}'}))
    row = RuleOverride.objects.get()
    assert (row.values, row.reason, row.ends_on) == ({"total_maximum": 1}, "It is small.", None)
    ok(officer.act(f"{place}/end/", {"on": TODAY.isoformat()}))
    row.refresh_from_db()
    assert row.ends_on == TODAY
    ok(officer.act(f"{place}/strike/", WHY))
    assert not RuleOverride.objects.exists()
    wrong = told(officer.act(f"groups/{group.slug}/overrides/add/", body | {"values": "two"}))
    assert [field for _code, _text, field in wrong] == ["values"]


def test_a_group_delivers_closes_by_its_kind_and_reopens(present: World, officer: Program) -> None:
    group = present.group()
    place = f"groups/{group.slug}"
    body = {"what": "A finding.", "on": TODAY.isoformat(), "completes": True}
    ok(officer.act(f"{place}/deliveries/add/", body))
    ok(officer.act(f"{place}/close/", {"on": (TODAY - DAY).isoformat(), "kind": "delivered", **WHY}))
    assert Closure.objects.get().kind == "delivered"
    ok(officer.act(f"{place}/reopen/", {"on": TODAY.isoformat(), **WHY}))
    key = Delivery.objects.get().pk
    assert [row["id"] for row in officer.read("deliveries/").json()["items"]] == [key]
    ok(officer.act(f"{place}/deliveries/{key}/strike/", WHY))
    assert not Delivery.objects.exists()
    answer = officer.act(f"{place}/close/", {"on": TODAY.isoformat(), "kind": "merged", **WHY})
    assert [(code, field) for code, _text, field in told(answer)] == [("not-a-choice", "kind")]


def test_days_and_readers_are_set(present: World, officer: Program) -> None:
    group = present.group()
    place, later = f"groups/{group.slug}", (TODAY + 90 * DAY).isoformat()
    ok(officer.act(f"{place}/sunset/", {"until": later, **WHY}))
    ok(officer.act(f"{place}/review/", {"due_on": later, "reviewed_on": TODAY.isoformat(), "outcome": "It goes on."}))
    ok(officer.act(f"{place}/contacts/readers/", {"members": True, **WHY}))
    group.refresh_from_db()
    assert (group.sunset_on, group.review_due_on, group.members_see_contacts) == (TODAY + 90 * DAY,) * 2 + (True,)
    ok(officer.act(f"{place}/withdraw/", WHY))
    ok(officer.act(f"{place}/restore/", WHY))
    ok(officer.act(f"{place}/readers/", {"readers": "members", "known": "title", **WHY}))
    group.record.refresh_from_db()
    assert (group.record.state, group.record.is_public, group.record.disclosure) == ("live", False, "title")


def test_a_place_under_a_parent_is_corrected_ended_and_taken_out(present: World, officer: Program) -> None:
    group, above = present.group("task-group", name="Task group"), present.working_group()
    place = f"groups/{group.slug}/parents"
    ok(officer.act(f"{place}/", {"parent": above.name, "starts_on": START.isoformat()}))
    (row,) = officer.read("group-parents/").json()["items"]
    ok(officer.act(f"{place}/{row['id']}/correct/", {"starts_on": (START + DAY).isoformat(), **WHY}))
    ok(officer.act(f"{place}/{row['id']}/end/", {"on": TODAY.isoformat()}))
    link = Parent.objects.get()
    assert (link.starts_on, link.ends_on) == (START + DAY, TODAY)
    ok(officer.act(f"{place}/{row['id']}/strike/", WHY))
    assert not Parent.objects.exists()


def test_a_seat_and_a_term_are_changed_and_corrected(present: World, officer: Program) -> None:
    seat = present.seat(present.group(), "Wattle", constituency="agency", order=2)
    term = present.appoint(seat, "Ada Marsh", last=TODAY + 30 * DAY)
    place, terms = f"groups/{seat.group.slug}/seats/{seat.number}", f"groups/{seat.group.slug}/appointments"
    ok(officer.act(f"{place}/edit/", {"title": "Banksia", "role": "observer", "votes": None, **WHY}))
    seat.refresh_from_db()
    assert (seat.title, seat.role, seat.votes, seat.order, seat.constituency) == (
        "Banksia", SeatRole.objects.get(slug="observer"), False, 2, "agency",
    )  # fmt: skip
    ok(officer.act(f"{terms}/{term.pk}/correct/", {"instrument": "Letter 9", **WHY}))
    ok(program_of(term.person).act(f"{terms}/{term.pk}/confirm/"))
    term.refresh_from_db()
    assert (term.instrument, term.ends_on) == ("Letter 9", TODAY + 30 * DAY)
    assert term.confirmed_at is not None
    key = ok(officer.act(f"{terms}/{term.pk}/reappoint/"))["appointment"]
    assert Appointment.objects.get(pk=key).starts_on == TODAY + 31 * DAY
    Person.objects.filter(pk=term.person_id).update(email="ada@practice.example")
    ok(officer.act(f"{terms}/{key}/ask/"))
    assert SignedLink.objects.filter(purpose="confirm-appointment").count() == 1
    ok(officer.act(f"{terms}/{key}/strike/", WHY))
    present.chair(seat)
    ok(officer.act(f"groups/{seat.group.slug}/chairs/{Chairing.objects.get().pk}/strike/", WHY))
    ok(officer.act(f"{terms}/{term.pk}/strike/", WHY))
    ok(officer.act(f"{place}/strike/", WHY))
    assert [model._default_manager.count() for model in (Seat, Appointment, Chairing)] == [0, 0, 0]


def test_named_seats_are_set_up(present: World, officer: Program) -> None:
    health = present.department("Department of Practice Health")
    present.office("Chief Information Officer", health)
    forum = present.group("forum", name="Forum")
    assert ok(officer.act(f"groups/{forum.slug}/seats/named/", {"starts_on": START.isoformat()}))["seats"] == 1
    assert Seat.objects.get().title == "Health"


def test_roles_are_words_of_nobodys_record(present: World, officer: Program, administrator: Program) -> None:
    body = {"name": "Critical friend", "counts_under_caps": False}
    assert officer.act("groups/seat-roles/add/", body).status_code == 403
    assert ok(administrator.act("groups/seat-roles/add/", body)) == {"act": "seats-add-role", "role": "critical-friend"}
    ok(administrator.act("groups/seat-roles/critical-friend/", {"votes": False, "order": None}))
    role = SeatRole.objects.get(slug="critical-friend")
    assert (role.name, role.counts_under_caps, role.votes) == ("Critical friend", False, False)
    assert administrator.act("groups/seat-roles/nobody/", {"votes": False}).status_code == 404


def test_an_initiative_begins_changes_ends_with_its_group_and_goes_on(present: World, officer: Program) -> None:
    slug = ok(officer.act("groups/initiatives/add/", {"name": "Payday reform"}))["slug"]
    group = present.group(initiative=Initiative.objects.get(slug=slug))
    slug = ok(officer.act(f"groups/initiatives/{slug}/edit/", {"name": "Payday", "summary": "Faster."}))["slug"]
    body = {"on": TODAY.isoformat(), "outcome": "It is law.", "close": [group.record.ref], **WHY}
    ok(officer.act(f"groups/initiatives/{slug}/end/", body))
    group.refresh_from_db()
    assert (group.state, Initiative.objects.get(slug=slug).ended_on) == ("closed", TODAY)
    ok(officer.act(f"groups/initiatives/{slug}/reopen/", WHY))
    assert Initiative.objects.get(slug=slug).ended_on is None
    wrong = told(officer.act(f"groups/initiatives/{slug}/end/", body | {"close": ["Nobody's group"]}))
    assert wrong == [("group-unclear", "No group here is called “Nobody's group”.", "close")]


def test_groups_are_merged_and_split(present: World, officer: Program) -> None:
    first, second = (present.group(name=name) for name in ("First council", "Second council"))
    for group in (first, second):
        present.appoint(present.seat(group, f"Seat of {group.name}", constituency="agency"), f"Ada of {group.name}")
    body = {"others": [second.record.ref], "on": TODAY.isoformat(), **WHY}
    entries = Entry.objects.count()
    looked = ok(officer.act(f"groups/{first.slug}/merge/", {**body, "only_say": True}))
    assert looked["follows"] == ""
    assert "Second council closes. 1 seat ends, and 1 term of appointment." in looked["said"].split("\n")
    assert Entry.objects.count() == entries
    assert not Closure.objects.exists()
    done = ok(officer.act(f"groups/{first.slug}/merge/", body))
    assert (done["follows"], done["said"]) == (first.record.ref, looked["said"])
    assert sorted(Seat.objects.filter(group=first, ends_on=None).values_list("title", flat=True)) == [
        "Seat of First council", "Seat of Second council",
    ]  # fmt: skip
    assert Closure.objects.get(group=second).kind == "merged"


def test_a_group_is_split_into_two(present: World, officer: Program) -> None:
    first = present.group(name="First council")
    seats = [present.seat(first, f"{side} seat", constituency="agency") for side in ("Left", "Right")]
    one, two = (f"{first.record.ref}/{seat.number}" for seat in seats)
    body = {"on": TODAY.isoformat(), "name_1": "Left", "purpose_1": "One half.", "name_2": "Right",
            "purpose_2": "The other.", "seats_1": [one], "seats_2": [two], **WHY}  # fmt: skip
    wrong = told(officer.act(f"groups/{first.slug}/split/", body | {"seats_2": ["GRP-2001-999/1"]}))
    assert [code for code, _text, _field in wrong] == ["seat-unclear"]
    only = body | {"only_say": True}
    ahead = {"on": (TODAY + timedelta(days=1)).isoformat()}
    refused = told(officer.act(f"groups/{first.slug}/split/", only | ahead))
    assert refused == told(officer.act(f"groups/{first.slug}/split/", body | ahead))
    assert [code for code, _text, _field in refused] == ["not-yet"]
    said = ok(officer.act(f"groups/{first.slug}/split/", only))["said"]
    assert "Left goes on, with 1 seats set up in it." in said.split("\n")
    assert not Seat.objects.filter(group__name="Right").exists()
    assert len(ok(officer.act(f"groups/{first.slug}/split/", body))["follows"].split(", ")) == 2
    assert list(Seat.objects.filter(group__name="Right").values_list("title", flat=True)) == ["Right seat"]


def test_reports_back_are_filed_corrected_asked_for_and_withdrawn(present: World, officer: Program) -> None:
    theirs = present.group(None, name="Standards board")
    seat = present.seat(theirs, "Our seat")
    present.person("Ada Marsh", "ada@practice.example")
    present.appoint(seat, "Ada Marsh")
    assert ok(officer.act(f"groups/{theirs.slug}/reports/ask/"))["asked"] == 1
    body = {"met_on": TODAY.isoformat(), "subject": "Tables", "said": "They are good.", "readers": "members"}
    ref = ok(program_of(present.person("Ada Marsh")).act(f"groups/{theirs.slug}/reports/add/", body))["ref"]
    ok(officer.act(f"groups/reports/{ref}/edit/", {"means": "Use them.", **WHY}))
    row = ReportBack.objects.get()
    assert (row.said, row.means, row.record.is_public) == ("They are good.", "Use them.", False)
    ok(officer.act(f"groups/reports/{ref}/withdraw/", WHY))
    row.record.refresh_from_db()
    assert row.record.state == "withdrawn"


def test_people_are_invited_taken_in_and_taken_out(present: World, officer: Program) -> None:
    group = present.group("task-group", name="Task group")
    place = f"groups/{group.slug}"
    ok(officer.act(f"{place}/joining/way/", {"way": "request"}))
    asks, ada = present.person("Asa Asks", "asa@practice.example"), present.person("Ada Marsh", "ada@practice.example")
    ok(program_of(asks).act(f"{place}/join/ask/"))
    ok(program_of(asks).act(f"{place}/join/withdraw/"))
    assert program_of(asks).act(f"{place}/join/withdraw/").status_code == 404
    ok(program_of(asks).act(f"{place}/join/ask/"))
    key = JoinRequest.objects.get().pk
    assert program_of(ada).act(f"{place}/joining/requests/{key}/", {"answer": "approve"}).status_code == 403
    ok(officer.act(f"{place}/joining/requests/{key}/", {"answer": "approve"}))
    term = Appointment.objects.get(person=asks)
    ok(officer.act(f"{place}/members/{term.pk}/remove/", WHY))
    assert not Appointment.objects.filter(person=asks).exists()
    ok(officer.act(f"{place}/joining/way/", {"way": "invitation"}))
    assert Admission.objects.get(ends_on=None).way == "invitation"
    body = {"email": "ada@practice.example"}
    key = ok(officer.act(f"{place}/joining/invite/", body))["invitation"]
    ok(officer.act(f"{place}/joining/invitations/{key}/"))
    assert JoinInvitation.objects.get(pk=key).state == "withdrawn"
    ok(officer.act(f"{place}/joining/invite/", body))
    ok(program_of(ada).act(f"{place}/join/decline/"))
    ok(officer.act(f"{place}/joining/invite/", body))
    ok(program_of(ada).act(f"{place}/join/accept/", {"named": True}))
    assert Appointment.objects.get(person=ada).named
    ok(program_of(asks).act(f"{place}/join/tell/"))
    assert PlaceWatch.objects.get().person == asks
    ok(program_of(asks).act(f"{place}/join/untell/"))
    assert not PlaceWatch.objects.exists()


def test_a_model_is_loaded(present: World, officer: Program) -> None:
    text = MODEL.replace("seats: {maximum: 3, counts: persons}", "seats: {maximum: 4, counts: persons}")
    body = {"yaml": text, "in_force_from": (TODAY + DAY).isoformat(), "expected": 2}
    assert ok(officer.act("engagement/practice/load/", body))["version"] == 2
    assert ModelVersion.objects.count() == 2
    other = text.replace("model: practice", "model: others", 1)
    wrong = told(officer.act("engagement/practice/load/", {"yaml": other}))
    assert [code for code, _text, _field in wrong] == ["engagement.another"]
    wrong = told(officer.act("engagement/load/", {"yaml": "model: [\n"}))
    assert [(code, field) for code, _text, field in wrong] == [("engagement.yaml", "yaml")]
    assert program_of(present.person("Bea Stranger")).act("engagement/load/", body).status_code == 403


# The same rule in the same words


def answer_of_a_day_ahead(world: World) -> Case:
    group, above = proposed(world)
    facts = ProposalFacts("", "Needed.")
    row = propose_to(by=world.by, group=group, parent=above, facts=facts, now=world.now)
    on = TODAY + 5 * DAY
    return Case(
        f"groups/{group.slug}/proposals/{row.pk}/answer/",
        {"answer": "declined", "on": on.isoformat()},
        lambda: decline_proposal(by=world.by, proposal=row, answer=Answer(on), now=world.now),
    )


def proposed_to_a_stranger(world: World) -> Case:
    group, _above = proposed(world)
    other = world.group(name="Others")
    return Case(
        f"groups/{group.slug}/proposals/add/",
        {"parent": other.name, "why": "Needed."},
        lambda: propose_to(by=world.by, group=group, parent=other, facts=ProposalFacts("", "N."), now=world.now),
    )


def terms_without_a_purpose(world: World) -> Case:
    group = world.group()
    return Case(
        f"groups/{group.slug}/terms/add/",
        {"scope": "All."},
        lambda: draft_terms(by=world.by, group=group, facts=TermsFacts({"scope": "All."}), now=world.now),
    )


def in_force_before_it_is_endorsed(world: World) -> Case:
    group = world.group()
    row = draft_terms(by=world.by, group=group, facts=TermsFacts({"purpose": "All."}), now=world.now)
    return Case(
        f"groups/{group.slug}/terms/{row.number}/in-force/",
        {"starts_on": TODAY.isoformat()},
        lambda: put_in_force(by=world.by, version=row, starts_on=TODAY, now=world.now),
    )


def endorsed_by_nobody(world: World) -> Case:
    group = world.group()
    row = draft_terms(by=world.by, group=group, facts=TermsFacts({"purpose": "All."}), now=world.now)
    return Case(
        f"groups/{group.slug}/terms/{row.number}/endorse/",
        {"on": TODAY.isoformat()},
        lambda: endorse_terms(by=world.by, version=row, endorsement=Endorsement(TODAY), now=world.now),
    )


def override_below_what_is_occupied(world: World) -> Case:
    group = world.group("task-group", name="Task group")
    world.seat(group, "One")
    world.seat(group, "Two")
    facts = OverrideFacts("size", {"total_maximum": 1}, TODAY, None, "Small.", "Board")
    body = {"rule": "size", "values": '{"total_maximum": 1}', "starts_on": TODAY.isoformat(), "reason": "Small.",
            "approved_by": "Board"}  # fmt: skip
    return Case(
        f"groups/{group.slug}/overrides/add/",
        body,
        lambda: add_override(by=world.by, group=group, facts=facts, now=world.now),
    )


def delivered_nothing(world: World) -> Case:
    group = world.group()
    return Case(
        f"groups/{group.slug}/close/",
        {"on": TODAY.isoformat(), "kind": "delivered", "reason": "Done."},
        lambda: close_group(by=world.by, group=group, on=TODAY, reason="Done.", kind="delivered", now=world.now),
    )


def sunset_gone_by(world: World) -> Case:
    group, until = world.group(), TODAY - DAY
    return Case(
        f"groups/{group.slug}/sunset/",
        {"until": until.isoformat(), "reason": "Why."},
        lambda: change_sunset(by=world.by, group=group, until=until, reason="Why.", now=world.now),
    )


def reopened_while_open(world: World) -> Case:
    group = world.group()
    return Case(
        f"groups/{group.slug}/reopen/",
        {"on": TODAY.isoformat(), "reason": "Why."},
        lambda: reopen_group(by=world.by, group=group, on=TODAY, reason="Why.", now=world.now),
    )


def reviewed_to_no_end(world: World) -> Case:
    group = world.group()
    return Case(
        f"groups/{group.slug}/review/",
        {"reviewed_on": TODAY.isoformat()},
        lambda: set_review(by=world.by, group=group, due_on=None, reviewed_on=TODAY, now=world.now),
    )


def reappointed_without_an_end(world: World) -> Case:
    term = world.appoint(world.seat(world.group(), "Wattle", constituency="agency"), "Ada Marsh")
    return Case(
        f"groups/{term.seat.group.slug}/appointments/{term.pk}/reappoint/",
        {},
        lambda: reappoint(by=world.by, appointment=term, now=world.now),
    )


def past_roster_changed_without_a_reason(world: World) -> Case:
    seat = world.seat(world.group(), "Wattle", constituency="agency")
    facts = Facts("Banksia", seat.basis, seat.starts_on, constituency="agency", votes=True, counts_to_quorum=True)
    return Case(
        f"groups/{seat.group.slug}/seats/{seat.number}/edit/",
        {"title": "Banksia"},
        lambda: edit_seat(by=world.by, seat=seat, facts=facts, now=world.now),
    )


def seat_that_is_used_taken_out(world: World) -> Case:
    term = world.appoint(world.seat(world.group(), "Wattle", constituency="agency"), "Ada Marsh")
    return Case(
        f"groups/{term.seat.group.slug}/seats/{term.seat.number}/strike/",
        {"reason": "Why."},
        lambda: strike_seat(by=world.by, seat=term.seat, reason="Why.", now=world.now),
    )


def no_named_seats(world: World) -> Case:
    group = world.group()
    return Case(
        f"groups/{group.slug}/seats/named/",
        {"starts_on": START.isoformat()},
        lambda: seat_named_places(by=world.by, group=group, starts_on=START, now=world.now),
    )


def chairing_of_a_closed_group_taken_out(world: World) -> Case:
    seat = world.seat(world.group(), "Wattle", constituency="agency")
    world.chair(seat)
    close_group(by=world.by, group=seat.group, on=TODAY, reason="Done.", now=world.now)
    chairing = Chairing.objects.get()
    return Case(
        f"groups/{seat.group.slug}/chairs/{chairing.pk}/strike/",
        {"reason": "Why."},
        lambda: strike_chairing(by=world.by, chairing=chairing, reason="Why.", now=world.now),
    )


def merged_with_nobody(world: World) -> Case:
    group = world.group()
    plan = Succession((), (Part(group),), TODAY, "Why.")
    return Case(
        f"groups/{group.slug}/merge/",
        {"on": TODAY.isoformat(), "reason": "Why."},
        lambda: merge_groups(by=world.by, plan=plan, now=world.now),
    )


def report_of_our_own_group(world: World) -> Case:
    group = world.group()
    facts = ReportFacts(TODAY, "Tables", "Good.")
    return Case(
        f"groups/{group.slug}/reports/add/",
        {"met_on": TODAY.isoformat(), "subject": "Tables", "said": "Good."},
        lambda: file_report(by=world.by, group=group, facts=facts, now=world.now),
    )


def way_that_the_type_does_not_allow(world: World) -> Case:
    group = world.focus_group()
    return Case(
        f"groups/{group.slug}/joining/way/",
        {"way": "open"},
        lambda: set_admission(by=world.by, group=group, way="open", now=world.now),
    )


def initiative_that_goes_on(world: World) -> Case:
    row = world.working_group().initiative
    assert row is not None
    return Case(
        f"groups/initiatives/{row.slug}/reopen/",
        {"reason": "Why."},
        lambda: reopen_initiative(by=world.by, initiative=row, reason="Why.", now=world.now),
    )


CASES = (
    answer_of_a_day_ahead,
    proposed_to_a_stranger,
    terms_without_a_purpose,
    in_force_before_it_is_endorsed,
    endorsed_by_nobody,
    override_below_what_is_occupied,
    delivered_nothing,
    sunset_gone_by,
    reopened_while_open,
    reviewed_to_no_end,
    reappointed_without_an_end,
    past_roster_changed_without_a_reason,
    seat_that_is_used_taken_out,
    no_named_seats,
    chairing_of_a_closed_group_taken_out,
    merged_with_nobody,
    report_of_our_own_group,
    way_that_the_type_does_not_allow,
    initiative_that_goes_on,
)


@pytest.mark.parametrize("build", CASES, ids=lambda build: build.__name__)
def test_each_rule_refuses_in_its_own_words(present: World, officer: Program, build: Callable[[World], Case]) -> None:
    case = build(present)
    with pytest.raises(Refused) as refused, transaction.atomic():
        case.command()
    answer = officer.act(case.address, case.body)
    assert answer.status_code == 422, answer.json()
    assert told(answer) == [(each.code, each.text, each.field) for each in refused.value.breaches]


def test_a_role_of_the_same_name_is_refused_alike(present: World, administrator: Program) -> None:
    with pytest.raises(Refused) as refused:
        add_seat_role(by=present.by, facts=RoleFacts("Observer"), now=present.now)
    answer = administrator.act("groups/seat-roles/add/", {"name": "Observer"})
    assert told(answer) == [(each.code, each.text, each.field) for each in refused.value.breaches]
