"""One type of group: what it is for, every rule in words, where it sits, its groups, and its rules over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.records.rules import Viewer
from convenor.domain.engagement.living import living
from convenor.domain.engagement.models import GroupType
from convenor.domain.engagement.queries.pages import access_type, changes_at, shown_version
from convenor.domain.engagement.queries.values import OverTime, neighbours, rules_over_time
from convenor.domain.engagement.rules import RULES, TypeRulesValue
from convenor.domain.engagement.rules.differences import type_differences
from convenor.domain.engagement.rules.poster import strip
from convenor.domain.engagement.rules.values import tone_of
from convenor.kit.http import Request, public
from convenor.kit.parts import Fact, Link


def group_type(request: Request, slug: str, type_slug: str) -> HttpResponse:
    """The type as the model says it today; when it is gone, as it last was."""
    viewer: Viewer = request.viewer
    found = access_type(viewer, slug, type_slug)
    over_time = rules_over_time(found)
    on = localdate(viewer.now)
    current = _current(over_time, on)
    context = {
        **_head(found, current, on),
        "parts": _parts(current.rules),
        "place": _place(found, current),
        "changes": _changes(slug, over_time),
        "panels": list(living.panels(viewer, found.pk)),
        "groups_url": living.list_url(slug, type_slug),
    }
    return public(
        render(request, "engagement/type.html", context), changes_at([each.version for each in over_time], on)
    )


def _current(over_time: Sequence[OverTime], on: date) -> OverTime:
    version = shown_version([each.version for each in over_time], on)
    if version is None:
        raise Http404
    return next(each for each in over_time if each.version == version)


def _head(found: GroupType, current: OverTime, on: date) -> dict[str, Any]:
    model_url = reverse("engagement:model", args=[found.model.slug])
    ended = current.version.in_force_to
    return {
        "title": current.rules.name,
        "rules": current.rules,
        "strip": strip(current.rules),
        "model": found.model,
        "model_url": model_url,
        "version": current.version,
        "version_url": reverse("engagement:version", args=[found.model.slug, current.version.number]),
        "level": current.level,
        "level_tone": f"level-{tone_of(current.level.colour)}",
        "gone": ended is not None and ended < on,
        "begins_later": current.version.in_force_from > on,
        "crumbs": [
            Link(_("How we engage"), reverse("engagement:models")),
            Link(found.model.name, model_url),
            Link(current.rules.name, ""),
        ],
    }


def _parts(rules: TypeRulesValue) -> list[dict[str, Any]]:
    """Every stated rule, part by part: its label and its sentences."""
    parts: dict[str, list[Fact]] = {}
    for rule in RULES:
        said = list(rule.says(rules))
        if said:
            parts.setdefault(str(rule.part), []).append(Fact(str(rule.label), said if len(said) > 1 else said[0]))
    return [{"title": title, "facts": facts} for title, facts in parts.items()]


def _place(found: GroupType, current: OverTime) -> list[Fact]:
    """Where it sits: what it comes from and leads to, each a link."""
    others = neighbours(found, current.version)

    def links(things: Iterable[Any]) -> list[Link]:
        urls = [(each.name, reverse("engagement:type", args=[found.model.slug, each.slug])) for each in things]
        return [Link(name, url) for name, url in urls]

    facts = [
        Fact(_("Level"), current.level.name),
        Fact(_("Set up from"), links(current.rules.parent_types)),
        Fact(_("Sets up"), links(each for each in others if each.kind == "parents")),
        Fact(_("Consults"), links(current.rules.consults)),
        Fact(_("Is consulted by"), links(each for each in others if each.kind == "consults")),
        Fact(_("May refer business to"), links(current.rules.refers_to)),
    ]
    return [fact for fact in facts if fact.value]


def _changes(slug: str, over_time: Sequence[OverTime]) -> list[dict[str, Any]]:
    """Each version that said something else of the type than the one before, the newest first."""
    found = []
    for each, older in zip(over_time, [*over_time[1:], None], strict=True):
        said = type_differences(older.rules, each.rules) if older else []
        if said or older is None:
            url = reverse("engagement:version", args=[slug, each.version.number])
            found.append({"version": each.version, "differences": said, "first": older is None, "url": url})
    return found
