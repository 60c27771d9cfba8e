"""Caretaker periods of the site: for its officers. Everybody reads of the one that holds on every page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.accounts.views.guard import answer, posted, proved
from convenor.core.records import caretaker, permissions, queries
from convenor.core.records.commands.caretaker import begin_caretaker, end_caretaker
from convenor.core.records.models import CaretakerPeriod
from convenor.core.records.rules import CaretakerFacts, Viewer
from convenor.kit.http import Request
from convenor.kit.paging import page_of
from convenor.kit.parts import Action, Link, State
from convenor.kit.tables import Column, Table
from convenor.web.site.forms import CaretakerForm, EndCaretakerForm


@require_safe
def periods(request: Request) -> HttpResponse:
    """Every caretaker period there is or was, and what waits while one holds."""
    viewer = request.viewer
    permissions.may_see_keeping(viewer).require()
    page = page_of(queries.caretaker_periods(viewer), request)
    begin = Action(
        _("Set a caretaker period"),
        reverse("site:begin-caretaker"),
        refused=permissions.may_set_caretaker(viewer).reason,
    )
    context = {
        "title": _("Caretaker periods"),
        "holds": caretaker.current(request.now),
        "page": page,
        "periods": _table(viewer, page.rows),
        "begin": begin,
        "crumbs": _crumbs(),
    }
    return render(request, "site/caretaker.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def begin(request: Request) -> HttpResponse:
    """Keep to caretaker conventions from a day on."""
    permissions.may_set_caretaker(request.viewer).require()
    return answer(
        request,
        CaretakerForm(posted(request), initial={"begins_on": localdate(request.now)}),
        lambda data: begin_caretaker(by=request.viewer, facts=_facts(data), now=request.now),
        template="kit/confirm_page.html",
        back=reverse("site:caretaker"),
        done=_("The caretaker period is set."),
        title=_("Set a caretaker period"),
        consequences=[
            _("While it lasts, every page says so on top, in your words."),
            _("Calls, results with their offers, appointments, chairs and new groups wait, at every door."),
            _("Whoever says why one cannot wait may do it; the reason is kept in its history."),
            _("What people do for themselves goes on: sending something in, joining, accepting an offer, leaving."),
        ],
        submit_label=_("Set the period"),
        submit_style="warning",
        crumbs=_crumbs(_("Set a caretaker period")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def end(request: Request, pk: int) -> HttpResponse:
    """End it at once, or take it back."""
    found = queries.access_caretaker(request.viewer, pk)
    permissions.may_set_caretaker(request.viewer).require()
    return answer(
        request,
        EndCaretakerForm(posted(request)),
        lambda data: end_caretaker(by=request.viewer, period=found, reason=data["reason"], now=request.now),
        template="kit/confirm_page.html",
        back=reverse("site:caretaker"),
        done=_("The caretaker period has ended."),
        title=_("End the caretaker period"),
        lede=found.note,
        consequences=[
            _("It ends at once: the words on top of every page go, and nothing waits any more."),
            _("It stays in this list, with when and why it ended. What was done meanwhile keeps its reasons."),
        ],
        submit_label=_("End it now"),
        submit_style="warning",
        crumbs=_crumbs(_("End the caretaker period")),
    )


def _facts(data: dict[str, Any]) -> CaretakerFacts:
    return CaretakerFacts(data["begins_on"], data["ends_on"], data["note"])


def _crumbs(here: str = "") -> list[Link]:
    register = Link(_("Caretaker periods"), reverse("site:caretaker") if here else "", current=not here)
    return [Link(_("Desk"), reverse("site:desk")), register, *([Link(here, "", current=True)] if here else [])]


def _table(viewer: Viewer, rows: Iterable[CaretakerPeriod]) -> Table[CaretakerPeriod]:
    may = bool(permissions.may_set_caretaker(viewer))
    return Table(
        [
            Column("from", _("From"), "begins_on", priority=1),
            Column("to", _("Last day"), "ends_on"),
            Column("state", _("State"), lambda row: _state(row, viewer)),
            Column("note", _("What everybody reads"), "note"),
            Column("ended", _("Ended"), "ended_at"),
            Column("why", _("Why ended"), lambda row: row.end_reason or None),
        ],
        rows,
        _("Caretaker periods"),
        actions=(lambda row: _actions(row, viewer)) if may else None,
        caption_hidden=True,
        empty=_("No caretaker period has been set so far."),
    )


def _state(row: CaretakerPeriod, viewer: Viewer) -> State:
    if _over(row, viewer):
        return State(_("Ended"), "neutral")
    begun = row.begins_on <= localdate(viewer.now)
    return State(_("In force"), "watch") if begun else State(_("Not begun yet"), "info")


def _over(row: CaretakerPeriod, viewer: Viewer) -> bool:
    return row.ended_at is not None or (row.ends_on is not None and row.ends_on < localdate(viewer.now))


def _actions(row: CaretakerPeriod, viewer: Viewer) -> list[Action]:
    return [] if _over(row, viewer) else [Action(_("End"), reverse("site:end-caretaker", args=[row.pk]))]
