"""Calls for everybody: the list and its feed, the page of one, the published result and its file."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.core.records.rules import Viewer
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.expressions import permissions
from convenor.domain.expressions.forms.calls import CallFilterForm
from convenor.domain.expressions.models import Call, CallQuerySet, Draw, RuleAside
from convenor.domain.expressions.queries import facts
from convenor.domain.expressions.queries.access import access_call, access_draw, calls, my_assessor, my_expression
from convenor.domain.expressions.queries.results import is_for_everybody, published
from convenor.domain.expressions.rules import calls as rules
from convenor.domain.expressions.rules import small
from convenor.domain.expressions.views import base
from convenor.domain.expressions.views.files import selection_file
from convenor.domain.expressions.views.words import shown, shown_for_the_check, state_of, warning_of, where_of
from convenor.domain.groups.models import Group
from convenor.kit.dates import local, say_moment
from convenor.kit.http import Request, public
from convenor.kit.paging import page_of
from convenor.kit.parts import Anchor, Fact, Link, Stage
from convenor.kit.query import chips_of

FEED_LENGTH = 50
RESULTS = (rules.SELECTED, rules.OFFERS, rules.FINISHED)


@require_safe
def call_list(request: Request) -> HttpResponse:
    """Calls open now and soon, or as asked for; what closes first stands first."""
    viewer = request.viewer
    form = CallFilterForm(request.GET, groups=_groups(viewer))
    asked = form.asked()
    page = page_of(_narrowed(calls(viewer).live(), asked, viewer), request)
    add = permissions.is_officer(viewer)
    context = {
        "title": _("Calls for expressions of interest"),
        "filter_form": form,
        "page": page,
        "calls": [shown(row, request.now) for row in page.rows],
        "sentence": ngettext("%(n)d call", "%(n)d calls", page.total) % {"n": page.total},
        "chips": chips_of(form, request),
        "downloads": [
            *directory.downloads("calls", {"q": asked.get("q", "")}, feed="expressions:feed"),
            Link(_("Calendar"), reverse("expressions:calendar")),
        ],
        "add_url": reverse("groups:list") if add else "",
    }
    response = render(request, "expressions/calls.html", context)
    ends = [base.turns_at(row, request.now) for row in page.rows]
    return public(response, fresh_until=min([directory.next_midnight(request.now), *ends]))


def _groups(viewer: Viewer) -> list[tuple[str, str]]:
    rows = Group.objects.filter(calls__isnull=False).visible_to(viewer).distinct()
    return list(rows.order_by("name", "pk").values_list("slug", "name")[:100])


def _narrowed(rows: CallQuerySet, asked: dict[str, Any], viewer: Viewer) -> CallQuerySet:
    now = viewer.now
    for word in asked.get("q", "").split()[:10]:
        rows = rows.filter(Q(title__icontains=word) | Q(asked__icontains=word) | Q(group__name__icontains=word))
    if "group" in asked:
        rows = rows.filter(group__slug=asked["group"])
    if "method" in asked:
        rows = rows.filter(method=asked["method"])
    live = Q(state=rules.PUBLISHED, closes_at__gt=now)
    which = {
        "": live | Q(state=rules.DRAFT),
        "open": live & Q(opens_at__lte=now),
        "closed": ~live & ~Q(state=rules.DRAFT),
        "all": Q(),
    }[asked.get("when", "")]
    order = ("-closes_at", "-pk") if asked.get("when") in {"closed", "all"} else ("closes_at", "pk")
    return rows.filter(which).order_by(*order)


def _calendar_of(request: Request, row: Call) -> Enclosure:
    """When it opens and closes, for calendars. How long the file is, is not known before it is asked for."""
    url = request.build_absolute_uri(reverse("expressions:dates", args=[row.slug]))
    return Enclosure(url, "0", "text/calendar")


@require_safe
def feed(request: Request) -> HttpResponse:
    """Calls as they are published, as Atom."""
    atom = Atom1Feed(
        title=_("Calls for expressions of interest"),
        link=request.build_absolute_uri(reverse("expressions:calls")),
        feed_url=request.build_absolute_uri(request.path),
        description=_("Groups that ask who would like to sit in them"),
    )
    rows = calls(request.viewer).live().exclude(state=rules.DRAFT)
    for row in rows.order_by("-record__published_at", "-pk")[:FEED_LENGTH]:
        closes = say_moment(local(row.closes_at, row.zone))
        atom.add_item(
            title=row.title,
            link=request.build_absolute_uri(base.address(row)),
            enclosures=[_calendar_of(request, row)],
            description=_("%(group)s. Closes %(when)s.") % {"group": row.group.name, "when": closes},
            unique_id=f"{request.build_absolute_uri('/')}r/{row.record.ref}",
            pubdate=row.record.created_at,
            updateddate=row.record.published_at,
        )
    response = HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    return public(response)


@require_safe
def call(request: Request, slug: str) -> HttpResponse:
    """What is asked, of whom, how it is decided and by when; then what came of it."""
    found = directory.or_former(request, "call", slug, access_call)
    if isinstance(found, HttpResponse):
        return found
    viewer, now = request.viewer, request.now
    where = where_of(found, now)
    draws = list(Draw.objects.filter(call=found).exclude(drawn_at=None).order_by("number"))
    questions = facts.questions_of(found)
    kinds = small.told_apart(facts.question_facts(questions))
    context = directory.head(
        found.record,
        call=found,
        where=where,
        line=shown(found, now),
        state=directory.state_of(found.record) if found.record.state != "live" else state_of(found, now),
        criteria=facts.criteria_of(found),
        questions=[(row, facts.options_of(row)) for row in questions],
        checked=shown_for_the_check(kinds),
        warning=warning_of(kinds, found.seats) if where == rules.DRAFT else "",
        bounded=_bounded(found),
        facts=_facts(found),
        stages=_stages(found, where),
        term=facts.term_words(found),
        figures=facts.figures(found) if where in (*RESULTS, rules.ASSESSING) else None,
        draws=draws,
        mine=my_expression(viewer, found) if viewer.signed_in else None,
        assesses=viewer.signed_in and _assesses(viewer, found),
        actions=directory.actions(found.record, viewer),
        panels=directory.panels(found.record, viewer),
        crumbs=base.crumbs(Link(found.title, "")),
        anchors=_anchors(where),
    )
    return public(render(request, "expressions/call.html", context), fresh_until=base.turns_at(found, now))


def _assesses(viewer: Viewer, found: Call) -> bool:
    assessor = my_assessor(viewer, found)
    return assessor is not None and permissions.may_assess(viewer, assessor, local_day(viewer.now)).ok


def _bounded(found: Call) -> list[str]:
    """Every balance rule in a sentence."""
    said = []
    for quota in facts.panel_of(found).quotas:
        words = {"label": quota.label, "least": quota.minimum, "most": quota.maximum}
        if quota.minimum is not None and quota.maximum is not None:
            text = (
                _("%(label)s: exactly %(least)d") if quota.minimum == quota.maximum
                else _("%(label)s: from %(least)d to %(most)d")
            )  # fmt: skip
        else:
            text = _("%(label)s: at least %(least)d") if quota.maximum is None else _("%(label)s: at most %(most)d")
        said.append(text % words)
    return said


def _facts(found: Call) -> list[Fact]:
    group = found.group
    listed = [
        Fact(_("Group"), group.name, reverse("groups:detail", args=[group.slug])),
        Fact(_("Places"), found.seats),
        Fact(_("Term"), facts.term_words(found)),
        Fact(_("Decided by"), found.get_method_display()),
        Fact(_("Told by"), found.outcome_by),
        Fact(_("Erased after"), found.purge_on),
        Fact(_("Questions to"), found.contact),
    ]
    return [fact for fact in listed if fact.value]


def _stages(found: Call, where: str) -> list[Stage]:
    """Where the call is in its life."""
    order = [rules.ANNOUNCED, rules.OPEN, rules.ASSESSING, rules.OFFERS, rules.FINISHED]
    at = {rules.CLOSED: rules.ASSESSING, rules.SELECTED: rules.OFFERS, rules.DRAFT: rules.ANNOUNCED}.get(where, where)
    labels = {
        rules.ANNOUNCED: (_("Announced"), None),
        rules.OPEN: (_("Open"), found.opens_at),
        rules.ASSESSING: (_("Closed, assessed"), found.closes_at),
        rules.OFFERS: (_("Offers"), None),
        rules.FINISHED: (_("Finished"), found.finished_on),
    }
    if at not in order:
        return []
    here = order.index(at)
    return [
        Stage(labels[each][0], "done" if number < here else "current" if number == here else "next", labels[each][1])
        for number, each in enumerate(order)
    ]


def _anchors(where: str) -> list[Anchor]:
    found = [Anchor("result", _("What came of it"))] if where in RESULTS else []
    return [
        *found,
        Anchor("asked", _("What is asked")),
        Anchor("how", _("How it is decided")),
        Anchor("collected", _("What is collected")),
    ]


@require_safe
def result(request: Request, slug: str, number: int) -> HttpResponse:
    """One selection, so that anybody can follow and check it. No names: only private references, in the file."""
    found = access_call(request.viewer, slug)
    draw = access_draw(request.viewer, found, number)
    context = {
        "title": _("How the selection was made"),
        "call": found,
        "draw": draw,
        "told": published(draw),
        "aside": _aside(request.viewer, draw),
        "file_url": reverse("expressions:result-file", args=[slug, number]),
        "crumbs": base.crumbs(Link(found.title, base.address(found)), Link(_("Selection"), "")),
    }
    return public(render(request, "expressions/result.html", context))


def _aside(viewer: Viewer, draw: Draw) -> list[RuleAside]:
    """Balance rules that further offers did not keep."""
    return list(RuleAside.objects.filter(draw=draw).order_by("at", "pk").visible_to(viewer))


@require_safe
def result_file(request: Request, slug: str, number: int) -> HttpResponse:
    """Everything needed to draw it again, by private references only; less where few people are alike."""
    found = access_call(request.viewer, slug)
    draw = access_draw(request.viewer, found, number)
    return public(selection_file(found, draw, whole=is_for_everybody(draw)))
