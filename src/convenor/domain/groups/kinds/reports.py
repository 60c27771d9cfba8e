"""Reports back: their kind, what they show on the group's page, what officers do, and the link to file one by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.accounts.models import SignedLink
from convenor.core.accounts.purposes import Choice, Description, Letter, Outcome, Purpose
from convenor.core.accounts.queries import viewer_of
from convenor.core.records import retention
from convenor.core.records.models import Record
from convenor.core.records.registry import Action, Kind, Panel
from convenor.core.records.rules import LIVE, Breach, Refused, Viewer
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.reports import KIND, REPORT, file_report
from convenor.domain.groups.forms.reports import ReportFields
from convenor.domain.groups.models import Group, ReportBack
from convenor.domain.groups.queries.chairs import sitters_of
from convenor.domain.groups.queries.reports import reports
from convenor.kit.dates import local, say_moment

SHOWN: Final = 5


def _url(row: ReportBack) -> str:
    return reverse("groups:report", args=[row.record.ref])


def _text(row: ReportBack) -> str:
    return f"{row.said} {row.means}"


REPORT_BACK: Final = Kind(
    slug=KIND,
    label="Report back",
    label_plural="Reports back",
    prefix="RPB",
    model="groups.ReportBack",
    url=_url,
    public_fields=frozenset({"subject", "said", "means"}),
    retention=retention.PARTICIPATION,
    list_url="/groups/reports/",
    search_text=_text,
    related=("record",),
    strict=True,
)


def panel(record: Record, viewer: Viewer) -> Iterable[Panel]:
    """On the page of another body's group: the latest reports. One query; two more for who is signed in."""
    group: Group = record.group
    if group.is_ours:
        return
    rows = list(reports(viewer).live().filter(group=group).order_by("-met_on", "-pk")[: SHOWN + 1])
    more = f"{reverse('groups:reports')}?{urlencode({'group': group.slug})}" if len(rows) > SHOWN else ""
    may = viewer.signed_in and permissions.may_report(viewer, group, sitters_of(group, localdate(viewer.now)))
    file_url = reverse("groups:report-add", args=[group.slug]) if may else ""
    context = {"reports": rows[:SHOWN], "more": more, "file_url": file_url}
    yield Panel(_("Reports back"), "groups/panel_reports.html", context, "reports", 15)


def group_actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """Officers ask for a report from another body's group."""
    group: Group = record.group
    if group.is_ours or not permissions.is_officer(viewer) or record.state != LIVE:
        return
    if permissions.may_edit_group(viewer, group):
        yield Action(_("Ask for a report back"), reverse("groups:report-ask", args=[group.slug]), order=15)


def report_actions(record: Record, viewer: Viewer) -> Iterable[Action]:
    """Officers correct and withdraw."""
    if not permissions.is_officer(viewer) or record.state != LIVE:
        return
    row: ReportBack = record.report_back
    may = permissions.may_edit_group(viewer, row.group)
    for label, name, order in ((_("Correct"), "report-edit", 10), (_("Withdraw"), "report-withdraw", 20)):
        yield Action(label, reverse(f"groups:{name}", args=[record.ref]), ok=may.ok, reason=may.reason, order=order)


# The link


def _group(link: SignedLink) -> Group:
    """The group, as long as the person sits there; else Refused."""
    found = Group.objects.filter(pk=link.subject_id or 0, record__state=LIVE).select_related("record").first()
    if found is None or found.is_ours:
        raise Refused([Breach("group-gone", _("This group does not stand here any more."))])
    if link.person_id not in sitters_of(found, localdate(datetime.now(UTC))):
        raise Refused([Breach("seat-gone", _("You do not sit there for us any more."))])
    return found


def _describe(link: SignedLink) -> Description:
    group = _group(link)
    text = _("You sit in %(group)s for us. What was said at its last meeting, and what does it mean for us?")
    choices = [Choice("file", _("File the report"))]
    return Description(_("Report back"), text % {"group": group.name}, choices)


def _form(_link: SignedLink, data: Any) -> ReportFields:
    return ReportFields(data)


def _perform(link: SignedLink, now: datetime, choice: str) -> Outcome:  # noqa: ARG001 - what is filled in comes with it
    raise Refused([Breach("report-needed", _("Write the report first."))])


def _file(link: SignedLink, now: datetime, choice: str, form: Any) -> Outcome:  # noqa: ARG001 - there is one button
    row = file_report(by=viewer_of(link, now), group=_group(link), facts=form.facts(), now=now)
    page = _url(row) if row.record.is_public and row.group.record.is_public else ""
    return Outcome(_("Thank you"), _("The report is filed."), page, _("Read it") if page else "")


def _letter(link: SignedLink, address: str) -> Letter:
    given = {
        "group": _group(link),
        "person": link.person,
        "address": address,
        "until": say_moment(local(link.expires_at)),
        "site_name": settings.SITE_NAME,
    }
    subject, _rest, body = render_to_string("groups/letters/report.txt", given).strip().partition("\n")
    return Letter(" ".join(subject.split()), body.strip() + "\n")


REPORTING: Final = Purpose(
    slug=REPORT, describe=_describe, perform=_perform, letter=_letter, form=_form, perform_form=_file
)
