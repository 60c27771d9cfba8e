"""What the directory's reads share: names the public may read, the site's working calendar, former addresses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from convenor.core.clock import rules as clock
from convenor.core.clock.models import Calendar
from convenor.core.clock.queries import working_calendar
from convenor.core.records.models import visible_filter
from convenor.core.records.rules import Viewer
from convenor.kit.structs import struct

YEARS_WITHOUT_HOLIDAYS: Final = timedelta(days=3660)


def shown(viewer: Viewer, path: str) -> Q:
    """visible_filter for use inside When and annotations, which take no empty condition."""
    return visible_filter(viewer, path) or Q(pk__isnull=False)


def public_name(viewer: Viewer, person: str = "person") -> Combinable:
    """The name of a person as this viewer may read it; empty when their page is not for them.

    Officers of the whole site also read the names of people who have no public page.
    """
    title: Combinable = F(f"{person}__profile__record__title")
    if viewer.is_system or viewer.reads_every_audience:
        title = Coalesce(title, F(f"{person}__name"))
    return Case(When(shown(viewer, f"{person}__profile__record"), then=title), default=Value(""))


def public_slug(viewer: Viewer, person: str = "person") -> Combinable:
    """The address of a person's page, where the viewer may read it."""
    return Case(
        When(shown(viewer, f"{person}__profile__record"), then=F(f"{person}__profile__slug")), default=Value("")
    )


def local_day(now: datetime) -> date:
    """The site's calendar day at an instant."""
    return timezone.localtime(now).date()


@struct
class SiteCalendar:
    """The working days deadlines of the directory are counted in."""

    calendar: clock.WorkingCalendar

    @property
    def zone(self) -> str:
        return self.calendar.zone

    def add(self, day: date, count: int) -> date:
        """The working day `count` working days after a day."""
        return clock.add_working_days(day, count, self.calendar)


def site_calendar(now: datetime) -> SiteCalendar:
    """The calendar the site names, else the national one; Monday to Friday where none has been loaded."""
    named: str = getattr(settings, "SITE_CALENDAR", "")
    wanted = Q(slug=named) if named else Q(region="")
    slug = Calendar.objects.filter(wanted).order_by("pk").values_list("slug", flat=True).first()
    if slug is not None:
        return SiteCalendar(working_calendar(slug))
    today, zone = local_day(now), timezone.get_default_timezone_name()
    first, last = today - YEARS_WITHOUT_HOLIDAYS, today + YEARS_WITHOUT_HOLIDAYS
    return SiteCalendar(clock.WorkingCalendar("Monday to Friday", zone, frozenset(), first, last))
