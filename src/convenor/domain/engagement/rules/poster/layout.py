"""The poster's geometry: bands, cards in justified rows, channels as high as the lines in them need.

Pure: the same model and sizes give the same drawing. Nothing overlaps, whatever the model says (tested by law).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil
from typing import Final

from django.utils.translation import gettext as _

from convenor.domain.engagement.rules.poster.content import head_pieces, level_pieces, note_pieces
from convenor.domain.engagement.rules.poster.glyphs import BOLD, ITALIC, REGULAR, SERIF, width_of
from convenor.domain.engagement.rules.poster.lines import arrows, head_path
from convenor.domain.engagement.rules.poster.nets import CONSULTS, PARENTS, nets_of
from convenor.domain.engagement.rules.poster.routing import Routes, route
from convenor.domain.engagement.rules.poster.shapes import Band, Box, Card, Key, Poster
from convenor.domain.engagement.rules.poster.text import Piece, Style, set_texts
from convenor.domain.engagement.rules.values import LevelValue, ModelValue, TypeRulesValue
from convenor.kit.structs import struct


@struct(slots=False)
class Sizes:
    """The measures of one kind of poster. Lengths in pixels at full size."""

    width: float = 1200
    label: float = 224
    pad: float = 16
    label_pad: float = 18
    columns: int = 4
    gap: float = 34
    two_columns: float = 620
    """Cards at least this wide set their notes beside the rest."""
    between: float = 8
    """Between bands."""
    in_band: float = 20
    """Between the band's edge and its cards, and between rows, where nothing runs."""
    clear: float = 16
    """Between a card and the first track; a head needs this much too."""
    track: float = 11
    lane: float = 12
    count: float = 92
    """Room for the number of groups, at the right of the name."""
    small: bool = False
    legend: float = 34
    styles: Mapping[str, Style] = field(
        default_factory=lambda: {
            "level": Style(SERIF, 23, 27, 3),
            "motto": Style(ITALIC, 16, 20, 3, above=2),
            "aim": Style(REGULAR, 13, 17.5, 9, above=10),
            "name": Style(SERIF, 18.5, 23, 3),
            "strip": Style(BOLD, 13, 18, 3, above=3),
            "purpose": Style(REGULAR, 13.5, 18.5, 5, above=6),
            "note": Style(REGULAR, 12.5, 17, 6, above=5),
        }
    )


FULL = Sizes()
SMALL = Sizes(
    width=600,
    label=168,
    pad=9,
    label_pad=12,
    gap=20,
    two_columns=10_000,
    between=4,
    in_band=11,
    clear=11,
    track=7,
    lane=6,
    count=0,
    small=True,
    legend=0,
    styles={
        "level": Style(SERIF, 16, 19, 3),
        "motto": Style(ITALIC, 12.5, 15.5, 3, above=1),
        "name": Style(SERIF, 14, 17, 3),
    },
)
"""For the list of models: names and arrows only."""


PAPER: Final = 1.62
"""Width to height of what is left of a sheet, A4 or A3 across, under a heading."""


def draw_for_paper(model: ModelValue) -> Poster:
    """The poster as wide as it must be to fill a sheet: the words stay as they are, the cards take the room."""
    low, high = 1200.0, 1800.0
    best = draw(model, FULL)
    while high - low > 40 and best.width / best.height < PAPER:
        width = round((low + high) / 2)
        tried = draw(model, replace(FULL, width=width))
        low, high = (width, high) if tried.width / tried.height < PAPER else (low, width)
        best = min(best, tried, key=_misfit)
    return best


def _misfit(poster: Poster) -> float:
    return abs(poster.width / poster.height - PAPER)


@dataclass
class _Row:
    """A row of cards on its way to a place: y and heights come last."""

    level: int
    types: Sequence[TypeRulesValue]
    cards: list[Card] = field(default_factory=list)
    y: float = 0
    height: float = 0


