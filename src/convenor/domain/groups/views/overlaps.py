"""Which groups are much alike, and who sits in most of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.domain.directory.queries import local_day
from convenor.domain.groups.forms.overlaps import OverlapFilterForm
from convenor.domain.groups.queries import overlaps as queries
from convenor.domain.groups.queries.overlaps import PairShown, Sitter
from convenor.domain.groups.rules.overlaps import Shared
from convenor.domain.groups.views import base
from convenor.domain.groups.views.compare import as_csv, told
from convenor.kit.http import Request, public
from convenor.kit.paging import page_of
from convenor.kit.parts import Link
from convenor.kit.query import chips_of, with_params
from convenor.kit.tables import Column, Table

NAMED: Final = 8
"""Names in one reason."""
FILE_PAIRS: Final = 500
FRESH: Final = timedelta(minutes=10)
"""The comparison of the night does not stand in the journal, so a kept page must end by the clock."""


@require_safe
def overlaps(request: Request) -> HttpResponse:
    """Pairs of living groups with the same people, organisations, offices or subject, and in words why."""
    viewer, today = request.viewer, local_day(request.now)
    form = OverlapFilterForm(request.GET)
    rows = queries.pairs(viewer, form.filter())
    if request.GET.get("format") == "csv":
        return _pairs_csv(queries.shown(viewer, list(rows[:FILE_PAIRS]), today))
    page = page_of(rows, request)
    context = {
        "title": _("Overlaps between groups"),
        "tabs": _tabs("overlaps"),
        "filter_form": form,
        "page": page,
        "pairs": [_pair(each) for each in queries.shown(viewer, list(page.rows), today)],
        "sentence": ngettext("%(n)d pair of groups", "%(n)d pairs of groups", page.total) % {"n": page.total},
        "chips": chips_of(form, request),
        "downloads": [Link("CSV", with_params(request, format="csv", page=None))],
        "compared_at": queries.compared_at(),
        "crumbs": base.crumbs(Link(_("Overlaps"), "", current=True)),
    }
    return public(render(request, "groups/overlaps.html", context), fresh_until=request.now + FRESH)


@require_safe
def people(request: Request) -> HttpResponse:
    """Who sits in most groups, and where."""
    return _sitters(request, "overlap-people", people=True)


@require_safe
def organisations(request: Request) -> HttpResponse:
    """Whose seats are in most groups, and where."""
    return _sitters(request, "overlap-organisations", people=False)


def _sitters(request: Request, name: str, *, people: bool) -> HttpResponse:
    found = queries.busiest(request.viewer, people=people)
    if request.GET.get("format") == "csv":
        return _sitters_csv(queries.sitters(found[:FILE_PAIRS], people=people, most=100), name)
    page = page_of(found, request)
    many = {"n": page.total}
    context = {
        "title": _("People in most groups") if people else _("Organisations in most groups"),
        "tabs": _tabs(name),
        "page": page,
        "table": _sitters_table(queries.sitters(list(page.rows), people=people), people=people),
        "sentence": (
            ngettext("%(n)d person in several groups", "%(n)d people in several groups", page.total) % many
            if people
            else ngettext("%(n)d organisation in several", "%(n)d organisations in several", page.total) % many
        ),
        "downloads": [Link("CSV", with_params(request, format="csv", page=None))],
        "crumbs": base.crumbs(
            Link(_("Overlaps"), reverse("groups:overlaps")), Link(_("People") if people else _("Organisations"), "")
        ),
    }
    return public(render(request, "groups/overlap_sitters.html", context), fresh_until=request.now + FRESH)


def _tabs(current: str) -> list[Link]:
    names = {
        "overlaps": _("Groups that are alike"),
        "overlap-people": _("People in most groups"),
        "overlap-organisations": _("Organisations in most groups"),
    }
    return [Link(label, reverse(f"groups:{name}"), current=name == current) for name, label in names.items()]


def _pair(each: PairShown) -> dict[str, Any]:
    """A pair as the page shows it: the two groups, each reason in words with names, the way to compare them."""
    both = f"{reverse('groups:compare')}?group={each.first.slug}&group={each.second.slug}"
    return {"first": each.first, "second": each.second, "reasons": reasons(each), "compare_url": both}


def reasons(each: PairShown) -> list[dict[str, Any]]:
    """Why the pair is listed, in words; each with the names that the viewer may read."""
    found = []
    sentences: dict[str, Callable[[PairShown, Shared], str]] = {
        queries.PEOPLE: _same_people,
        queries.ORGANISATIONS: _same_organisations,
        queries.OFFICES: _same_offices,
    }
    for kind, held in each.shared.items():
        found.append({"text": sentences[kind](each, held), **_named(each, kind)})
    if each.subject:
        text = _("Their names and purposes are %(n)d %% alike. Both say:") % {"n": each.subject}
        found.append({"text": text, "names": [Link(word, "") for word in each.words], "more": 0})
    return found


def _named(each: PairShown, kind: str) -> dict[str, Any]:
    names: Sequence[Link]
    if kind == queries.PEOPLE:
        names = [Link(holder.name, holder.url) for holder in each.people]
    else:
        names = [Link(name, "") for name in getattr(each, kind)]
    return {"names": names[:NAMED], "more": max(len(names) - NAMED, 0)}


def _whole(each: PairShown, held: Shared) -> str:
    """The name of the group that lies wholly in the other; "" where neither does."""
    if held.both == held.first <= held.second:
        return each.first.name
    return each.second.name if held.both == held.second else ""


def _same_people(each: PairShown, held: Shared) -> str:
    counts = {"n": held.both, "first": held.first, "second": held.second, "whole": _whole(each, held)}
    if counts["whole"]:
        return _("Everybody in %(whole)s sits in the other too: %(n)d people.") % counts
    return _("%(n)d people sit in both, of %(first)d and %(second)d.") % counts


def _same_organisations(each: PairShown, held: Shared) -> str:
    counts = {"n": held.both, "first": held.first, "second": held.second, "whole": _whole(each, held)}
    if counts["whole"]:
        return _("Every organisation in %(whole)s has a seat in the other too: %(n)d organisations.") % counts
    return _("%(n)d organisations have a seat in both, of %(first)d and %(second)d.") % counts


def _same_offices(each: PairShown, held: Shared) -> str:
    counts = {"n": held.both, "first": held.first, "second": held.second, "whole": _whole(each, held)}
    if counts["whole"]:
        return _("Every office in %(whole)s sits in the other too: %(n)d offices.") % counts
    return _("%(n)d offices sit in both, of %(first)d and %(second)d.") % counts


def _sitters_table(rows: Sequence[Sitter], *, people: bool) -> Table[Sitter]:
    page = "directory:person" if people else "directory:organisation"
    columns = [
        Column[Sitter](
            "name",
            _("Who") if people else _("Organisation"),
            "name",
            priority=1,
            link=lambda row: reverse(page, args=[row.url_slug]),
        ),
        Column[Sitter]("many", _("Groups"), "many", numeric=True),
        Column[Sitter]("where", _("Which"), _where),
    ]
    return Table(columns, rows, _("Who sits in several groups"), caption_hidden=True)


def _where(row: Sitter) -> object:
    links: list[object] = [Link(name, reverse("groups:detail", args=[slug])) for name, slug in row.groups]
    rest = row.many - len(row.groups)
    return [*links, ngettext("and %(n)d more", "and %(n)d more", rest) % {"n": rest}] if rest else links


def _pairs_csv(found: Sequence[PairShown]) -> HttpResponse:
    head = [_("First group"), _("Second group"), _("People in both"), _("Organisations in both"), _("Offices in both")]
    rows: list[list[object]] = [[*head, _("Alike in words, percent"), _("Why")]]
    for each in found:
        counts = [each.shared[kind].both if kind in each.shared else "" for kind in queries.LEAST]
        why = " ".join(f"{reason['text']} {told(reason['names'])}".strip() for reason in reasons(each))
        rows.append([each.first.name, each.second.name, *counts, each.subject or "", why])
    return as_csv(rows, "groups-overlaps")


def _sitters_csv(found: Sequence[Sitter], name: str) -> HttpResponse:
    rows: list[list[object]] = [[_("Who"), _("Groups"), _("Which")]]
    rows += [[each.name, each.many, "; ".join(group for group, _slug in each.groups)] for each in found]
    return as_csv(rows, name)
