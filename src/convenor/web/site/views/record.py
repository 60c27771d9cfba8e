"""What any record has, whatever its kind: an address for its ref, its history, a feed of it."""

from __future__ import annotations

from django.apps import apps
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.journal.queries import happenings, history
from convenor.core.records.models import Record
from convenor.core.records.queries import access_record
from convenor.core.records.registry import registry
from convenor.kit.http import Request, public
from convenor.kit.paging import page_of
from convenor.kit.parts import Link
from convenor.web.site import feeds
from convenor.web.site.words import events


@require_safe
def resolve(request: Request, ref: str) -> HttpResponse:
    """/r/GRP-2019-014 leads to the record's page, for ever."""
    record = access_record(request.viewer, ref)
    return HttpResponseRedirect(address_of(record))


@require_safe
def record_history(request: Request, ref: str) -> HttpResponse:
    """Everything that happened to one record, newest first, as the viewer may read it."""
    record = access_record(request.viewer, ref)
    page = page_of(history(request.viewer, record), request)
    context = {
        "record": record,
        "kind": registry.kind(record.kind).label,
        "address": address_of(record),
        "page": page,
        "events": events(happenings(request.viewer, page.rows)),
        "crumbs": [Link(record.title, address_of(record)), Link(_("History"), "")],
    }
    return public(render(request, "site/history.html", context))


@require_safe
def record_feed(request: Request, ref: str) -> HttpResponse:
    """The history of one record as Atom."""
    record = access_record(request.viewer, ref)
    entries = history(request.viewer, record)[: feeds.LENGTH]
    return public(feeds.atom(request, record.title, happenings(request.viewer, entries)))


def address_of(record: Record) -> str:
    """The page of a record; 404 when its kind has none of its own."""
    kind = registry.kind(record.kind)
    row = apps.get_model(kind.model)._default_manager.select_related(*kind.related).filter(record=record).first()
    if row is None:
        raise Http404
    return kind.url(row)
