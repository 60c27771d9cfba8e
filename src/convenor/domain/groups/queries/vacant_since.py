"""Since when nobody has sat in a seat, as a column: what rules.rosters.vacant_since says, for the database to order by.

Somebody last sat on the last of the days that ended within the seat's life: of an appointment to it, of a tenure of its
office, or, where it is for the chair of another group, of somebody in the seat that chaired there. The column looks
that one step down; where such a seat is for the chair of a third group (follows_further), only the rules can tell.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import Case, DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, Least, NullIf

from convenor.domain.directory.models import Tenure
from convenor.domain.groups.models import Appointment, Chairing
from convenor.domain.groups.rules.rosters import CHAIR_OF, FOLLOWS, OFFICE
from convenor.domain.groups.rules.spans import ONE_DAY

NOT_KNOWN: Final = Value(date.min, output_field=DateField())
STILL: Final = Value(date.max, output_field=DateField())


def vacant_since_column(on: date) -> Coalesce:
    """The first day of the present vacancy of a seat that is vacant on a day. Not for those that follow further."""
    here = _latest(_appointed(), on)
    appointed = _chaired("seat__appointments__", _sits("seat__", "seat__appointments__"))
    held = _chaired("seat__office__tenures__", Q())
    last = Case(
        When(basis=OFFICE, then=Greatest(here, _latest(_held(), on))),
        When(basis=CHAIR_OF, then=Greatest(here, *(_latest(rows, on) for rows in (appointed, held)))),
        default=here,
    )
    return Coalesce(_day_after(NullIf(last, NOT_KNOWN)), F("starts_on"))


def follows_further() -> Q:
    """Seats for the chair of a group that was at some time chaired from such a seat itself."""
    further = Chairing.objects.filter(seat__group=OuterRef("chair_of"), seat__basis=CHAIR_OF)
    return Q(Exists(further), basis=CHAIR_OF)


def _latest(rows: QuerySet[Any], on: date) -> Coalesce:
    """The last of their days that lies before the day and within the life of the seat; NOT_KNOWN where none does."""
    found = rows.filter(last__lt=on, last__gte=OuterRef("starts_on")).order_by("-last").values("last")[:1]
    return Coalesce(Subquery(found), NOT_KNOWN)


def _sits(seat: str, appointment: str = "") -> Q:
    """To a seat that follows from elsewhere somebody is appointed only to act."""
    return Q(**{f"{appointment}acting": True}) | ~Q(**{f"{seat}basis__in": FOLLOWS})


def _appointed() -> QuerySet[Appointment]:
    return Appointment.objects.filter(_sits("seat__"), seat=OuterRef("pk")).annotate(last=F("ends_on"))


def _held() -> QuerySet[Tenure]:
    return Tenure.objects.filter(office=OuterRef("office")).annotate(last=F("ends_on"))


def _chaired(holding: str, sits: Q) -> QuerySet[Chairing]:
    """Who chaired the group that a seat is for, with the last of the days that they sat in the seat that chairs.

    All that is said of the holding is said in one filter: a second one would ask about another holding.
    """
    there = Q(seat__group=OuterRef("chair_of"), role__leads=True, **{f"{holding}isnull": False})
    firsts = ("starts_on", "seat__starts_on", f"{holding}starts_on")
    lasts = ("ends_on", "seat__ends_on", f"{holding}ends_on")
    return Chairing.objects.filter(there & sits).annotate(
        first=Greatest(*(Coalesce(F(day), NOT_KNOWN) for day in firsts)),
        last=Least(*(Coalesce(F(day), STILL) for day in lasts)),
    ).filter(first__lte=F("last"))  # fmt: skip


def _day_after(day: Any) -> Cast:
    """Cast, as PostgreSQL adds an interval to a time, not to a day."""
    return Cast(ExpressionWrapper(day + ONE_DAY, output_field=DateField()), DateField())
