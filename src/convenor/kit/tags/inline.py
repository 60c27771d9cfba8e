"""Filters, and tags that stand in a line of text."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Any

from django import forms, template
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from convenor.kit import cells, dates, glyphs
from convenor.kit.forms import FormSection, errors_of, loses_a_file, sections_of
from convenor.kit.parts import State
from convenor.kit.prose import to_html

register = template.Library()
Given = dict[str, Any]


@register.filter(name="when")
def when_filter(value: date | datetime | None, zone: str | None = None) -> SafeString:
    """The date in words, in a <time> element."""
    return dates.mark(value, zone)


@register.filter
def markdown(text: str | None, first_heading: int = 3) -> SafeString:
    """CommonMark as clean HTML."""
    return to_html(text or "", first_heading)


@register.filter
def show(value: object) -> SafeString:
    """The value as a table cell would show it."""
    return cells.show(value)


@register.filter
def sections(form: forms.BaseForm) -> list[FormSection]:
    """The form's fields in its declared sections."""
    return sections_of(form)


@register.simple_tag(name="when", takes_context=True)
def when_tag(
    context: template.Context,
    value: date | datetime | None,
    until: datetime | None = None,
    zone: str | tzinfo | None = None,
    *,
    relative: bool = True,
    now: datetime | None = None,
) -> SafeString:
    """A date or a span of time, with relative words beside it, counted from the request's one time."""
    if value is None:
        return SafeString("")
    spans = isinstance(value, datetime) and until is not None
    said = dates.mark_span(value, until, zone) if spans else dates.mark(value, zone)  # type: ignore[arg-type]
    if not relative:
        return said
    words = dates.relative_words(value, now or getattr(context.get("request"), "now", None), zone)
    return format_html('<span class="when">{} <span class="when__relative">· {}</span></span>', said, words)


@register.simple_tag
def tag(word: str | State, tone: str = "neutral") -> SafeString:
    """A state as shape and word."""
    return cells.state_tag(word.word, word.tone) if isinstance(word, State) else cells.state_tag(word, tone)


@register.simple_tag
def glyph(name: str) -> SafeString:
    """A drawn sign."""
    return glyphs.glyph(name)


@register.inclusion_tag("kit/components/button.html")
def button(
    label: str,
    href: str = "",
    style: str = "primary",
    name: str = "",
    value: str = "",
    refused: str = "",
    id: str = "",  # noqa: A002 - the attribute's own name
) -> Given:
    """A link or a submit that looks like what it does."""
    return {
        "label": label,
        "href": href,
        "style": style,
        "name": name,
        "value": value,
        "refused": refused,
        "id": id,
        "why": f"{slugify(f'{label} {href}')}-refused",
    }


@register.inclusion_tag("kit/components/seat_chip.html")
def seat_chip(title: str, person: str = "", organisation: str = "", note: str = "", url: str = "") -> Given:
    """A seat and who holds it; vacant when nobody does."""
    return {"title": title, "person": person, "organisation": organisation, "note": note, "url": url}


@register.inclusion_tag("kit/components/error_summary.html")
def error_summary(*shown: forms.BaseForm | forms.BaseFormSet[Any] | None) -> Given:
    """What is wrong in these forms, each line leading to its field; and that a file must be chosen again."""
    return {"errors": errors_of(shown), "file_lost": any(loses_a_file(each) for each in shown)}


@register.simple_tag
def chart(drawn: Any) -> SafeString:
    """A chart as SVG."""
    return SafeString(get_template(drawn.template_name).render({"chart": drawn}))


@register.inclusion_tag("kit/components/chart_with_table.html")
def chart_with_table(drawn: Any) -> Given:
    """A chart with the table of its data under it."""
    return {"chart": drawn}
