"""Groups, the initiatives they are set up for, and what they stand under."""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.db.models import F, Q

from convenor.core.records.models import Record, ScopedQuerySet
from convenor.domain.directory.models import Organisation
from convenor.domain.engagement.models import GroupType

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class Initiative(models.Model):
    """A named reform or project that groups are set up for."""

    record = models.OneToOneField(Record, models.PROTECT, related_name="initiative")
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    outcome = models.TextField(blank=True, help_text="What came of it.")

    objects = ScopedQuerySet["Initiative"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(started_on__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="initiative_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                name="initiative_ended_says_why",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        RECRUITING = "recruiting", "Recruiting"
        ACTIVE = "active", "Active"
        DORMANT = "dormant", "Dormant"
        CLOSED = "closed", "Closed"

    record = models.OneToOneField(Record, models.PROTECT, related_name="group")
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    acronym = models.CharField(max_length=20, blank=True)
    type = models.ForeignKey(GroupType, models.PROTECT, null=True, blank=True, related_name="groups")
    host = models.ForeignKey(
        Organisation, models.PROTECT, related_name="hosted_groups", help_text="Who runs it: us, or another body."
    )
    is_ours = models.BooleanField(default=True, help_text="False: an outside body's group that we hold a seat in.")
    initiative = models.ForeignKey(Initiative, models.PROTECT, null=True, blank=True, related_name="groups")
    purpose = models.TextField()
    deliverable = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    started_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    close_reason = models.CharField(max_length=300, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    sunset_on = models.DateField(null=True, blank=True)
    members_see_contacts = models.BooleanField(default=False, help_text="Members read each other's e-mail addresses.")

    objects = ScopedQuerySet["Group"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(is_ours=False) | Q(type__isnull=False), name="group_of_ours_has_a_type"),
            models.CheckConstraint(
                condition=(Q(state="closed") & Q(closed_on__isnull=False))
                | (~Q(state="closed") & Q(closed_on__isnull=True)),
                name="group_closed_iff_closed_on",
            ),
        )

    def __str__(self) -> str:
        return self.name


class GroupPartQuerySet(ScopedQuerySet[M_co]):
    record_path = "group__record"


class Parent(models.Model):
    """A parent of a group, for a time. `ends_on` is the last day."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="parents")
    parent = models.ForeignKey(Group, models.PROTECT, related_name="children")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    approved_on = models.DateField(null=True, blank=True)
    approval_note = models.CharField(max_length=300, blank=True)

    objects = GroupPartQuerySet["Parent"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(group=F("parent")), name="parent_is_another_group"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="parent_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=("group", "parent"), condition=Q(ends_on=None), name="parent_once_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.group_id} under {self.parent_id}"
