"""Calendars with their public holidays, deadlines, and what runs by the clock."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from convenor.core.records.models import AnyKindQuerySet, Record


class Calendar(models.Model):
    """A place whose working days count: its zone and its public holidays."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=60)
    region = models.CharField(
        max_length=10, blank=True, help_text="State or territory code; empty for the whole nation."
    )
    known_from = models.DateField(help_text="First day whose holidays are loaded.")
    known_to = models.DateField(help_text="Last day whose holidays are loaded.")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(known_to__gt=F("known_from")), name="calendar_known_range"),)

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """One public holiday. Rows of days gone by are never changed: old deadlines stay judged by them."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="holidays")
    on = models.DateField()
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=40, blank=True, help_text="Library and version; empty when a person added it.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("calendar", "on"), name="holiday_once"),)

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class Deadline(models.Model):
    """A promise with a clock (DESIGN principle 8). One table for the Desk, reminders and the public late list."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="deadlines")
    kind = models.SlugField(max_length=40, help_text="What is promised: “review”, “response”.")
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="Shown wherever the record is.")

    objects = AnyKindQuerySet["Deadline"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("record", "kind"), condition=Q(met_at=None), name="deadline_open_once"),
        )
        indexes = (models.Index(fields=("due_at", "id"), name="deadline_open_due", condition=Q(met_at=None)),)

    def __str__(self) -> str:
        return f"{self.kind} by {self.due_at:%Y-%m-%d %H:%M}"


class Schedule(models.Model):
    """Work that recurs by a rule on a zone's wall clock. Made for each registered job; the rule may be changed."""

    job = models.CharField(max_length=60, unique=True)
    rule = models.CharField(max_length=200, help_text="RFC 5545, such as FREQ=DAILY;BYHOUR=3;BYMINUTE=0;BYSECOND=0.")
    zone = models.CharField(max_length=60)
    starts = models.DateTimeField(help_text="The rule's first instant; read on the zone's wall clock.")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.job
