"""One group: who sits on a day, what stands around it, its rules; and what other apps show there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.records.registry import Panel
from convenor.core.records.rules import LIVE
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.engagement.models import TypeRules
from convenor.domain.engagement.rules import (
    ORGANISATIONS,
    Composition,
    Override,
    SeatValue,
    TypeRulesValue,
    overridden,
    sentences,
)
from convenor.domain.engagement.rules.briefs import meets
from convenor.domain.engagement.rules.overriding import still
from convenor.domain.engagement.rules.rulebook import gone, known_rule, label_of
from convenor.domain.groups import permissions
from convenor.domain.groups.forms.detail import OnForm
from convenor.domain.groups.models import Group, RuleOverride
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.around import around
from convenor.domain.groups.queries.desk import judged
from convenor.domain.groups.queries.life import Life, Moment, life_of, past_sunset
from convenor.domain.groups.queries.rosters import SeatLine, table_of_groups
from convenor.domain.groups.queries.ruling import as_override, overrides_of, with_own
from convenor.domain.groups.queries.types import SideShown, TypeShown, rows_of, sides_of, types_in_force
from convenor.domain.groups.rules import joining
from convenor.domain.groups.rules.spans import Span, say_span
from convenor.domain.groups.rules.states import CLOSED
from convenor.domain.groups.views import base
from convenor.domain.groups.views.joining import box
from convenor.kit.http import Request
from convenor.kit.parts import Anchor, Fact, Link, State


@require_safe
def detail(request: Request, slug: str) -> HttpResponse:
    """A group as it is today, or as it was on `?on=`."""
    viewer, today = request.viewer, local_day(request.now)
    group = directory.or_former(request, "group", slug, access_group)
    if isinstance(group, HttpResponse):
        return group
    asked = OnForm(request.GET if "on" in request.GET else None, today=today)
    on = asked.day()
    types = types_in_force(viewer, _rules_day(group, on, today))
    shown = types.get(group.type_id or 0)
    excepted = overrides_of([group.pk], _rules_day(group, on, today))[group.pk] if group.type_id else []
    own = _own_rules(group, _rules_day(group, on, today), excepted, rows_of(types))
    lines = _lines(request, group, on)
    may = permissions.may_edit_group(viewer, group) if permissions.is_officer(viewer) else None
    life = life_of(viewer, group)
    panels = [*directory.panels(group.record, viewer), *_former(group, life)]
    context = directory.head(
        group.record,
        group=group,
        type=shown if getattr(group, "type_seen", False) else None,
        level=shown.tone if shown else "",
        state=directory.state_of(group.record, *_standing(group)),
        facts=[*_facts(group, shown, today, own), *_terms(group, life.terms_on(on))],
        overridden=bool(still(excepted)),
        **_seats(group, lines, _sides(shown, own), on, today, may=bool(may)),
        on_form=asked,
        join=_join(request, group, shown, own, lines) if on == today else None,
        around=around(viewer, group, types, on),
        life=life,
        past_sunset=past_sunset(group, viewer),
        panels=panels,
        anchors=_anchors(panels),
        actions=directory.actions(group.record, viewer),
        may=may,
        restore_url=_restore(request, group),
        crumbs=base.crumbs(Link(group.name, "")),
    )
    return directory.present(request, "groups/detail.html", context)


FORMER_SHOWN: Final = 60


def _former(group: Group, life: Life) -> list[Panel]:
    """Who sat there once."""
    former = life.former
    rest = len(former) - FORMER_SHOWN
    more = f"/api/v1/former-members.csv?group={group.record.ref}" if rest > 0 else ""
    context = {"former": former[:FORMER_SHOWN], "rest": rest, "more": more}
    return [Panel(_("Former members"), "groups/panel_former.html", context, "former", 60)] if former else []


def _join(
    request: Request, group: Group, shown: TypeShown | None, own: TypeRulesValue | None, lines: Sequence[SeatLine]
) -> dict[str, Any] | None:
    """How the group is joined, where it is. One query more for who is signed in."""
    if shown is None or group.record.state != LIVE:
        return None
    today = local_day(request.now)
    rules = own or shown.size()
    chosen = getattr(group, "own_way", None)
    way = chosen if chosen in joining.ALLOWED[rules.formation] else joining.usual_way(rules)
    seats = (SeatValue(organisation=each.seat.organisation_id, counts=each.seat.counts) for each in lines)
    full = [each.text for each in joining.full(rules, Composition(tuple(seats)), SeatValue())]
    return box(request, group, way, full, today)


def _rules_day(group: Group, on: date, today: date) -> date:
    """The day whose rules are shown: the day asked for, but not before the group was judged by any."""
    return on if group.started_on and group.started_on <= on else today


SHOWN_HERE: Final = (
    "formation",
    "total_maximum",
    "total_counts",
    "cadence_as_required",
    "cadence_months",
    "cadence_weeks",
    "constituencies",
)
"""Fields of the rules that the page of a group shows by itself."""


def _own_rules(
    group: Group, on: date, own: Sequence[Override], at_hand: Mapping[int, TypeRules]
) -> TypeRulesValue | None:
    """The group's rules where an override changes what this page shows of them, which is seldom so."""
    shown = any(name in each.values for each in own for name in SHOWN_HERE)
    return with_own(group.type, own, on, at_hand) if group.type and shown else None


