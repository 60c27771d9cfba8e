"""What goes out of a group and comes back to it: mail to its people, reports back, groups that overlap."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q

from convenor.core.accounts.models import Person
from convenor.core.records.models import Record, ScopedQuerySet, visible_filter
from convenor.core.records.rules import Viewer
from convenor.domain.groups.models.groups import Group
from convenor.domain.groups.models.seats import Seat


class GroupMail(models.Model):
    """A mail to the people of a group: who wrote it, when, to how many. Its text is emptied by date."""

    class To(models.TextChoices):
        EVERYBODY = "everybody", "Everybody who sits in it"
        CHAIRS = "chairs", "Those who chair it"
        SIDE = "side", "One side of the table"

    group = models.ForeignKey(Group, models.PROTECT, related_name="mails")
    sender = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="group_mails")
    to = models.CharField(max_length=10, choices=To.choices)
    side = models.SlugField(max_length=40, blank=True)
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True, help_text="Emptied by date.")
    sent_at = models.DateTimeField()
    recipients = models.PositiveIntegerField(default=0)
    purge_on = models.DateField()

    def __str__(self) -> str:
        return self.subject


class Overlap(models.Model):
    """Two living groups that were much alike last night, by what is public: an index to find them by, no record.

    Whoever is shown a pair is shown what both have in common as they may read it now (queries.overlaps).
    """

    first = models.ForeignKey(Group, models.CASCADE, related_name="overlaps")
    second = models.ForeignKey(Group, models.CASCADE, related_name="overlapped_by")
    people = models.PositiveSmallIntegerField(default=0, help_text="Percent of the smaller one that sits in both.")
    organisations = models.PositiveSmallIntegerField(default=0)
    offices = models.PositiveSmallIntegerField(default=0)
    subject = models.PositiveSmallIntegerField(default=0, help_text="How alike their words are, in percent.")
    strength = models.PositiveSmallIntegerField(help_text="The largest of the four.")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="overlap_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="overlap_first_is_older"),
        )
        indexes = (models.Index(fields=("-strength", "id"), name="overlap_strongest"),)

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class ReportQuerySet(ScopedQuerySet["ReportBack"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """A report is never shown where its group is not: it says whose meeting it was."""
        return super().visible_to(viewer).filter(visible_filter(viewer, "group__record"))


class ReportBack(models.Model):
    """What somebody who went to another body's group for us brought back: what was said, and what it means for us."""

    record = models.OneToOneField(Record, models.PROTECT, related_name="report_back")
    group = models.ForeignKey(Group, models.PROTECT, related_name="reports")
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="reports")
    delegate = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="reports_back", help_text="Who went."
    )
    met_on = models.DateField(help_text="The day of the meeting.")
    subject = models.CharField(max_length=200)
    said = models.TextField(help_text="What was said there.")
    means = models.TextField(blank=True, help_text="What it means for us.")
    filed_at = models.DateTimeField()

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(subject="") & ~Q(said=""), name="report_says_something"),)

    def __str__(self) -> str:
        return self.subject
