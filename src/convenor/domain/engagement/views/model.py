"""One model: its poster, every rule in words, the table of all rules, its versions and downloads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from convenor.core.records.registry import registry
from convenor.core.records.rules import Viewer
from convenor.domain.engagement.queries.pages import Shown, access_model, changes_at, shown
from convenor.domain.engagement.rules import RULES, ModelValue, Rule, TypeRulesValue, sentences
from convenor.domain.engagement.rules.briefs import brief
from convenor.domain.engagement.rules.words import listed
from convenor.domain.engagement.views.drawn import poster_of
from convenor.kit.http import Request, public
from convenor.kit.parts import Action, Link
from convenor.kit.tables import Column, Table

VIEWS = ("poster", "table")


def model(request: Request, slug: str) -> HttpResponse:
    """The poster with the rules under it; with ?view=table all rules of all types side by side."""
    viewer: Viewer = request.viewer
    found = shown(viewer, access_model(viewer, slug))
    view = request.GET.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    context = {
        **head(found, viewer),
        "view": view,
        "tabs": _tabs(found, view),
        "panels": registry.panels(found.model.record, viewer),
        **(_table(found.value) if view == "table" else _poster(found)),
    }
    return public(render(request, f"engagement/{view}.html", context), changes_at(found.versions, found.on))


def head(found: Shown, viewer: Viewer) -> dict[str, Any]:
    """What the head of every page of a model shows."""
    model, ref = found.model, found.model.record.ref
    return {
        "title": model.name,
        "shown": found,
        "model": model,
        "model_url": reverse("engagement:model", args=[model.slug]),
        "crumbs": [Link(_("How we engage"), reverse("engagement:models")), Link(model.name, "")],
        "history_url": f"/history/{ref}/",
        "follow_url": f"/history/{ref}/feed.atom",
        "actions": [
            Action(each.label, each.url, refused="" if each.ok else each.reason)
            for each in registry.actions(model.record, viewer)
        ],
    }


def _tabs(found: Shown, view: str) -> list[Link]:
    url = reverse("engagement:model", args=[found.model.slug])
    return [
        Link(_("Poster and rules"), url, current=view == "poster"),
        Link(_("All rules as a table"), f"{url}?view=table", current=view == "table"),
        Link(_("Health"), reverse("engagement:health", args=[found.model.slug])),
    ]


def _poster(found: Shown) -> dict[str, Any]:
    return {**poster_of(found), "levels": _in_words(found), "downloads": downloads(found.model.slug)}


def downloads(slug: str) -> list[Link]:
    """The model as files."""
    names = (("YAML", "yaml"), ("JSON", "json"), ("SVG", "svg"))
    return [Link(label, reverse(f"engagement:model_{kind}", args=[slug])) for label, kind in names]


def _in_words(found: Shown) -> list[dict[str, Any]]:
    """Every level with its types, and every rule of each as a sentence."""
    return [
        {
            "level": level,
            "types": [
                {
                    "rules": rules,
                    "url": reverse("engagement:type", args=[found.model.slug, rules.slug]),
                    "sentences": sentences(rules),
                }
                for rules in level.types
            ],
        }
        for level in found.value.levels
    ]


def _table(value: ModelValue) -> dict[str, Any]:
    """One row for every rule there can be, one column for every type; then the rules no type states."""
    types = list(value.types())
    stated = [rule for rule in RULES if any(brief(rules, rule.key) for rules in types)]
    silent = [str(rule.label) for rule in RULES if rule not in stated]
    return {"table": rules_table(stated, types), "silent": listed(silent), "silent_count": len(silent)}


def rules_table(rows: Sequence[Rule], types: Sequence[TypeRulesValue]) -> Table[Rule]:
    """Rules down, types across."""
    columns: list[Column[Rule]] = [Column("rule", _("Rule"), lambda rule: str(rule.label), priority=1)]
    columns += [_column(rules) for rules in types]
    return Table(columns, rows, _("Every rule the model states, by type of group"))


def _column(rules: TypeRulesValue) -> Column[Rule]:
    return Column(rules.slug, rules.name, lambda rule: brief(rules, rule.key) or None)
