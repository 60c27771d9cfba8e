"""For who assesses: what there is, declaring, scoring."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.domain.directory.views import base as directory
from convenor.domain.expressions.commands import assessing
from convenor.domain.expressions.forms.assessing import DeclareForm, ScoreForm
from convenor.domain.expressions.models import Assessor, Call, Expression, Score
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.queries.access import access_to_assess, access_to_score
from convenor.domain.expressions.queries.tasks import Assigned, assigned, declared_by
from convenor.domain.expressions.rules import calls
from convenor.domain.expressions.views import base
from convenor.kit.http import Request
from convenor.kit.parts import Link, State
from convenor.kit.tables import Column, Table


@require_safe
def to_assess(request: Request, slug: str) -> HttpResponse:
    """Everything sent in, with what is still to be said of each."""
    call, assessor = access_to_assess(request.viewer, slug)
    rows = assigned(assessor) if call.state == calls.ASSESSING else []
    columns = [
        Column[Assigned]("reference", _("Reference"), "reference", priority=1, link=lambda row: _next_url(call, row)),
        Column[Assigned]("who", _("From"), lambda row: row.who or None),
        Column[Assigned]("state", _("Your part"), _state),
        Column[Assigned]("total", _("Your total, of 100"), "total", numeric=True),
    ]
    context = {
        "title": _("What you assess"),
        "call": call,
        "open": call.state == calls.ASSESSING,
        "table": Table(columns, rows, _("Expressions to assess"), caption_hidden=True),
        "left": sum(not row.done for row in rows),
        "crumbs": _crumbs(call),
    }
    return base.private(render(request, "expressions/to_assess.html", context))


def _crumbs(call: Call, *more: Link) -> list[Link]:
    here = reverse("expressions:to-assess", args=[call.slug])
    return base.crumbs(Link(call.title, base.address(call)), Link(_("What you assess"), here), *more)


def _next_url(call: Call, row: Assigned) -> str | None:
    if row.conflicted:
        return None
    name = "score" if row.declared else "declare"
    return reverse(f"expressions:{name}", args=[call.slug, row.reference])


def _state(row: Assigned) -> State:
    if row.conflicted:
        return State(_("Interest declared: closed to you"), "withheld")
    if not row.declared:
        return State(_("Declare first"), "info")
    return State(_("Scored"), "good") if row.scored else State(_("To score"), "watch")


@base.WRITES
def declare(request: Request, slug: str, reference: str) -> HttpResponse:
    """Whose it is, and nothing more: has one an interest in it?"""
    call, assessor = access_to_assess(request.viewer, slug)
    found = _undeclared(call, assessor, reference)
    form = DeclareForm(base.posted(request), viewer=request.viewer)

    def save(good: DeclareForm) -> object:
        given = good.cleaned_data
        return assessing.declare_interest(
            by=request.viewer,
            assessor=assessor,
            expression=found,
            conflicted=given["conflicted"] == "yes",
            note=given["note"],
            now=request.now,
        )

    if directory.run(form, save):
        return _onward(request, call, assessor, found)
    context = {
        "kicker": call.title,
        "submit_label": _("Declare"),
        "cancel_url": reverse("expressions:to-assess", args=[slug]),
        "crumbs": _crumbs(call),
        "whose": found,
    }
    page = base.task(
        request, form, _("Before you open %(reference)s") % {"reference": reference},
        template="expressions/declare.html", **context,
    )  # fmt: skip
    return base.private(page)


def _undeclared(call: Call, assessor: Assessor, reference: str) -> Expression:
    """One that was sent in, and that the assessor has not declared an interest in; else 404."""
    found = Expression.objects.filter(
        call=call, reference=reference, state=Expression.State.SUBMITTED
    ).select_related("organisation").first()  # fmt: skip
    if found is None or call.state != calls.ASSESSING or declared_by(assessor).get(found.pk):
        raise Http404
    return found


def _onward(request: Request, call: Call, assessor: Assessor, found: Expression) -> HttpResponse:
    if declared_by(assessor).get(found.pk):
        said = _("Thank you. It stays closed to you, and others assess it.")
        return directory.done(request, said, reverse("expressions:to-assess", args=[call.slug]))
    return HttpResponseRedirect(reverse("expressions:score", args=[call.slug, found.reference]))


@base.WRITES
def score(request: Request, slug: str, reference: str) -> HttpResponse:
    """What was written, without a name, beside a score and a reason for each criterion."""
    call, assessor = access_to_assess(request.viewer, slug)
    found = access_to_score(assessor, reference)
    criteria = facts.criteria_of(call)
    mine = {row.criterion_id: row for row in Score.objects.filter(assessor=assessor, expression=found, is_current=True)}
    initial: dict[str, object] = {f"score_{key}": row.score for key, row in mine.items()}
    initial |= {f"reason_{key}": row.reason for key, row in mine.items()}
    form = ScoreForm(base.posted(request), viewer=request.viewer, criteria=criteria, initial=initial)

    def save(good: ScoreForm) -> bool:
        assessing.score_expression(
            by=request.viewer, assessor=assessor, expression=found, given=good.given(), now=request.now
        )
        return True

    if directory.run(form, save):
        left = [row for row in assigned(assessor) if not row.done]
        back = _next_url(call, left[0]) if left else None
        said = _("Scored. Next one.") if back else _("Scored. That was the last one.")
        return directory.done(request, said, back or reverse("expressions:to-assess", args=[slug]))
    context = {
        "kicker": call.title,
        "submit_label": _("Save the scores"),
        "cancel_url": reverse("expressions:to-assess", args=[slug]),
        "crumbs": _crumbs(call),
        "answers": list(found.answers.select_related("criterion").order_by("criterion__order")),
        "choices": list(found.choices.select_related("question", "option").order_by("question__order")),
        "declare_url": reverse("expressions:declare", args=[slug, reference]),
    }
    return base.private(base.task(request, form, reference, template="expressions/score.html", **context))
