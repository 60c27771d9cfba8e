"""A date typed in three parts."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from convenor.kit.days import DayField


class Meeting(forms.Form):
    day = DayField(label="Day")
    until = DayField(label="Until", required=False, earliest=date(2026, 1, 1), latest=date(2026, 12, 31))


def typed(day: str, month: str, year: str, name: str = "day") -> dict[str, str]:
    return {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}


def wrong(data: dict[str, str], name: str = "day") -> str:
    form = Meeting(data)
    assert not form.is_valid()
    return " ".join(str(text) for text in form.errors[name])


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_comes_back(day: date) -> None:
    form = Meeting(typed(str(day.day), str(day.month), str(day.year)))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == day


@pytest.mark.parametrize("month", ["11", "Nov", "nov.", "NOVEMBER", " 11 "])
def test_months_may_be_named(month: str) -> None:
    form = Meeting(typed("24", month, "2026"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("parts", "sentence", "at_fault"),
    [
        (("31", "6", "2026"), "31 is not a day in June", "day"),
        (("29", "2", "2026"), "29 is not a day in February 2026", "day"),
        (("0", "6", "2026"), "0 is not a day in June", "day"),
        (("-1", "6", "2026"), "-1 is not a day in June", "day"),
        (("x", "6", "2026"), "x is not a day in June", "day"),
        (("99999999999999999999", "6", "2026"), "99999999999999999999 is not a day in June", "day"),
        (("٣", "6", "2026"), "٣ is not a day in June", "day"),
        (("1", "13", "2026"), "“13” is not a month: enter 1 to 12, or its name", "month"),
        (("1", "Smarch", "2026"), "“Smarch” is not a month: enter 1 to 12, or its name", "month"),
        (("1", "6", "26"), "“26” is not a year: enter four digits, such as 2026", "year"),
        (("1", "6", "0000"), "“0000” is not a year: enter four digits, such as 2026", "year"),
        (("1", "", "2026"), "The date must include a month", "month"),
        (("", "6", ""), "The date must include a day and a year", "day year"),
        (("", "", ""), "Enter a date for “Day”", "day month year"),
    ],
)
def test_errors_name_what_is_wrong_and_where(parts: tuple[str, str, str], sentence: str, at_fault: str) -> None:
    form = Meeting(typed(*parts))
    assert " ".join(str(text) for text in form.errors["day"]) == sentence
    assert " ".join(form["day"].wrong_parts) == at_fault  # type: ignore[attr-defined]
    html = str(form["day"])
    assert html.count('aria-invalid="true"') == len(at_fault.split())
    assert "data-wrong" not in html


def test_what_was_typed_stays() -> None:
    html = str(Meeting(typed("31", "Jnue", "2026"))["day"])
    assert 'value="31"' in html
    assert 'value="Jnue"' in html
    assert 'value="2026"' in html


def test_limits_name_the_day() -> None:
    assert wrong({**typed("1", "1", "2026"), **typed("31", "12", "2025", "until")}, "until") == (
        "The date must be Thu 1 Jan 2026 or later"
    )
    assert wrong({**typed("1", "1", "2026"), **typed("1", "1", "2027", "until")}, "until") == (
        "The date must be Thu 31 Dec 2026 or earlier"
    )


def test_an_optional_day_may_be_left_out() -> None:
    form = Meeting(typed("1", "1", "2026"))
    assert form.is_valid()
    assert form.cleaned_data["until"] is None


def test_initial_fills_the_parts_and_the_same_day_is_no_change() -> None:
    form = Meeting(typed("03", "Mar", "2026"), initial={"day": date(2026, 3, 3)})
    assert form.changed_data == []
    assert 'value="3"' in str(Meeting(initial={"day": date(2026, 3, 4)})["day"])
    assert Meeting(typed("4", "Mar", "2026"), initial={"day": date(2026, 3, 3)}).changed_data == ["day"]


def test_three_labelled_inputs_in_one_fieldset() -> None:
    html = Meeting(typed("31", "6", "2026"))["day"].as_field_group()
    assert html.count("<label") == 3
    assert '<legend class="label">Day' in html
    assert 'aria-describedby="id_day_error"' in html
