"""Reports back from other bodies' groups: the register with its feed, one of them, filing, asking, correcting."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.records.rules import Viewer
from convenor.domain.directory.forms.base import TaskForm
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.commands import reports
from convenor.domain.groups.forms.reports import ReportFilterForm, ReportForm
from convenor.domain.groups.models import Group, ReportBack
from convenor.domain.groups.queries import reports as found
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.chairs import sitters_of
from convenor.domain.groups.views import base
from convenor.kit.http import Request, public
from convenor.kit.parts import Fact, Link
from convenor.kit.query import chips_of
from convenor.kit.tables import Column, Table, page_of

WRITES = require_http_methods(["GET", "HEAD", "POST"])
FEED_LENGTH = 50


def address(row: ReportBack) -> str:
    return reverse("groups:report", args=[row.record.ref])


@require_safe
def register(request: Request) -> HttpResponse:
    """Every report the viewer may read, the latest meeting first."""
    form = ReportFilterForm(request.GET)
    rows = _narrowed(request.viewer, form)
    page = page_of(rows.order_by("-met_on", "-pk"), request)
    columns = [
        Column[ReportBack]("subject", _("What it was about"), "subject", priority=1, link=address),
        Column[ReportBack]("met", _("It met on"), "met_on"),
        Column[ReportBack]("group", _("Group"), lambda row: Link(row.group.name, base.address(row.group))),
        Column[ReportBack]("who", _("Who went"), lambda row: getattr(row, "who", "") or None, priority=3),
    ]
    context = {
        "title": _("Reports back"),
        "filter_form": form,
        "page": page,
        "table": Table(columns, page.rows, _("Reports back"), asked=request, caption_hidden=True),
        "sentence": ngettext("%(n)d report", "%(n)d reports", page.total) % {"n": page.total},
        "chips": chips_of(form, request),
        "downloads": [*directory.downloads("reports-back", {}), Link("Atom", reverse("groups:reports-feed"))],
        "crumbs": base.crumbs(Link(_("Reports back"), "")),
    }
    return directory.present(request, "groups/reports.html", context)


def _narrowed(viewer: Viewer, form: ReportFilterForm) -> Any:
    asked = form.asked()
    rows = found.reports(viewer).live()
    for word in str(asked.get("q", "")).split()[:10]:
        rows = rows.filter(Q(subject__icontains=word) | Q(said__icontains=word) | Q(means__icontains=word))
    return rows.filter(group__slug=asked["group"]) if "group" in asked else rows


@require_safe
def feed(request: Request) -> HttpResponse:
    """The newest reports that everybody may read, as Atom."""
    atom = Atom1Feed(
        title=_("Reports back"),
        link=request.build_absolute_uri(reverse("groups:reports")),
        feed_url=request.build_absolute_uri(request.path),
        description=_("What was brought back from groups that other bodies run"),
    )
    for row in found.reports(request.viewer).live().order_by("-record__published_at", "-pk")[:FEED_LENGTH]:
        atom.add_item(
            title=f"{row.group.name}: {row.subject}",
            link=request.build_absolute_uri(address(row)),
            description=row.said,
            unique_id=f"{request.build_absolute_uri('/')}r/{row.record.ref}",
            pubdate=row.record.created_at,
            updateddate=row.record.published_at,
        )
    return public(HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"))


@require_safe
def report(request: Request, ref: str) -> HttpResponse:
    """One report: when, who went, what was said, what it means for us."""
    viewer = request.viewer
    row = found.access_report(viewer, ref)
    who, page = getattr(row, "who", ""), getattr(row, "page", "")
    facts = [
        Fact(_("It met on"), row.met_on),
        Fact(_("Group"), row.group.name, base.address(row.group)),
        Fact(_("Who went"), who, reverse("directory:person", args=[page]) if page else ""),
        Fact(_("In the seat"), row.seat.title if row.seat else ""),
        Fact(_("Filed"), row.filed_at),
    ]
    context = directory.head(
        row.record,
        report=row,
        state=directory.state_of(row.record),
        facts=[fact for fact in facts if fact.value],
        panels=directory.panels(row.record, viewer),
        anchors=[],
        actions=directory.actions(row.record, viewer),
        crumbs=base.crumbs(
            Link(row.group.name, base.address(row.group)),
            Link(_("Reports back"), reverse("groups:reports")),
            Link(row.record.ref, ""),
        ),
    )
    return directory.present(request, "groups/report.html", context)


@WRITES
def add(request: Request, slug: str) -> HttpResponse:
    """File a report: officers, and who sits there for us."""
    viewer, today = request.viewer, local_day(request.now)
    group = access_group(viewer, slug)
    permissions.may_report(viewer, group, sitters_of(group, today) if viewer.signed_in else {}).require()
    form = ReportForm(base.posted(request), viewer=viewer, correcting=False, today=today)
    made = directory.run(
        form, lambda good: reports.file_report(by=viewer, group=group, facts=good.facts(), now=request.now)
    )
    if made:
        return directory.done(request, _("The report is filed."), address(made))
    title = _("Report back from %(group)s") % {"group": group.name}
    return base.task(request, form, title, **base.place_of(group).context(_("File the report")))


@WRITES
def ask(request: Request, slug: str) -> HttpResponse:
    """Ask those who sit there for us to report, by a link."""
    group = base.editable(request, slug)
    form = TaskForm(base.posted(request), viewer=request.viewer)
    sent = directory.run(form, lambda _good: reports.ask_for_report(by=request.viewer, group=group, now=request.now))
    if sent:
        words = ngettext("A letter goes to %(n)d person.", "Letters go to %(n)d people.", sent)
        return directory.done(request, words % {"n": sent}, base.address(group))
    consequences = [
        _("Each person who sits there for us gets a link by which they report without an account. It works once."),
    ]
    context = base.place_of(group).context(
        _("Send the letters"), consequences=consequences, template="groups/confirm.html"
    )
    return base.task(request, form, _("Ask for a report back"), **context)


def _editable(request: Request, ref: str) -> tuple[ReportBack, Group]:
    row = found.access_report(request.viewer, ref)
    permissions.may_edit_group(request.viewer, access_group(request.viewer, row.group.slug)).require()
    return row, row.group


@WRITES
def edit(request: Request, ref: str) -> HttpResponse:
    """Correct a report, with a reason."""
    row, group = _editable(request, ref)
    initial = {name: getattr(row, name) for name in ("met_on", "subject", "said", "means")}
    audience = row.record.audience.key if row.record.audience else ""
    initial["readers"] = (
        reports.PUBLIC if not audience else reports.MEMBERS if audience.endswith(":members") else reports.OFFICERS
    )
    form = ReportForm(
        base.posted(request), viewer=request.viewer, correcting=True, today=local_day(request.now), initial=initial
    )
    done = directory.run(
        form,
        lambda good: reports.edit_report(
            by=request.viewer, report=row, facts=good.facts(), reason=good.cleaned_data["reason"], now=request.now
        ),
    )
    if done:
        return directory.done(request, _("The report is corrected."), address(done))
    return base.task(request, form, _("Correct the report"), **_place(row, group).context(_("Save the changes")))


@WRITES
def withdraw(request: Request, ref: str) -> HttpResponse:
    """Take a report out of the lists."""
    row, group = _editable(request, ref)
    consequences = [_("It leaves every list. Its page stays and says that it was withdrawn.")]
    question = directory.Question(
        _("Withdraw the report"), _("Withdraw it"), consequences, _("The report is withdrawn.")
    )
    return directory.ask_reason(
        request,
        _place(row, group),
        question,
        lambda reason: reports.withdraw_report(by=request.viewer, report=row, reason=reason, now=request.now),
    )


def _place(row: ReportBack, group: Group) -> directory.Place:
    return directory.Place(row.subject, address(row), base.crumbs(Link(group.name, base.address(group))))
