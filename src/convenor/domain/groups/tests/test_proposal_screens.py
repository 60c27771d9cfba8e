"""Proposals on the screens and by signed link: where they stand, answering, what waits for whom."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.utils.timezone import localdate

from convenor.core.accounts.commands.links import issue_link
from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.records.rules import NotAllowed, Viewer
from convenor.domain.groups.commands.proposals import DECIDE, ask_chairs
from convenor.domain.groups.models import Proposal
from convenor.domain.groups.queries.life import life_of
from convenor.domain.groups.queries.proposals import to_decide, waiting_for_chairs
from convenor.domain.groups.tests.test_proposals import chair_of, codes, proposed
from convenor.domain.groups.tests.test_screens import signed_in
from convenor.domain.groups.tests.test_task_forms import day
from convenor.domain.groups.tests.world import World

pytestmark = pytest.mark.slow

# By signed link


def link_of(person: Person, proposal: Proposal, world: World) -> str:
    return issue_link(
        purpose=DECIDE, person=person, now=world.now, record=proposal.group.record, subject_id=proposal.pk
    )[1]


def test_chairs_are_asked_by_letter_and_answer_without_signing_in(present: World) -> None:
    parent = present.working_group()
    proposal = proposed(present, parent)
    assert codes(lambda: ask_chairs(by=present.by, proposal=proposal, now=present.now)) == ["no-address"]
    person = chair_of(present, parent)
    with pytest.raises(NotAllowed):
        ask_chairs(by=present.somebody(), proposal=proposal, now=present.now)
    assert ask_chairs(by=present.by, proposal=proposal, now=present.now) == 1
    assert "Archive focus group" in mail.outbox[-1].subject
    assert mail.outbox[-1].to == [person.email]
    token, client = link_of(person, proposal, present), Client()
    page = client.get(f"/l/{token}/").content.decode()
    assert "Nobody knows how long to keep them." in page
    unexplained = client.post(f"/l/{token}/", {"choice": "declined", "instrument": "Talk", "note": ""})
    assert unexplained.status_code == 409
    assert "Say why it is declined." in unexplained.content.decode()
    assert 'value="Talk"' in unexplained.content.decode()
    assert client.post(f"/l/{token}/", {"choice": "x", "note": "x"}).status_code == 409
    done = client.post(f"/l/{token}/", {"choice": "approved", "instrument": "Meeting 8", "note": ""})
    assert done.status_code == 200
    proposal.refresh_from_db()
    assert proposal.state == "approved"
    other = link_of(person, proposal, present)
    assert "answered this proposal already" in client.get(f"/l/{other}/").content.decode()


def test_who_chairs_no_more_answers_no_more(present: World) -> None:
    proposal = proposed(present)
    token = link_of(present.person("Former Chair", "former@practice.example"), proposal, present)
    assert "do not chair" in Client().get(f"/l/{token}/").content.decode()


# Screens


@pytest.fixture
def waiting(present: World) -> Proposal:
    return proposed(present)


def test_the_public_page_says_where_the_proposal_stands(present: World, waiting: Proposal) -> None:
    home = Client().get(f"/groups/{waiting.group.slug}/").content.decode()
    assert "It waits for the approval of Design working group." in home
    page = Client().get(f"/groups/{waiting.group.slug}/proposals/").content.decode()
    assert "Nobody knows how long to keep them." in page
    assert "Answer it" not in page


def test_an_officer_answers_on_the_page(present: World, waiting: Proposal) -> None:
    officer = signed_in(present, "secretariat")
    home = f"/groups/{waiting.group.slug}/proposals/"
    assert "Answer it" in officer.get(home).content.decode()
    today = localdate(present.now)
    wrong = officer.post(f"{home}{waiting.pk}/answer/", {"kind": "returned", "note": "", **day("on", today)})
    assert "Say what it lacks." in wrong.content.decode()
    given = {"kind": "returned", "note": "Say what it costs.", **day("on", today)}
    assert officer.post(f"{home}{waiting.pk}/answer/", given).status_code == 302
    assert "Say what it costs." in Client().get(home).content.decode()
    assert "returned it for more work" in Client().get(f"/groups/{waiting.group.slug}/").content.decode()
    assert officer.get(f"{home}{waiting.pk}/again/").status_code == 200
    assert officer.post(f"{home}{waiting.pk}/again/", {"note": "Nothing."}).status_code == 302
    assert officer.get(f"{home}{waiting.pk}/ask/").status_code == 200
    assert "has an e-mail address here" in officer.post(f"{home}{waiting.pk}/ask/").content.decode()
    given = {"parent": "Design working group", "why": "Still."}
    assert "has been asked already" in officer.post(f"{home}add/", given).content.decode()
    assert signed_in(present, None).get(f"{home}{waiting.pk}/answer/").status_code == 403


def test_desk_and_my_work_show_what_waits(present: World, waiting: Proposal) -> None:
    assert waiting.parent is not None
    person = chair_of(present, waiting.parent)
    officer = signed_in(present, "secretariat")
    assert "Archive focus group" in officer.get("/desk/").content.decode()
    client = Client()
    client.force_login(Person.objects.get(pk=person.pk), backend="allauth.account.auth_backends.AuthenticationBackend")
    work = client.get("/my-work/").content.decode()
    assert f"/groups/{waiting.group.slug}/proposals/{waiting.pk}/answer/" in work
    assert client.get(f"/groups/{waiting.group.slug}/proposals/{waiting.pk}/answer/").status_code == 200
    assert [row.pk for row in to_decide(present.by)] == [waiting.pk]
    viewer: Viewer = viewer_for(person, present.now)
    assert waiting_for_chairs(viewer, ()) == []
    assert life_of(viewer, waiting.group).waiting[0].name == "Design working group"


def test_setting_up_a_group_that_waits(present: World) -> None:
    present.working_group()
    officer = signed_in(present, "secretariat")
    where = "/groups/add/?model=practice&type=practice-focus-group"
    shown = officer.get(where).content.decode()
    assert "Who proposes it" in shown
    given = {
        "name": "New focus group", "purpose": "To look.", "deliverable": "A look.", "host": "Agency of Practice",
        "parent": "Design working group", "state": "proposed", "readers": "public", "proposed_by": "A branch",
        "proposed_why": "Because.",
    }  # fmt: skip
    assert officer.post(where, given).status_code == 302
    made = Proposal.objects.get(group__name="New focus group")
    assert (made.proposed_by, made.why, made.state) == ("A branch", "Because.", "waiting")
    refused = officer.post(where, {**given, "name": "Other", "state": "active"})
    assert "has not approved it" in refused.content.decode()
