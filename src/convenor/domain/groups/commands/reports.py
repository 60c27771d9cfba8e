"""Reports back from groups that other bodies run and in which we hold a seat."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from convenor.core.accounts.commands import links
from convenor.core.accounts.models import Person
from convenor.core.records import commands as records
from convenor.core.records import rules as access
from convenor.core.records.models import Record
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import showing, steps
from convenor.domain.groups.models import Group, ReportBack, Seat
from convenor.domain.groups.queries.chairs import sitters_of
from convenor.domain.groups.rules import terms
from convenor.kit.structs import struct

KIND: Final = "report-back"
REPORT: Final = "report-back"
PUBLIC, MEMBERS, OFFICERS = "public", "members", "officers"
AUDIENCES: Final = {MEMBERS: "members", OFFICERS: "secretariat"}


@struct
class ReportFacts:
    """When it met, about what, what was said and what that means for us; who reads it."""

    met_on: date
    subject: str
    said: str
    means: str = ""
    readers: str = PUBLIC
    delegate: Person | None = None

    def columns(self) -> dict[str, Any]:
        """As the table holds it."""
        return {
            "met_on": self.met_on,
            "subject": self.subject.strip(),
            "said": self.said.strip(),
            "means": self.means.strip(),
        }


def file_report(*, by: Viewer, group: Group, facts: ReportFacts, now: datetime) -> ReportBack:
    """Report back from a meeting of another body's group: officers, and who holds a seat for us in it."""
    with transaction.atomic():
        group = steps.locked(group)
        today = steps.today(now)
        sitters = sitters_of(group, today)
        permissions.may_report(by, group, sitters).require()
        refuse_if([*steps.withdrawn(group.record), *_breaches(group, facts, today)])
        row = ReportBack(group=group, filed_at=now, **facts.columns())
        row.delegate_id = facts.delegate.pk if facts.delegate else by.person_id if by.person_id in sitters else None
        row.seat = _seat_of(group, row.delegate_id, today)
        steps.refuse_bad_fields(row)
        row.record = records.create_record(kind=KIND, title=row.subject, now=now, visibility=access.SEALED)
        _show(row.record, group, facts.readers, now)
        row.save()
        told = {**facts.columns(), "group": group, "readers": facts.readers, "delegate": row.delegate_id}
        steps.note(by, "report-back.filed", row.record, now, steps.all_new(told), private=("delegate",))
        return row


def edit_report(*, by: Viewer, report: ReportBack, facts: ReportFacts, reason: str, now: datetime) -> ReportBack:
    """Correct a report, with a reason; what stood there before is in the history."""
    with transaction.atomic():
        row = _locked(by, report)
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        refuse_if(_breaches(row.group, facts, steps.today(now)))
        changes = steps.set_values(row, facts.columns())
        row.save()
        records.retitle(row.record, row.subject)
        before = row.record.visibility
        _show(row.record, row.group, facts.readers, now)
        if row.record.visibility != before:
            changes["visibility"] = (before, row.record.visibility)
        if changes:
            steps.note(by, "report-back.edited", row.record, now, changes, reason)
        return row


def withdraw_report(*, by: Viewer, report: ReportBack, reason: str, now: datetime) -> ReportBack:
    """Take a report out of the lists. Its page stays and says so."""
    with transaction.atomic():
        row = _locked(by, report)
        refuse_if(terms.reason_needed(reason, _("Say why: it is kept in the history.")))
        records.withdraw(row.record)
        steps.note(by, "report-back.withdrawn", row.record, now, {"record_state": ("live", "withdrawn")}, reason)
        return row


def ask_for_report(*, by: Viewer, group: Group, now: datetime) -> int:
    """Send those who sit there for us a signed link, by which they report without signing in; says how many."""
    with transaction.atomic():
        group = steps.opened(by, group)
        refuse_if(_ours(group))
        sitters = sitters_of(group, steps.today(now))
        people = list(Person.objects.filter(pk__in=sitters).exclude(email=None).exclude(email="").order_by("pk"))
        refuse_if(_nobody(people))
        for person in people:
            links.send_link(purpose=REPORT, person=person, now=now, record=group.record, subject_id=group.pk)
        steps.note(by, "group.report-asked", group.record, now, {"asked": (None, len(people))})
        return len(people)


def _locked(by: Viewer, report: ReportBack) -> ReportBack:
    group = steps.locked(report.group)
    row = ReportBack.objects.select_related("record").get(pk=report.pk, group=group)
    row.group = group
    permissions.may_edit_group(by, group).require()
    refuse_if(steps.withdrawn(row.record))
    return row


def _show(record: Record, group: Group, readers: str, now: datetime) -> None:
    """To everybody, to those who sit there for us, or to the officers who look after the group."""
    if readers == PUBLIC:
        if not record.is_public:
            records.show_to(record, now=now, visibility=access.PUBLIC)
        return
    word = AUDIENCES[readers]
    audience = records.audience(f"group:{group.pk}:{word}", showing.AUDIENCES[word] % group.name)
    if record.audience_id != audience.pk:
        records.show_to(record, now=now, visibility=access.AUDIENCE, audience=audience)


def _breaches(group: Group, facts: ReportFacts, today: date) -> list[Breach]:
    found = _ours(group)
    if not facts.subject.strip():
        found.append(Breach("subject-needed", _("Say what the meeting was about."), "subject"))
    if not facts.said.strip():
        found.append(Breach("said-needed", _("Say what was said."), "said"))
    if facts.met_on > today:
        found.append(Breach("not-yet", _("This day lies ahead: report when the meeting has been."), "met_on"))
    if facts.readers not in {PUBLIC, *AUDIENCES}:
        found.append(Breach("readers-unknown", _("Say who reads it."), "readers"))
    return found


def _ours(group: Group) -> list[Breach]:
    if not group.is_ours:
        return []
    return [Breach("ours", _("Reports back come from groups that other bodies run: this one is ours."))]


def _nobody(people: list[Person]) -> list[Breach]:
    if people:
        return []
    return [Breach("no-address", _("Nobody who sits there for us has an e-mail address here."))]


def _seat_of(group: Group, person: int | None, today: date) -> Seat | None:
    number = sitters_of(group, today).get(person or 0)
    return Seat.objects.filter(group=group, number=number).first() if number is not None else None
