"""Vacant seats, with since when: for anybody, and with the way to fill them for those who may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from convenor.core.records.rules import Viewer
from convenor.domain.directory.queries import local_day
from convenor.domain.directory.views import base as directory
from convenor.domain.groups import permissions
from convenor.domain.groups.forms.vacancies import VacancyFilterForm
from convenor.domain.groups.models import Group
from convenor.domain.groups.queries.vacancies import Vacancy, vacancies_at, vacant_keys
from convenor.domain.groups.rules.rosters import FOLLOWS
from convenor.domain.groups.views import base
from convenor.kit.dates import say_day
from convenor.kit.http import Request, public
from convenor.kit.parts import Action, Link, State
from convenor.kit.query import chips_of
from convenor.kit.tables import Column, Table, page_of


@require_safe
def vacancy_list(request: Request) -> HttpResponse:
    """Every vacant seat of the groups that the viewer may read, the longest there first."""
    viewer, today = request.viewer, local_day(request.now)
    form = VacancyFilterForm(request.GET)
    asked = form.asked()
    page = page_of(vacant_keys(viewer, today, **_narrowed(asked)), request)
    found = vacancies_at(viewer, page.rows, today)
    officer = permissions.is_officer(viewer)
    listed = {"vacant": "true", "group": _ref(viewer, asked.get("group", ""))}
    feed_url = f"{reverse('groups:vacancy-feed')}{_query(asked)}"
    context = {
        "title": _("Vacant seats"),
        "filter_form": form,
        "page": page,
        "table": _table(found, request, officer=officer),
        "sentence": ngettext("%(n)d vacant seat", "%(n)d vacant seats", page.total) % {"n": page.total},
        "chips": chips_of(form, request),
        "downloads": [*directory.downloads("roster", listed), Link("Atom", feed_url)],
        "feed_url": feed_url,
        "crumbs": base.crumbs(Link(_("Vacant seats"), "")),
    }
    return directory.present(request, "groups/vacancies.html", context)


@require_safe
def vacancy_feed(request: Request) -> HttpResponse:
    """The seats that fell vacant last, as Atom; of one group, or casual vacancies only, as the page is asked."""
    viewer, today, asked = request.viewer, local_day(request.now), VacancyFilterForm(request.GET).asked()
    site = settings.SITE_URL.rstrip("/")
    feed = Atom1Feed(
        title=f"{_('Vacant seats')} · {settings.SITE_NAME}",
        link=site + reverse("groups:vacancies"),
        feed_url=site + request.get_full_path(),
        description=_("Seats that nobody sits in, the newest first"),
        language=settings.LANGUAGE_CODE,
    )
    for row in vacancies_at(viewer, vacant_keys(viewer, today, **_narrowed(asked), newest=True), today):
        at = _midnight(row.since) if row.since else row.group.record.published_at
        feed.add_item(
            title=_("%(seat)s in %(group)s") % {"seat": row.seat.title, "group": row.group.name},
            link=site + row.seat.url,
            description=_said(row),
            unique_id=f"{site}{row.seat.url}#vacant-{row.since or 'since-a-day-not-known'}",
            pubdate=at,
            updateddate=at,
        )
    return public(HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"))


def _narrowed(asked: Mapping[str, str]) -> dict[str, Any]:
    return {"group": asked.get("group", ""), "casual": asked.get("casual") == "yes"}


def _midnight(day: date) -> datetime:
    """When a day began here: a feed tells times."""
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE))


def _query(asked: Mapping[str, str]) -> str:
    """What the page was asked, for the feed of the same seats."""
    said = urlencode({name: asked[name] for name in ("group", "casual") if asked.get(name)})
    return f"?{said}" if said else ""


def _said(row: Vacancy) -> str:
    """Since when, and how it came about: nobody is named."""
    unknown = _("Vacant, since when is not known.")
    since = _("Vacant since %(day)s.") % {"day": say_day(row.since)} if row.since else unknown
    how = _how(row)
    told = [str(each.word if isinstance(each, State) else each) for each in (how if isinstance(how, list) else [how])]
    return f"{since} {': '.join(told)}."


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
