"""The query string of a list: what stays, what changes, which filters are in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict

from convenor.kit.parts import Chip

Params = HttpRequest | QueryDict | Mapping[str, str]

LONGEST_SOUGHT: Final = 500
"""Characters of the longest text that is looked for: an office's title with its organisation's name is shorter."""


def may_be_named(text: str) -> bool:
    """Whether anything may be called this; databases refuse to look for a NUL, or for tens of thousands of letters."""
    return 0 < len(text) <= LONGEST_SOUGHT and "\x00" not in text


def params_of(source: Params) -> QueryDict:
    """A mutable copy of the query of a request, a QueryDict or a plain mapping."""
    if isinstance(source, HttpRequest):
        return source.GET.copy()
    if isinstance(source, QueryDict):
        return source.copy()
    made = QueryDict(mutable=True)
    made.update(dict(source))
    return made


def with_params(source: Params, **changes: str | None) -> str:
    """The query string with these values set (None removes); always starts with `?`."""
    params = params_of(source)
    for key, value in changes.items():
        params.pop(key, None)
        if value is not None:
            params[key] = value
    return "?" + params.urlencode()


def without(source: Params, key: str, value: str) -> str:
    """The query string without one value of one key, back on the first page."""
    params = params_of(source)
    params.setlist(key, [kept for kept in params.getlist(key) if kept != value])
    params.pop("page", None)
    return "?" + params.urlencode()


def chips_of(form: BaseForm, source: Params) -> list[Chip]:
    """The filters in force as removable chips, from a bound GET form and its query."""
    params = params_of(source)
    return [
        Chip(str(field.label), _wording(field, value), without(params, field.html_name, value))
        for field in form.visible_fields()
        for value in params.getlist(field.html_name)
        if value
    ]


def _wording(field: BoundField, value: str) -> str:
    """The label of a choice where the field has choices, else the value as typed."""
    choices = getattr(field.field, "choices", ()) or ()
    named = {str(key): str(label) for key, label in choices if not isinstance(label, list | tuple)}
    return named.get(value, value)
