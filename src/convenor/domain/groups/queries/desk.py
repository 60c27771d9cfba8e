"""What waits for the secretariat among the groups a viewer may read: querysets, each one query.

A site-wide officer's Desk shows every group; somebody with a duty over one body, model or group sees theirs
(`over`: the groups that permission would let them edit, see officers_groups).
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from convenor.core.records.rules import Viewer
from convenor.domain.directory.models import Tenure
from convenor.domain.engagement.models import TypeRules
from convenor.domain.groups.models import Appointment, Chairing, Group, Seat
from convenor.domain.groups.queries.rosters import in_force

TERM_WARNING_DAYS = 90
REVIEW_WARNING_DAYS = 30
MEETING = (Group.State.RECRUITING, Group.State.ACTIVE, Group.State.DORMANT)

CHAIRED = (TypeRules.Chairing.CHAIR, TypeRules.Chairing.CO_CHAIRS)


def kept_groups(viewer: Viewer) -> QuerySet[Group]:
    """The groups of ours that this officer looks after: all for the site's officers, else those under their duty."""
    rows = Group.objects.filter(is_ours=True).visible_to(viewer).live()
    if viewer.reads_every_audience or viewer.is_system:
        return rows
    over = [held.over for held in viewer.duties if held.over is not None]
    host = Q(host__record__in=over) | Q(host__parent__record__in=over) | Q(host__parent__parent__record__in=over)
    return rows.filter(Q(record__in=over) | host | Q(type__model__record__in=over))


def vacant_seats(viewer: Viewer, on: date) -> QuerySet[Seat]:
    """Seats that nobody sits in on a day, of groups that meet; the longest-standing first."""
    rows = Seat.objects.filter(in_force(on), group__state__in=MEETING, group__record__state="live")
    return (
        rows.exclude(_held(on))
        .select_related("group__record", "office")
        .order_by("starts_on", "group_id", "order", "pk")
        .visible_to(viewer)
    )


def ending_appointments(viewer: Viewer, on: date) -> QuerySet[Appointment]:
    """Appointments that end within 90 days and have no successor yet, soonest first."""
    until = on + timedelta(days=TERM_WARNING_DAYS)
    later = Appointment.objects.filter(seat=OuterRef("seat"), acting=False, starts_on__gt=OuterRef("ends_on"))
    rows = Appointment.objects.filter(ends_on__gte=on, ends_on__lte=until, acting=False, seat__group__state__in=MEETING)
    return (
        rows.exclude(Exists(later))
        .select_related("seat__group__record", "person")
        .order_by("ends_on", "pk")
        .visible_to(viewer)
    )


def ending_tenures(viewer: Viewer, on: date) -> QuerySet[Tenure]:
    """Tenures of offices that sit in a group, which end within 90 days without a successor, soonest first."""
    until = on + timedelta(days=TERM_WARNING_DAYS)
    later = Tenure.objects.filter(office=OuterRef("office"), acting=False, starts_on__gt=OuterRef("ends_on"))
    seated = Seat.objects.filter(in_force(on), office=OuterRef("office"), group__state__in=MEETING)
    rows = Tenure.objects.filter(Exists(seated), ends_on__gte=on, ends_on__lte=until, acting=False)
    return (
        rows.exclude(Exists(later))
        .select_related("office__record", "office__organisation", "person")
        .order_by("ends_on", "pk")
        .visible_to(viewer)
    )


def reviews_due(viewer: Viewer, on: date) -> QuerySet[Group]:
    """Groups whose review is overdue or due within 30 days, soonest first."""
    until = on + timedelta(days=REVIEW_WARNING_DAYS)
    rows = kept_groups(viewer).filter(review_due_on__lte=until).exclude(state=Group.State.CLOSED)
    return rows.select_related("record").order_by("review_due_on", "pk")


def proposals(viewer: Viewer) -> QuerySet[Group]:
    """Groups that were proposed and wait for a decision, oldest first."""
    rows = kept_groups(viewer).filter(state=Group.State.PROPOSED)
    return rows.select_related("record").order_by("record__created_at", "pk")


def without_chair(viewer: Viewer, on: date) -> QuerySet[Group]:
    """Groups that meet, whose type asks for a chair, and that have none on the day."""
    asks = TypeRules.objects.filter(in_force_on(on), group_type=OuterRef("type"), chairing__in=CHAIRED)
    leads = Chairing.objects.filter(in_force(on), in_force(on, "seat__"), seat__group=OuterRef("pk"), role__leads=True)
    rows = kept_groups(viewer).filter(Exists(asks), ~Exists(leads), state__in=MEETING)
    return rows.select_related("record").order_by("name", "pk")


def in_force_on(on: date) -> Q:
    """Rules of the version of a model that holds on the day."""
    ends = Q(version__in_force_to__isnull=True) | Q(version__in_force_to__gte=on)
    return Q(version__in_force_from__lte=on) & ends


def _held(on: date) -> Q:
    """Somebody is appointed, holds the office, or chairs the group the seat is for."""
    tenure = Tenure.objects.filter(in_force(on), office=OuterRef("office"))
    appointment = Appointment.objects.filter(in_force(on), seat=OuterRef("pk"))
    chairs = Chairing.objects.filter(in_force(on), seat__group=OuterRef("chair_of"), role__leads=True).filter(
        Exists(Appointment.objects.filter(in_force(on), seat=OuterRef("seat")))
        | Exists(Tenure.objects.filter(in_force(on), office=OuterRef("seat__office")))
    )
    return Q(Exists(tenure)) | Q(Exists(appointment)) | Q(Exists(chairs))
