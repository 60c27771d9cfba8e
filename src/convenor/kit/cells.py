"""How a value reads in a table cell or fact list."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import singledispatch

from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeData, SafeString
from django.utils.translation import gettext as _

from convenor.kit import dates
from convenor.kit.glyphs import glyph, shape_of
from convenor.kit.parts import Link, Ref, State


@singledispatch
def show(value: object) -> SafeString:
    """The value as safe HTML: escaped text unless its type says better."""
    return conditional_escape(value if isinstance(value, SafeData) else str(value))


@show.register
def _nothing(_value: None) -> SafeString:
    return format_html(
        '<span class="none" aria-hidden="true">–</span><span class="visually-hidden">{}</span>', _("none")
    )


@show.register
def _yes_or_no(value: bool) -> SafeString:
    return SafeString(_("Yes") if value else _("No"))


@show.register(int)
@show.register(float)
@show.register(Decimal)
def _number(value: int | float | Decimal) -> SafeString:
    return SafeString(number_format(value, force_grouping=True))


@show.register
def _day(value: date) -> SafeString:
    return dates.mark_day(value)


@show.register
def _moment(value: datetime) -> SafeString:
    return dates.mark_moment(value)


@show.register
def _state(value: State) -> SafeString:
    return state_tag(value.word, value.tone)


@show.register
def _ref(value: Ref) -> SafeString:
    return format_html('<span class="ref">{}</span>', str(value))


@show.register
def _link(value: Link) -> SafeString:
    return format_html('<a href="{}">{}</a>', value.url, value.label)


@show.register(list)
@show.register(tuple)
def _several(value: list[object] | tuple[object, ...]) -> SafeString:
    shown = [show(item) for item in value]
    if not shown:
        return show(None)
    return format_html('<ul class="plain">{}</ul>', format_html_join("", "<li>{}</li>", ((item,) for item in shown)))


def state_tag(word: str, tone: str = "neutral") -> SafeString:
    """A state: shape and word in the colour of its tone."""
    return format_html('<span class="tag tag--{}">{}<span>{}</span></span>', tone, glyph(shape_of(tone)), word)
