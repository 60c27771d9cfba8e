"""What a program may have done about reports back from groups that other bodies run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.timezone import localdate

from convenor.core.exchange.resources import Act, Call, Done, Input, Output
from convenor.core.records.rules import Verdict, Viewer
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import reports
from convenor.domain.groups.models import Group, ReportBack
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.chairs import sitters_of
from convenor.domain.groups.queries.reports import access_report
from convenor.domain.groups.resources.acts_of_groups import group_of, may_edit, may_edit_part
from convenor.domain.groups.resources.acts_of_life import WHY

READERS: Final = {
    reports.PUBLIC: "Everybody",
    reports.MEMBERS: "Those who sit there for us, and the officers",
    reports.OFFICERS: "The officers who look after the group",
}
LONGEST: Final = 20_000


def _report(viewer: Viewer, places: Mapping[str, Any]) -> ReportBack:
    """The report in the address, in a group that the viewer may read too."""
    found = access_report(viewer, places["key"])
    access_group(viewer, found.group.slug)
    return found


def _may_report(viewer: Viewer, group: Group) -> Verdict:
    return permissions.may_report(viewer, group, sitters_of(group, localdate(viewer.now)))


def _file(call: Call) -> Done:
    facts = reports.ReportFacts(
        call["met_on"],
        call["subject"],
        call["said"],
        call.get("means", ""),
        call.get("readers") or reports.PUBLIC,
    )
    return Done(reports.file_report(by=call.by, group=call.row, facts=facts, now=call.now).record)


def _edit(call: Call) -> Done:
    """What was not sent stays as it is."""
    row: ReportBack = call.row
    sent = {name: call.given.get(name, getattr(row, name)) or "" for name in ("subject", "said", "means")}
    readers = call.get("readers") or _readers_of(row)
    facts = reports.ReportFacts(call.get("met_on", row.met_on), sent["subject"], sent["said"], sent["means"], readers)
    made = reports.edit_report(by=call.by, report=row, facts=facts, reason=call["reason"], now=call.now)
    return Done(made.record)


def _readers_of(row: ReportBack) -> str:
    key = row.record.audience.key if row.record.audience else ""
    return next((who for who, word in reports.AUDIENCES.items() if key.endswith(f":{word}")), reports.PUBLIC)


def _withdraw(call: Call) -> Done:
    return Done(reports.withdraw_report(by=call.by, report=call.row, reason=call["reason"], now=call.now).record)


def _ask(call: Call) -> Done:
    asked = reports.ask_for_report(by=call.by, group=call.row, now=call.now)
    return Done(call.row.record, {"asked": asked})


def _fields(*, required: bool) -> tuple[Input, ...]:
    """What a report says: all of it for a new one, what changes for one that is there."""
    return (
        Input("met_on", "It met on", "date", "The day of the meeting.", required=required),
        Input("subject", "Subject", "text", "What it was about.", required=required, most=200),
        Input("said", "What was said", "text", "In Markdown.", required=required, most=LONGEST),
        Input("means", "What it means for us", "text", "In Markdown.", most=LONGEST),
        Input("readers", "Who reads it", "text", "Everybody when left out of a new one.", choices=READERS),
    )


FILE: Final = Act(
    name="file",
    resource="reports-back",
    path="groups/<slug:key>/reports/add/",
    label="Report back from another body's group",
    description="For the officers over the group, and who sits in it for us.",
    row=group_of,
    may=_may_report,
    perform=_file,
    inputs=_fields(required=True),
    makes=True,
)
EDIT: Final = Act(
    name="edit",
    resource="reports-back",
    path="groups/reports/<str:key>/edit/",
    label="Correct a report back",
    description="What is not sent stays as it is. What stood there before is in the history.",
    row=_report,
    may=may_edit_part,
    perform=_edit,
    inputs=(WHY, *_fields(required=False)),
)
WITHDRAW: Final = Act(
    name="withdraw",
    resource="reports-back",
    path="groups/reports/<str:key>/withdraw/",
    label="Withdraw a report back",
    description="It leaves every list; its page stays and says so.",
    row=_report,
    may=may_edit_part,
    perform=_withdraw,
    inputs=(WHY,),
)
ASK: Final = Act(
    name="ask",
    resource="reports-back",
    path="groups/<slug:key>/reports/ask/",
    label="Ask those who sit there for us to report back",
    description="Each gets a letter with a link, by which they report without an account.",
    row=group_of,
    may=may_edit,
    perform=_ask,
    outputs=(Output("asked", "integer", "how many letters go out."),),
)

ACTS: Final = (FILE, EDIT, WITHDRAW, ASK)
