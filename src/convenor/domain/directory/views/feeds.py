"""What is new in the directory, as Atom."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.records.models import ScopedQuerySet
from convenor.core.records.rules import Viewer
from convenor.domain.directory import queries
from convenor.kit.http import Request, public

LENGTH: Final = 50


@require_safe
def organisations(request: Request) -> HttpResponse:
    """The newest organisations."""
    rows = _newest(queries.organisations(request.viewer), request.viewer)
    return _feed(request, _("Organisations"), reverse("directory:organisations"), [(row, row.summary) for row in rows])


@require_safe
def changes(request: Request) -> HttpResponse:
    """The newest machinery-of-government changes."""
    rows = list(queries.changes(request.viewer)[:LENGTH])
    title = _("Machinery-of-government changes")
    return _feed(request, title, reverse("directory:changes"), [(row, row.note) for row in rows])


@require_safe
def partnerships(request: Request) -> HttpResponse:
    """The newest partnerships."""
    rows = _newest(queries.partnerships(request.viewer), request.viewer)
    return _feed(request, _("Partnerships"), reverse("directory:partnerships"), [(row, row.purpose) for row in rows])


@require_safe
def contacts(request: Request) -> HttpResponse:
    """The newest entries of the engagement log."""
    rows = _newest(queries.contacts(request.viewer), request.viewer)
    return _feed(request, _("Engagement log"), reverse("directory:contacts"), [(row, row.about) for row in rows])


def _newest(rows: ScopedQuerySet[Any], viewer: Viewer) -> list[Any]:
    return list(rows.order_by("-record__published_at", "-pk").visible_to(viewer)[:LENGTH])


def _feed(request: Request, title: str, address: str, rows: list[tuple[Any, str]]) -> HttpResponse:
    """The rows as entries; each is known for ever by its reference."""
    site = settings.SITE_URL.rstrip("/")
    feed = Atom1Feed(
        title=f"{title} · {settings.SITE_NAME}",
        link=site + address,
        feed_url=site + request.path,
        description="",
        language=settings.LANGUAGE_CODE,
    )
    for row, text in rows:
        page = f"{site}/r/{row.record.ref}"
        at = row.record.published_at
        feed.add_item(row.record.title, page, text[:500], unique_id=page, pubdate=at, updateddate=at)
    return public(HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"))
