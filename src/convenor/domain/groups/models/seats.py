"""Seats, who is appointed to them and who chairs from them. Seat ≠ appointment ≠ attendance (DESIGN section 3)."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.db.models import F, Q

from convenor.core.accounts.models import Person
from convenor.core.records.models import ScopedQuerySet
from convenor.domain.directory.models import Office, Organisation, Segment
from convenor.domain.groups.models.groups import Group, GroupPartQuerySet

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class SeatRole(models.Model):
    """A vocabulary row: as what somebody sits (member, ex officio member, observer, adviser, secretariat …)."""

    class DefaultFor(models.TextChoices):
        APPOINTED = "appointed", "Seats that somebody is appointed to"
        FOLLOWS = "follows", "Seats of an office or of another group's chair"

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    counts_under_caps = models.BooleanField(default=True, help_text="Bound by caps and by the rules of who may sit.")
    votes = models.BooleanField(default=True, help_text="Whether a new seat votes, unless said otherwise.")
    counts_to_quorum = models.BooleanField(default=True, help_text="The same for the quorum.")
    default_for = models.CharField(max_length=10, choices=DefaultFor.choices, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("default_for",), condition=~Q(default_for=""), name="seat_role_default_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """A place at the table. Exactly one basis; who sits in it is computed for a day (queries.roster)."""

    class Basis(models.TextChoices):
        OFFICE = "office", "Office"
        ORGANISATION = "organisation", "Organisation"
        SEGMENT = "segment", "Segment"
        INDIVIDUAL = "individual", "Individual"
        CHAIR_OF = "chair-of", "Chair of another group"

    group = models.ForeignKey(Group, models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField(help_text="Its place in the group's list: given once, never again.")
    title = models.CharField(max_length=200)
    basis = models.CharField(max_length=12, choices=Basis.choices)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="seats")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="seats")
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, blank=True, related_name="seats")
    chair_of = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="ex_officio_seats")
    role = models.ForeignKey("SeatRole", models.PROTECT, null=True, blank=True, related_name="seats")
    constituency = models.SlugField(max_length=40, blank=True)
    votes = models.BooleanField(default=True)
    counts_to_quorum = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    objects = GroupPartQuerySet["Seat"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=(
                    Q(basis="office", office__isnull=False, organisation=None, segment=None, chair_of=None)
                    | Q(basis="organisation", office=None, organisation__isnull=False, segment=None, chair_of=None)
                    | Q(basis="segment", office=None, segment__isnull=False, chair_of=None)
                    | Q(basis="individual", office=None, segment=None, chair_of=None)
                    | Q(basis="chair-of", office=None, organisation=None, segment=None, chair_of__isnull=False)
                ),
                name="seat_exactly_one_basis",
            ),
            models.CheckConstraint(
                condition=Q(chair_of__isnull=True) | ~Q(chair_of=F("group")), name="seat_chair_of_another_group"
            ),
            # the backstop behind the lock: two who counted the same places give the same number
            models.UniqueConstraint(fields=("group", "number"), name="seat_number_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="seat_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.title


class SeatPartQuerySet(ScopedQuerySet[M_co]):
    record_path = "seat__group__record"


class Appointment(models.Model):
    """A person in a seat for a time, for every basis but office; and for acting in this group. Last day inclusive."""

    class FilledBy(models.TextChoices):
        RESERVE_LIST = "reserve-list", "From the reserve list"
        NOMINATION = "nomination", "By a new nomination of the body it stands for"
        CALL = "call", "By a new call"

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    starts_on = models.DateField(null=True, blank=True, help_text="Empty when it is not known.")
    ends_on = models.DateField(null=True, blank=True)
    acting = models.BooleanField(default=False)
    instrument = models.CharField(max_length=200, blank=True, help_text="The letter or decision that appointed them.")
    end_reason = models.CharField(max_length=300, blank=True)
    until = models.DateField(null=True, blank=True, help_text="The end of the term, where it ended before its time.")
    named = models.BooleanField(default=True, help_text="False: those who may read the roster do not read who it is.")
    joined = models.BooleanField(default=False, help_text="Came in by joining: when they leave, the place goes too.")
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When the person confirmed it by their link.")
    filled_by = models.CharField(
        max_length=12, choices=FilledBy.choices, blank=True, help_text="How a casual vacancy was filled by it."
    )

    objects = SeatPartQuerySet["Appointment"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appointment_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=("seat", "acting"), condition=Q(ends_on=None), name="appointment_one_open_per_seat"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.seat}"


class ChairRole(models.Model):
    """A vocabulary row: chair, co-chair, deputy chair, lead …"""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    leads = models.BooleanField(default=True, help_text="Counts as the group's chair or co-chair.")
    order = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Chairing(models.Model):
    """Chairing belongs to a seat for a period, not to a person."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="chairings")
    role = models.ForeignKey(ChairRole, models.PROTECT, related_name="chairings")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = SeatPartQuerySet["Chairing"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="chairing_ends_after_start"
            ),
            models.UniqueConstraint(fields=("seat",), condition=Q(ends_on=None), name="chairing_one_open_per_seat"),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.seat_id}"


class TermNotice(models.Model):
    """That a recipient was told, so many days before, that somebody's time in a seat ends. Never twice."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="term_notices")
    holder = models.ForeignKey(Person, models.CASCADE, related_name="term_notices_about")
    recipient = models.ForeignKey(Person, models.CASCADE, related_name="term_notices")
    ends_on = models.DateField()
    days = models.PositiveSmallIntegerField(help_text="Days before the end that the notice is for: 90 or 30.")
    told_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("seat", "holder", "recipient", "ends_on", "days"), name="term_notice_once"),
        )

    def __str__(self) -> str:
        return f"{self.days} days before {self.ends_on}: {self.seat_id}"


class FormerMember(models.Model):
    """Somebody who sat in a group and does no more, at a time of which the days are not known.

    It is no appointment: nobody can say on which day they sat, so they are in no roster of any day.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="former_members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="former_memberships")
    role = models.CharField(max_length=120, blank=True, help_text="As what, in a few words: chair, emeritus lead.")
    began = models.CharField(max_length=10, blank=True, help_text="A year, a month or a day, where it is known.")
    ended = models.CharField(max_length=10, blank=True, help_text="A year, a month or a day, where it is known.")

    objects = GroupPartQuerySet["FormerMember"].as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("group", "person", "role", "began"), name="former_member_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} was in {self.group_id}"
