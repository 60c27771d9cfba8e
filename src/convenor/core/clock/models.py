"""Working-day calendars and the deadlines that the Desk, reminders and the public "late" list read."""

from __future__ import annotations

from django.db import models

from convenor.core.records.models import Record, ScopedQuerySet


class Calendar(models.Model):
    """A named working-day calendar in a zone. Holidays are dated rows, so old deadlines keep their days."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=60)
    region = models.CharField(max_length=10, blank=True, help_text="State or territory code; empty for national.")

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="holidays")
    on = models.DateField()
    name = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("calendar", "on"), name="holiday_once"),)

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class Deadline(models.Model):
    """A promise with a day: `kind` says which (review, challenge, minutes …)."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="deadlines")
    kind = models.SlugField(max_length=40)
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = ScopedQuerySet["Deadline"].as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("record", "kind", "due_at"), name="deadline_once"),)

    def __str__(self) -> str:
        return f"{self.kind} by {self.due_at}"
