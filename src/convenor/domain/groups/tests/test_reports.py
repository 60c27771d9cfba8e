"""Reports back: filed by officers, by who sits there, by signed link; who reads them; every refusal; the screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.timezone import localdate

from convenor.core.accounts.commands.links import issue_link
from convenor.core.accounts.models import Person
from convenor.core.accounts.queries import viewer_for
from convenor.core.records.models import Record
from convenor.core.records.rules import NotAllowed, Refused, anonymous
from convenor.domain.groups.commands.reports import (
    REPORT,
    ReportFacts,
    ask_for_report,
    edit_report,
    file_report,
    withdraw_report,
)
from convenor.domain.groups.commands.showing import show_group
from convenor.domain.groups.models import Group, ReportBack
from convenor.domain.groups.queries.reports import reports
from convenor.domain.groups.tests.test_screens import signed_in
from convenor.domain.groups.tests.test_task_forms import day
from convenor.domain.groups.tests.world import World, last_told, private_fields

pytestmark = pytest.mark.slow

SECRET = "CANARY-report-words"


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [breach.code for breach in refused.value.breaches]


@pytest.fixture
def outside(present: World) -> Group:
    """Another body's group, in which Della Delegate sits for us."""
    group = present.group(None, name="International forum")
    present.person("Della Delegate", "della@practice.example")
    present.appoint(present.seat(group, "Our seat"), "Della Delegate")
    return group


def facts(world: World, **more: Any) -> ReportFacts:
    given: dict[str, Any] = {
        "met_on": localdate(world.now),
        "subject": "Spring meeting",
        "said": "Much.",
        "means": "Little.",
    } | more
    return ReportFacts(**given)


def test_a_delegate_reports_and_everybody_reads_it(present: World, outside: Group) -> None:
    della = viewer_for(Person.objects.get(name="Della Delegate"), present.now)
    row = file_report(by=della, group=outside, facts=facts(present), now=present.now)
    assert row.record.ref.startswith("RPB-")
    assert (row.seat and row.seat.title, row.delegate and row.delegate.name) == ("Our seat", "Della Delegate")
    assert [getattr(found, "who", "") for found in reports(anonymous(present.now))] == ["Della Delegate"]
    assert last_told(row.record)[0] == "report-back.filed"
    assert private_fields(row.record) == {"delegate"}
    with pytest.raises(NotAllowed):
        file_report(by=present.somebody(), group=outside, facts=facts(present), now=present.now)
    page = Client().get(f"/groups/{outside.slug}/").content.decode()
    assert "Spring meeting" in page
    assert "Spring meeting" in Client().get(f"/groups/reports/?group={outside.slug}&q=much").content.decode()
    assert "Spring meeting" in Client().get("/groups/reports/feed.atom").content.decode()
    assert "Little." in Client().get(f"/groups/reports/{row.record.ref}/").content.decode()


def test_who_reads_a_report(present: World, outside: Group) -> None:
    given: dict[str, Any] = {"by": present.by, "group": outside, "now": present.now}
    file_report(facts=facts(present, readers="officers", said=SECRET), **given)
    row = file_report(facts=facts(present, readers="members", said=SECRET), **given)
    della = viewer_for(Person.objects.get(name="Della Delegate"), present.now)
    assert reports(anonymous(present.now)).count() == 0
    assert reports(della).count() == 1
    assert reports(present.officer()).count() == 2
    for where in ("", f"{row.record.ref}/", "feed.atom"):
        assert SECRET not in Client().get(f"/groups/reports/{where}").content.decode()
    public = file_report(facts=facts(present), **given)
    show_group(by=present.by, group=outside, readers="members", reason="Private.", now=present.now)
    assert not reports(anonymous(present.now)).exists()
    assert not Record.objects.visible_to(anonymous(present.now)).filter(pk=public.record_id).exists()