def draw(model: ModelValue, sizes: Sizes = FULL) -> Poster:
    """The whole poster of a model."""
    rows = [row for number, level in enumerate(model.levels) for row in _rows(number, level, sizes)]
    nets = nets_of([row.types for row in rows])
    slugs = [[rules.slug for rules in row.types] for row in rows]
    lanes, boxes = 0, _across(rows, sizes, 0)
    routes = route(nets, slugs, boxes, sizes.width, sizes.lane)
    if routes.lanes != lanes:  # the lanes take room from the cards: once more, with that room left free
        boxes = _across(rows, sizes, routes.lanes)
        routes = route(nets, slugs, boxes, _right(sizes, routes.lanes), sizes.lane)
    for row in rows:
        _fill(row, boxes, sizes)
    labels = [_label_height(level, sizes) for level in model.levels]
    edges, tracks = _down(rows, routes, labels, sizes)
    bands = [_band(level, number, rows, edges[number], sizes) for number, level in enumerate(model.levels)]
    placed = {card.slug: card.box for band in bands for card in band.cards}
    legend = _legend({net.kind for net in nets}, edges[-1][1], sizes)
    height = edges[-1][1] + (sizes.legend if legend else 0)
    return Poster(sizes.width, height, tuple(bands), tuple(arrows(routes, placed, tracks)), legend)


def _rows(number: int, level: LevelValue, sizes: Sizes) -> list[_Row]:
    """A level's types in rows of equal length, as even as they go; an empty row for a level without types."""
    types = level.types
    many = max(ceil(len(types) / sizes.columns), 1)
    cuts = [round(at * len(types) / many) for at in range(many + 1)]
    return [_Row(number, types[start:end]) for start, end in pairwise(cuts)]


def _right(sizes: Sizes, lanes: int) -> float:
    """Where the cards end."""
    return sizes.width - sizes.in_band - lanes * sizes.lane


def _across(rows: Sequence[_Row], sizes: Sizes, lanes: int) -> dict[str, Box]:
    """x and width of every card: each row fills the width."""
    left = sizes.label + sizes.in_band
    whole = _right(sizes, lanes) - left
    found = {}
    for row in rows:
        width = (whole - sizes.gap * (len(row.types) - 1)) / max(len(row.types), 1)
        for number, rules in enumerate(row.types):
            found[rules.slug] = Box(round(left + number * (width + sizes.gap), 2), 0, round(width, 2), 0)
    return found


def _fill(row: _Row, boxes: Mapping[str, Box], sizes: Sizes) -> None:
    """The cards with their words, from y 0 on; the row is as high as its highest card."""
    row.cards = [_card(rules, boxes[rules.slug], sizes) for rules in row.types]
    row.height = max((card.box.height for card in row.cards), default=0)


def _card(rules: TypeRulesValue, box: Box, sizes: Sizes) -> Card:
    inner = box.width - 2 * sizes.pad
    left, top = box.x + sizes.pad, sizes.pad
    wide = box.width >= sizes.two_columns
    column = (inner - 2 * sizes.pad) / 2 if wide else inner
    heads, notes = head_pieces(rules, sizes.small), note_pieces(rules, sizes.small)
    name, y = set_texts(heads[:1], sizes.styles, left, top, inner - sizes.count)
    body, bottom = set_texts(heads[1:], sizes.styles, left, y + _above(heads[1:], sizes), column)
    if wide:
        beside, note_bottom = set_texts(notes, sizes.styles, left + column + 2 * sizes.pad, y + 4, column)
    else:
        beside, note_bottom = set_texts(notes, sizes.styles, left, bottom + (7 if notes else 0), column)
    baseline = name[0].ys[0] if name and name[0].ys else top
    height = round(max(bottom, note_bottom) + sizes.pad, 1)
    return Card(
        rules.slug, rules.name, replace(box, height=height), (*name, *body, *beside), (box.right - sizes.pad, baseline)
    )


def _above(pieces: Sequence[Piece], sizes: Sizes) -> float:
    """The space over the first of these, which begins a run of its own."""
    return sizes.styles[pieces[0].role].above if pieces else 0


def _label_height(level: LevelValue, sizes: Sizes) -> float:
    _texts, bottom = set_texts(level_pieces(level, sizes.small), sizes.styles, 0, 0, _label_width(sizes))
    return bottom + 2 * sizes.label_pad


def _label_width(sizes: Sizes) -> float:
    return sizes.label - 2 * sizes.label_pad


Edges = list[tuple[float, float]]


