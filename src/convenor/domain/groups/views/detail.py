"""One group: who sits on a day, what stands around it, its rules; and what other apps show there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.records.registry import Panel
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.engagement.queries import effective_rules
from convenor.domain.engagement.rules import ORGANISATIONS, Composition, SeatValue, sentences
from convenor.domain.groups import permissions
from convenor.domain.groups.forms.detail import OnForm
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.around import around
from convenor.domain.groups.queries.desk import judged
from convenor.domain.groups.queries.rosters import SeatLine, table_of
from convenor.domain.groups.queries.types import SideShown, TypeShown, sides_of, types_in_force
from convenor.domain.groups.rules.states import CLOSED
from convenor.domain.groups.views import base
from convenor.kit.http import Request
from convenor.kit.parts import Anchor, Fact, Link


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
    lines = _lines(request, group, on)
    may = permissions.may_edit_group(viewer, group) if permissions.is_officer(viewer) else None
    panels = directory.panels(group.record, viewer)
    context = directory.head(
        group.record,
        group=group,
        type=shown if getattr(group, "type_seen", False) else None,
        level=shown.tone if shown else "",
        state=directory.state_of(group.record, *_standing(group)),
        facts=_facts(group, shown, today),
        **_seats(group, lines, sides_of(shown) if shown else [], on, today, may=bool(may)),
        on_form=asked,
        around=around(viewer, group, types, on),
        panels=panels,
        anchors=_anchors(panels),
        actions=directory.actions(group.record, viewer),
        may=may,
        restore_url=_restore(request, group),
        crumbs=base.crumbs(Link(group.name, "")),
    )
    return directory.present(request, "groups/detail.html", context)


def _rules_day(group: Group, on: date, today: date) -> date:
    """The day whose rules are shown: the day asked for, but not before the group was judged by any."""
    return on if group.started_on and group.started_on <= on else today


def _lines(request: Request, group: Group, on: date) -> list[SeatLine]:
    officer = permissions.may_read_every_name(request.viewer, group)
    return table_of(request.viewer, Q(group=group), on=on, officer=officer).roster(group.pk, on)


def _standing(group: Group) -> tuple[str, str]:
    state = base.state_of(group)
    return state.word, state.tone


def _facts(group: Group, shown: TypeShown | None, today: date) -> list[Fact]:
    host_seen, initiative_seen = getattr(group, "host_seen", False), getattr(group, "initiative_seen", False)
    model = reverse("engagement:model", args=[shown.model_slug]) if shown else ""
    overdue = group.review_due_on is not None and group.review_due_on < today and group.state != CLOSED
    facts = [
        Fact(_("Meets"), shown.cadence if shown else ""),
        Fact(_("Run by"), group.host.name if host_seen else "", _host_url(group)),
        Fact(_("Model"), shown.model_name if shown else "", model),
        Fact(_("Initiative"), _initiative(group) if initiative_seen else "", _initiative_url(group)),
        Fact(_("Started"), group.started_on),
        Fact(_("Review due"), group.review_due_on, note=_("overdue") if overdue else ""),
        Fact(_("Ends by"), group.sunset_on),
        Fact(_("Closed"), group.closed_on),
    ]
    return [fact for fact in facts if fact.value]


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
    taken = Composition(tuple(SeatValue(organisation=line.seat.organisation_id) for line in lines)).count(side.counts)
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
    ruled = effective_rules(seen, today) if seen else None
    found = judged([group], {seen.pk: ruled}, today) if seen and ruled and group.state != CLOSED else []
    context = {
        "title": _("The rules of %(group)s") % {"group": group.name},
        "group": group,
        "rules": ruled,
        "model": seen.model if seen else None,
        "type_url": reverse("engagement:type", args=[seen.model.slug, seen.slug]) if seen else "",
        "sentences": sentences(ruled) if ruled else [],
        "found": found[0] if found else None,
        "crumbs": base.crumbs(Link(group.name, base.address(group)), Link(_("Rules"), "")),
    }
    return directory.present(request, "groups/rules.html", context)
