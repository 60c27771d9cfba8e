"""Writing calendars and deadlines.

Deadlines are steps inside other apps' commands, as records.commands are: they neither permit nor journal,
and must run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from importlib.metadata import version
from typing import Final

from django.conf import settings
from django.db import transaction

from convenor.core.clock import rules
from convenor.core.clock.models import Calendar, Deadline, Holiday, Schedule
from convenor.core.clock.schedules import jobs
from convenor.core.records.models import Record

YEARS_BACK: Final = 10
YEARS_AHEAD: Final = 5
REGIONS: Final = (
    ("au", "Australia, national holidays only", "Australia/Sydney", ""),
    ("act", "Australian Capital Territory", "Australia/Sydney", "ACT"),
    ("nsw", "New South Wales", "Australia/Sydney", "NSW"),
    ("nt", "Northern Territory", "Australia/Darwin", "NT"),
    ("qld", "Queensland", "Australia/Brisbane", "QLD"),
    ("sa", "South Australia", "Australia/Adelaide", "SA"),
    ("tas", "Tasmania", "Australia/Hobart", "TAS"),
    ("vic", "Victoria", "Australia/Melbourne", "VIC"),
    ("wa", "Western Australia", "Australia/Perth", "WA"),
)


def set_deadline(*, record: Record, kind: str, due_at: datetime, now: datetime, note: str = "") -> Deadline:
    """Promise something of a record by an instant; an open promise of the same kind is moved instead."""
    _must_be_in_transaction()
    if due_at.tzinfo is None or now.tzinfo is None:
        raise ValueError("A deadline is an instant: it needs a zone.")
    deadline, _ = Deadline.objects.update_or_create(
        record=record, kind=kind, met_at=None, defaults={"due_at": due_at, "note": note[:300]}
    )
    return deadline


def meet_deadline(*, record: Record, kind: str, now: datetime) -> Deadline | None:
    """Mark the open promise of this kind as kept now. None, and nothing done, when there is none open."""
    _must_be_in_transaction()
    deadline = Deadline.objects.select_for_update().filter(record=record, kind=kind, met_at=None).first()
    if deadline is not None:
        deadline.met_at = now
        deadline.save(update_fields=["met_at"])
    return deadline


def drop_deadline(*, record: Record, kind: str) -> None:
    """The promise no longer stands (the group closed, the review was called off): forget the open one."""
    _must_be_in_transaction()
    Deadline.objects.filter(record=record, kind=kind, met_at=None).delete()


def load_calendars(now: datetime) -> int:
    """Bring the Australian calendars up to date, ten years back to five ahead. Returns the holidays added.

    Holidays of days gone by are never changed or removed, so that what was judged by them stays so; those a
    person added are left alone too. Safe to run again, by two at once.
    """
    first, last = date(now.year - YEARS_BACK, 1, 1), date(now.year + YEARS_AHEAD, 12, 31)
    with transaction.atomic():
        return sum(_load(*region, first=first, last=last, today=now.date()) for region in REGIONS)


def calendars_are_current(now: datetime) -> bool:
    """Whether the library as it is installed has filled every calendar: a quick look that spares its slow import."""
    last = date(now.year + YEARS_AHEAD, 12, 31)
    filled = Calendar.objects.filter(known_to__gte=last, holidays__source=_source(version("holidays")))
    return {slug for slug, *_ in REGIONS} <= set(filled.values_list("slug", flat=True))


def _source(of: str) -> str:
    return f"holidays {of}"


def _load(slug: str, name: str, zone: str, region: str, *, first: date, last: date, today: date) -> int:
    known = {"name": name, "zone": zone, "region": region, "known_to": last}
    calendar, _ = Calendar.objects.update_or_create(
        slug=slug, defaults=known, create_defaults={**known, "known_from": first}
    )
    days, source = _public_holidays(region, range(first.year, last.year + 1))
    ours = Holiday.objects.filter(calendar=calendar)
    ours.filter(on__gt=today).exclude(source="").exclude(on__in=days).delete()
    there = set(ours.values_list("on", flat=True))
    fresh = [day for day in sorted(days) if day not in there and (day > today or not there)]
    Holiday.objects.bulk_create(
        [Holiday(calendar=calendar, on=day, name=days[day][:120], source=source) for day in fresh],
        ignore_conflicts=True,
    )
    return len(fresh)


def _public_holidays(region: str, years: range) -> tuple[Mapping[date, str], str]:
    """Day → name, and which library said so."""
    from holidays.countries.australia import Australia  # noqa: PLC0415 - 0.3 s to import, and needed once a year
    from holidays.version import __version__  # noqa: PLC0415 - same

    found: Mapping[date, str] = Australia(subdiv=region or None, years=years, language="en_AU")  # type: ignore[no-untyped-call]
    return dict(found), _source(__version__)


def sync_schedules(now: datetime) -> None:
    """Make the Schedule row of each registered job that has none; rows that were changed by hand stay so."""
    for job in jobs.values():
        Schedule.objects.get_or_create(
            job=job.name, defaults={"rule": job.rule, "zone": settings.TIME_ZONE, "starts": _midnight(now)}
        )


def _midnight(now: datetime) -> datetime:
    today = rules.local_of(now, settings.TIME_ZONE).date()
    return rules.nearest_instant(datetime.combine(today, datetime.min.time()), settings.TIME_ZONE)


def _must_be_in_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Deadlines are written inside a command's transaction.")
