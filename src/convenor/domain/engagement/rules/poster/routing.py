"""Where the lines run: a place on a card's edge for each end, a track in each channel, a lane at the right margin.

Lines run only in channels (between rows of cards), in the gaps between neighbours, and in the lanes, so that none
crosses a card or a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from convenor.domain.engagement.rules.poster.nets import Net
from convenor.domain.engagement.rules.poster.shapes import Box
from convenor.kit.structs import struct

PORT_STEP = 26.0
PORT_MARGIN = 16.0
MOST_LANES = 8
"""More lanes than this would leave no room for the cards; the nets then share lanes."""
APART = 9.0
"""Ends of different nets in one channel stay at least this far apart."""


@dataclass
class Run:
    """The part of a net that lies in one channel: where it leaves the row above and the row below, and its track.

    ups: ends on the bottom edges of the cards above; downs: ends on the top edges of the cards below.
    lane: whether it goes on to the net's lane at the right.
    """

    net: Net
    channel: int
    ups: dict[str, float] = field(default_factory=dict)
    downs: dict[str, float] = field(default_factory=dict)
    lane: float | None = None
    track: int = 0

    @property
    def ends(self) -> list[float]:
        found = [*self.ups.values(), *self.downs.values()]
        return found if self.lane is None else [*found, self.lane]

    @property
    def straight(self) -> bool:
        """All its ends are at one x: it needs no track."""
        return len(set(self.ends)) == 1


@struct(slots=False)
class Routes:
    """Every run by channel, the neighbours' straight joins, and how many lanes and tracks there are."""

    runs: Mapping[int, Sequence[Run]]
    beside: Sequence[Net]
    lanes: int
    lane_of: Mapping[Net, int]

    def tracks(self, channel: int) -> int:
        """How many tracks the channel needs; 0 where nothing runs, 1 where all is straight."""
        runs = self.runs.get(channel, ())
        return max((run.track + 1 for run in runs), default=0)


def route(
    nets: Sequence[Net], rows: Sequence[Sequence[str]], boxes: Mapping[str, Box], right: float, step: float
) -> Routes:
    """Places for every net. `boxes`: the cards, only x and width are looked at; `right`: where the lanes begin, a
    `step` apart.
    """
    beside = [net for net in nets if _neighbours(net, rows)]
    others = [net for net in nets if net not in set(beside)]
    lane_of = _lanes(others)
    lanes = {net: right + step * (lane + 0.5) for net, lane in lane_of.items()}
    runs = [run for net in others for run in _runs(net, lanes.get(net))]
    _ports(runs, boxes)
    by_channel: dict[int, list[Run]] = defaultdict(list)
    for run in runs:
        by_channel[run.channel].append(run)
    for channel in by_channel.values():
        _align(channel, boxes)
        _part(channel, boxes)
        _tracks(channel)
    return Routes(by_channel, beside, len(set(lane_of.values())), lane_of)


def _neighbours(net: Net, rows: Sequence[Sequence[str]]) -> bool:
    if net.upper != net.lower:
        return False
    row = rows[net.upper]
    return abs(row.index(net.tails[0]) - row.index(net.tips[0])) == 1


def _lanes(nets: Sequence[Net]) -> dict[Net, int]:
    """Nets over more than one row go by a lane at the right; lanes are shared where they do not overlap."""
    taken: list[list[Net]] = []
    found: dict[Net, int] = {}
    for net in sorted((net for net in nets if net.lower - net.upper > 1), key=lambda net: (net.upper, net.lower)):
        free = next((n for n, lane in enumerate(taken) if all(other.lower <= net.upper for other in lane)), None)
        if free is None and len(taken) < MOST_LANES:
            free = len(taken)
            taken.append([])
        free = len(found) % MOST_LANES if free is None else free
        taken[free].append(net)
        found[net] = free
    return found


