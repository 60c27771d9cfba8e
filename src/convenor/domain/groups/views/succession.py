"""Merging and splitting groups: say what, see what follows, confirm. There is no way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from convenor.core.records import caretaker
from convenor.core.records.rules import NotAllowed, Refused
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups.commands import succession
from convenor.domain.groups.commands.foretelling import said
from convenor.domain.groups.commands.succession import Report, Succession
from convenor.domain.groups.forms.succession import MergeForm, PlacesForm, SplitForm, SuccessionForm
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.types import types_in_force
from convenor.domain.groups.rules import closings
from convenor.domain.groups.views import base
from convenor.kit.http import Request

WRITES = require_http_methods(["GET", "HEAD", "POST"])


@WRITES
def merge(request: Request, slug: str) -> HttpResponse:
    """Let this group and others go on as one."""
    group = base.editable(request, slug)
    form: MergeForm = _form(request, MergeForm, group)
    title = _("Merge %(group)s") % {"group": group.name}
    if not _goes_on(request, form):
        return _ask(request, form, group, title)
    plan = form.plan()
    part = plan.parts[0]
    name = part.into.name if part.into else form.cleaned_data["new_name"]

    def whole(places: PlacesForm) -> Succession:
        return form.plan(places.seats()[0])

    return _confirm(request, form, _Step(group, title, closings.MERGED, plan, [name], whole))


@WRITES
def split(request: Request, slug: str) -> HttpResponse:
    """Let this group go on as several."""
    group = base.editable(request, slug)
    form: SplitForm = _form(request, SplitForm, group)
    title = _("Split %(group)s") % {"group": group.name}
    if not _goes_on(request, form):
        return _ask(request, form, group, title)

    def whole(places: PlacesForm) -> Succession:
        return form.plan(places.seats(), places.children())

    return _confirm(request, form, _Step(group, title, closings.SPLIT, form.plan(), form.names(), whole))


class _Step:
    """What the second step is about."""

    def __init__(
        self, group: Group, title: str, kind: str, plan: Succession, names: list[str],
        whole: Callable[[PlacesForm], Succession],
    ) -> None:  # fmt: skip
        self.group, self.title, self.kind = group, title, kind
        self.plan, self.names, self.whole = plan, names, whole


def _form(request: Request, form: Any, group: Group) -> Any:
    today = local_day(request.now)
    types = types_in_force(request.viewer, today).values()
    return form(base.posted(request), viewer=request.viewer, group=group, types=types, today=today)


def _goes_on(request: Request, form: SuccessionForm) -> bool:
    return request.method == "POST" and "back" not in request.POST and form.is_valid()


def _ask(request: Request, form: SuccessionForm, group: Group, title: str) -> HttpResponse:
    lede = _("Nothing happens yet: the next page says exactly what follows.")
    return base.task(request, form, title, lede=lede, **base.place_of(group).context(_("See what follows")))


def _confirm(request: Request, form: SuccessionForm, step: _Step) -> HttpResponse:
    """Where seats and groups below go, what follows of it, and the button that does it."""
    ended, on = step.plan.ended, step.plan.on
    seats = succession.seats_of(ended, on)
    children = list({link.group.pk: link.group for link in succession.children_of(ended, on)}.values())
    shown = any(key.startswith("placed") for key in request.POST)
    places = PlacesForm(
        request.POST if shown else None, viewer=request.viewer, seats=seats, children=children, parts=step.names
    )
    if not shown:  # as the fields offer it
        initial = {name: request.POST.get(name, field.initial or "") for name, field in places.fields.items()}
        places = PlacesForm(
            {**initial, "placed": "yes"}, viewer=request.viewer, seats=seats, children=children, parts=step.names
        )
    report = None
    if places.is_valid():
        report = _done(request, places, step)
        if isinstance(report, Report) and "confirm" in request.POST:
            return directory.done(request, _("It is done."), base.address(report.made[0]))
    context = base.place_of(step.group).context(_("Do it now"))
    context |= {
        "form": places,
        "title": step.title,
        "kept": _kept(request, form),
        "consequences": said(report, on) if isinstance(report, Report) else [],
        "possible": isinstance(report, Report),
    }
    return render(request, "groups/succession_confirm.html", context)


def _done(request: Request, places: PlacesForm, step: _Step) -> Report | None:
    """Do it where that was asked, else try it and take it back; None with the sentences in the form."""
    given: dict[str, Any] = {"by": request.viewer, "plan": step.whole(places), "now": request.now}
    try:
        if "confirm" not in request.POST:
            return succession.preview(kind=step.kind, **given)
        merged = step.kind == closings.MERGED
        return succession.merge_groups(**given) if merged else succession.split_group(**given)
    except NotAllowed:
        raise
    except Refused as refused:
        places.add_breaches(refused.breaches)
        return None


def _kept(request: Request, form: SuccessionForm) -> list[tuple[str, str]]:
    """What was entered in the first step, to be sent again with the second, which asks some of it itself."""
    names = tuple(name for name in form.fields if name != caretaker.FIELD)
    return [(key, value) for key in request.POST if key.startswith(names) for value in request.POST.getlist(key)]
