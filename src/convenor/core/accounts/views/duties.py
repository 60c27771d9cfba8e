"""Duties, assistants and exceptions: the register of holders, and giving and ending them."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.accounts import commands, permissions, queries
from convenor.core.accounts.forms import (
    AccessForm,
    AssistantForm,
    DutyFilter,
    DutyForm,
    NothingForm,
    ReasonForm,
    end_of,
    start_of,
)
from convenor.core.accounts.models import AccessRow, Assistance, DutyAssignment
from convenor.core.accounts.views import tables
from convenor.core.accounts.views.guard import answer, posted, proved, signed_in
from convenor.kit.http import Request
from convenor.kit.paging import page_of, sort_key
from convenor.kit.parts import Link
from convenor.kit.query import chips_of, with_params

SORTS = {"duty": ["duty", "person__name"], "name": ["person__name", "duty"], "from": ["starts_at"]}
COLUMNS = ("duty", "holder", "over", "from", "to")


@require_safe
def register(request: Request) -> HttpResponseBase:
    """Who holds which duty."""
    form = DutyFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    sort = sort_key(request, SORTS, "duty")
    rows = queries.duties(request.viewer, **asked).order_by(*sort.order_by)
    if request.GET.get("format") in ("csv", "json"):
        return _download(request, rows)
    page = page_of(rows, request)
    context = {
        "title": _("Duties and who holds them"),
        "form": form,
        "page": page,
        "table": tables.duties_table(request.viewer, page.rows, named=True, manage=True),
        "sentence": ngettext("%(n)d duty", "%(n)d duties", page.total) % {"n": page.total},
        "chips": chips_of(form, request),
        "downloads": [Link(name.upper(), with_params(request, format=name, page=None)) for name in ("csv", "json")],
        "crumbs": [Link(_("People"), reverse("accounts:people")), Link(_("Duties"), "")],
    }
    return render(request, "accounts/duties.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def assign(request: Request, pk: int) -> HttpResponseBase:
    """Give a person a duty."""
    found = queries.access_person(request.viewer, pk)
    permissions.may_assign_some_duty(request.viewer).require()
    return answer(
        request,
        DutyForm(posted(request), viewer=request.viewer),
        lambda data: commands.assign_duty(
            by=request.viewer,
            person=found,
            duty=data["duty"],
            over=data["over"],
            starts_at=start_of(data["starts_on"]),
            ends_at=end_of(data["ends_on"]),
            reason=data["reason"],
            now=request.now,
        ),
        back=tables.person_url(found),
        done=_("The duty is given."),
        title=_("Give %(name)s a duty") % {"name": found.name},
        submit_label=_("Give the duty"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def end(request: Request, pk: int) -> HttpResponseBase:
    """End a duty."""
    permissions.may_manage_people(request.viewer).require()
    held = get_object_or_404(DutyAssignment.objects.select_related("person", "over"), pk=pk)
    permissions.may_assign_duty(request.viewer, held.over).require()
    words = {"duty": held.get_duty_display(), "name": held.person.name}
    return answer(
        request,
        ReasonForm(posted(request)),
        lambda data: commands.end_duty(by=request.viewer, duty=held, reason=data["reason"], now=request.now),
        back=tables.person_url(held.person),
        done=_("The duty has ended."),
        title=_("End the duty “%(duty)s” of %(name)s") % words,
        submit_label=_("End the duty"),
        submit_style="warning",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def appoint_assistant(request: Request, pk: int) -> HttpResponseBase:
    """Appoint an assistant for a person."""
    found = queries.access_person(request.viewer, pk)
    return answer(
        request,
        AssistantForm(posted(request)),
        lambda data: commands.appoint_assistant(
            by=request.viewer,
            principal=found,
            assistant=data["assistant"],
            may_answer=data["may_answer"],
            ends_at=end_of(data["ends_on"]),
            now=request.now,
        ),
        back=tables.person_url(found),
        done=_("The assistant is appointed."),
        title=_("Appoint an assistant for %(name)s") % {"name": found.name},
        submit_label=_("Appoint the assistant"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def end_assistance(request: Request, pk: int) -> HttpResponseBase:
    """End an assistance: principal, assistant or officer; for all others it does not exist."""
    row = get_object_or_404(Assistance.objects.select_related("principal", "assistant"), pk=pk)
    if not permissions.may_end_assistance(request.viewer, row):
        raise Http404
    mine = request.viewer.person_id in (row.principal_id, row.assistant_id)
    words = {"assistant": row.assistant.name, "principal": row.principal.name}
    return answer(
        request,
        NothingForm(posted(request)),
        lambda _data: commands.end_assistance(by=request.viewer, assistance=row, now=request.now),
        back=reverse("accounts:me") if mine else tables.person_url(row.principal),
        done=_("The assistance has ended."),
        title=_("End: %(assistant)s assists %(principal)s") % words,
        submit_label=_("End the assistance"),
        submit_style="warning",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def grant(request: Request, pk: int) -> HttpResponseBase:
    """Allow or deny one person one record."""
    found = queries.access_person(request.viewer, pk)
    return answer(
        request,
        AccessForm(posted(request), viewer=request.viewer),
        lambda data: commands.grant_access(
            by=request.viewer,
            person=found,
            record=data["record"],
            allow=data["allow"],
            reason=data["reason"],
            starts_at=start_of(data["starts_on"]),
            ends_at=end_of(data["ends_on"]),
            now=request.now,
        ),
        back=tables.person_url(found),
        done=_("The exception is in force."),
        title=_("Allow or deny %(name)s a record") % {"name": found.name},
        submit_label=_("Save the exception"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def end_access(request: Request, pk: int) -> HttpResponseBase:
    """End an exception."""
    permissions.may_manage_people(request.viewer).require()
    row = get_object_or_404(AccessRow.objects.select_related("person", "record"), pk=pk)
    return answer(
        request,
        ReasonForm(posted(request)),
        lambda data: commands.end_access(by=request.viewer, row=row, reason=data["reason"], now=request.now),
        back=tables.person_url(row.person),
        done=_("The exception has ended."),
        title=_("End an exception of %(name)s") % {"name": row.person.name},
        submit_label=_("End the exception"),
        submit_style="warning",
    )


def _download(request: Request, rows: Iterable[DutyAssignment]) -> HttpResponse:
    held = list(rows)
    called = tables.scopes(request.viewer, [row.over for row in held])
    lines = [
        (row.duty, row.person.name, called.get(row.over_id or 0, ""), row.starts_at.isoformat(), _iso(row))
        for row in held
    ]
    if request.GET["format"] == "json":
        return JsonResponse([dict(zip(COLUMNS, line, strict=True)) for line in lines], safe=False)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="duties.csv"'
    csv.writer(response).writerows([COLUMNS, *([_inert(cell) for cell in line] for line in lines)])
    return response


def _iso(row: DutyAssignment) -> str:
    return row.ends_at.isoformat() if row.ends_at else ""


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
