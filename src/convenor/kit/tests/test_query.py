"""Query strings: what stays and what changes."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.test import RequestFactory

from convenor.kit.parts import Chip
from convenor.kit.query import LONGEST_SOUGHT, chips_of, may_be_named, with_params, without
from convenor.kit.tests.drawing import draw


class Filters(forms.Form):
    q = forms.CharField(required=False, label="Words")
    state = forms.MultipleChoiceField(required=False, choices=[("open", "Open"), ("late", "Late")])


def test_with_params_sets_and_removes() -> None:
    assert with_params(QueryDict("a=1&a=2&b=3"), b="4", c=None) == "?a=1&a=2&b=4"
    assert with_params({}, page="2") == "?page=2"
    assert with_params(RequestFactory().get("/?x=%26"), y="ü") == "?x=%26&y=%C3%BC"


def test_without_one_value_goes_back_to_the_first_page() -> None:
    assert without(QueryDict("state=open&state=late&page=4"), "state", "late") == "?state=open"


def test_chips_name_the_choice_and_lead_to_the_list_without_it() -> None:
    query = QueryDict("q=ledger&state=open&state=late&page=2&sort=due")
    assert chips_of(Filters(query), query) == [
        Chip("Words", "ledger", "?state=open&state=late&sort=due"),
        Chip("State", "Open", "?q=ledger&state=late&sort=due"),
        Chip("State", "Late", "?q=ledger&state=open&sort=due"),
    ]


def test_filter_form_draws_a_get_form() -> None:
    html = draw("{% filter_form form %}", form=Filters({}))
    assert 'method="get"' in html
    assert 'popovertarget="filters"' in html


def test_what_no_name_can_be_is_not_looked_for() -> None:
    assert [may_be_named(text) for text in ("Ledger", "m" * LONGEST_SOUGHT)] == [True, True]
    assert [may_be_named(text) for text in ("", "a\x00b", "m" * (LONGEST_SOUGHT + 1))] == [False, False, False]
