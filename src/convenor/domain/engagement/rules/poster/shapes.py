"""What a drawn poster is made of: boxes, lines of text, cards, bands and arrows. Unit: one CSS pixel at full size."""

from __future__ import annotations

from convenor.kit.structs import struct


@struct
class Box:
    """A rectangle, its corner at the top left."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Of its width."""
        return self.x + self.width / 2

    def holds(self, other: Box) -> bool:
        """Whether the other lies inside, edges included."""
        across = self.x <= other.x and other.right <= self.right
        return across and self.y <= other.y and other.bottom <= self.bottom

    def meets(self, other: Box) -> bool:
        """Whether they share more than an edge."""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom


@struct
class Text:
    """Lines of one role (name, strip, purpose, note, motto). x is the left edge, ys are the baselines.

    label: words at the beginning of the first line that are set apart ("Who sits"). cut: an ellipsis ends it.
    """

    role: str
    size: float
    x: float
    ys: tuple[float, ...]
    lines: tuple[str, ...]
    label: str = ""
    cut: bool = False

    @property
    def rows(self) -> list[tuple[float, str]]:
        """Each baseline with its line; the label is taken off the first."""
        texts = list(self.lines)
        if self.label and texts:
            texts[0] = texts[0][len(self.label) :]
        return list(zip(self.ys, texts, strict=True))


@struct
class Card:
    """A type of group. `count` is where the number of its groups ends (right edge, baseline)."""

    slug: str
    name: str
    box: Box
    texts: tuple[Text, ...]
    count: tuple[float, float]


@struct
class Band:
    """A level: its label at the left, its cards at the right. colour: 1 to 4, the level colours of the kit."""

    slug: str
    name: str
    motto: str
    colour: int
    label: Box
    area: Box
    texts: tuple[Text, ...]
    cards: tuple[Card, ...]


Point = tuple[float, float]


@struct
class Arrow:
    """What joins some types: a drawn line that may branch, its heads, and the dots where branches join.

    kind: "parents" or "consults". lines: the straight pieces, for measuring; path and heads: SVG path data.
    """

    kind: str
    path: str
    heads: tuple[str, ...]
    dots: tuple[Point, ...]
    lines: tuple[tuple[Point, Point], ...]
    tails: frozenset[str]
    tips: frozenset[str]


@struct
class Key:
    """An entry of the legend: a sample of the arrow with its words."""

    kind: str
    line: tuple[Point, Point]
    head: str
    at: Point
    text: str


@struct
class Poster:
    """A whole model, drawn."""

    width: float
    height: float
    bands: tuple[Band, ...]
    arrows: tuple[Arrow, ...]
    legend: tuple[Key, ...]
