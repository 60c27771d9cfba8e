"""The fair lottery: chances that lift the least of them as high as the rules allow, and the draw by a seed.

After Flanigan, Gölz, Gupta, Hennig, Procaccia, "Fair algorithms for selecting citizens' assemblies", Nature 596
(2021): a distribution over all panels that keep the rules, by column generation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from convenor.core.records.rules import Breach
from convenor.domain.expressions.rules.selection.blocking import blocking
from convenor.domain.expressions.rules.selection.crowds import Crowd, gather, holds, rows
from convenor.domain.expressions.rules.selection.fairness import fair_mix
from convenor.domain.expressions.rules.selection.freezing import canonical, thaw
from convenor.domain.expressions.rules.selection.lots import below, in_lot_order
from convenor.domain.expressions.rules.selection.values import (
    TICKETS,
    Alike,
    Draw,
    Frozen,
    Impossible,
    Lottery,
    Slate,
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
    crowd = gather(inputs.panel, inputs.entrants)
    mix = fair_mix(crowd)
    return _lottery(frozen, crowd.alikes, _dealt(mix.shares), mix.best)


def read_lottery(text: str) -> Lottery:
    """The distribution that a kept text says. Raises ValueError where it is not one of ours."""
    given = json.loads(text)
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise ValueError("this is not the text of a lottery that this version can read")
    alikes = tuple(Alike(each["pool"], frozenset(each["traits"]), tuple(each["references"])) for each in given["alike"])
    slates = tuple(Slate(each["tickets"], tuple(each["seats"])) for each in given["slates"])
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
    some = rows(crowd)
    return sum(slate.tickets for slate in slates) == TICKETS and all(
        slate.tickets > 0
        and len(slate.seats) == len(crowd.alikes)
        and sum(slate.seats) == crowd.panel.seats
        and all(0 <= many <= size for many, size in zip(slate.seats, crowd.sizes, strict=True))
        and all(holds(row, slate.seats) for row in some)
        for slate in slates
    )


def _lottery(frozen: Frozen, alikes: tuple[Alike, ...], slates: tuple[Slate, ...], best: float) -> Lottery:
    text = canonical(
        {
            "format": FORMAT,
            "inputs": frozen.digest,
            "tickets": TICKETS,
            "best": format(best, ".9f"),
            "alike": [_plain(each) for each in alikes],
            "slates": [{"tickets": each.tickets, "seats": list(each.seats)} for each in slates],
        }
    )
    return read_lottery(text)


def _plain(alike: Alike) -> dict[str, Any]:
    return {"pool": alike.pool, "traits": sorted(alike.traits), "references": list(alike.references)}


def _dealt(shares: Sequence[tuple[float, tuple[int, ...]]]) -> tuple[Slate, ...]:
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
    found = {}
    for place, alike in enumerate(alikes):
        seats = sum(slate.tickets * slate.seats[place] for slate in slates)
        found.update(dict.fromkeys(alike.references, Fraction(seats, TICKETS * len(alike.references))))
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
    for number, pool in enumerate(crowd.pools):
        members = {each.label: each.members for each in pool}
        waiting = iter(in_lot_order(seed, digest, "organisation", members))
        for alike, many in zip(crowd.alikes, slate.seats, strict=True):
            for _seat in range(many if alike.pool == number else 0):
                able = [each.reference for each in members[next(waiting)] if each.traits == alike.traits]
                chosen.append(in_lot_order(seed, digest, "entrant", able)[0])
    return chosen
