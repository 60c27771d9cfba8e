"""The rules alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convenor.core.accounts import rules
from convenor.core.records.rules import Breach

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIMITS = rules.SessionLimits(timedelta(hours=12), timedelta(hours=1))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ends = st.none() | moments


def codes(breaches: list[Breach]) -> list[str]:
    return [breach.code for breach in breaches]


def facts(**changes: object) -> rules.LinkFacts:
    usual = {
        "expires_at": NOON + timedelta(days=1),
        "used_at": None,
        "revoked_at": None,
        "person_is_active": True,
        "sent_to": "a@people.example",
        "email_now": "a@people.example",
        "follows_email": True,
    }
    return rules.LinkFacts(**{**usual, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signed_in", "seen", "over"),
    [
        (timedelta(0), None, False),
        (timedelta(minutes=59), None, False),
        (timedelta(minutes=60), None, True),
        (timedelta(hours=11), timedelta(minutes=59), False),
        (timedelta(hours=11), timedelta(minutes=60), True),
        (timedelta(hours=12), timedelta(0), True),
        (None, timedelta(0), True),
    ],
)
def test_a_session_ends_by_age_and_by_idleness(signed_in: timedelta | None, seen: timedelta | None, over: bool) -> None:
    found = rules.session_over(
        now=NOON,
        signed_in_at=None if signed_in is None else NOON - signed_in,
        seen_at=None if seen is None else NOON - seen,
        limits=LIMITS,
    )
    assert found is over


@given(now=moments, signed_in=moments, seen=ends)
def test_a_last_seen_time_never_outlives_the_sign_in(now: datetime, signed_in: datetime, seen: datetime | None) -> None:
    if rules.session_over(now=now, signed_in_at=signed_in, seen_at=None, limits=LIMITS):
        if now - signed_in >= LIMITS.absolute:
            assert rules.session_over(now=now, signed_in_at=signed_in, seen_at=seen, limits=LIMITS)
    else:
        assert not rules.session_over(now=now, signed_in_at=signed_in, seen_at=seen, limits=LIMITS)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"expires_at": NOON}, ["link-expired"]),
        ({"used_at": NOON}, ["link-used"]),
        ({"revoked_at": NOON}, ["link-revoked"]),
        ({"person_is_active": False}, ["link-inactive"]),
        ({"email_now": "b@people.example"}, ["link-moved"]),
        ({"email_now": "b@people.example", "follows_email": False}, []),
        ({"used_at": NOON, "expires_at": NOON}, ["link-used"]),
    ],
)
def test_why_a_link_does_not_work(change: dict[str, object], expected: list[str]) -> None:
    assert codes(rules.check_link(facts(**change), NOON)) == expected


@given(starts=moments, ends_at=ends)
def test_a_period_ends_after_it_begins(starts: datetime, ends_at: datetime | None) -> None:
    assert bool(rules.check_period(starts, ends_at)) is (ends_at is not None and ends_at <= starts)


@given(held=st.lists(st.tuples(moments, ends), max_size=3), starts=moments, ends_at=ends, at=moments)
def test_no_instant_holds_a_duty_twice(
    held: list[tuple[datetime, datetime | None]], starts: datetime, ends_at: datetime | None, at: datetime
) -> None:
    def covers(period: tuple[datetime, datetime | None]) -> bool:
        return period[0] <= at and (period[1] is None or at < period[1])

    if not rules.check_not_held(held, starts, ends_at):
        assert not (covers((starts, ends_at)) and any(covers(period) for period in held if period[1] != period[0]))


@pytest.mark.parametrize(
    ("is_one", "others", "expected"),
    [(True, 0, ["last-administrator"]), (True, 1, []), (False, 0, [])],
)
def test_the_site_keeps_an_administrator(is_one: bool, others: int, expected: list[str]) -> None:
    assert codes(rules.check_other_administrators(is_one=is_one, others=others)) == expected


def test_small_rules() -> None:
    assert codes(rules.check_reason("  ")) == ["reason-missing"]
    assert codes(rules.check_name(" ")) == ["name-missing"]
    assert codes(rules.check_not_erased(NOON)) == ["person-erased"]
    assert codes(rules.check_state(active=True, wanted=True)) == ["state-same"]
    assert codes(rules.check_state(active=False, wanted=True)) == []
    assert codes(rules.check_assistance(principal_id=1, assistant_id=1, active=False, already=True)) == [
        "assists-self",
        "assistant-inactive",
        "assists-already",
    ]
    assert codes(rules.check_invitation(email="", active=False, signs_in=True)) == [
        "person-inactive",
        "email-missing",
        "signs-in-already",
    ]
