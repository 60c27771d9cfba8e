"""For the officer: write a call, publish it, prolong or withdraw it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from convenor.core.records.forms import HeldButton
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.directory.views.base import Place, Question
from convenor.domain.engagement.rules import TypeRulesValue, sentences
from convenor.domain.expressions import permissions
from convenor.domain.expressions.commands import calls as commands
from convenor.domain.expressions.commands.telling import withdraw_call
from convenor.domain.expressions.forms.calls import (
    CallForm,
    CriterionFormSet,
    ProlongForm,
    QuestionFormSet,
    criteria_in,
    option_line,
    questions_in,
)
from convenor.domain.expressions.models import Call
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.queries.access import access_edited
from convenor.domain.expressions.rules import small
from convenor.domain.expressions.views import base
from convenor.domain.expressions.views.words import warning_of
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.desk import vacant_seats
from convenor.domain.groups.queries.ruling import effective_rules
from convenor.kit.dates import local, say_moment
from convenor.kit.http import Request


@base.WRITES
def add(request: Request) -> HttpResponse:
    """`?group=…` says whose places they are."""
    slug = request.GET.get("group", "")
    if not slug:
        raise Http404
    group = access_group(request.viewer, slug)
    permissions.may_add_call(request.viewer, group).require()
    today = local_day(request.now)
    days = {"opens_on": 7, "closes_on": 35, "outcome_by": 77, "purge_on": 260}
    initial: dict[str, Any] = {name: today + timedelta(days=ahead) for name, ahead in days.items()}
    initial |= {"opens_time": "09:00", "closes_time": "17:00", "method": Call.Method.LOTTERY}
    rules = effective_rules(group, today)
    form = _form(request, group, rules, initial)
    made = directory.run(
        form, lambda good: commands.create_call(by=request.viewer, group=group, facts=good.facts(), now=request.now)
    )
    if made:
        said = _("The call is a draft. Say next what is looked for.")
        return directory.done(request, said, reverse("expressions:criteria", args=[made.slug]))
    place = Place(group.name, reverse("groups:detail", args=[group.slug]), base.crumbs())
    context = place.context(_("Save the draft"), sentences=list(sentences(rules)) if rules else [])
    return base.task(request, form, _("A call for expressions of interest"), **context)


@base.WRITES
def edit(request: Request, slug: str) -> HttpResponse:
    """Change a draft."""
    call = access_edited(request.viewer, slug)
    names = list(CallForm.base_fields)
    initial = {name: getattr(call, name) for name in names if name != "named"}
    initial["named"] = [str(pk) for pk in call.named_seats.values_list("seat_id", flat=True)]
    rules = effective_rules(call.group, local_day(request.now))
    form = _form(request, call.group, rules, initial)
    changed = directory.run(
        form, lambda good: commands.edit_call(by=request.viewer, call=call, facts=good.facts(), now=request.now)
    )
    if changed:
        return directory.done(request, _("The draft is changed."), base.address(changed))
    context = base.place_of(call).context(_("Save the draft"), sentences=list(sentences(rules)) if rules else [])
    return base.task(request, form, _("Edit the call"), **context)


def _form(request: Request, group: Group, rules: TypeRulesValue | None, initial: dict[str, Any]) -> CallForm:
    today = local_day(request.now)
    vacant = [
        seat for seat in vacant_seats(Group.objects.filter(pk=group.pk), today)[:50]
        if seat.basis not in {Seat.Basis.OFFICE, Seat.Basis.CHAIR_OF}
    ]  # fmt: skip
    return CallForm(base.posted(request), viewer=request.viewer, vacant=vacant, rules=rules, initial=initial)


@base.WRITES
def criteria(request: Request, slug: str) -> HttpResponse:
    """What is looked for: all rows on one page."""
    call = access_edited(request.viewer, slug)
    given = [
        {"name": row.name, "text": row.text, "weight": row.weight, "maximum": row.maximum}
        for row in facts.criteria_of(call)
    ]
    rows = CriterionFormSet(base.posted(request), initial=given)
    saved = base.run_rows(
        rows,
        lambda good: commands.set_criteria(by=request.viewer, call=call, rows=criteria_in(good), now=request.now),
    )
    if saved:
        said = _("The criteria are saved. Ask next what the balance needs to know.")
        return directory.done(request, said, reverse("expressions:questions", args=[slug]))
    lede = _(
        "Each is answered in words by everybody who applies, and scored by the assessors. Clear a name to drop it."
    )
    return _rows(request, call, rows, _("What is looked for"), lede)


@base.WRITES
def questions(request: Request, slug: str) -> HttpResponse:
    """Closed questions, with the bounds that the balance rules put on their answers."""
    call = access_edited(request.viewer, slug)
    given = [
        {"text": row.text, "family": row.family, "options": "\n".join(option_line(each) for each in row.options)}
        for row in facts.question_facts(facts.questions_of(call))
    ]
    rows = QuestionFormSet(base.posted(request), initial=given)
    saved = base.run_rows(
        rows,
        lambda good: commands.set_questions(by=request.viewer, call=call, rows=questions_in(good), now=request.now),
    )
    if saved:
        kinds = small.told_apart(facts.question_facts(facts.questions_of(call)))
        if warning := warning_of(kinds, call.seats):
            messages.warning(request, warning)
        said = _("The questions are saved. Read the call once more, then publish it.")
        return directory.done(request, said, base.address(call))
    lede = ngettext(
        "Ask only what decides who sits: each answer may be counted by the balance rules. There is %(n)d place.",
        "Ask only what decides who sits: each answer may be counted by the balance rules. There are %(n)d places.",
        call.seats,
    ) % {"n": call.seats}  # fmt: skip
    return _rows(request, call, rows, _("Questions and balance"), lede)


def _rows(request: Request, call: Call, rows: Any, title: str, lede: str) -> HttpResponse:
    context = base.place_of(call).context(_("Save"), rows=rows, title=title, lede=lede)
    return render(request, "expressions/rows.html", context)


@base.WRITES
def publish(request: Request, slug: str) -> HttpResponse:
    """Ask once more, then show it to everybody."""
    call = access_edited(request.viewer, slug)
    words = {
        "opens": say_moment(local(call.opens_at, call.zone)),
        "closes": say_moment(local(call.closes_at, call.zone)),
    }
    consequences = [
        _("Everybody can read it. It opens on %(opens)s and closes on %(closes)s, by itself.") % words,
        _("What people answer to does not change any more: criteria, questions, balance rules, how it is decided."),
        _("The close can be moved later, with a public reason, never earlier."),
        _("It is promised in public when everybody hears, and when what they sent in is erased."),
    ]
    kinds = small.told_apart(facts.question_facts(facts.questions_of(call)))
    consequences += [said for said in [warning_of(kinds, call.seats)] if said]
    question = Question(
        _("Publish the call"), _("Publish the call"), consequences, _("The call is published."), base.address(call)
    )
    return base.confirm(
        request,
        call,
        question,
        lambda: commands.publish_call(by=request.viewer, call=call, now=request.now),
        form=HeldButton(base.posted(request)),
    )


@base.WRITES
def prolong(request: Request, slug: str) -> HttpResponse:
    """Move the close later."""
    call = access_edited(request.viewer, slug)
    initial = {"closes_on": call.closes_on, "closes_time": call.closes_time}
    form = ProlongForm(base.posted(request), viewer=request.viewer, initial=initial)
    moved = directory.run(
        form,
        lambda good: commands.prolong_call(by=request.viewer, call=call, now=request.now, **good.cleaned_data),
    )
    if moved:
        said = _("The call closes on %(when)s.") % {"when": say_moment(local(moved.closes_at, moved.zone))}
        return directory.done(request, said, base.address(moved))
    return base.task(request, form, _("Close it later"), **base.place_of(call).context(_("Move the close")))


@base.WRITES
def withdraw(request: Request, slug: str) -> HttpResponse:
    """Call it off, with a public reason."""
    call = access_edited(request.viewer, slug)
    consequences = [
        _("Its page stays, and says that it was withdrawn and why."),
        _("Nothing can be sent in any more, and open offers end."),
        _("What was sent in is erased on the promised day."),
    ]
    question = Question(
        _("Withdraw the call"), _("Withdraw the call"), consequences, _("The call is withdrawn."), base.address(call)
    )
    return directory.ask_reason(
        request,
        base.place_of(call),
        question,
        lambda reason: withdraw_call(by=request.viewer, call=call, reason=reason, now=request.now),
    )
