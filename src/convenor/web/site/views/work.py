"""My work, and the secretariat's Desk."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.records.permissions import may_see_keeping
from convenor.core.records.rules import YES, Verdict, Viewer, no
from convenor.domain.groups.queries import desk as groups
from convenor.kit.http import Request
from convenor.kit.paging import page_of
from convenor.kit.parts import Anchor, Link, State
from convenor.kit.tables import Column, Table
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
    found, week = queues.desk(request.viewer)
    context = {
        "queues": found,
        "anchors": [Anchor("week", _("This week")), *_anchors(found)],
        "week": week,
        "today": localdate(request.now),
        "keys": [("j", _("next row")), ("k", _("row before")), (_("Enter"), _("open")), ("?", _("these keys"))],
        "keeping": _keeping(request.viewer),
        "waiting": sum(queue.total for queue in found),
    }
    return render(request, "site/desk.html", context)


@require_safe
def rules_kept(request: Request) -> HttpResponse:
    """Every active group, held against what its engagement model asks today."""
    _may_use_desk(request.viewer).require()
    today = localdate(request.now)
    page = page_of(groups.ruled(request.viewer), request)
    columns = [
        Column[groups.Judged](
            "group", _("Group"), "group.name", priority=1, link=lambda row: queues.group_address(row.group)
        ),
        Column[groups.Judged]("standing", _("Standing"), _standing),
        Column[groups.Judged]("why", _("Why"), lambda row: " ".join([*row.broken, *row.missing]) or None),
    ]
    held = groups.held_against_rules(page.rows, today)
    context = {
        "page": page,
        "table": Table(columns, held, _("Groups and their rules"), caption_hidden=True),
        "today": today,
        "crumbs": [Link(_("Desk"), reverse("site:desk")), Link(_("Groups and their rules"), "", current=True)],
    }
    return render(request, "site/desk_rules.html", context)


def _keeping(viewer: Viewer) -> list[Link]:
    """What is said of the whole site, for its officers."""
    if not may_see_keeping(viewer):
        return []
    return [
        Link(_("Caretaker periods"), reverse("site:caretaker")),
        Link(_("Retention and disposal freezes"), reverse("site:retention")),
    ]


def _address(row: groups.Judged) -> str:
    return queues.group_address(row.group)


def _standing(row: groups.Judged) -> State:
    if row.broken:
        return State(_("Breaks a rule"), "bad")
    return State(_("Falls short"), "watch") if row.missing else State(_("As the model asks"), "good")


def _anchors(found: list[Queue]) -> list[Anchor]:
    return [Anchor(queue.id, f"{queue.title} ({queue.total})") for queue in found]


def _may_work(viewer: Viewer) -> Verdict:
    return YES if viewer.signed_in else no(_("Sign in to see your work."))


def _may_use_desk(viewer: Viewer) -> Verdict:
    return YES if viewer.duties else no(_("The Desk is for people with a duty, such as the secretariat."))
