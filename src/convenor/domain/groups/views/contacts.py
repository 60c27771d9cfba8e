"""The contact list of a group: on the page, printed, and as CSV, for those who may read it and nobody else."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.core.exchange.rules import defuse
from convenor.core.exchange.tabular import csv_lines
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.commands.mails import set_contact_readers
from convenor.domain.groups.forms.mails import ContactReadersForm
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.access import access_group
from convenor.domain.groups.queries.contacts import Contact, contacts_of
from convenor.domain.groups.views import base
from convenor.domain.groups.views.lives import WRITES
from convenor.kit.http import Request
from convenor.kit.parts import Link
from convenor.kit.tables import Column, Table

HEADS = ("name", "organisation", "seat", "role", "chairs_as", "email")


def _readable(request: Request, slug: str) -> Group:
    group = access_group(request.viewer, slug)
    permissions.may_read_contacts(request.viewer, group).require()
    return group


@require_safe
def contacts(request: Request, slug: str) -> HttpResponse:
    """Who sits today, from where, in which role, and how they are reached."""
    group = _readable(request, slug)
    found = contacts_of(request.viewer, group, local_day(request.now))
    words = ngettext("%(n)d person sits in it today", "%(n)d people sit in it today", len(found)) % {"n": len(found)}
    context = {
        "title": _("Contacts of %(group)s") % {"group": group.name},
        "group": group,
        "table": _table(found),
        "sentence": words,
        "may": permissions.may_edit_group(request.viewer, group),
        "write": permissions.may_write_to(request.viewer, group),
        "crumbs": base.crumbs(Link(group.name, base.address(group)), Link(_("Contacts"), "")),
    }
    return render(request, "groups/contacts.html", context)


def _table(found: list[Contact]) -> Table[Contact]:
    columns = [
        Column[Contact]("name", _("Name"), _name, priority=1),
        Column[Contact]("organisation", _("Organisation"), lambda row: row.organisation or None),
        Column[Contact]("seat", _("Seat"), "seat"),
        Column[Contact]("role", _("Role"), lambda row: ", ".join(filter(None, (row.chairs_as, row.role))) or None),
        Column[Contact]("email", _("E-mail"), lambda row: row.email or None, link=_mailto),
    ]
    return Table(columns, found, _("Contacts"), caption_hidden=True)


def _name(row: Contact) -> str:
    return _("%(name)s (acting)") % {"name": row.name} if row.acting else row.name


def _mailto(row: Contact) -> str | None:
    return f"mailto:{row.email}" if row.email else None


@require_safe
def as_csv(request: Request, slug: str) -> HttpResponse:
    """The same as CSV."""
    group = _readable(request, slug)
    found = contacts_of(request.viewer, group, local_day(request.now))
    rows = [[defuse(str(getattr(each, name))) for name in HEADS] for each in found]
    answer = HttpResponse("".join(csv_lines([HEADS, *rows])), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="contacts-{group.slug}.csv"'
    return answer


@WRITES
def readers(request: Request, slug: str) -> HttpResponse:
    """Say whether those who sit in the group read each other's addresses."""
    group = base.editable(request, slug)
    initial = {"members": group.members_see_contacts}
    form = ContactReadersForm(base.posted(request), viewer=request.viewer, initial=initial)
    done = directory.run(
        form, lambda good: set_contact_readers(by=request.viewer, group=group, now=request.now, **good.cleaned_data)
    )
    url = reverse("groups:contacts", args=[group.slug])
    if done:
        return directory.done(request, _("Who reads the contact list is set."), url)
    context = base.place_of(group).context(_("Set it"))
    return base.task(request, form, _("Who reads the contact list of %(group)s") % {"group": group.name}, **context)
