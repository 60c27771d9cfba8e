"""One type of group: what it is for, every rule in words, its groups, and its rules over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.records.rules import Viewer
from convenor.domain.engagement.living import living
from convenor.domain.engagement.models import GroupType, LevelRules, ModelVersion
from convenor.domain.engagement.queries.pages import access_type, changes_at, shown_version
from convenor.domain.engagement.queries.values import rules_over_time
from convenor.domain.engagement.rules import RULES, TypeRulesValue
from convenor.domain.engagement.rules.differences import Difference, type_differences
from convenor.domain.engagement.rules.poster import strip
from convenor.domain.engagement.rules.values import COLOURS
from convenor.kit.http import Request, public
from convenor.kit.parts import Fact, Link

OverTime = Sequence[tuple[ModelVersion, TypeRulesValue]]


def group_type(request: Request, slug: str, type_slug: str) -> HttpResponse:
    """The type as the model says it today; when it is gone, as it last was."""
    viewer: Viewer = request.viewer
    found = access_type(viewer, slug, type_slug)
    over_time = rules_over_time(found)
    on = localdate(viewer.now)
    version, rules = _current(over_time, on)
    level = LevelRules.objects.select_related("level").get(version=version, level__slug=rules.level)
    context = {
        **_head(found, version, rules, level),
        "facts": _facts(rules),
        "changes": _changes(over_time),
        "panels": list(living.panels(viewer, found.pk)),
        "groups_url": living.list_url(slug, type_slug),
        "gone": version.in_force_to is not None and version.in_force_to < on,
        "begins_later": version.in_force_from > on,
    }
    versions = [each for each, _rules in over_time]
    return public(render(request, "engagement/type.html", context), changes_at(versions, on))


def _current(over_time: OverTime, on: Any) -> tuple[ModelVersion, TypeRulesValue]:
    version = shown_version([version for version, _rules in over_time], on)
    if version is None:
        raise Http404
    return version, next(rules for each, rules in over_time if each == version)


def _head(found: GroupType, version: ModelVersion, rules: TypeRulesValue, level: LevelRules) -> dict[str, Any]:
    model_url = reverse("engagement:model", args=[found.model.slug])
    return {
        "title": rules.name,
        "rules": rules,
        "model": found.model,
        "model_url": model_url,
        "version": version,
        "version_url": reverse("engagement:version", args=[found.model.slug, version.number]),
        "level": level,
        "level_tone": f"level-{COLOURS.index(level.colour) + 1}",
        "strip": strip(rules),
        "crumbs": [
            Link(_("How we engage"), reverse("engagement:models")),
            Link(found.model.name, model_url),
            Link(rules.name, ""),
        ],
    }


def _facts(rules: TypeRulesValue) -> list[dict[str, Any]]:
    """Every stated rule, part by part: its label and its sentences."""
    parts: dict[str, list[Fact]] = {}
    for rule in RULES:
        said = list(rule.says(rules))
        if said:
            parts.setdefault(str(rule.part), []).append(Fact(str(rule.label), said if len(said) > 1 else said[0]))
    return [{"title": title, "facts": facts} for title, facts in parts.items()]


def _changes(over_time: OverTime) -> list[dict[str, Any]]:
    """Each version that said something else of the type than the one before, the newest first."""
    found = []
    for (version, rules), older in zip(over_time, [*over_time[1:], None], strict=True):
        said: list[Difference] = type_differences(older[1], rules) if older else []
        if said or older is None:
            url = reverse("engagement:version", args=[version.model.slug, version.number])
            found.append({"version": version, "differences": said, "first": older is None, "url": url})
    return found