def _sides(shown: TypeShown | None, own: TypeRulesValue | None) -> list[SideShown]:
    """The sides of the table with their caps, by the group's own rule where it has one."""
    if own is not None:
        return [SideShown(side.slug, side.name, side.maximum, side.counts) for side in own.constituencies]
    return sides_of(shown) if shown else []


def _lines(request: Request, group: Group, on: date) -> list[SeatLine]:
    officer = permissions.may_read_every_name(request.viewer, group)
    return table_of_groups(request.viewer, [group.pk], on, officer).roster(group.pk, on)


def _standing(group: Group) -> tuple[str, str]:
    state = base.state_of(group)
    return state.word, state.tone


def _facts(group: Group, shown: TypeShown | None, today: date, own: TypeRulesValue | None) -> list[Fact]:
    host_seen, initiative_seen = getattr(group, "host_seen", False), getattr(group, "initiative_seen", False)
    model = reverse("engagement:model", args=[shown.model_slug]) if shown else ""
    overdue = _late(group.review_due_on, group, today)
    facts = [
        Fact(_("Meets"), meets(own) if own else shown.cadence if shown else ""),
        Fact(_("Run by"), group.host.name if host_seen else "", _host_url(group)),
        Fact(_("Model"), shown.model_name if shown else "", model),
        Fact(_("Initiative"), _initiative(group) if initiative_seen else "", _initiative_url(group)),
        Fact(_("Started"), group.started_on),
        Fact(_("Review due"), group.review_due_on, note=_("overdue") if overdue else ""),
        Fact(_("Ends by"), group.sunset_on, note=_("its time is over") if _late(group.sunset_on, group, today) else ""),
        Fact(_("Closed"), group.closed_on),
    ]
    return [fact for fact in facts if fact.value]


def _terms(group: Group, terms: Moment | None) -> list[Fact]:
    """The version of its terms of reference in force that day."""
    if terms is None:
        return []
    words = _("Version %(number)s") % {"number": terms.name}
    return [Fact(_("Terms of reference"), words, reverse("groups:terms", args=[group.slug]))]


def _late(due: date | None, group: Group, today: date) -> bool:
    return due is not None and due < today and group.state != CLOSED


def _host_url(group: Group) -> str:
    return reverse("directory:organisation", args=[group.host.slug])


def _initiative(group: Group) -> str:
    return group.initiative.name if group.initiative else ""


def _initiative_url(group: Group) -> str:
    return reverse("groups:initiative", args=[group.initiative.slug]) if group.initiative else ""


def _seats(
    group: Group, lines: Sequence[SeatLine], sides: Sequence[SideShown], on: date, today: date, *, may: bool
) -> dict[str, Any]:
    """The roster, side by side of the table where the type has sides."""
    return {
        "on": on,
        "is_today": on == today,
        "seat_count": len(lines),
        "sides": _by_side(lines, sides, may=may and on == today),
        "filled": base.filled_words(lines),
        "add_seat_url": reverse("groups:seat-add", args=[group.slug]) if group.state != CLOSED else "",
    }


def _by_side(lines: Sequence[SeatLine], sides: Sequence[SideShown], *, may: bool) -> list[dict[str, Any]]:
    """Each side with its seats and, where it has a cap, how much of it is taken."""
    known = {side.slug for side in sides}
    found = [_side(side, [line for line in lines if line.seat.constituency == side.slug], may=may) for side in sides]
    rest = [base.line_shown(line, may=may) for line in lines if line.seat.constituency not in known]
    return [each for each in found if each["lines"]] + ([{"name": "", "words": "", "lines": rest}] if rest else [])


def _side(side: SideShown, own: Sequence[SeatLine], *, may: bool) -> dict[str, Any]:
    return {"name": side.name, "words": _taken(own, side), "lines": [base.line_shown(line, may=may) for line in own]}


