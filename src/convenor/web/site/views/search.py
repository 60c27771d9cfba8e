"""The search page: one box over everything the viewer may read."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.core.records.registry import registry
from convenor.core.search.queries import PAGE, Results
from convenor.core.search.queries import search as find
from convenor.kit.http import Request
from convenor.kit.paging import Page
from convenor.kit.parts import Link
from convenor.kit.query import with_params

LONGEST_QUERY = 200


@require_safe
def search(request: Request) -> HttpResponse:
    """`?q=` words, "a phrase"; `&kind=` narrows; `&page=` pages. The address is the search."""
    text = request.GET.get("q", "")[:LONGEST_QUERY].replace("\x00", "")
    kind = request.GET.get("kind", "")
    found = find(request.viewer, text, kind if kind in registry.kinds else "", _page(request))
    context = {
        "q": text,
        "kind": found.kind,
        "found": found,
        "page": _shown(found),
        "tabs": _tabs(request, found),
        "sentence": _sentence(found, text),
    }
    return render(request, "site/search.html", context)


def _page(request: Request) -> int:
    asked = request.GET.get("page", "1")
    return int(asked) if asked.isdecimal() and len(asked) < 5 else 1


def _shown(found: Results) -> Page[object]:
    first = (found.page - 1) * PAGE
    return Page(
        found.items, found.page, found.total, found.pages, min(first + 1, found.total), first + len(found.items)
    )


def _tabs(request: Request, found: Results) -> list[Link]:
    if len(found.counts) < 2:
        return []
    everything = sum(each.count for each in found.counts)
    return [
        Link(_("All"), with_params(request, kind=None, page=None), not found.kind, everything),
        *(
            Link(each.label, with_params(request, kind=each.kind, page=None), each.kind == found.kind, each.count)
            for each in found.counts
        ),
    ]


def _sentence(found: Results, text: str) -> str:
    said = ngettext("%(count)d record found for “%(text)s”.", "%(count)d records found for “%(text)s”.", found.total)
    return said % {"count": found.total, "text": text}
