"""The fair lottery: chances that lift the least of them as high as the rules allow, and the draw by a seed.

After Flanigan, Gölz, Gupta, Hennig, Procaccia, "Fair algorithms for selecting citizens' assemblies", Nature 596
(2021): a distribution over all panels that keep the rules, by column generation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.domain.expressions.rules.selection.blocking import blocking, entangled
from convenor.domain.expressions.rules.selection.crowds import Crowd, Organisation, gather, rows
from convenor.domain.expressions.rules.selection.freezing import canonical, thaw
from convenor.domain.expressions.rules.selection.lots import below, in_lot_order
from convenor.domain.expressions.rules.selection.values import (
    TICKETS,
    Alike,
    Draw,
    Frozen,
    Impossible,
    Lottery,
    Seats,
    Slate,
    Unsolved,
    sha256,
)

FORMAT: Final = "convenor-lottery-1"


def chances(frozen: Frozen) -> Lottery:
    """The distribution the draw is made from. Raises Impossible where no selection keeps the rules.

    The last digits of a solver may differ from one build to the next: seal this (its digest) and keep its text, and
    draw from that text, never from a second calculation.
    """
    inputs = thaw(frozen.text)
    if breaches := blocking(inputs.panel, inputs.entrants):
        raise Impossible(breaches)
    from convenor.domain.expressions.rules.selection.fairness import fair_mix  # noqa: PLC0415 - it loads numpy

    crowd = gather(inputs.panel, inputs.entrants)
    try:
        mix = fair_mix(crowd)
    except Unsolved as unsolved:
        raise Impossible([entangled()]) from unsolved
    return _lottery(frozen, crowd.alikes, _dealt(mix.shares), mix.best)


def read_lottery(text: str) -> Lottery:
    """The distribution that a kept text says. Raises ValueError where it is not one of ours."""
    given = json.loads(text)
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise ValueError("this is not the text of a lottery that this version can read")
    alikes = tuple(Alike(each["pool"], frozenset(each["traits"]), tuple(each["references"])) for each in given["alike"])
    slates = tuple(Slate(each["tickets"], _seats(each["seats"])) for each in given["slates"])
    return Lottery(text, sha256(text), alikes, slates, _chances(alikes, slates), float(given["best"]))


def draw(frozen: Frozen, seed: str, lottery: Lottery | None = None) -> Draw:
    """Draw the panel and the order of the reserve list, from the text, the distribution and the seed alone.

    Give the distribution that was sealed; without one it is calculated.
    """
    lottery = lottery or chances(frozen)
    inputs = thaw(frozen.text)
    crowd = gather(inputs.panel, inputs.entrants)
    ticket = below(seed, frozen.digest, "ticket", TICKETS)
    chosen = _seated(crowd, _at(lottery.slates, ticket), seed, frozen.digest)
    rest = {each.reference for each in inputs.entrants} - set(chosen)
    reserve = in_lot_order(seed, frozen.digest, "reserve", rest)
    return Draw(seed, ticket, tuple(sorted(chosen)), tuple(reserve), lottery.chances)


def verify(frozen: Frozen, lottery: Lottery, seed: str, chosen: Iterable[str]) -> list[Breach]:
    """What is wrong with a published run; empty where it is as it should be. Solves nothing."""
    inputs = thaw(frozen.text)
    crowd = gather(inputs.panel, inputs.entrants)
    found = []
    if sha256(frozen.text) != frozen.digest:
        found.append(Breach("inputs-digest", _("The inputs are not those that were sealed.")))
    if sha256(lottery.text) != lottery.digest or json.loads(lottery.text)["inputs"] != frozen.digest:
        found.append(Breach("lottery-digest", _("The chances are not those that were sealed for these inputs.")))
    if lottery.alikes != crowd.alikes or not _whole(crowd, lottery.slates):
        return [*found, Breach("lottery-rules", _("Not every panel of the lottery keeps the rules."))]
    drawn = draw(frozen, seed, lottery)
    if sorted(drawn.chosen) != sorted(chosen):
        found.append(Breach("chosen", _("The seed draws others than those named.")))
    return found


def _whole(crowd: Crowd, slates: Sequence[Slate]) -> bool:
    """Whether every slate fills the seats within the rules, and the tickets are all dealt."""
    rules = _Rules(crowd)
    return sum(slate.tickets for slate in slates) == TICKETS and all(
        slate.tickets > 0 and rules.kept_by(slate.seats) for slate in slates
    )


class _Rules:
    """The rules by the kinds they look at, for the check of many slates with few seats each."""

    def __init__(self, crowd: Crowd) -> None:
        self.seats, self.sizes, self.rows = crowd.panel.seats, crowd.sizes, rows(crowd)
        self.of: list[list[int]] = [[] for _kind in crowd.alikes]
        for number, row in enumerate(self.rows):
            for place in (place for place, mark in enumerate(row.marks) if mark):
                self.of[place].append(number)

    def kept_by(self, seats: Seats) -> bool:
        """Whether the seats are all filled and every rule is kept."""
        if sum(many for _place, many in seats) != self.seats:
            return False
        if any(not (0 <= place < len(self.sizes) and 0 < many <= self.sizes[place]) for place, many in seats):
            return False
        sums = [0] * len(self.rows)
        for place, many in seats:
            for number in self.of[place]:
                sums[number] += many
        return all(row.low <= held <= row.high for row, held in zip(self.rows, sums, strict=True))


def _lottery(frozen: Frozen, alikes: tuple[Alike, ...], slates: tuple[Slate, ...], best: float) -> Lottery:
    text = canonical(
        {
            "format": FORMAT,
            "inputs": frozen.digest,
            "tickets": TICKETS,
            "best": format(best, ".9f"),
            "alike": [_plain(each) for each in alikes],
            "slates": [
                {"tickets": each.tickets, "seats": {str(place): many for place, many in each.seats}} for each in slates
            ],
        }
    )
    return read_lottery(text)


def _plain(alike: Alike) -> dict[str, Any]:
    return {"pool": alike.pool, "traits": sorted(alike.traits), "references": list(alike.references)}


def _seats(given: Mapping[str, int]) -> Seats:
    return tuple(sorted((int(place), many) for place, many in given.items()))


def _dealt(shares: Sequence[tuple[float, Seats]]) -> tuple[Slate, ...]:
    """Shares as whole tickets: rounded down, and what is left over to the largest remainders."""
    whole = sum(share for share, _seats in shares)
    exact = [(share / whole * TICKETS, seats) for share, seats in shares]
    tickets = [int(each) for each, _seats in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: (tickets[place] - exact[place][0], exact[place][1]))
    for place in by_remainder[: TICKETS - sum(tickets)]:
        tickets[place] += 1
    dealt = [Slate(many, seats) for many, (_share, seats) in zip(tickets, exact, strict=True) if many > 0]
    return tuple(sorted(dealt, key=lambda slate: (-slate.tickets, slate.seats)))


def _chances(alikes: Sequence[Alike], slates: Sequence[Slate]) -> dict[str, Fraction]:
    seats = [0] * len(alikes)
    for slate in slates:
        for place, many in slate.seats:
            seats[place] += slate.tickets * many
    found = {
        reference: Fraction(many, TICKETS * len(alike.references))
        for alike, many in zip(alikes, seats, strict=True)
        for reference in alike.references
    }
    return dict(sorted(found.items()))


def _at(slates: Sequence[Slate], ticket: int) -> Slate:
    """The slate that holds the ticket; they hold them in turn, the first from 0."""
    for slate in slates:
        if ticket < slate.tickets:
            return slate
        ticket -= slate.tickets
    raise ValueError("there is no such ticket")


def _seated(crowd: Crowd, slate: Slate, seed: str, digest: str) -> list[str]:
    """Who sits under a slate: in each pool the organisations in lot order, the first for the first kind, and so on.

    In an organisation the one with the smallest lot of those of the kind sits.
    """
    chosen = []
    waiting: dict[int, Iterator[Organisation]] = {}
    for place, many in slate.seats:
        alike = crowd.alikes[place]
        if alike.pool not in waiting:
            waiting[alike.pool] = _in_lot_order(crowd.pools[alike.pool], seed, digest)
        for organisation in islice(waiting[alike.pool], many):
            able = [each.reference for each in organisation.members if each.traits == alike.traits]
            chosen.append(in_lot_order(seed, digest, "entrant", able)[0])
    return chosen


def _in_lot_order(pool: Sequence[Organisation], seed: str, digest: str) -> Iterator[Organisation]:
    by_label = {each.label: each for each in pool}
    return iter([by_label[label] for label in in_lot_order(seed, digest, "organisation", by_label)])