def _taken(lines: Sequence[SeatLine], side: SideShown) -> str:
    if side.maximum is None:
        return ""
    taken = Composition(
        tuple(SeatValue(organisation=line.seat.organisation_id, counts=line.seat.counts) for line in lines)
    ).count(side.counts)
    if side.counts == ORGANISATIONS:
        return _("%(n)d of at most %(most)d organisations") % {"n": taken, "most": side.maximum}
    return _("%(n)d of at most %(most)d") % {"n": taken, "most": side.maximum}


def _anchors(panels: Sequence[Panel]) -> list[Anchor]:
    return [
        Anchor("about", _("Purpose")),
        Anchor("seats", _("Who sits")),
        *directory.panel_anchors(panels),
        Anchor("place", _("Where it stands")),
    ]


def _restore(request: Request, group: Group) -> str:
    if not permissions.is_officer(request.viewer) or not permissions.may_edit_group(request.viewer, group):
        return ""
    return reverse("groups:restore", args=[group.slug])


@require_safe
def rules(request: Request, slug: str) -> HttpResponse:
    """Every rule of the group's type in a sentence, and where the group breaks or falls short of them today."""
    viewer, today = request.viewer, local_day(request.now)
    group = access_group(viewer, slug)
    seen = group.type if getattr(group, "type_seen", False) else None
    rows = list(RuleOverride.objects.filter(group=group).order_by("-starts_on", "-number")) if seen else []
    holding = [as_override(row) for row in reversed(rows) if Span(row.starts_on, row.ends_on).covers(today)]
    ruled = with_own(seen, holding, today) if seen else None
    found = judged([group], {group.pk: ruled}, today) if seen and ruled and group.state != CLOSED else []
    alive = group.state != CLOSED
    may = permissions.is_officer(viewer) and permissions.may_edit_group(viewer, group).ok
    context = {
        "title": _("The rules of %(group)s") % {"group": group.name},
        "group": group,
        "rules": ruled,
        "model": seen.model if seen else None,
        "type_url": reverse("engagement:type", args=[seen.model.slug, seen.slug]) if seen else "",
        "sentences": sentences(ruled) if ruled else [],
        "overrides": _overrides(group, rows, ruled, today, may=may),
        "override_url": reverse("groups:override-add", args=[group.slug]) if ruled and may and alive else "",
        "found": found[0] if found else None,
        "crumbs": base.crumbs(Link(group.name, base.address(group)), Link(_("Rules"), "")),
    }
    return directory.present(request, "groups/rules.html", context)


def _overrides(
    group: Group, rows: Sequence[RuleOverride], ruled: TypeRulesValue | None, today: date, *, may: bool
) -> list[dict[str, Any]]:
    """Every override the group has or had, in force first."""
    if ruled is None:
        return []
    found = [_override(group, row, ruled, today, may=may and group.state != CLOSED) for row in rows]
    return sorted(found, key=lambda each: str(each["order"]))


def _override(group: Group, row: RuleOverride, ruled: TypeRulesValue, today: date, *, may: bool) -> dict[str, Any]:
    """One override: what it says, when it holds, and what may be done with it."""
    span, args = Span(row.starts_on, row.ends_on), [group.slug, row.number]
    order, word, tone = 0, _("In force"), "good"
    if span.ahead(today):
        order, word, tone = 1, _("To come"), "info"
    elif span.over(today):
        order, word, tone = 2, _("Ended"), "neutral"
    if not known_rule(row.rule):
        order, word, tone = 3, _("Binds nobody"), "neutral"
    return {
        "row": row,
        "label": label_of(row.rule),
        "order": order,
        "state": State(word, tone),
        "span": say_span(span),
        "said": _said_alone(row, ruled),
        "correct_url": reverse("groups:override-correct", args=args) if may and known_rule(row.rule) else "",
        "end_url": reverse("groups:override-end", args=args) if may and row.ends_on is None else "",
        "strike_url": reverse("groups:override-strike", args=args) if may and not known_rule(row.rule) else "",
    }


def _said_alone(row: RuleOverride, ruled: TypeRulesValue) -> list[str]:
    """What the override makes of its rule; that the rule is gone, where a later release of Convenor dropped it."""
    rule = known_rule(row.rule)
    if rule is None:
        return [gone(row.rule)]
    alone = replace(overridden(ruled, [as_override(row)]), overrides=())
    return list(rule.says(alone)) or [_("The rule does not bind.")]
