"""My work, and the secretariat's Desk."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.records.rules import YES, Verdict, Viewer, no
from convenor.kit.http import Request
from convenor.kit.parts import Anchor
from convenor.web.site import desk as queues
from convenor.web.site import mine
from convenor.web.site.queues import Queue


@require_safe
def my_work(request: Request) -> HttpResponse:
    """What the signed-in person sits in, has been asked, and follows."""
    _may_work(request.viewer).require()
    found = mine.queues(request.viewer)
    context = {"queues": found, "anchors": _anchors(found), "today": localdate(request.now)}
    return render(request, "site/my_work.html", context)


@require_safe
def desk(request: Request) -> HttpResponse:
    """What waits for the secretariat, for those with a duty."""
    _may_use_desk(request.viewer).require()
    found = queues.queues(request.viewer)
    context = {
        "queues": found,
        "anchors": [Anchor("week", _("This week")), *_anchors(found)],
        "week": queues.week(request.viewer),
        "today": localdate(request.now),
        "keys": [("j", _("next row")), ("k", _("row before")), (_("Enter"), _("open")), ("?", _("these keys"))],
        "waiting": sum(queue.total for queue in found),
    }
    return render(request, "site/desk.html", context)


def _anchors(found: list[Queue]) -> list[Anchor]:
    return [Anchor(queue.id, f"{queue.title} ({queue.total})") for queue in found]


def _may_work(viewer: Viewer) -> Verdict:
    return YES if viewer.signed_in else no(_("Sign in to see your work."))


def _may_use_desk(viewer: Viewer) -> Verdict:
    return YES if viewer.duties else no(_("The Desk is for people with a duty, such as the secretariat."))
