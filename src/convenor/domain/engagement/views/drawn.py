"""The poster with its links, as the template draws it and as the list beside it says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from convenor.domain.engagement.living import living
from convenor.domain.engagement.queries.pages import Shown
from convenor.domain.engagement.rules import LevelValue, ModelValue, TypeRulesValue
from convenor.domain.engagement.rules.poster import (
    FULL,
    SMALL,
    Band,
    Card,
    Poster,
    description,
    draw,
    draw_for_paper,
    notes,
    strip,
)
from convenor.kit.structs import struct

_WAYS_TO_DRAW: Final[dict[str, Callable[[ModelValue], Poster]]] = {
    "full": lambda value: draw(value, FULL),
    "small": lambda value: draw(value, SMALL),
    "paper": draw_for_paper,
}


@lru_cache(maxsize=64)
def _drawn(kind: str, value: ModelValue, language: str | None) -> Poster:  # noqa: ARG001 - the words follow the language
    """A drawing depends on nothing but the model and the language, so it is made once."""
    return _WAYS_TO_DRAW[kind](value)


@struct(slots=False)
class Ways:
    """Where a card leads: its type's page, and its groups with their number in words."""

    url: str = ""
    groups: str = ""
    groups_url: str = ""


@struct(slots=False)
class Item:
    """A type of group as the list says it: the same words as on its card."""

    rules: TypeRulesValue
    ways: Ways

    @property
    def strip(self) -> list[str]:
        return strip(self.rules)

    @property
    def notes(self) -> list[tuple[str, str]]:
        return list(notes(self.rules))


@struct(slots=False)
class Listed:
    """A level as the list says it."""

    level: LevelValue
    colour: int
    items: list[Item]


def poster_of(shown: Shown) -> dict[str, Any]:
    """What poster.html needs: the drawing with its links, and the list that says the same."""
    ways = {rules.slug: _ways(shown, rules) for rules in shown.value.types()}
    drawing = _drawn("full", shown.value, get_language())
    return {
        "poster": _drawing(drawing.bands, ways) | _frame(drawing),
        "listed": [_listed(level, band, ways) for level, band in zip(shown.value.levels, drawing.bands, strict=True)],
        "label": _("The model drawn: %(name)s") % {"name": shown.value.name},
        "paper": paper_poster(shown.value),
    }


def small_poster(value: ModelValue) -> dict[str, Any]:
    """Names and arrows only, for lists; hidden from screen readers, which have the names beside it."""
    drawing = _drawn("small", value, get_language())
    return _drawing(drawing.bands, {}) | _frame(drawing)


def bare_poster(value: ModelValue) -> dict[str, Any]:
    """The drawing alone, without links and numbers."""
    drawing = _drawn("full", value, get_language())
    return _drawing(drawing.bands, {}) | _frame(drawing)


def paper_poster(value: ModelValue) -> dict[str, Any]:
    """The same in the shape of a sheet: what is printed and downloaded."""
    drawing = _drawn("paper", value, get_language())
    return _drawing(drawing.bands, {}) | _frame(drawing) | {"description": description(value)}


def _frame(drawing: Poster) -> dict[str, Any]:
    return {
        "width": drawing.width,
        "height": drawing.height,
        "arrows": drawing.arrows,
        "legend": drawing.legend,
    }


def _drawing(bands: tuple[Band, ...], ways: Mapping[str, Ways]) -> dict[str, Any]:
    return {"bands": [_band(band, ways) for band in bands]}


def _band(band: Band, ways: Mapping[str, Ways]) -> dict[str, Any]:
    return {
        "name": band.name,
        "colour": band.colour,
        "label": band.label,
        "area": band.area,
        "texts": band.texts,
        "cards": [_card(card, ways.get(card.slug, Ways())) for card in band.cards],
    }


def _card(card: Card, ways: Ways) -> dict[str, Any]:
    return {"name": card.name, "box": card.box, "texts": card.texts, "count": card.count, "ways": ways}


def _listed(level: LevelValue, band: Band, ways: Mapping[str, Ways]) -> Listed:
    return Listed(level, band.colour, [Item(rules, ways[rules.slug]) for rules in level.types])


def _ways(shown: Shown, rules: TypeRulesValue) -> Ways:
    url = reverse("engagement:type", args=[shown.model.slug, rules.slug])
    listed = living.list_url(shown.model.slug, rules.slug)
    number = shown.counts.get(rules.slug, 0)
    if not listed:
        return Ways(url)
    if not number:
        return Ways(url, _("No group yet"))
    return Ways(url, ngettext("%(n)d group", "%(n)d groups", number) % {"n": number}, listed)
