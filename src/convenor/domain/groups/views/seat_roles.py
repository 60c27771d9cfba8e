"""The words for as what people sit: the list for anybody, kept by administrators."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.vocabulary import add_seat_role, edit_seat_role
from convenor.domain.groups.forms.vacancies import RoleForm
from convenor.domain.groups.models import SeatRole
from convenor.domain.groups.views import base
from convenor.domain.groups.views.lives import WRITES
from convenor.kit.http import Request
from convenor.kit.parts import Link
from convenor.kit.tables import Column, Table


@require_safe
def role_list(request: Request) -> HttpResponse:
    """Every role with what follows from it."""
    may = permissions.may_keep_vocabulary(request.viewer)
    columns = [
        Column[SeatRole]("name", _("Role"), "name", priority=1, link=_address if may else None),
        Column[SeatRole]("caps", _("Counts under caps"), "counts_under_caps"),
        Column[SeatRole]("votes", _("Votes"), "votes"),
        Column[SeatRole]("quorum", _("Counts to the quorum"), "counts_to_quorum"),
        Column[SeatRole]("usual", _("Usual role of"), lambda row: row.get_default_for_display() or None),
    ]
    rows = list(SeatRole.objects.order_by("order", "name"))
    context = {
        "title": _("Roles of seats"),
        "table": Table(columns, rows, _("Roles"), caption_hidden=True),
        "add_url": reverse("groups:seat-role-add") if may else "",
        "crumbs": base.crumbs(Link(_("Roles of seats"), "")),
    }
    return directory.present(request, "groups/seat_roles.html", context)


def _address(row: SeatRole) -> str:
    return reverse("groups:seat-role-edit", args=[row.slug])


def _place() -> directory.Place:
    return directory.Place(_("Roles of seats"), reverse("groups:seat-roles"), base.crumbs())


@WRITES
def add(request: Request) -> HttpResponse:
    """Add a role."""
    permissions.may_keep_vocabulary(request.viewer).require()
    form = RoleForm(base.posted(request), viewer=request.viewer)
    made = directory.run(form, lambda good: add_seat_role(by=request.viewer, facts=good.facts(), now=request.now))
    if made:
        return directory.done(request, _("The role is added."), _place().url)
    return base.task(request, form, _("Add a role"), **_place().context(_("Add the role")))


@WRITES
def edit(request: Request, role: str) -> HttpResponse:
    """Change a role."""
    permissions.may_keep_vocabulary(request.viewer).require()
    found = get_object_or_404(SeatRole, slug=role)
    form = RoleForm(base.posted(request), viewer=request.viewer, role=found)
    done = directory.run(
        form, lambda good: edit_seat_role(by=request.viewer, role=found, facts=good.facts(), now=request.now)
    )
    if done:
        return directory.done(request, _("The role is changed."), _place().url)
    lede = _("Seats that are there keep their vote; whether they count under caps follows the role.")
    return base.task(
        request, form, _("Change “%(role)s”") % {"role": found.name}, **_place().context(_("Save it"), lede=lede)
    )
