"""What groups show on the pages of people, organisations, offices and types of group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from convenor.core.records.models import Record, visible_filter
from convenor.core.records.registry import Panel
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models import Group, Seat
from convenor.domain.groups.queries.people import Term, terms_of
from convenor.domain.groups.queries.rosters import SeatLine, table_of
from convenor.domain.groups.rules.states import CLOSED

SHOWN = 50


def person_panels(record: Record, viewer: Viewer) -> Iterable[Panel]:
    """The seats somebody holds, and those they held. Two queries."""
    today = localdate(viewer.now)
    terms = terms_of(viewer, record.profile.person_id)
    if terms:
        present = [_term(term) for term in terms if term.span.covers(today)]
        former = [_term(term) for term in terms if not term.span.covers(today)]
        context = {"present": present, "former": former[:SHOWN]}
        yield Panel(_("Seats"), "groups/panel_person.html", context, "seats", 20)


def _term(term: Term) -> dict[str, Any]:
    return {"seat": term.seat, "span": term.span, "acting": term.holder.acting, "url": term.seat.url}


def organisation_panels(record: Record, viewer: Viewer) -> Iterable[Panel]:
    """The groups it runs, and its seats in any group. Three queries."""
    organisation = record.organisation
    hosted = Group.objects.live().filter(host=organisation).exclude(state=CLOSED).visible_to(viewer)
    groups = list(hosted.order_by("name", "pk")[: SHOWN + 1])
    if groups:
        more = f"{reverse('groups:list')}?{urlencode({'host': organisation.slug})}"
        context = {"groups": groups[:SHOWN], "more": more if len(groups) > SHOWN else ""}
        yield Panel(_("Groups it runs"), "groups/panel_hosted.html", context, "groups", 20)
    # a union of keys: over alternatives a database goes through all seats there are
    itself = Seat.objects.filter(organisation=organisation).values("pk")
    by_office = Seat.objects.filter(office__organisation=organisation).values("pk")
    lines = _lines(viewer, Q(pk__in=itself.union(by_office)))
    if lines:
        more = f"{reverse('groups:list')}?{urlencode({'organisation': organisation.slug})}"
        context = {"lines": lines[:SHOWN], "more": more if len(lines) > SHOWN else ""}
        yield Panel(_("Seats in groups"), "groups/panel_seats.html", context, "seats", 30)


def office_panels(record: Record, viewer: Viewer) -> Iterable[Panel]:
    """The seats that belong to an office. Two queries."""
    lines = _lines(viewer, Q(office=record.office))
    if lines:
        yield Panel(_("Its seats"), "groups/panel_seats.html", {"lines": lines[:SHOWN], "more": ""}, "seats", 20)


def _lines(viewer: Viewer, which: Q) -> list[SeatLine]:
    """Today's lines of the seats that match, in groups the viewer may read."""
    today = localdate(viewer.now)
    which = which & visible_filter(viewer, "group__record") & Q(group__record__state="live")
    table = table_of(viewer, which, on=today)
    lines = [table.line(seat, today) for seat in table.wanted()]
    return sorted(lines, key=lambda line: (line.seat.group_name.casefold(), line.seat.order, line.seat.number))


def type_panels(viewer: Viewer, group_type: int) -> Iterable[Panel]:
    """The living groups of a type. One query."""
    rows = Group.objects.live().filter(type=group_type).exclude(state=CLOSED).select_related("type__model")
    found = list(rows.order_by("name", "pk").visible_to(viewer)[: SHOWN + 1])
    if found and found[0].type:
        query = urlencode({"model": found[0].type.model.slug, "type": found[0].type.slug})
        context = {"groups": found[:SHOWN], "more": f"{reverse('groups:list')}?{query}"}
        yield Panel(_("Its groups"), "groups/panel_hosted.html", context, "groups", 20)
