"""How long each kind of record is kept, and disposal freezes: for the site's officers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from convenor.core.accounts.views.guard import answer, posted, proved
from convenor.core.records import permissions, queries
from convenor.core.records.commands.freezes import lift_freeze, set_freezes
from convenor.core.records.models import Freeze
from convenor.core.records.registry import Kind, registry
from convenor.core.records.retention import CLASSES, SETTING, RetentionClass, authorities
from convenor.core.records.rules import FreezeFacts, Viewer
from convenor.kit.dates import say_day
from convenor.kit.http import Request
from convenor.kit.paging import page_of
from convenor.kit.parts import Action, Link, State
from convenor.kit.tables import Column, Table
from convenor.web.site.forms import FreezeForm, LiftForm


@require_safe
def retention(request: Request) -> HttpResponse:
    """Every kind with its retention class and whether it is frozen, every class, every freeze there is or was."""
    viewer = request.viewer
    permissions.may_see_keeping(viewer).require()
    page = page_of(queries.freezes(viewer), request)
    frozen = queries.frozen_kinds(request.now)
    context = {
        "title": _("Retention and disposal freezes"),
        "kinds": _kinds_table(frozen),
        "classes": _classes_table(),
        "setting": SETTING,
        "page": page,
        "freezes": _freezes_table(viewer, page.rows),
        "frozen": len(frozen),
        "set": Action(
            _("Set a disposal freeze"), reverse("site:freeze"), refused=permissions.may_freeze(viewer).reason
        ),
        "crumbs": _crumbs(),
    }
    return render(request, "site/retention.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def freeze(request: Request) -> HttpResponse:
    """Let nothing of some kinds be destroyed from a day on."""
    permissions.may_freeze(request.viewer).require()
    return answer(
        request,
        FreezeForm(posted(request), initial={"starts_on": localdate(request.now)}),
        lambda data: set_freezes(by=request.viewer, facts=_facts(data), now=request.now),
        template="kit/confirm_page.html",
        back=reverse("site:retention"),
        done=_("The disposal freeze is set."),
        title=_("Set a disposal freeze"),
        consequences=[
            _("From that day nothing that belongs to records of these kinds is destroyed: every purge passes it over."),
            _("Erasing it by hand is refused, with the reference you give here."),
            _("What should have gone meanwhile goes by itself after the lift, so promised days are not kept."),
        ],
        submit_label=_("Set the freeze"),
        submit_style="warning",
        crumbs=_crumbs(_("Set a disposal freeze")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@proved
def lift(request: Request, pk: int) -> HttpResponse:
    """Let things be destroyed again."""
    found = queries.access_freeze(request.viewer, pk)
    permissions.may_freeze(request.viewer).require()
    words = {"kind": queries.kind_label(found.kind)}
    title = _("Lift the freeze of %(kind)s") % words
    return answer(
        request,
        LiftForm(posted(request)),
        lambda data: lift_freeze(by=request.viewer, freeze=found, reason=data["reason"], now=request.now),
        template="kit/confirm_page.html",
        back=reverse("site:retention"),
        done=_("The freeze is lifted."),
        title=title,
        lede=_("Since %(day)s, %(authority)s: %(reason)s")
        % {"day": say_day(found.starts_on), "authority": found.authority, "reason": found.reason},
        consequences=[
            _("What was due to be destroyed meanwhile is destroyed at the next round of each job: within a day."),
            _("That cannot be undone. The freeze stays in this list, with when and why it was lifted."),
        ],
        submit_label=_("Lift the freeze"),
        submit_style="warning",
        crumbs=_crumbs(title),
    )


def _facts(data: dict[str, Any]) -> FreezeFacts:
    return FreezeFacts(tuple(data["kinds"]), data["starts_on"], data["reason"], data["authority"])


def _crumbs(here: str = "") -> list[Link]:
    register = Link(_("Retention and disposal freezes"), reverse("site:retention") if here else "", current=not here)
    return [Link(_("Desk"), reverse("site:desk")), register, *([Link(here, "", current=True)] if here else [])]


def _kinds_table(frozen: Iterable[str]) -> Table[Kind]:
    return Table(
        [
            Column("kind", _("Kind of record"), "label_plural", priority=1),
            Column("class", _("Retention class"), lambda kind: Link(str(kind.retention.name), "#classes")),
            Column("state", _("Disposal"), lambda kind: State(_("Frozen"), "watch") if kind.slug in frozen else None),
        ],
        sorted(registry.kinds.values(), key=lambda kind: kind.label_plural),
        _("Kinds of record and how long they are kept"),
        caption_hidden=True,
    )


def _classes_table() -> Table[RetentionClass]:
    stated = authorities(settings.RETENTION_AUTHORITIES)
    return Table(
        [
            Column("class", _("Retention class"), "name", priority=1),
            Column("kept", _("What is kept"), "kept"),
            Column("goes", _("What goes, and when"), "goes"),
            Column("authority", _("Your authority"), lambda row: stated.get(row.slug) or _("Not stated")),
        ],
        CLASSES,
        _("Retention classes"),
        caption_hidden=True,
    )


def _freezes_table(viewer: Viewer, rows: Iterable[Freeze]) -> Table[Freeze]:
    may = bool(permissions.may_freeze(viewer))
    return Table(
        [
            Column("kind", _("Kind of record"), lambda row: queries.kind_label(row.kind), priority=1),
            Column("state", _("State"), lambda row: _state(row, viewer)),
            Column("from", _("From"), "starts_on"),
            Column("authority", _("Authority"), "authority"),
            Column("reason", _("Why"), "reason"),
            Column("lifted", _("Lifted"), "lifted_at"),
            Column("why", _("Why lifted"), lambda row: row.lift_reason or None),
        ],
        rows,
        _("Disposal freezes"),
        actions=_actions if may else None,
        caption_hidden=True,
        empty=_("No freeze has been set so far."),
    )


def _state(row: Freeze, viewer: Viewer) -> State:
    if row.lifted_at is not None:
        return State(_("Lifted"), "neutral")
    return State(_("Not begun yet"), "info") if row.starts_on > localdate(viewer.now) else State(_("Frozen"), "watch")


def _actions(row: Freeze) -> list[Action]:
    return [] if row.lifted_at is not None else [Action(_("Lift"), reverse("site:lift-freeze", args=[row.pk]))]
