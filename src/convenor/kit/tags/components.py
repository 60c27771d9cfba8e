"""Tags that draw a whole part of a page from values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms, template

from convenor.kit import cells
from convenor.kit.paging import Page
from convenor.kit.parts import Anchor, Chip, Event, Fact, Link, Stage, Step
from convenor.kit.query import Params, params_of, with_params
from convenor.kit.tables import Table

register = template.Library()
Given = dict[str, Any]
LINE_ACROSS = 6  # more steps than this run downwards at every width


@register.inclusion_tag("kit/components/breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[Link | Given]) -> Given:
    """The way here from the front page."""
    return {"crumbs": crumbs}


@register.inclusion_tag("kit/components/fact_list.html")
def fact_list(facts: Iterable[Fact | Given]) -> Given:
    """Labels and values."""
    return {"facts": facts}


@register.inclusion_tag("kit/components/contents.html")
def contents(anchors: Sequence[Anchor | Given], title: str = "") -> Given:
    """The sections of this page."""
    return {"anchors": anchors, "title": title}


@register.inclusion_tag("kit/components/tabs.html")
def tabs(links: Sequence[Link | Given], label: str) -> Given:
    """Views of one thing, each at its own address."""
    return {"links": links, "label": label}


@register.inclusion_tag("kit/components/pagination.html")
def pagination(page: Page[Any], asked: Params) -> Given:
    """Where one is in a long list, and the way to the rest."""
    query = params_of(asked)
    numbers = [(number, with_params(query, page=str(number)) if number else "") for number in page.around()]
    before, after = (with_params(query, page=str(page.number + step)) for step in (-1, 1))
    return {"page": page, "numbers": numbers, "before": before, "after": after}


@register.inclusion_tag("kit/components/register_bar.html")
def register_bar(
    sentence: str,
    chips: Sequence[Chip | Given] = (),
    sorts: Sequence[Link | Given] = (),
    downloads: Sequence[Link | Given] = (),
    clear_url: str = "",
) -> Given:
    """What a register shows: how many, why these, in which order, and how to take them away."""
    return {"sentence": sentence, "chips": chips, "sorts": sorts, "downloads": downloads, "clear_url": clear_url}


@register.inclusion_tag("kit/components/filter_form.html")
def filter_form(form: forms.BaseForm, title: str = "", submit: str = "") -> Given:
    """The filters of a register as a GET form."""
    return {"form": form, "title": title, "submit": submit}


@register.inclusion_tag("kit/components/data_table.html")
def data_table(table: Table[Any]) -> Given:
    """A table with caption, sortable heads and, on narrow screens, cards."""
    return {"table": table, "heads": table.heads(), "lines": table.lines()}


@register.inclusion_tag("kit/components/stat_tile.html")
def stat_tile(
    name: str,
    value: object,
    change: str = "",
    tone: str = "neutral",
    unit: str = "",
    spark: Any = None,
    fresh: str = "",
    url: str = "",
    note: str = "",
) -> Given:
    """One number with its change in words, its course and its age. A value of None reads "Not measured"."""
    return {
        "name": name,
        "value": None if value is None else cells.show(value),
        "change": change,
        "tone": tone,
        "unit": unit,
        "spark": spark,
        "fresh": fresh,
        "url": url,
        "note": note,
    }


@register.inclusion_tag("kit/components/history.html")
def history(events: Iterable[Event | Given]) -> Given:
    """What happened to a record, newest first."""
    return {"events": events}


@register.inclusion_tag("kit/components/stepper.html")
def stepper(stages: Sequence[Stage | Given], label: str = "") -> Given:
    """Stages of a process, done, current and to come."""
    return {"stages": stages, "label": label}


@register.inclusion_tag("kit/components/line.html")
def line(steps: Sequence[Step | Sequence[Step]], label: str = "") -> Given:
    """What led to what: left to right on wide screens, top to bottom on narrow, an ordered list to everybody else."""
    stops = [[step] if isinstance(step, Step) else list(step) for step in steps]
    return {"stops": stops, "label": label, "long": len(stops) > LINE_ACROSS}


@register.inclusion_tag("kit/components/desk_help.html")
def desk_help(keys: Iterable[tuple[str, str]]) -> Given:
    """The keyboard of the desk, and the switch that turns it off."""
    return {"keys": keys}


@register.inclusion_tag("kit/components/meter.html")
def meter(label: str, value: float, maximum: float, need: float | None = None, words: str = "") -> Given:
    """A share of a whole with the mark to reach; the words carry it, the drawing repeats them."""
    share = min(value / maximum, 1) if maximum else 0
    mark = need / maximum if maximum and need is not None else None
    return {
        "label": label,
        "words": words,
        "value": value,
        "maximum": maximum,
        "need": need,
        "width": f"{share * 100:.2f}%",
        "mark": None if mark is None else f"{mark * 100:.2f}%",
        "tone": "" if need is None else "good" if value >= need else "watch",
    }
