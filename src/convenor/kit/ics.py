"""Moments as calendar entries (RFC 5545), on the clocks of their own zone, with that zone's rules in the file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse

from convenor.kit.dates import local
from convenor.kit.structs import struct

if TYPE_CHECKING:
    from icalendar import Event

YEAR: Final = timedelta(days=366)
PRODUCT: Final = "-//Convenor//EN"


@struct
class Moment:
    """One entry. `uid` stays the same for ever; `sequence` grows each time the moment is moved."""

    uid: str
    title: str
    at: datetime
    zone: str
    text: str
    url: str
    stamp: datetime
    sequence: int = 0
    cancelled: bool = False


def calendar(name: str, moments: Iterable[Moment]) -> bytes:
    """The file. A moment takes no time of anybody's day: it has a beginning and no length, and shows one as free."""
    from icalendar import Calendar  # noqa: PLC0415 - a server starts without what few ever ask for

    some = list(moments)
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for each in some:
        made.add_component(_event(each))
    if some:
        days = [each.at.date() for each in some]
        made.add_missing_timezones(first_date=min(days) - YEAR, last_date=max(days) + YEAR)
    return bytes(made.to_ical())


def download(body: bytes, name: str) -> HttpResponse:
    """The file as an answer, to open in a calendar or to subscribe to."""
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def _event(moment: Moment) -> Event:
    from icalendar import Event  # noqa: PLC0415 - as above

    event = Event()
    event.add("uid", moment.uid)
    event.add("dtstamp", moment.stamp)
    event.add("dtstart", local(moment.at, moment.zone))
    event.add("summary", moment.title)
    event.add("description", moment.text)
    event.add("url", moment.url)
    event.add("sequence", moment.sequence)
    event.add("transp", "TRANSPARENT")
    event.add("status", "CANCELLED" if moment.cancelled else "CONFIRMED")
    return event
