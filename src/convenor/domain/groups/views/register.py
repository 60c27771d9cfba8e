"""The register of groups, and its feed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.core.records.rules import Viewer
from convenor.domain.directory.queries import local_day, named
from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.forms.groups import GroupFilterForm
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.access import groups
from convenor.domain.groups.queries.register import hosts, initiatives, register
from convenor.domain.groups.queries.rosters import SeatLine, rosters
from convenor.domain.groups.queries.types import TypeShown, types_in_force
from convenor.domain.groups.views import base
from convenor.kit.http import Request, public
from convenor.kit.parts import Link, State
from convenor.kit.query import chips_of
from convenor.kit.tables import Column, Table, page_of, sort_key

SORTS = {"name": "name", "started": ("started_on", "name"), "review": ("review_due_on", "name")}
FEED_LENGTH = 50


@require_safe
def group_list(request: Request) -> HttpResponse:
    """Every group the viewer may read, narrowed by the address, with who chairs and how many seats are filled."""
    viewer, today = request.viewer, local_day(request.now)
    types = types_in_force(viewer, today)
    offered = {
        "hosts": hosts(viewer, request.GET.get("host", "")),
        "initiatives": [(row.slug, row.name) for row in initiatives(viewer)],
    }
    form = GroupFilterForm(request.GET, types=types.values(), **offered)
    sort = sort_key(request, SORTS, "name")
    page = page_of(register(viewer, form.filter(), types, today).order_by(*sort.order_by), request)
    seated = rosters(viewer, [row.pk for row in page.rows], today)
    context = {
        "title": _("Groups"),
        "filter_form": form,
        "page": page,
        "table": _table(page.rows, types, seated, sort, request),
        "sentence": ngettext("%(n)d group", "%(n)d groups", page.total) % {"n": page.total},
        "chips": chips_of(form, request),
        "downloads": [*directory.downloads("groups", _as_data(viewer, form)), Link("Atom", reverse("groups:feed"))],
        "add": permissions.may_create_group(viewer) if permissions.is_officer(viewer) else None,
    }
    return directory.present(request, "groups/list.html", context)


def _as_data(viewer: Viewer, form: GroupFilterForm) -> dict[str, str]:
    """The same filters as the resource has them: records by their refs."""
    asked = form.asked()
    found: dict[str, str] = {name: asked[name] for name in ("q", "model", "level", "type", "whose") if name in asked}
    found["group_state"] = asked.get("state", "") if asked.get("state") in Group.State.values else ""
    for name, filtered in (("host", "host"), ("organisation", "seating")):
        found[filtered] = named(viewer, asked[name])[1] if name in asked else ""
    refs = initiatives(viewer).filter(slug=asked["initiative"]) if "initiative" in asked else None
    found["initiative"] = refs.values_list("record__ref", flat=True).first() or "" if refs is not None else ""
    return found


def _table(
    rows: Sequence[Group],
    types: dict[int, TypeShown],
    seated: dict[int, list[SeatLine]],
    sort: Any,
    request: HttpRequest,
) -> Table[Group]:
    columns = [
        Column[Group]("name", _("Group"), "name", sort="name", priority=1, link=base.address),
        Column[Group]("level", _("Level and type"), lambda row: _type_shown(row, types)),
        Column[Group]("chair", _("Chair"), lambda row: _chairs(seated[row.pk])),
        Column[Group]("seats", _("Seats filled"), lambda row: _filled(seated[row.pk]), numeric=True),
        Column[Group]("host", _("Run by"), _host, priority=3),
        Column[Group]("started", _("Started"), "started_on", sort="started", priority=3),
        Column[Group]("state", _("State"), base.state_of),
        Column[Group]("pick", _("Compare"), _tick, priority=3),
    ]
    return Table(columns, rows, _("Groups"), sort=sort, asked=request, caption_hidden=True)


def _tick(row: Group) -> object:
    """A box that belongs to the form under the table."""
    return format_html(
        '<input type="checkbox" name="group" value="{}" form="compare" aria-label="{}">',
        row.slug,
        _("Compare %(group)s") % {"group": row.name},
    )


def _type_shown(row: Group, types: dict[int, TypeShown]) -> object:
    shown = types.get(row.type_id or 0)
    if shown is None:
        return _("Run by another body") if not row.is_ours else None
    return [State(shown.level_name, shown.tone), Link(shown.name, shown.url)]


def _chairs(lines: Sequence[SeatLine]) -> object:
    found = [
        Link(holder.name, holder.url) if holder.url else base.holder_name(holder)
        for line in lines
        if line.leads
        for holder in line.present
    ]
    return found or None


def _filled(lines: Sequence[SeatLine]) -> str | None:
    filled = sum(not line.vacant for line in lines)
    return _("%(filled)d of %(n)d") % {"filled": filled, "n": len(lines)} if lines else None


def _host(row: Group) -> object:
    if not row.host_seen:  # type: ignore[attr-defined]
        return None
    return Link(row.host.short_name or row.host.name, reverse("directory:organisation", args=[row.host.slug]))


@require_safe
def feed(request: Request) -> HttpResponse:
    """The newest groups that everybody may read, as Atom."""
    viewer = request.viewer
    atom = Atom1Feed(
        title=_("New groups"),
        link=request.build_absolute_uri(reverse("groups:list")),
        feed_url=request.build_absolute_uri(request.path),
        description=_("Groups as they are set up"),
    )
    for row in groups(viewer).live().order_by("-record__published_at", "-pk")[:FEED_LENGTH]:
        atom.add_item(
            title=row.name,
            link=request.build_absolute_uri(base.address(row)),
            description=row.purpose,
            unique_id=f"{request.build_absolute_uri('/')}r/{row.record.ref}",
            pubdate=row.record.created_at,
            updateddate=row.record.published_at,
        )
    return public(HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"))
