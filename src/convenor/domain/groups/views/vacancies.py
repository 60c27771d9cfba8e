"""Vacant seats, with since when: for anybody, and with the way to fill them for those who may."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.core.records.rules import Viewer
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.forms.vacancies import VacancyFilterForm
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.vacancies import Vacancy, vacancies_of, vacant
from convenor.domain.groups.rules.rosters import FOLLOWS
from convenor.domain.groups.views import base
from convenor.kit.dates import say_day
from convenor.kit.http import Request
from convenor.kit.parts import Action, Link, State
from convenor.kit.query import chips_of
from convenor.kit.tables import Column, Table, page_of


@require_safe
def vacancy_list(request: Request) -> HttpResponse:
    """Every vacant seat of the groups that the viewer may read, the longest there first."""
    viewer, today = request.viewer, local_day(request.now)
    form = VacancyFilterForm(request.GET)
    asked = form.asked()
    rows = vacant(viewer, today, group=asked.get("group", ""), casual=asked.get("casual") == "yes")
    page = page_of(rows, request)
    found = vacancies_of(viewer, page.rows, today)
    officer = permissions.is_officer(viewer)
    context = {
        "title": _("Vacant seats"),
        "filter_form": form,
        "page": page,
        "table": _table(found, request, officer=officer),
        "sentence": ngettext("%(n)d vacant seat", "%(n)d vacant seats", page.total) % {"n": page.total},
        "chips": chips_of(form, request),
        "downloads": directory.downloads("roster", {"vacant": "true", "group": _ref(viewer, asked.get("group", ""))}),
        "crumbs": base.crumbs(Link(_("Vacant seats"), "")),
    }
    return directory.present(request, "groups/vacancies.html", context)


def _ref(viewer: Viewer, slug: str) -> str:
    """The reference of the group that was asked for, as the downloads name it."""
    return Group.objects.visible_to(viewer).filter(slug=slug).values_list("record__ref", flat=True).first() or ""


def _table(found: list[Vacancy], request: Request, *, officer: bool) -> Table[Vacancy]:
    columns = [
        Column[Vacancy]("seat", _("Seat"), lambda row: row.seat.title, priority=1, link=lambda row: row.seat.url),
        Column[Vacancy]("group", _("Group"), lambda row: Link(row.group.name, base.address(row.group))),
        Column[Vacancy]("since", _("Vacant since"), lambda row: row.since or _("Not known")),
        Column[Vacancy]("why", _("How"), _how),
        Column[Vacancy]("role", _("Role"), lambda row: row.seat.role or None, priority=3),
    ]

    def offered(row: Vacancy) -> list[Action]:
        if not permissions.may_edit_group(request.viewer, row.group):
            return []
        follows = row.seat.facts.basis in FOLLOWS and row.seat.stands_for_url
        url = row.seat.stands_for_url if follows else reverse("groups:appoint", args=[row.seat.slug, row.seat.number])
        return [Action(_("Fill it (%(seat)s)") % {"seat": row.seat.title}, url)]

    shown = offered if officer else None
    return Table(columns, found, _("Vacant seats"), actions=shown, asked=request, caption_hidden=True)


def _how(row: Vacancy) -> object:
    if row.until is not None:
        return [State(_("Casual vacancy"), "watch"), _("the term runs until %(day)s") % {"day": say_day(row.until)}]
    return _("Never held") if row.since == row.seat.facts.life.first else _("The term ended")
