"""Every tag and filter of the kit, and what goes around them. `{% load kit %}`; `/styleguide/` shows all of it.

State, Link, Action, Chip, Fact, Anchor, Event, Stage, Step, Ref are in `convenor.kit.parts`; dicts with the same keys
serve too (but for `line`, which needs Step). Text is escaped everywhere; what stands inside a block tag is markup.

Filters
    {{ value|when }}                 date or datetime in <time>: Tue 24 Nov 2026 · Tue 24 Nov 2026, 10:00 AEDT
    {{ value|when:"Australia/Perth" }}   the same on that zone's clock
    {{ text|markdown }}              CommonMark and tables, cleaned; headings start at h3 ({{ text|markdown:2 }} at h2)
    {{ value|show }}                 any value as in a table cell (None, bool, number, date, State, Link, Ref, list)
    {{ form|sections }}              the form's declared sections (used by the form template)

Inline tags
    {% when value until=None zone=None relative=True now=None %}   adds "· tomorrow"; with until: 10:00–12:00.
                                     Counted from `request.now`; relative=False on pages that are cached for long
    {% tag word tone="neutral" %}    state tag; word may be a State.
                                     tone: good watch bad info neutral withheld level-1 … level-6
    {% glyph name %}                 good watch bad info neutral withheld level follow download history cite remove
                                     search menu filter arrow seat up down
    {% button label href="" style="primary" name="" value="" refused="" id="" %}
                                     with href a link, else a submit; style: primary secondary warning quiet;
                                     refused="reason" greys it and says why
    {% seat_chip title person="" organisation="" note="" url="" %}   a seat and who holds it; no person: vacant
    {% error_summary form other_form formset … %}   what is wrong in them; nothing when all is well
    {% chart chart %}                a chart of `convenor.kit.charts` as SVG
    {% chart_with_table chart %}     the same as a figure, with title, subtitle and the table of its data

Component tags
    {% breadcrumbs crumbs %}         list of Link; the last is this page (base.html draws `crumbs` by itself)
    {% fact_list facts %}            list of Fact as <dl>
    {% contents anchors title="" %}  list of Anchor; for the rail, where it stays in sight
    {% tabs links label %}           tabs that are links; Link.current marks the one shown, Link.count shows a number
    {% pagination page request %}    a Page of `convenor.kit.paging`; keeps the query string
    {% register_bar sentence chips=chips sorts=sorts downloads=downloads clear_url="" %}
                                     count sentence, removable Chips (query.chips_of), Links to sort and to download
    {% filter_form form title="" submit="" %}   GET form for the rail; a panel behind a button on narrow screens
    {% data_table table %}           a Table of `convenor.kit.tables`
    {% stat_tile name value change="" tone="neutral" unit="" spark=None fresh="" url="" note="" %}
                                     value None reads "Not measured"; spark: a Sparkline
    {% history events %}             list of Event, newest first
    {% stepper stages label="" %}    list of Stage (status: done current next skipped)
    {% line steps label="" %}        the line: list of Step; a list within the list is a branch
    {% desk_help keys %}             the keys of the desk with their switch; keys: pairs of key and what it does
    {% meter label value maximum need=None words="" %}   drawn share with words, such as quorum

Block tags (each ends with end<name>)
    {% record_head title ref="" kind="" state=None level="" follow="" download="" history="" cite="" actions=actions
                   heading=1 %}
        one line of who and when                                            {% endrecord_head %}
    {% section title id="" count=None more="" more_label="" level=2 %} … {% endsection %}   id: slug of the title
    {% card title href="" kicker="" state=None level="" heading=3 %} … {% endcard %}
    {% notice kind="info" title="" %} … {% endnotice %}      kind: info good watch bad withheld
    {% withheld reason="" %}what exists{% endwithheld %}     "This exists but is withheld / Withheld because …"
    {% empty_state title href="" label="" %} what belongs here {% endempty_state %}
    {% disclosure summary open=False %} … {% enddisclosure %}

Page: `{% extends "kit/base.html" %}`
    blocks: title head_extra body_class breadcrumbs header rail content side foot footer account search mark
        rail stands left (contents or filters), side right (facts); each goes when it is empty
    context: title crumbs theme q · site.name site.brand_css site.demo site.acknowledgement · nav footer_links
        account_links (lists of Link) · viewer.name sign_in_url sign_out_url · messages
Task form: `kit/form_page.html` with title form, and lede kicker submit_label submit_style cancel_url form_action;
    blocks before_form summary fields buttons after_form. `kit/confirm_page.html` adds consequences (list of text),
    consequences_title; its form is optional.

Classes for markup of one's own
    lists    .entries > li > p.entry__title, p.entry__meta (records in a list) · ul.cards > li · ul.seats > li ·
             ul.stats > li · ul.queue[data-desk] > li[data-desk-row] > div + button · ul.plain
    layout   .columns > section.column (.column--warm) > h2.column__title · .cluster (things in a row) ·
             .poster > section.band.band--level-1 > .band__head (.band__title .band__motto) + .band__body · .inline-form
    words    .lede .kicker .soft .small .serif .num .ref .warm .count .prose .linklike .visually-hidden
    colours  never literal: var(--paper surface wash ink ink-soft rule edge civic civic-ink civic-deep warm focus good
             watch bad level-1 … level-6); space var(--s4 s8 s12 s16 s24 s32 s48 s64); type var(--t14 t16 t19 t24 t32
             t44); faces var(--sans serif mono)
"""

from django import template

from convenor.kit.tags import blocks, components, inline

register = template.Library()
for part in (inline, components, blocks):
    register.tags |= part.register.tags
    register.filters |= part.register.filters
