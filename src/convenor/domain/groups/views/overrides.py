"""A group's own rules: which rule, what holds instead, with a look at what it would do before it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.directory.views.base import Question
from convenor.domain.engagement.forms.rulefields import Codes
from convenor.domain.engagement.models import TypeRules
from convenor.domain.engagement.queries import effective_rules as rules_of_type
from convenor.domain.engagement.queries import in_force
from convenor.domain.engagement.queries.loading import known_vocabulary
from convenor.domain.engagement.rules import RULES, Rule, TypeRulesValue, overridden
from convenor.domain.engagement.rules.rulebook import gone, known_rule, label_of, told
from convenor.domain.groups.commands.overrides import (
    add_override,
    correct_override,
    end_override,
    strike_override,
)
from convenor.domain.groups.forms.overrides import OverrideForm
from convenor.domain.groups.models import Group, RuleOverride
from convenor.domain.groups.queries.access import access_override
from convenor.domain.groups.queries.ruling import as_override, effective_rules, names_for
from convenor.domain.groups.queries.weighing import OverrideFacts, Weighed, weigh
from convenor.domain.groups.views import base
from convenor.domain.groups.views.lives import WRITES
from convenor.kit.http import Request
from convenor.kit.parts import Link
from convenor.kit.structs import struct


@WRITES
def add(request: Request, slug: str) -> HttpResponse:
    """Choose the rule (`?rule=`), say what holds instead, look, and keep it."""
    group, today = base.editable(request, slug), local_day(request.now)
    rules = effective_rules(group, today)
    if rules is None:
        return HttpResponseRedirect(reverse("groups:rules", args=[group.slug]))
    rule = next((each for each in RULES if each.key == request.GET.get("rule")), None)
    if rule is None:
        return _choose(request, group, rules)
    form = OverrideForm(
        base.posted(request), viewer=request.viewer, rule=rule, rules=rules, codes=_codes(group, today), today=today
    )
    title = _("Override “%(rule)s” for %(group)s") % {"rule": rule.label, "group": group.name}
    keep = _Keep(
        lambda facts: weigh(group, facts, today),
        lambda good: add_override(by=request.viewer, group=group, facts=good.facts(), now=request.now),
        _("The override holds."),
    )
    return _looked_at(request, group, form, keep, title, rule)


@struct(slots=False)
class _Keep:
    """How an override is weighed, how it is kept, and what is said then."""

    weigh: Callable[[OverrideFacts], Weighed]
    command: Callable[[OverrideForm], Any]
    said: str


def _looked_at(
    request: Request, group: Group, form: OverrideForm, keep: _Keep, title: str, rule: Rule, **context: Any
) -> HttpResponse:
    """First a look, then the command; the form keeps all that was entered."""
    weighed = None
    if form.is_bound and form.is_valid():
        weighed = keep.weigh(form.facts())
        form.add_breaches(weighed.refused)
        if "confirm" in request.POST and not weighed.refused and directory.run(form, keep.command):
            return directory.done(request, keep.said, reverse("groups:rules", args=[group.slug]))
    place = base.place_of(group).context(_("Look at what it would do"), template="groups/override.html", **context)
    place |= {"cancel_url": reverse("groups:rules", args=[group.slug]), "rule": rule}
    place |= {"weighed": weighed if not form.errors else None}
    return base.task(request, form, title, lede=str(rule.about), **place)


def _choose(request: Request, group: Group, rules: TypeRulesValue) -> HttpResponse:
    """Every rule with what it says now."""
    url = reverse("groups:override-add", args=[group.slug])
    parts = [
        {
            "title": str(part),
            "rules": [
                {"label": rule.label, "url": f"{url}?rule={rule.key}", "said": told(rules, rule)} for rule in some
            ],
        }
        for part, some in groupby(RULES, key=lambda rule: str(rule.part))
    ]
    title = _("Make an exception for %(group)s") % {"group": group.name}
    crumbs = base.crumbs(
        Link(group.name, base.address(group)), Link(_("Rules"), reverse("groups:rules", args=[group.slug]))
    )
    context = {"title": title, "parts": parts, "group": group, "crumbs": crumbs}
    return render(request, "groups/override_choose.html", context)


def _codes(group: Group, today: Any) -> Codes:
    """What its rules may name."""
    model = group.type.model_id if group.type else 0
    rows = TypeRules.objects.filter(in_force(today, "version"), version__model=model).order_by("level__order", "order")
    words = known_vocabulary()

    def pairs(things: Iterable[Any]) -> list[tuple[str, str]]:
        return [(each.slug, each.name) for each in things]

    types = list(rows.values_list("group_type__slug", "name"))
    return Codes(types, pairs(words.roles), pairs(words.kinds), pairs(words.segments))


@WRITES
def correct(request: Request, slug: str, number: int) -> HttpResponse:
    """Correct an override, with a reason of its own."""
    group, today = base.editable(request, slug), local_day(request.now)
    row = access_override(request.viewer, group, number)
    rule = known_rule(row.rule)
    if rule is None:
        messages.warning(request, gone(row.rule))
        return HttpResponseRedirect(reverse("groups:rules", args=[group.slug]))
    rules = _as_recorded(group, row)
    initial = {name: getattr(row, name) for name in ("starts_on", "ends_on", "reason", "approved_by")}
    form = OverrideForm(
        base.posted(request), viewer=request.viewer, rule=rule, rules=rules, codes=_codes(group, today), today=today,
        correcting=True, initial=initial,
    )  # fmt: skip
    keep = _Keep(
        lambda facts: weigh(group, facts, today, but=row.pk),
        lambda good: correct_override(
            by=request.viewer, override=row, facts=good.facts(), reason=good.cleaned_data["correction"], now=request.now
        ),
        _("The override is corrected."),
    )
    title = _("Correct the override of “%(rule)s”") % {"rule": rule.label}
    strike_url = reverse("groups:override-strike", args=[group.slug, row.number])
    return _looked_at(request, group, form, keep, title, rule, strike_url=strike_url)


def _as_recorded(group: Group, row: RuleOverride) -> TypeRulesValue:
    """The rules with this override laid over them, to fill in the form."""
    rules = rules_of_type(group.type, row.starts_on) if group.type else None
    if rules is None or group.type is None:
        raise Http404
    own = [as_override(row)]
    return overridden(rules, own, names_for(own, [group.type], None))


@WRITES
def end(request: Request, slug: str, number: int) -> HttpResponse:
    """End an override."""
    group = base.editable(request, slug)
    row = access_override(request.viewer, group, number)
    rule = known_rule(row.rule)
    words = {"rule": label_of(row.rule), "group": group.name}
    again = [_("From the next day on the model's own rule holds for %(group)s again.") % words]
    consequences = [*again, *_own(group, rule, request)] if rule else [gone(row.rule)]
    back = reverse("groups:rules", args=[group.slug])
    question = Question(
        _("End the override of “%(rule)s”") % words, _("End it"), consequences, _("The override has an end."), back
    )
    return base.day_and_reason(
        request,
        directory.Place(group.name, back, base.crumbs(Link(group.name, base.address(group)))),
        question,
        lambda good: end_override(by=request.viewer, override=row, now=request.now, **good.cleaned_data),
    )


def _own(group: Group, rule: Rule, request: Request) -> list[str]:
    rules = rules_of_type(group.type, local_day(request.now)) if group.type else None
    return list(rule.says(rules)) if rules else []


@WRITES
def strike(request: Request, slug: str, number: int) -> HttpResponse:
    """Take out an override that never was."""
    group = base.editable(request, slug)
    row = access_override(request.viewer, group, number)
    consequences = [
        _("It leaves the record as if it had never held. Its history keeps that it stood here, and why not.")
    ]
    back = reverse("groups:rules", args=[group.slug])
    question = Question(_("Take the override out"), _("Take it out"), consequences, _("The override is out."), back)

    def take_out(reason: str) -> bool:
        strike_override(by=request.viewer, override=row, reason=reason, now=request.now)
        return True

    place = directory.Place(group.name, back, base.crumbs(Link(group.name, base.address(group))))
    return directory.ask_reason(request, place, question, take_out)
