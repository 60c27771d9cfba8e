"""From runs and lanes to drawn arrows: straight pieces, rounded corners, heads, and dots where lines join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from convenor.domain.engagement.rules.poster.nets import Net
from convenor.domain.engagement.rules.poster.routing import Routes, Run
from convenor.domain.engagement.rules.poster.shapes import Arrow, Box, Point

HEAD = 9.0
HALF = 4.5
CORNER = 6.0


@dataclass
class _Pen:
    """Collects the pieces of one arrow."""

    path: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    dots: list[Point] = field(default_factory=list)
    lines: list[tuple[Point, Point]] = field(default_factory=list)

    def line(self, start: Point, end: Point) -> None:
        if start != end:
            self.path.append(f"M{_n(start[0])} {_n(start[1])}L{_n(end[0])} {_n(end[1])}")
            self.lines.append((start, end))

    def corner(self, start: Point, turn: Point, end: Point) -> None:
        """From start to end by way of turn, rounded there."""
        before, after = _towards(turn, start), _towards(turn, end)
        self.path.append(
            f"M{_n(start[0])} {_n(start[1])}L{_n(before[0])} {_n(before[1])}"
            f"Q{_n(turn[0])} {_n(turn[1])} {_n(after[0])} {_n(after[1])}L{_n(end[0])} {_n(end[1])}"
        )
        self.lines += [(start, turn), (turn, end)]

    def head(self, tip: Point, dx: int, dy: int) -> Point:
        """A head with its point at the tip, looking along (dx, dy); returns where the line ends."""
        x, y = tip
        base = (x - dx * HEAD, y - dy * HEAD)
        left = (base[0] - dy * HALF, base[1] + dx * HALF)
        right = (base[0] + dy * HALF, base[1] - dx * HALF)
        self.heads.append(f"M{_n(x)} {_n(y)}L{_n(left[0])} {_n(left[1])}L{_n(right[0])} {_n(right[1])}Z")
        return base

    def arrow(self, net: Net) -> Arrow:
        return Arrow(
            net.kind,
            "".join(self.path),
            tuple(self.heads),
            tuple(self.dots),
            tuple(self.lines),
            frozenset(net.tails),
            frozenset(net.tips),
        )


def head_path(tip: Point, dx: int, dy: int) -> str:
    """One head alone, for the legend."""
    pen = _Pen()
    pen.head(tip, dx, dy)
    return pen.heads[0]


def arrows(routes: Routes, boxes: Mapping[str, Box], tracks: Mapping[int, Sequence[float]]) -> list[Arrow]:
    """Every arrow. `tracks`: the y of each track of each channel; `boxes`: the cards where they stand."""
    pens: dict[Net, _Pen] = {}
    for channel, runs in routes.runs.items():
        for run in runs:
            pen = pens.setdefault(run.net, _Pen())
            _draw_run(pen, run, boxes, tracks[channel][run.track])
    for net, runs in _by_net(routes).items():
        lane = runs[0].lane
        if lane is not None:
            first, last = runs[0], runs[-1]
            pens[net].line((lane, tracks[first.channel][first.track]), (lane, tracks[last.channel][last.track]))
    return [pen.arrow(net) for net, pen in pens.items()] + _beside(routes.beside, boxes)


def _by_net(routes: Routes) -> dict[Net, list[Run]]:
    found: dict[Net, list[Run]] = {}
    for channel in sorted(routes.runs):
        for run in routes.runs[channel]:
            found.setdefault(run.net, []).append(run)
    return found


def _draw_run(pen: _Pen, run: Run, boxes: Mapping[str, Box], y: float) -> None:
    """The branches to the cards, the bar on the track, and dots where branches meet it between its ends."""
    if run.straight and len(run.ups) == len(run.downs) == 1:
        _draw_straight(pen, run, boxes)
        return
    branches = [(x, boxes[slug].bottom, slug, -1) for slug, x in run.ups.items()]
    branches += [(x, boxes[slug].y, slug, 1) for slug, x in run.downs.items()]
    low, high = min(run.ends), max(run.ends)
    at: dict[float, int] = {}
    for x in run.ends:
        at[x] = at.get(x, 0) + 1
    rounded = {x for x in (low, high) if at[x] == 1 and high - low > 2 * CORNER and x != run.lane}
    for x, edge, slug, direction in branches:
        start = pen.head((x, edge), 0, direction) if slug in run.net.tips else (x, edge)
        inward = low + CORNER if x == low else high - CORNER
        if x in rounded and abs(start[1] - y) > CORNER:
            pen.corner(start, (x, y), (inward, y))
        else:
            rounded.discard(x)
            pen.line(start, (x, y))
    pen.line((low + CORNER if low in rounded else low, y), (high - CORNER if high in rounded else high, y))
    pen.dots += [(x, y) for x, times in at.items() if _joins(x, times, low, high)]


def _draw_straight(pen: _Pen, run: Run, boxes: Mapping[str, Box]) -> None:
    """One piece from card to card, so that dashes run through."""
    ((up, x),) = run.ups.items()
    ((down, _x),) = run.downs.items()
    start, end = (x, boxes[up].bottom), (x, boxes[down].y)
    start = pen.head(start, 0, -1) if up in run.net.tips else start
    end = pen.head(end, 0, 1) if down in run.net.tips else end
    pen.line(start, end)


def _joins(x: float, times: int, low: float, high: float) -> bool:
    """Whether three pieces meet here: a branch on the bar, or two branches at its end."""
    return low != high and (low < x < high or times > 1)


def _beside(nets: Iterable[Net], boxes: Mapping[str, Box]) -> list[Arrow]:
    """Straight arrows between neighbours; several between the same two lie under each other."""
    pairs: dict[frozenset[str], list[Net]] = {}
    for net in nets:
        pairs.setdefault(frozenset(net.members), []).append(net)
    return [
        _between(net, boxes, _shift(at, len(pair), boxes)) for pair in pairs.values() for at, net in enumerate(pair)
    ]


def _shift(at: int, of: int, boxes: Mapping[str, Box]) -> float:
    """How far from the cards' middle the arrow lies, so that all of them stay between the cards."""
    height = min(box.height for box in boxes.values())
    return (at - (of - 1) / 2) * min(14, height / (of + 1))


def _between(net: Net, boxes: Mapping[str, Box], shift: float) -> Arrow:
    pen = _Pen()
    tail, tip = boxes[net.tails[0]], boxes[net.tips[0]]
    y = round(tail.y + tail.height / 2 + shift, 1)
    forward = tail.x < tip.x
    start = (tail.right if forward else tail.x, y)
    end = pen.head((tip.x if forward else tip.right, y), 1 if forward else -1, 0)
    pen.line(start, end)
    return pen.arrow(net)


def _towards(point: Point, other: Point) -> Point:
    """A corner's length from the point towards the other (they share an x or a y)."""
    dx, dy = other[0] - point[0], other[1] - point[1]
    length = max(abs(dx), abs(dy)) or 1
    step = min(CORNER, length)
    return (point[0] + dx / length * step, point[1] + dy / length * step)


def _n(number: float) -> str:
    """A coordinate as short as it can be."""
    return f"{number:.1f}".removesuffix(".0")
