"""Terms of reference on the screens and by signed link; drafts leak nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.timezone import localdate

from convenor.core.accounts.commands.links import issue_link
from convenor.core.accounts.models import Person
from convenor.domain.groups.commands.tor import (
    ENDORSE,
    Endorsement,
    TermsFacts,
    ask_endorsement,
    draft_terms,
    endorse_terms,
)
from convenor.domain.groups.models import Group, TermsOfReference
from convenor.domain.groups.tests.test_screens import signed_in
from convenor.domain.groups.tests.test_task_forms import day
from convenor.domain.groups.tests.world import World

pytestmark = pytest.mark.slow

SECRET = "CANARY-draft-words"


def version(world: World, group: Group, facts: TermsFacts, *, force: bool = True) -> TermsOfReference:
    today = localdate(world.now)
    row = draft_terms(by=world.by, group=group, facts=facts, now=world.now)
    if force:
        wanted = Endorsement(today, "Council", "Meeting 3", in_force_from=today)
        endorse_terms(by=world.by, version=row, endorsement=wanted, now=world.now)
    return row


@pytest.fixture
def council(present: World) -> Group:
    return present.group("council")


def test_officers_draft_endorse_and_put_in_force_on_the_pages(present: World, council: Group) -> None:
    officer, today = signed_in(present, "secretariat"), localdate(present.now)
    home = f"/groups/{council.slug}/terms/"
    assert "No terms of reference yet" in officer.get(home).content.decode()
    page = officer.get(f"{home}add/").content.decode()
    assert "Term of appointment" in page
    assert "To practise." in page
    given: dict[str, Any] = {"purpose": "To advise.", "scope": "Everything.", "readers": "officers"}
    assert officer.post(f"{home}add/", {**given, "purpose": ""}).status_code == 200
    assert officer.post(f"{home}add/", given).status_code == 302
    assert "Endorse it" in officer.get(f"{home}1/").content.decode()
    assert officer.get(f"{home}1/edit/").status_code == 200
    assert officer.post(f"{home}1/edit/", {**given, "scope": "Nearly everything."}).status_code == 302
    assert officer.get(f"{home}1/ask/").status_code == 200
    assert "Nobody chairs the group" in officer.post(f"{home}1/ask/").content.decode()
    assert officer.get(f"{home}1/endorse/").status_code == 200
    endorsed = {"endorsed_by": "Practice council", "instrument": "Meeting 3, item 2", **day("on", today)}
    assert officer.post(f"{home}1/endorse/", endorsed).status_code == 302
    assert officer.get(f"{home}1/in-force/").status_code == 200
    assert officer.post(f"{home}1/in-force/", day("starts_on", today)).status_code == 302
    public = Client().get(home).content.decode()
    assert "Nearly everything." in public
    assert "Meeting 3, item 2" in public
    assert "Version 1" in Client().get(f"/groups/{council.slug}/").content.decode()
    assert officer.get(f"{home}add/").status_code == 200
    second = {"purpose": "To warn.", "change_note": "It warns.", "readers": "members"}
    assert officer.post(f"{home}add/", second).status_code == 302
    assert officer.get(f"{home}2/discard/").status_code == 200
    assert officer.post(f"{home}2/discard/", {"reason": "No."}).status_code == 302


def test_versions_are_compared_and_taken_away(present: World, council: Group) -> None:
    version(present, council, TermsFacts({"purpose": "Up to twelve sit."}), force=False)
    row = TermsOfReference.objects.get()
    today = localdate(present.now)
    before = Endorsement(today, "Council", in_force_from=today)
    endorse_terms(by=present.by, version=row, endorsement=before, now=present.now)
    second = version(present, council, TermsFacts({"purpose": "Up to ten sit."}, "Fewer sit."), force=False)
    after = Endorsement(today, "Council", in_force_from=today + timedelta(days=1))
    endorse_terms(by=present.by, version=second, endorsement=after, now=present.now)
    home, client = f"/groups/{council.slug}/terms/", Client()
    page = client.get(f"{home}compare/").content.decode()
    assert "<del>" in page
    assert "removed:" in page
    text = client.get(f"{home}compare/?before=1&after=2&as=text").content.decode()
    assert "[removed: twelve][added: ten]" in text
    assert "1 section is different." in page
    assert client.get(f"{home}compare/?before=x&after=9").status_code == 200
    plain = client.get(f"{home}1/text.txt")
    assert plain.content.decode().startswith("Terms of reference of Practice council\n===")
    assert client.get(f"{home}1/text.md").content.decode().startswith("# Terms of reference")
    assert client.get(f"{home}1/text.pdf").status_code == 404
    assert client.get(f"{home}9/").status_code == 404


def test_a_draft_is_read_by_its_audience_only(present: World, council: Group) -> None:
    version(present, council, TermsFacts({"purpose": SECRET}), force=False)
    home = f"/groups/{council.slug}/terms/"
    for client in (Client(), signed_in(present, None)):
        for where in ("", "1/", "compare/", "1/text.md", "1/edit/", "1/endorse/"):
            answer = client.get(f"{home}{where}", follow=True)
            assert SECRET not in answer.content.decode(), where
    listed = Client().get("/api/v1/terms-of-reference/").content.decode()
    history = Client().get(f"/history/{council.record.ref}/").content.decode()
    assert SECRET not in listed + history
    assert SECRET in signed_in(present, "secretariat").get(f"{home}1/").content.decode()
    assert "Draft" in signed_in(present, "secretariat").get(home).content.decode()


def test_the_chair_endorses_by_a_link_without_signing_in(present: World, council: Group) -> None:
    seat = present.seat(council, "Provider seat", constituency="providers")
    person = present.person("Cora Chair", "cora@practice.example")
    present.appoint(seat, "Cora Chair")
    present.chair(seat, "co-chair")
    row = version(present, council, TermsFacts({"purpose": "To advise."}), force=False)
    assert ask_endorsement(by=present.by, version=row, now=present.now) == 1
    assert "Terms of reference of Practice council" in mail.outbox[-1].subject
    token = issue_link(purpose=ENDORSE, person=person, now=present.now, record=council.record, subject_id=row.pk)[1]
    client = Client()
    assert "To advise." in client.get(f"/l/{token}/").content.decode()
    done = client.post(f"/l/{token}/", {"choice": "endorse", "instrument": "By letter", "note": ""})
    assert done.status_code == 200
    row.refresh_from_db()
    assert row.endorsed_on == localdate(present.now)
    chair = Client()
    chair.force_login(Person.objects.get(pk=person.pk), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert chair.get(f"/groups/{council.slug}/terms/1/endorse/").status_code == 200
    assert "Terms of reference to endorse" in chair.get("/my-work/").content.decode()
    other = issue_link(
        purpose=ENDORSE, person=present.person("Nobody Else", "n@practice.example"), now=present.now,
        record=council.record, subject_id=row.pk,
    )[1]  # fmt: skip
    assert "do not chair" in client.get(f"/l/{other}/").content.decode()


def test_an_earlier_version_stays_readable(present: World, council: Group) -> None:
    row = version(present, council, TermsFacts({"purpose": "First words."}))
    past = localdate(present.now) - timedelta(days=1)
    TermsOfReference.objects.filter(pk=row.pk).update(endorsed_on=past, in_force_from=past, in_force_to=past)
    page = Client().get(f"/groups/{council.slug}/terms/1/").content.decode()
    assert "First words." in page
    assert "Earlier" in page
