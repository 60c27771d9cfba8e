"""Initiatives: the list, one with its groups, adding and changing."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.core.records.models import visible_filter
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.initiatives import (
    create_initiative,
    edit_initiative,
    end_initiative,
    reopen_initiative,
)
from convenor.domain.groups.forms.groups import EndInitiativeForm, InitiativeForm
from convenor.domain.groups.models import Initiative
from convenor.domain.groups.queries.access import access_initiative
from convenor.domain.groups.queries.register import GroupFilter, initiatives, register
from convenor.domain.groups.queries.types import types_in_force
from convenor.domain.groups.views import base
from convenor.domain.groups.views.lives import WRITES
from convenor.kit.http import Request
from convenor.kit.parts import Fact, Link
from convenor.kit.tables import Column, Table, page_of


def _address(row: Initiative) -> str:
    return reverse("groups:initiative", args=[row.slug])


@require_safe
def initiative_list(request: Request) -> HttpResponse:
    """Every initiative, with how many groups it has."""
    viewer = request.viewer
    seen = Q(groups__record__state="live") & visible_filter(viewer, "groups__record")
    page = page_of(initiatives(viewer).annotate(number=Count("groups", filter=seen)), request)
    columns = [
        Column[Initiative]("name", _("Initiative"), "name", priority=1, link=_address),
        Column[Initiative]("summary", _("What it is about"), lambda row: row.summary or None),
        Column[Initiative]("groups", _("Groups"), "number", numeric=True),
        Column[Initiative]("ended", _("Ended"), "ended_on", priority=3),
    ]
    context = {
        "title": _("Initiatives"),
        "page": page,
        "table": Table(columns, page.rows, _("Initiatives"), asked=request, caption_hidden=True),
        "sentence": ngettext("%(n)d initiative", "%(n)d initiatives", page.total) % {"n": page.total},
        "downloads": directory.downloads("initiatives", {}),
        "add": permissions.may_edit_initiative(viewer) if permissions.is_officer(viewer) else None,
        "crumbs": base.crumbs(Link(_("Initiatives"), "")),
    }
    return directory.present(request, "groups/initiatives.html", context)


@require_safe
def initiative(request: Request, slug: str) -> HttpResponse:
    """One initiative with its groups."""
    viewer, today = request.viewer, local_day(request.now)
    found = directory.or_former(request, "initiative", slug, access_initiative)
    if isinstance(found, HttpResponse):
        return found
    types = types_in_force(viewer, today)
    rows = register(viewer, GroupFilter(initiative=found.slug, state="all"), types, today).order_by("name", "pk")
    panels = directory.panels(found.record, viewer)
    shown = [{"group": row, "state": base.state_of(row), "type": types.get(row.type_id or 0)} for row in rows[:100]]
    context = directory.head(
        found.record,
        initiative=found,
        state=directory.state_of(found.record, _("Ended") if found.ended_on else "", "neutral"),
        facts=[fact for fact in _facts(found) if fact.value],
        groups=shown,
        panels=panels,
        anchors=[],
        actions=directory.actions(found.record, viewer),
        crumbs=base.crumbs(Link(_("Initiatives"), reverse("groups:initiatives")), Link(found.name, "")),
    )
    return directory.present(request, "groups/initiative.html", context)


def _facts(row: Initiative) -> list[Fact]:
    return [Fact(_("Started"), row.started_on), Fact(_("Ended"), row.ended_on)]


@WRITES
def add(request: Request) -> HttpResponse:
    """Add an initiative."""
    permissions.may_edit_initiative(request.viewer).require()
    form = InitiativeForm(base.posted(request), viewer=request.viewer)
    made = directory.run(form, lambda good: create_initiative(by=request.viewer, facts=good.facts(), now=request.now))
    if made:
        return directory.done(request, _("%(name)s was added.") % {"name": made.name}, _address(made))
    crumbs = base.crumbs(Link(_("Initiatives"), reverse("groups:initiatives")))
    context = {"submit_label": _("Add the initiative"), "cancel_url": reverse("groups:initiatives"), "crumbs": crumbs}
    return base.task(request, form, _("Add an initiative"), **context)


@WRITES
def edit(request: Request, slug: str) -> HttpResponse:
    """Change an initiative."""
    found = access_initiative(request.viewer, slug)
    permissions.may_edit_initiative(request.viewer, found.record_id).require()
    initial = {"name": found.name, "summary": found.summary, "started_on": found.started_on}
    form = InitiativeForm(base.posted(request), viewer=request.viewer, initial=initial)
    changed = directory.run(
        form, lambda good: edit_initiative(by=request.viewer, initiative=found, facts=good.facts(), now=request.now)
    )
    if changed:
        return directory.done(request, _("%(name)s was changed.") % {"name": changed.name}, _address(changed))
    place = directory.Place(found.name, _address(found), base.crumbs())
    return base.task(request, form, _("Change %(name)s") % {"name": found.name}, **place.context(_("Save the changes")))


@WRITES
def end(request: Request, slug: str) -> HttpResponse:
    """End an initiative; its groups are offered to close with it."""
    viewer, today = request.viewer, local_day(request.now)
    found = access_initiative(viewer, slug)
    permissions.may_edit_initiative(viewer, found.record_id).require()
    rows = register(viewer, GroupFilter(initiative=found.slug), {}, today).order_by("name", "pk")
    form = EndInitiativeForm(base.posted(request), viewer=viewer, groups=list(rows), today=today)
    done = directory.run(
        form, lambda good: end_initiative(by=viewer, initiative=found, now=request.now, **good.cleaned_data)
    )
    if done:
        return directory.done(request, _("%(name)s has ended.") % {"name": found.name}, _address(found))
    place = directory.Place(found.name, _address(found), base.crumbs())
    context = place.context(
        _("End the initiative"),
        consequences=[
            _("Its page stays, with what came of it and the groups it had."),
            _("Groups that are ticked close on that day: their seats and terms end with them."),
        ],
        template="groups/confirm.html",
        submit_style="warning",
    )
    return base.task(request, form, _("End %(name)s") % {"name": found.name}, **context)


@WRITES
def reopen(request: Request, slug: str) -> HttpResponse:
    """Let an initiative go on that had ended."""
    found = access_initiative(request.viewer, slug)
    permissions.may_edit_initiative(request.viewer, found.record_id).require()
    title = _("Let %(name)s go on") % {"name": found.name}
    consequences = [_("Groups that closed with it stay closed; reopen them one by one.")]
    question = directory.Question(title, _("Let it go on"), consequences, _("The initiative goes on."))
    return directory.ask_reason(
        request,
        directory.Place(found.name, _address(found), base.crumbs()),
        question,
        lambda reason: reopen_initiative(by=request.viewer, initiative=found, reason=reason, now=request.now),
    )
