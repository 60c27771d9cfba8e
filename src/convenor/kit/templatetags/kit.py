"""Every tag and filter of the kit. `{% load kit %}`; `/styleguide/` shows each in all its states.

State, Link, Action, Chip, Fact, Anchor, Event, Stage and Step are in `convenor.kit.parts`; dicts serve too.

Filters
    {{ value|when }}                 date or datetime in <time>: Tue 24 Nov 2026 · Tue 24 Nov 2026, 10:00 AEDT
    {{ value|when:"Australia/Perth" }}   the same on that zone's clock
    {{ text|markdown }}              CommonMark and tables, cleaned; headings start at h3 ({{ text|markdown:2 }} at h2)
    {{ value|show }}                 any value as in a table cell (None, bool, number, date, State, Link, list)
    {{ form|sections }}              the form's declared sections (used by the form template)

Inline tags
    {% when value until=None zone=None relative=True now=None %}   adds "· tomorrow"; with until: 10:00–12:00
    {% tag word tone="neutral" %}    state tag. tone: good watch bad info neutral withheld level-1 … level-6;
                                     word may be a State
    {% glyph name %}                 a drawn sign (good watch bad info neutral withheld level arrow follow download …)
    {% button label href="" style="primary" name="" value="" refused="" id="" %}
                                     with href a link, else a submit; style: primary secondary warning quiet;
                                     refused="reason" greys it and says why
    {% seat_chip title person="" organisation="" note="" url="" %}   a seat and who holds it; no person: vacant
    {% error_summary form other_form … %}   forms or formsets; nothing when all is well
    {% chart chart %}                a chart of convenor.kit.charts as SVG
    {% chart_with_table chart %}     the same with the table of its data

Component tags
    {% breadcrumbs crumbs %}         list of Link; the last is the current page and may lack a url
    {% fact_list facts %}            list of Fact as <dl>
    {% contents anchors title="" %}  list of Anchor; sticky in the rail on wide screens
    {% tabs links label %}           tabs that are links; Link.current marks the one shown, Link.count shows a number
    {% pagination page request %}    a Page of `convenor.kit.paging`; keeps the query string
    {% register_bar sentence chips=chips sorts=sorts downloads=downloads clear_url="" %}
                                     count sentence, removable chips, sort links, downloads
    {% filter_form form title="" submit="" %}   GET form for the rail; a panel behind a button on narrow screens
    {% data_table table %}           a Table of `convenor.kit.tables`
    {% stat_tile name value change="" tone="" unit="" spark=None fresh="" url="" note="" %}
    {% history events %}             list of Event, newest first
    {% stepper stages label="" %}    list of Stage
    {% line steps label="" %}        the line: list of Step; a list within the list is a branch
    {% desk_help keys %}             the keys of the desk with their switch; keys: pairs of key and what it does
    {% meter label value maximum need=None words="" %}   drawn share with words, such as quorum

Block tags (each ends with end<name>)
    {% record_head title ref="" kind="" state=None level="" follow="" download="" history="" cite="" actions=actions
                   heading=1 %}
        one line of who and when                                            {% endrecord_head %}
    {% section title id="" count=None more="" more_label="" level=2 %} … {% endsection %}
    {% card title href="" kicker="" state=None level="" heading=3 %} … {% endcard %}
    {% notice kind="info" title="" %} … {% endnotice %}      kind: info good watch bad withheld
    {% withheld reason="" %} … {% endwithheld %}             "This exists but is withheld because …"
    {% empty_state title href="" label="" %} what belongs here {% endempty_state %}
    {% disclosure summary open=False %} … {% enddisclosure %}
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from django import forms, template
from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from convenor.kit import cells, dates, glyphs
from convenor.kit.forms import FormSection, errors_of, sections_of
from convenor.kit.paging import Page
from convenor.kit.parts import Anchor, Chip, Event, Fact, Link, Stage, State, Step
from convenor.kit.prose import to_html
from convenor.kit.query import Params, params_of, with_params
from convenor.kit.tables import Table

register = template.Library()
Given = dict[str, Any]
LINE_ACROSS = 6  # more steps than this run downwards at every width


def _draw(name: str, **values: Any) -> SafeString:
    return SafeString(get_template(f"kit/components/{name}.html").render(values))


# Filters


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


# Inline tags


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
    """What is wrong in these forms, each line leading to its field."""
    return {"errors": errors_of(shown)}


@register.simple_tag
def chart(drawn: Any) -> SafeString:
    """A chart as SVG."""
    return SafeString(get_template(drawn.template_name).render({"chart": drawn}))


@register.inclusion_tag("kit/components/chart_with_table.html")
def chart_with_table(drawn: Any) -> Given:
    """A chart with the table of its data under it."""
    return {"chart": drawn}


# Component tags


@register.inclusion_tag("kit/components/breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[Link | Given]) -> Given:
    """The way here from the front page."""
    return {"crumbs": crumbs}


@register.inclusion_tag("kit/components/fact_list.html")
def fact_list(facts: Iterable[Fact | Given]) -> Given:
    """Labels and values."""
    return {"facts": facts}


@register.inclusion_tag("kit/components/contents.html")
def contents(anchors: Sequence[Anchor | Given], title: str = "") -> Given:
    """The sections of this page."""
    return {"anchors": anchors, "title": title}


@register.inclusion_tag("kit/components/tabs.html")
def tabs(links: Sequence[Link | Given], label: str) -> Given:
    """Views of one thing, each at its own address."""
    return {"links": links, "label": label}


@register.inclusion_tag("kit/components/pagination.html")
def pagination(page: Page[Any], asked: Params) -> Given:
    """Where one is in a long list, and the way to the rest."""
    query = params_of(asked)
    numbers = [(number, with_params(query, page=str(number)) if number else "") for number in page.around()]
    before, after = (with_params(query, page=str(page.number + step)) for step in (-1, 1))
    return {"page": page, "numbers": numbers, "before": before, "after": after}


@register.inclusion_tag("kit/components/register_bar.html")
def register_bar(
    sentence: str,
    chips: Sequence[Chip | Given] = (),
    sorts: Sequence[Link | Given] = (),
    downloads: Sequence[Link | Given] = (),
    clear_url: str = "",
) -> Given:
    """What a register shows: how many, why these, in which order, and how to take them away."""
    return {"sentence": sentence, "chips": chips, "sorts": sorts, "downloads": downloads, "clear_url": clear_url}


@register.inclusion_tag("kit/components/filter_form.html")
def filter_form(form: forms.BaseForm, title: str = "", submit: str = "") -> Given:
    """The filters of a register as a GET form."""
    return {"form": form, "title": title, "submit": submit}


@register.inclusion_tag("kit/components/data_table.html")
def data_table(table: Table[Any]) -> Given:
    """A table with caption, sortable heads and, on narrow screens, cards."""
    return {"table": table, "heads": table.heads(), "lines": table.lines()}


@register.inclusion_tag("kit/components/stat_tile.html")
def stat_tile(
    name: str,
    value: object,
    change: str = "",
    tone: str = "neutral",
    unit: str = "",
    spark: Any = None,
    fresh: str = "",
    url: str = "",
    note: str = "",
) -> Given:
    """One number with its change in words, its course and its age. A value of None reads "Not measured"."""
    return {
        "name": name,
        "value": None if value is None else cells.show(value),
        "change": change,
        "tone": tone,
        "unit": unit,
        "spark": spark,
        "fresh": fresh,
        "url": url,
        "note": note,
    }


@register.inclusion_tag("kit/components/history.html")
def history(events: Iterable[Event | Given]) -> Given:
    """What happened to a record, newest first."""
    return {"events": events}


@register.inclusion_tag("kit/components/stepper.html")
def stepper(stages: Sequence[Stage | Given], label: str = "") -> Given:
    """Stages of a process, done, current and to come."""
    return {"stages": stages, "label": label}


@register.inclusion_tag("kit/components/line.html")
def line(steps: Sequence[Step | Sequence[Step]], label: str = "") -> Given:
    """What led to what: left to right on wide screens, top to bottom on narrow, an ordered list to everybody else."""
    stops = [[step] if isinstance(step, Step) else list(step) for step in steps]
    return {"stops": stops, "label": label, "long": len(stops) > LINE_ACROSS}


@register.inclusion_tag("kit/components/desk_help.html")
def desk_help(keys: Iterable[tuple[str, str]]) -> Given:
    """The keyboard of the desk, and the switch that turns it off."""
    return {"keys": keys}


@register.inclusion_tag("kit/components/meter.html")
def meter(label: str, value: float, maximum: float, need: float | None = None, words: str = "") -> Given:
    """A share of a whole with the mark to reach; the words carry it, the drawing repeats them."""
    share = min(value / maximum, 1) if maximum else 0
    mark = need / maximum if maximum and need is not None else None
    return {
        "label": label,
        "words": words,
        "value": value,
        "maximum": maximum,
        "need": need,
        "width": f"{share * 100:.2f}%",
        "mark": None if mark is None else f"{mark * 100:.2f}%",
        "enough": need is None or value >= need,
    }


# Block tags


@register.simple_block_tag
def record_head(
    content: str,
    title: str,
    ref: str = "",
    kind: str = "",
    state: State | None = None,
    level: str = "",
    follow: str = "",
    download: str = "",
    history: str = "",
    cite: str = "",
    actions: Sequence[Any] = (),
    heading: int = 1,
) -> SafeString:
    """The same head on every record: reference, kind, title, state, one line of who and when, ways on."""
    ways = [("follow", follow), ("download", download), ("history", history), ("cite", cite)]
    return _draw(
        "record_head",
        line=content.strip() and SafeString(content),
        title=title,
        ref=ref,
        kind=kind,
        state=state,
        level=level,
        ways=[(name, url) for name, url in ways if url],
        actions=actions,
        heading=f"h{heading}",
    )


@register.simple_block_tag
def section(
    content: str,
    title: str,
    id: str = "",  # noqa: A002 - the attribute's own name
    count: int | None = None,
    more: str = "",
    more_label: str = "",
    level: int = 2,
) -> SafeString:
    """A titled part of a page, with an anchor and a count."""
    anchor = id or slugify(title)
    body = SafeString(content)
    return _draw(
        "section", body=body, title=title, id=anchor, count=count, more=more, more_label=more_label, heading=f"h{level}"
    )


@register.simple_block_tag
def card(
    content: str,
    title: str,
    href: str = "",
    kicker: str = "",
    state: State | None = None,
    level: str = "",
    heading: int = 3,
) -> SafeString:
    """One record among others."""
    body = SafeString(content)
    return _draw(
        "card", body=body, title=title, href=href, kicker=kicker, state=state, level=level, heading=f"h{heading}"
    )


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """Something one should know before going on."""
    return _draw("notice", body=SafeString(content), kind=kind, shape=glyphs.shape_of(kind), title=title)


@register.simple_block_tag
def withheld(content: str, reason: str = "") -> SafeString:
    """Says that something exists and why it is not shown."""
    return _draw("withheld", body=SafeString(content.strip()), reason=reason)


@register.simple_block_tag
def empty_state(content: str, title: str, href: str = "", label: str = "") -> SafeString:
    """What belongs here and the first step towards it."""
    return _draw("empty_state", body=SafeString(content), title=title, href=href, label=label)


@register.simple_block_tag
def disclosure(content: str, summary: str, open: bool = False) -> SafeString:  # noqa: A002 - the attribute
    """More, for those who want it."""
    return _draw("disclosure", body=SafeString(content), summary=conditional_escape(summary), open=open)