def test_what_is_refused(present: World, outside: Group) -> None:
    given: dict[str, Any] = {"by": present.by, "now": present.now}
    ours = present.group("council")
    assert codes(lambda: file_report(group=ours, facts=facts(present), **given)) == ["ours"]
    assert codes(lambda: ask_for_report(group=ours, **given)) == ["ours"]
    tomorrow = localdate(present.now) + timedelta(days=1)
    wrong = facts(present, met_on=tomorrow, subject=" ", said="", readers="x")
    assert codes(lambda: file_report(group=outside, facts=wrong, **given)) == [
        "subject-needed", "said-needed", "not-yet", "readers-unknown",
    ]  # fmt: skip
    row = file_report(group=outside, facts=facts(present), **given)
    assert codes(lambda: edit_report(report=row, facts=facts(present), reason="", **given)) == ["reason-needed"]
    edit_report(report=row, facts=facts(present, said="More.", readers="officers"), reason="Left out.", **given)
    assert last_told(row.record)[1]["said"] == ("Much.", "More.")
    for command in (edit_report, withdraw_report):
        more = {"facts": facts(present)} if command is edit_report else {}
        with pytest.raises(NotAllowed):
            command(by=present.somebody(), report=row, reason="x", now=present.now, **more)
    withdraw_report(report=row, reason="Wrong meeting.", **given)
    assert ReportBack.objects.live().count() == 0
    empty = present.group(None, name="Empty forum")
    assert codes(lambda: ask_for_report(group=empty, **given)) == ["no-address"]


def test_a_report_by_link_without_signing_in(present: World, outside: Group) -> None:
    with pytest.raises(NotAllowed):
        ask_for_report(by=present.somebody(), group=outside, now=present.now)
    assert ask_for_report(by=present.by, group=outside, now=present.now) == 1
    assert "International forum" in mail.outbox[-1].subject
    person = Person.objects.get(name="Della Delegate")
    token = issue_link(purpose=REPORT, person=person, now=present.now, record=outside.record, subject_id=outside.pk)[1]
    client = Client()
    assert "What it means for us" in client.get(f"/l/{token}/").content.decode()
    given = {
        "choice": "file", "subject": "Autumn meeting", "said": "A lot.", "means": "", "readers": "public",
        **day("met_on", localdate(present.now)),
    }  # fmt: skip
    wrong = client.post(f"/l/{token}/", {**given, "subject": ""}).content.decode()
    assert "A lot." in wrong
    assert client.post(f"/l/{token}/", given).status_code == 200
    row = ReportBack.objects.get(subject="Autumn meeting")
    assert row.delegate == person
    other = issue_link(
        purpose=REPORT, person=present.person("Nobody Else", "n@practice.example"), now=present.now,
        record=outside.record, subject_id=outside.pk,
    )[1]  # fmt: skip
    assert "do not sit there" in client.get(f"/l/{other}/").content.decode()


def test_the_screens_of_a_report(present: World, outside: Group) -> None:
    officer, today = signed_in(present, "secretariat"), localdate(present.now)
    home = f"/groups/{outside.slug}/reports/"
    given = {"subject": "Spring", "said": "Much.", "readers": "public", **day("met_on", today)}
    assert officer.get(f"{home}add/").status_code == 200
    assert officer.post(f"{home}add/", given).status_code == 302
    row = ReportBack.objects.get()
    where = f"/groups/reports/{row.record.ref}/"
    assert "Correct" in officer.get(where).content.decode()
    assert officer.get(f"{where}edit/").status_code == 200
    assert officer.post(f"{where}edit/", {**given, "said": "Less.", "reason": "Wrong."}).status_code == 302
    assert officer.get(f"{where}withdraw/").status_code == 200
    assert officer.post(f"{where}withdraw/", {"reason": "No."}).status_code == 302
    assert officer.get(f"{home}ask/").status_code == 200
    assert officer.post(f"{home}ask/").status_code == 302
    assert "No reports back yet" in Client().get("/groups/reports/").content.decode()
