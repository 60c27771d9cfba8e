"""An officer loads a model: dry run with every problem by its line and every difference in a sentence, then confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from dataclasses import fields as fields_of
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.exchange.rules import defuse
from convenor.core.exchange.tabular import csv_lines
from convenor.core.records.rules import Refused, Viewer
from convenor.domain.engagement.commands import load_model
from convenor.domain.engagement.commands.load import over_caps
from convenor.domain.engagement.forms.load import LoadForm
from convenor.domain.engagement.models import EngagementModel
from convenor.domain.engagement.permissions import may_change_model, may_load_some_model
from convenor.domain.engagement.queries.loading import EffectRow, Plan, effect_rows, plan_load
from convenor.domain.engagement.queries.pages import access_model, access_version, versions_of
from convenor.domain.engagement.queries.telling import text_for
from convenor.kit.dates import say_day
from convenor.kit.http import Request
from convenor.kit.parts import Link
from convenor.kit.structs import struct


@struct(slots=False)
class Asked:
    """What was asked for, kept apart from the form, which forgets a field that has an error."""

    text: str
    day: date


def load_first(request: Request) -> HttpResponse:
    """Load a model that is not there yet (or a new version of any)."""
    may_load_some_model(request.viewer).require()
    return _load(request, None)


def load_next(request: Request, slug: str) -> HttpResponse:
    """Load a new version of this model; its present text stands in the form."""
    viewer: Viewer = request.viewer
    model = access_model(viewer, slug)
    may_change_model(viewer, model).require()
    return _load(request, model)


def _load(request: Request, model: EngagementModel | None) -> HttpResponse:
    form = _form(request, model)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, model, None)
    asked = Asked(form.cleaned_data["yaml"], form.cleaned_data["in_force_from"])
    plan = plan_load(request.viewer, asked.text, asked.day)
    _say_problems(form, plan, model, asked.day)
    if "download" in request.POST and not form.errors:
        return effects_file(plan)
    _say_caps(form, plan)
    if "confirm" in request.POST and not form.errors and _confirmed(request, form, plan, asked):
        return HttpResponseRedirect(reverse("engagement:model", args=[plan.value.slug if plan.value else ""]))
    return _page(request, form, model, plan, _faults(asked.text, plan))


def _form(request: Request, model: EngagementModel | None) -> LoadForm:
    versions = versions_of(model) if model else []
    first = _first_day(localdate(request.viewer.now), versions[0].in_force_from if versions else None)
    if request.method == "POST":
        return LoadForm(request.POST, request.FILES, first_day=first)
    text = text_for(request.viewer, model, access_version(model, versions[0].number)) if model and versions else ""
    return LoadForm(first_day=first, text=text)


def _first_day(today: date, latest: date | None) -> date:
    """Today, or the day after the newest version begins."""
    return max(today, latest + timedelta(days=1)) if latest else today


def _say_problems(form: LoadForm, plan: Plan, model: EngagementModel | None, day: date) -> None:
    for problem in plan.problems:
        form.add_error("yaml", str(problem))
    if plan.earliest and day < plan.earliest and not plan.same:
        pattern = _("Choose a day after %(day)s, when the version before it began")
        form.add_error("in_force_from", pattern % {"day": say_day(plan.earliest - timedelta(days=1))})
    if model and plan.value and plan.value.slug != model.slug:
        pattern = _("This is the model “%(other)s”, not “%(model)s”")
        form.add_error("yaml", pattern % {"other": plan.value.slug, "model": model.slug})


def _say_caps(form: LoadForm, plan: Plan) -> None:
    """What refuses the load stands at the text from the first look on."""
    for breach in over_caps(plan):
        form.add_error("yaml", breach.text)


def effects_file(plan: Plan) -> HttpResponse:
    """What loading would do to each living group, as a table to take away."""
    heads = [field.name for field in fields_of(EffectRow)]
    lines = csv_lines([heads, *([defuse(cell) for cell in astuple(row)] for row in effect_rows(plan))])
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    name = f"{plan.value.slug if plan.value else 'model'}-{plan.number}-effects.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _confirmed(request: Request, form: LoadForm, plan: Plan, asked: Asked) -> bool:
    """Whether it was loaded; if not, the form says why."""
    expected = request.POST.get("expected", "")
    try:
        version = load_model(
            by=request.viewer,
            text=asked.text,
            now=request.now,
            in_force_from=asked.day,
            expected=int(expected) if expected.isdigit() and len(expected) < 6 else plan.number,
            accept=form.cleaned_data.get("accept", ""),
        )
    except Refused as refused:
        for breach in refused.breaches:
            form.add_error(breach.field if breach.field in form.fields else None, breach.text)
        return False
    pattern = _("Version %(number)d of “%(model)s” is loaded.")
    messages.success(request, pattern % {"number": version.number, "model": version.model.name})
    return True


def _page(
    request: Request,
    form: LoadForm,
    model: EngagementModel | None,
    plan: Plan | None,
    faults: Sequence[tuple[int, str, str]] = (),
) -> HttpResponse:
    if not (plan and plan.to_accept):
        del form.fields["accept"]
    title = _("Load a new version of “%(model)s”") % {"model": model.name} if model else _("Load an engagement model")
    back = reverse("engagement:model", args=[model.slug]) if model else reverse("engagement:models")
    crumbs = [Link(_("How we engage"), reverse("engagement:models"))]
    crumbs += [Link(model.name, back)] if model else []
    context: dict[str, Any] = {
        "title": title,
        "form": form,
        "plan": plan if plan and plan.value and not _unread(form) else None,
        "refused": bool(form.errors),
        "faults": faults,
        "cancel_url": back,
        "crumbs": [*crumbs, Link(_("Load"), "")],
    }
    return render(request, "engagement/load.html", context, status=422 if form.errors else 200)


def _unread(form: LoadForm) -> bool:
    """Whether something but the plan itself has to be mended first."""
    return bool(set(form.errors) - {"yaml", "accept", "__all__"})


def _faults(text: str, plan: Plan) -> list[tuple[int, str, str]]:
    """Each problem with its line number and the line itself."""
    lines = text.split("\n")
    return [
        (problem.line, lines[problem.line - 1] if 0 < problem.line <= len(lines) else "", problem.text)
        for problem in plan.problems
        if problem.line
    ]
