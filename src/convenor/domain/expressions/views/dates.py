"""When calls open and close, for calendars: of one call, and of all that run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from convenor.core.journal.models import Entry
from convenor.domain.expressions.models import Call
from convenor.domain.expressions.queries.access import access_call
from convenor.domain.expressions.queries.tasks import upcoming_calls
from convenor.domain.expressions.rules import calls
from convenor.domain.expressions.views import base
from convenor.kit.dates import local, say_moment
from convenor.kit.http import Request, public
from convenor.kit.ics import Moment, calendar, download


@require_safe
def call_dates(request: Request, slug: str) -> HttpResponse:
    """The opening and the close of one call; a draft has none yet."""
    call = access_call(request.viewer, slug)
    if call.state == calls.DRAFT:
        raise Http404
    return public(download(calendar(call.title, _moments([call])), call.record.ref))


@require_safe
def calendar_feed(request: Request) -> HttpResponse:
    """Openings and closes of all calls that are announced or open, to subscribe to."""
    rows = upcoming_calls(request.viewer)
    body = calendar(_("Calls for expressions of interest"), _moments(rows))
    ends = [base.turns_at(row, request.now) for row in rows]
    return public(download(body, "calls"), fresh_until=min(ends, default=None))


def _moments(rows: Sequence[Call]) -> list[Moment]:
    """Two for each call. One query: how often each close was moved."""
    verbs = Entry.objects.filter(record__in=[row.record_id for row in rows], verb="call.prolonged")
    moved = Counter(verbs.values_list("record_id", flat=True))
    return [each for row in rows for each in _both(row, moved[row.record_id])]


def _both(call: Call, moved: int) -> list[Moment]:
    site = settings.SITE_URL.rstrip("/")
    host = site.partition("://")[2]
    opens, closes = (say_moment(local(at, call.zone)) for at in (call.opens_at, call.closes_at))
    words = {"title": call.title, "group": call.group.name, "opens": opens, "closes": closes}
    text = _("%(group)s asks who would like to sit in it. Opens %(opens)s, closes %(closes)s.") % words
    parts = (
        ("opens", _("Opens: %(title)s") % words, call.opens_at, 0),
        ("closes", _("Closes: %(title)s") % words, call.closes_at, moved),
    )
    return [
        Moment(
            uid=f"{call.record.ref}-{name}@{host}",
            title=title,
            at=at,
            zone=call.zone,
            text=text,
            url=f"{site}{base.address(call)}",
            stamp=call.record.published_at,
            sequence=sequence,
            cancelled=call.state == calls.WITHDRAWN or call.record.state != "live",
        )
        for name, title, at, sequence in parts
    ]
