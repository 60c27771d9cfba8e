"""What changed, across everything the viewer may read; and the seals that prove nothing was rewritten."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.journal.queries import happenings, latest_seals, recent
from convenor.kit.http import Request, public
from convenor.web.site import feeds
from convenor.web.site.words import events

SHOWN = 50


@require_safe
def updates(request: Request) -> HttpResponse:
    """The latest changes; older ones are paged by entry id (`?before=`), so the list cannot shift under a reader."""
    entries = recent(request.viewer)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        entries = entries.filter(pk__lt=int(before))
    rows = list(entries[: SHOWN + 1])
    older = rows[SHOWN - 1].pk if len(rows) > SHOWN else None
    context = {
        "events": events(happenings(request.viewer, rows[:SHOWN]), with_title=True),
        "older": older,
        "before": before,
    }
    return public(render(request, "site/updates.html", context))


@require_safe
def updates_feed(request: Request) -> HttpResponse:
    entries = recent(request.viewer)[: feeds.LENGTH]
    return public(feeds.atom(request, _("What changed"), happenings(request.viewer, entries)))


@require_safe
def seals(request: Request) -> HttpResponse:
    """The published seals, and how anybody checks them."""
    return public(render(request, "site/seals.html", {"seals": latest_seals()}))


@require_safe
def seals_txt(_request: Request) -> HttpResponse:
    """One seal a line: number, hash, time. Keep a copy elsewhere; `./convenor verify --seals` holds it against us."""
    lines = [f"{seal.number} {seal.hash} {seal.at.isoformat()}\n" for seal in latest_seals(1000)]
    return public(HttpResponse("".join(lines), content_type="text/plain; charset=utf-8"))