def _runs(net: Net, lane: float | None) -> list[Run]:
    """One run for neighbours in height and for cards of one row; two, joined by a lane, for all others."""
    if lane is None:
        return [Run(net, net.lower)]
    return [Run(net, net.upper + 1, lane=lane), Run(net, net.lower, lane=lane)]


def _sides(run: Run) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which cards of the net end in this run from above, and which from below."""
    net = run.net
    first, last = run.channel == net.upper + 1, run.channel == net.lower
    return (net.above if first else ()), (net.below if last else ())


def _ports(runs: Sequence[Run], boxes: Mapping[str, Box]) -> None:
    """Spread the ends over each card's edge, those that lead left at the left."""
    edges: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in runs:
        ups, downs = _sides(run)
        for slug in ups:
            edges[slug, "ups"].append(run)
        for slug in downs:
            edges[slug, "downs"].append(run)
    for (slug, side), ending in edges.items():
        ending.sort(key=lambda run: _pull(run, slug, boxes))
        for number, run in enumerate(ending):
            getattr(run, side)[slug] = _port(boxes[slug], number, len(ending))


def _pull(run: Run, slug: str, boxes: Mapping[str, Box]) -> float:
    """The middle of what the net joins the card to."""
    others = [boxes[other].middle for other in run.net.members if other != slug]
    if run.lane is not None:
        others.append(run.lane)
    return sum(others) / len(others)


def _port(box: Box, number: int, of: int) -> float:
    step = min(PORT_STEP, (box.width - 2 * PORT_MARGIN) / max(of, 1))
    return round(box.middle + (number - (of - 1) / 2) * step, 1)


def _align(runs: Sequence[Run], boxes: Mapping[str, Box]) -> None:
    """Where an end below stands nearly under an end above of its net, it moves under it: a straight line."""
    for run in runs:
        for slug, x in run.downs.items():
            near = min(run.ups.values(), key=lambda up: abs(up - x), default=None)
            if near is None or not _on_edge(near, boxes[slug]) or not _lonely(slug, run, runs):
                continue
            if len(run.ups) == len(run.downs) == 1 or abs(near - x) <= PORT_STEP:
                run.downs[slug] = near


def _on_edge(x: float, box: Box) -> bool:
    return box.x + PORT_MARGIN <= x <= box.right - PORT_MARGIN


def _lonely(slug: str, run: Run, runs: Sequence[Run]) -> bool:
    """Whether this is the only net that ends on the top edge of the card."""
    return not any(slug in other.downs for other in runs if other is not run)


def _part(runs: Sequence[Run], boxes: Mapping[str, Box]) -> None:
    """Ends of different nets that stand at nearly one x are parted, so that their lines do not lie on each other."""
    taken: list[tuple[float, Run]] = []
    for run in runs:
        for side in (run.ups, run.downs):
            for slug, x in side.items():
                side[slug] = _free(x, run, boxes[slug], taken)
        taken += [(x, run) for x in run.ends]


def _free(x: float, run: Run, box: Box, taken: Sequence[tuple[float, Run]]) -> float:
    """The nearest x on the card's edge that no other net has; x itself where the edge is full."""
    for step in range(12):
        for tried in (x + step * APART, x - step * APART):
            clear = all(abs(tried - other) >= APART for other, owner in taken if owner is not run)
            if clear and _on_edge(tried, box):
                return round(tried, 1)
    return x


def _tracks(runs: Sequence[Run]) -> None:
    """Runs that overlap across get tracks of their own; short ones first, so that they stay near their cards."""
    placed: list[Run] = []
    for run in sorted(runs, key=lambda run: (max(run.ends) - min(run.ends), run.channel, run.net.members)):
        if not run.straight:
            used = {other.track for other in placed if _overlap(run, other)}
            run.track = next(track for track in range(len(runs) + 1) if track not in used)
            placed.append(run)


def _overlap(one: Run, other: Run) -> bool:
    return min(one.ends) - APART < max(other.ends) and min(other.ends) - APART < max(one.ends)
