"""Machinery-of-government changes: the list, one of them, and the form with its preview."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.directory import commands, permissions, queries, rules
from convenor.domain.directory.commands import ChangePlan
from convenor.domain.directory.forms.changes import ChangeForm, KindOfChangeForm, form_for
from convenor.domain.directory.forms.organisations import PlacesForm
from convenor.domain.directory.models import ChangeParty, Organisation, OrganisationChange
from convenor.domain.directory.views import base
from convenor.domain.directory.views.organisations import place_of
from convenor.kit.http import Request
from convenor.kit.parts import Fact, Link
from convenor.kit.tables import Column, Table, page_of

MEANWHILE = "change-bodies"
"""The breach that the second step mends: where the bodies of an ending organisation go."""


@require_safe
def register(request: Request) -> HttpResponse:
    """Every change, newest first."""
    page = page_of(queries.changes(request.viewer), request)
    columns = [
        Column[OrganisationChange]("on", _("From"), "on", priority=2),
        Column[OrganisationChange]("what", _("What happened"), "record.title", priority=1, link=_address),
        Column[OrganisationChange]("kind", _("Kind"), lambda row: row.get_kind_display()),
    ]
    context = {
        "title": _("Machinery-of-government changes"),
        "page": page,
        "sentence": ngettext("%(n)d change", "%(n)d changes", page.total) % {"n": page.total},
        "downloads": base.downloads("organisation-changes", {}, "directory:changes-feed"),
        "table": Table([columns[1], columns[0], columns[2]], page.rows, _("Changes"), caption_hidden=True),
        "tabs": base.tabs("changes"),
    }
    return base.present(request, "directory/changes.html", context)


def _address(row: OrganisationChange) -> str:
    return reverse("directory:change", args=[row.record.ref])


@require_safe
def detail(request: Request, ref: str) -> HttpResponse:
    """One change: what was, what became of it, and where it was announced."""
    became = queries.access_change(request.viewer, ref)
    change = became.change
    facts = [
        Fact(_("Kind"), change.get_kind_display()),
        Fact(_("Took effect"), change.on),
        Fact(_("Announced"), change.source, change.source),
    ]
    context = base.head(
        change.record,
        state=base.state_of(change.record),
        facts=[fact for fact in facts if fact.value],
        change=change,
        before=_side(became.before),
        after=_side(became.after),
        panels=base.panels(change.record, request.viewer),
        actions=base.actions(change.record, request.viewer),
        crumbs=base.crumbs(
            _("Organisations"),
            "directory:organisations",
            Link(_("Changes"), reverse("directory:changes")),
            Link(change.record.ref, ""),
        ),
    )
    return base.present(request, "directory/change.html", context)


def _side(parties: tuple[ChangeParty, ...]) -> list[dict[str, Any]]:
    return [
        {
            "name": party.name,
            "now": party.organisation.name if party.organisation.name != party.name else "",
            "portfolio": queries.portfolio_of(party),
            "url": reverse("directory:organisation", args=[party.organisation.slug]),
        }
        for party in parties
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: Request, slug: str) -> HttpResponse:
    """Say what happened, see what follows, confirm."""
    organisation = queries.access_organisation(request.viewer, slug)
    permissions.may_edit_organisation(request.viewer, organisation).require()
    if organisation.ended_on is not None:
        raise Http404
    kind = form_for(request.GET.get("kind", ""))
    if kind is None:
        return _ask_kind(request, organisation)
    form = _form(request, kind, organisation)
    if not request.POST or "back" in request.POST or not _is_possible(form, request):
        return _ask(request, form, organisation)
    return _confirm(request, form, organisation)


def _ask_kind(request: Request, organisation: Organisation) -> HttpResponse:
    form = KindOfChangeForm(request.GET if "kind" in request.GET else None)
    context = place_of(organisation).context(_("Continue"))
    context |= {"form": form, "title": _("Record what became of it")}
    return render(request, "directory/change_kind.html", context)


def _form(request: Request, kind: type[ChangeForm], organisation: Organisation) -> ChangeForm:
    today = queries.local_day(request.now)
    return kind(request.POST or None, viewer=request.viewer, organisation=organisation, today=today)


def _is_possible(form: ChangeForm, request: Request) -> bool:
    """Whether the plan passes every rule but the one that the next step is for."""
    if not form.is_valid():
        return False
    plan = form.plan()
    found = commands.change_breaches(plan, queries.local_day(request.now))
    form.add_breaches(breach for breach in found if breach.code != MEANWHILE or not plan.after)
    return not form.errors


def _ask(request: Request, form: ChangeForm, organisation: Organisation) -> HttpResponse:
    words = dict(OrganisationChange.Kind.choices)
    title = _("%(kind)s: say how") % {"kind": words[OrganisationChange.Kind(form.kind)]}
    return base.task(request, form, title, **place_of(organisation).context(_("See what follows")))


def _confirm(request: Request, form: ChangeForm, organisation: Organisation) -> HttpResponse:
    """The second step: where offices and bodies go, what follows, and the button that does it."""
    plan = form.plan()
    places = _places_form(request, plan)
    if "confirm" in request.POST and places.is_valid():
        whole = replace(plan, offices=places.places("office"), bodies=places.places("body"))
        change = _record(request, places, whole)
        if change is not None:
            return base.done(request, _("Recorded: %(what)s.") % {"what": change.record.title}, _address(change))
    first_choice = {body.pk: 0 for body in commands.placeable_bodies(plan)} if plan.after else {}
    context = place_of(organisation).context(_("Record this change"))
    context |= {
        "form": places,
        "title": commands.title_of(plan),
        "kept": _kept(request, form),
        "consequences": commands.consequences_for_bodies(replace(plan, bodies=first_choice)),
    }
    return render(request, "directory/change_confirm.html", context)


def _record(request: Request, places: PlacesForm, plan: ChangePlan) -> OrganisationChange | None:
    try:
        return commands.record_change(by=request.viewer, plan=plan, now=request.now)
    except NotAllowed:
        raise
    except Refused as refused:
        places.add_breaches(refused.breaches)
        return None


def _places_form(request: Request, plan: ChangePlan) -> PlacesForm:
    goes_on = plan.kind == rules.SPLIT and not plan.closing()
    moves = plan.kind in (rules.MERGED, rules.SPLIT, rules.ABOLISHED)
    offices = commands.offices_of(plan.before if goes_on else plan.closing()) if moves else []
    bodies = commands.placeable_bodies(plan) if moves else []
    return PlacesForm(
        request.POST if "confirm" in request.POST else None,
        viewer=request.viewer,
        offices={office.pk: str(office) for office in offices},
        bodies={body.pk: body.name for body in bodies},
        places=_places(plan),
        stay=_("It stays where it is") if goes_on else "",
    )


def _places(plan: ChangePlan) -> dict[int, str]:
    """Where things can go: every body after the change but the one they are in."""
    own = plan.before[0] if len(plan.before) == 1 else None
    return {number: body.name for number, body in enumerate(plan.after) if own is None or body.organisation != own}


def _kept(request: Request, form: ChangeForm) -> list[tuple[str, str]]:
    """What was entered in the first step, to be sent again with the second."""
    names = tuple(form.fields)
    return [
        (key, value)
        for key in request.POST
        if key.startswith(names) and key not in ("confirm", "back")
        for value in request.POST.getlist(key)
    ]
