"""The page of a selection works out who would hardly be drawn once for the same inputs, and anew for others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from convenor.domain.expressions.rules.selection import LOTTERY, RANKED, Panel, Quota, foresee, foresight, prospects
from convenor.domain.expressions.rules.selection.values import Unsolved
from convenor.domain.expressions.tests.test_selection import crowd

ENTRANTS = crowd("small", "small", "large", "large", "large")
SHUT = Panel(2, (Quota("large", "Large", None, 0),))


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was really worked out since, with nothing kept from before."""
    foresight._kept.clear()
    asked: list[Any] = []
    real = foresight._worked_out

    def counted(*given: Any) -> Any:
        asked.append(given)
        return real(*given)

    monkeypatch.setattr(foresight, "_worked_out", counted)
    return asked


def test_once_for_the_same_inputs_in_whatever_order(worked_out: list[Any]) -> None:
    first = foresee(SHUT, ENTRANTS, LOTTERY)
    assert list(first.prospects) == prospects(SHUT, ENTRANTS)
    assert foresee(SHUT, list(reversed(ENTRANTS)), LOTTERY) == first
    more = [replace(each, traits=each.traits | {"nobody asks"}) for each in ENTRANTS]
    assert foresee(SHUT, more, LOTTERY) == first
    assert len(worked_out) == 1


def test_anew_for_everything_it_depends_on(worked_out: list[Any]) -> None:
    foresee(SHUT, ENTRANTS, LOTTERY)
    assert foresee(replace(SHUT, seats=3), ENTRANTS, LOTTERY).blocked
    assert not foresee(SHUT, ENTRANTS, RANKED).prospects
    foresee(SHUT, ENTRANTS[:4], LOTTERY)
    foresee(replace(SHUT, one_per_organisation=True), ENTRANTS, LOTTERY)
    with translation.override("de"):
        foresee(SHUT, ENTRANTS, LOTTERY)
    assert len(worked_out) == 6


def test_what_was_given_up_is_tried_again(worked_out: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def gives_up(*_given: Any) -> Any:
        raise Unsolved

    monkeypatch.setattr(foresight, "sought", gives_up)
    assert foresee(SHUT, ENTRANTS, LOTTERY).prospects == ()
    monkeypatch.undo()
    assert foresee(SHUT, ENTRANTS, LOTTERY).prospects


def test_only_the_newest_are_kept(worked_out: list[Any]) -> None:
    for seats in range(1, foresight.MOST + 3):
        foresee(Panel(seats), ENTRANTS, RANKED)
    assert len(foresight._kept) == foresight.MOST
    assert worked_out
