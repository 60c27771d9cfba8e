"""The pure rules: phases by the clock, totals, what may still be sent, what an offer says."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from convenor.domain.expressions.rules import calls, offers
from convenor.domain.expressions.rules.assessing import Measure, Spread, total, wide
from convenor.domain.expressions.rules.calls import Hours, OptionFacts, QuestionFacts

OPENS = datetime(2026, 12, 1, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=14)
WORTH = st.tuples(st.integers(1, 9), st.integers(1, 9))
MEASURES = st.lists(WORTH, min_size=1, max_size=5).map(
    lambda rows: [Measure(key, weight, maximum) for key, (weight, maximum) in enumerate(rows)]
)


def test_a_published_call_is_announced_open_then_closed_by_the_clock() -> None:
    for at, where in ((OPENS - timedelta(seconds=1), "announced"), (OPENS, "open"), (CLOSES, "closed")):
        assert calls.phase("published", OPENS, CLOSES, at) == where
    assert calls.phase("assessing", OPENS, CLOSES, OPENS) == "assessing"


def test_a_time_that_clocks_skip_is_not_an_opening() -> None:
    skipped = Hours(date(2026, 10, 4), time(2, 30), date(2026, 10, 20), time(17), "Australia/Sydney")
    assert [breach.code for breach in calls.hours_breaches(skipped)] == ["clock-gap"]
    twice = Hours(date(2026, 3, 1), time(9), date(2026, 4, 5), time(2, 30), "Australia/Sydney")
    assert [breach.code for breach in calls.hours_breaches(twice)] == ["clock-fold"]


def test_the_same_local_hour_on_both_sides_of_a_change_of_clocks() -> None:
    hours = Hours(date(2026, 9, 28), time(9), date(2026, 10, 12), time(9), "Australia/Sydney")
    assert hours.closes_at - hours.opens_at == timedelta(days=14, hours=-1)


def test_the_servers_clock_decides_and_a_late_token_opens_it_for_one() -> None:
    told = calls.may_send("closed", None, CLOSES, "Australia/Sydney", CLOSES)
    assert [breach.code for breach in told] == ["closed"]
    assert "Tue 15 Dec 2026, 11:00" in told[0].text
    assert not calls.may_send("closed", CLOSES + timedelta(days=1), CLOSES, "Australia/Sydney", CLOSES)
    assert calls.may_send("assessing", CLOSES + timedelta(days=1), CLOSES, "Australia/Sydney", CLOSES)


def test_bounds_no_panel_could_keep() -> None:
    rows = [QuestionFacts("size", "How large?", (OptionFacts("A", 3, 2), OptionFacts("B", 0, 1)))]
    assert [breach.code for breach in calls.balance_breaches(rows, 4)] == ["maximums-too-few", "bounds-crossed"]
    assert [breach.code for breach in calls.balance_breaches(rows, 2)] == ["minimums-too-many", "bounds-crossed"]


@given(MEASURES, st.data())
def test_a_total_lies_between_nothing_and_a_hundred(measures: list[Measure], data: st.DataObject) -> None:
    spreads = {
        each.key: Spread(tuple(data.draw(st.lists(st.integers(0, each.maximum), min_size=1, max_size=4))))
        for each in measures
    }
    found = total(measures, spreads)
    assert found is not None
    assert 0 <= found <= 100


@given(MEASURES)
def test_the_best_of_everything_is_a_hundred_and_the_worst_nothing(measures: list[Measure]) -> None:
    assert total(measures, {each.key: Spread((each.maximum,)) for each in measures}) == 100
    assert total(measures, {each.key: Spread((0,)) for each in measures}) == 0


def test_a_criterion_without_a_score_leaves_no_total() -> None:
    assert total([Measure(1, 1, 5), Measure(2, 1, 5)], {1: Spread((3,))}) is None
    assert total([], {}) is None


def test_a_moderated_score_counts_instead_of_the_mean() -> None:
    assert Spread((1, 2)).counts == Decimal("1.50")
    assert Spread((1, 2), Decimal(4)).counts == Decimal(4)
    assert wide(Spread((1, 3)), Measure(1, 1, 5))
    assert not wide(Spread((2, 3)), Measure(1, 1, 5))


def test_an_offer_is_over_by_its_deadline_written_down_or_not() -> None:
    assert not offers.over("waiting", CLOSES, CLOSES - timedelta(seconds=1))
    assert offers.over("waiting", CLOSES, CLOSES)
    assert offers.over("lapsed", CLOSES, OPENS)
    assert "reserve list" in offers.said("too-late")
    assert [breach.code for breach in offers.answer_breaches("declined")] == ["offer-declined"]
