"""Fair lotteries: time, chances, and how near the best possible the smallest is: `python bench/lottery.py`.

The bar: 12 seats over 200 expressions in 20 s, smallest chance at least 95 % of the best possible.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from common import ROOT

CASES = [(200, False), (200, True), (2000, False), (2000, True)]


def main() -> None:
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convenor.settings")
    import django

    django.setup()
    print("12 seats, 17 balance rules over segment, size, state and first-timers; with and without one seat for each")
    print(
        "organisation. Chances: seconds, and of them this process's own (the first with the solver's load); then seconds for"
    )
    print("draw and check, and for who is next in reserve.")
    print(
        f"{'expressions':>12}{'one each':>10}{'kinds':>7}{'panels':>8}{'chances':>9}{'own':>7}{'draw':>7}{'next':>7}",
        end="",
    )
    print(f"{'smallest':>10}{'largest':>9}{'of best':>9}")
    for many, organisations in CASES:
        print(line(many, organisations), flush=True)


def line(many: int, organisations: bool) -> str:
    """One case: its figures."""
    from convenor.domain.expressions.rules import selection
    from convenor.domain.expressions.tests.selecting import lifelike

    panel, entrants = lifelike(many, organisations=organisations)
    frozen = selection.freeze(panel, entrants, selection.LOTTERY)
    own = time.process_time()
    lottery, spent = timed(selection.chances, frozen)
    own = time.process_time() - own
    drawn, drew = timed(selection.draw, frozen, "seed", lottery)
    faults, checked = timed(selection.verify, frozen, lottery, "seed", drawn.chosen)
    if faults or sum(lottery.chances.values()) != panel.seats:
        raise SystemExit("a lottery that does not check out")
    _next, followed = timed(selection.next_reserve, frozen, drawn.reserve, kept=drawn.chosen[1:], gone=drawn.chosen[:1])
    least, most = float(lottery.smallest), float(max(lottery.chances.values()))
    return (
        f"{many:>12,}{'yes' if organisations else 'no':>10}{len(lottery.alikes):>7}{len(lottery.slates):>8}"
        f"{spent:>9.2f}{own:>7.2f}{drew + checked:>7.2f}{followed:>7.2f}{least:>10.2%}{most:>9.1%}{least / lottery.best:>9.2%}"
    )


def timed(work: Any, *given: Any, **named: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    done = work(*given, **named)
    return done, time.perf_counter() - began


if __name__ == "__main__":
    main()