def _down(
    rows: Sequence[_Row], routes: Routes, labels: Sequence[float], sizes: Sizes
) -> tuple[Edges, dict[int, list[float]]]:
    """y of every row, from the top; returns each band's top and bottom, and the y of each channel's tracks."""
    edges: Edges = []
    tracks: dict[int, list[float]] = {}
    y = 0.0
    for number, row in enumerate(rows):
        needed = _needed(routes.tracks(number), sizes)
        if number == 0 or rows[number - 1].level != row.level:
            top, y = _begin_band(y, edges, needed, sizes)
            edges.append((top, 0))
        else:
            y += max(needed, sizes.in_band)
        row.y = y
        tracks[number] = _track_ys(routes.tracks(number), rows[number - 1] if number else None, y, sizes)
        if number + 1 == len(rows) or rows[number + 1].level != row.level:
            row.height += _missing(row, edges[-1][0], labels[row.level], sizes)
            edges[-1] = (edges[-1][0], row.y + row.height + sizes.in_band)
        y = row.y + row.height
    return [(round(top, 1), round(bottom, 1)) for top, bottom in _closed(edges, rows, sizes)], tracks


def _needed(tracks: int, sizes: Sizes) -> float:
    """How high a channel must be for its tracks."""
    return sizes.clear + (tracks - 1) * sizes.track + sizes.clear + 6 if tracks else 0


def _begin_band(y: float, edges: Edges, needed: float, sizes: Sizes) -> tuple[float, float]:
    """Top of the band and of its first row. `y` is the bottom of the row above; the channel lies across both bands."""
    if not edges:
        return 0, max(needed, sizes.in_band)
    channel = max(needed, 2 * sizes.in_band + sizes.between)
    return y + (channel + sizes.between) / 2, y + channel


def _closed(edges: Edges, rows: Sequence[_Row], sizes: Sizes) -> Edges:
    """Each band ends a gap above the next one's top; the last one at its own bottom."""
    bottoms = [top - sizes.between for top, _bottom in edges[1:]]
    return [(top, bottom) for (top, _old), bottom in zip(edges, [*bottoms, edges[-1][1]], strict=True)] if rows else []


def _missing(row: _Row, top: float, label: float, sizes: Sizes) -> float:
    """How much the band's last row must grow so that the level's own words fit beside it."""
    return max(label - (row.y + row.height + sizes.in_band - top), 0)


def _track_ys(tracks: int, above: _Row | None, y: float, sizes: Sizes) -> list[float]:
    """The tracks of a channel, in its middle."""
    start = above.y + above.height if above else 0
    middle = (start + y - 6) / 2
    return [round(middle + (track - (tracks - 1) / 2) * sizes.track, 1) for track in range(max(tracks, 1))]


def _band(level: LevelValue, number: int, rows: Sequence[_Row], edge: tuple[float, float], sizes: Sizes) -> Band:
    top, bottom = edge
    texts, _y = set_texts(
        level_pieces(level, sizes.small), sizes.styles, sizes.label_pad, top + sizes.label_pad, _label_width(sizes)
    )
    return Band(
        slug=level.slug,
        name=level.name,
        motto=level.motto,
        colour=level.tone,
        label=Box(0, top, sizes.label, round(bottom - top, 1)),
        area=Box(sizes.label, top, sizes.width - sizes.label, round(bottom - top, 1)),
        texts=texts,
        cards=tuple(_moved(card, row) for row in rows if row.level == number for card in row.cards),
    )


def _moved(card: Card, row: _Row) -> Card:
    """The card at its row's place, as high as the row."""
    y = row.y
    texts = tuple(replace(text, ys=tuple(round(each + y, 1) for each in text.ys)) for text in card.texts)
    box = replace(card.box, y=round(y, 1), height=round(row.height, 1))
    return replace(card, box=box, texts=texts, count=(card.count[0], round(card.count[1] + y, 1)))


def _legend(kinds: set[str], bottom: float, sizes: Sizes) -> tuple[Key, ...]:
    """A sample of each kind of arrow that is drawn, at the right under the bands."""
    if not sizes.legend:
        return ()
    words = {
        PARENTS: _("Set up from: leads to the group that is set up"),
        CONSULTS: _("Consults: leads to the group that is consulted"),
    }
    found: list[Key] = []
    right, y = sizes.width, bottom + sizes.legend - 12
    for kind in (CONSULTS, PARENTS):
        if kind in kinds:
            text = words[kind]
            x = right - width_of(text, REGULAR, 12.5)
            tip = (x - 8, y - 4)
            found.append(Key(kind, ((x - 52, y - 4), (x - 17, y - 4)), head_path(tip, 1, 0), (x, y), text))
            right = x - 52 - 28
    return tuple(found)
