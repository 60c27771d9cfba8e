"""The append-only journal: entries, their erasable values, the chain over them, and the outbox.

Triggers (migration 0002) refuse UPDATE and DELETE of entries, chain links and seals on both databases.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from convenor.core.accounts.models import Person
from convenor.core.clock.models import Schedule
from convenor.core.records.models import AnyKindQuerySet, Record


class Entry(models.Model):
    """One change, written by the command in its own transaction. Its reason is a Value, so it can be erased."""

    verb = models.CharField(max_length=60)
    record = models.ForeignKey(Record, models.PROTECT, null=True, related_name="entries")
    actor = models.ForeignKey(Person, models.PROTECT, null=True, related_name="entries")
    on_behalf_of = models.ForeignKey(Person, models.PROTECT, null=True, related_name="entries_by_assistants")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, help_text="Over the entry's fields and its values' salted digests.")
    nonce = models.CharField(max_length=32, unique=True)

    objects = AnyKindQuerySet["Entry"].as_manager()

    class Meta:
        indexes = (models.Index("record", models.F("id").desc(), name="entry_of_record"),)

    def __str__(self) -> str:
        return f"{self.verb} {self.record_id or ''}".strip()


class Value(models.Model):
    """What changed in one field. Erasable when the law says so: the salted digest stays, the text goes."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="values")
    field = models.CharField(max_length=60)
    before = models.TextField(null=True)
    after = models.TextField(null=True)
    salt = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64)
    erased_at = models.DateTimeField(null=True)
    public = models.BooleanField(default=False, help_text="May a stranger who reads the record read this too?")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "field"), name="value_once"),)

    def __str__(self) -> str:
        return self.field


class ChainLink(models.Model):
    """An entry's place in the chain: numbers without gaps, each hash over the one before."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="chain_link")
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"


class Seal(models.Model):
    """The head of the chain at a time, published so that a copy kept elsewhere proves a rewrite."""

    number = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


WAITING = Q(done_at=None, failed_at=None)


class Leased(models.Model):
    """Work that is claimed with a lease. A worker that dies lets it lapse, and another one takes it.

    Give each concrete model an index on (run_after, id) under the condition WAITING.
    """

    max_attempts: ClassVar[int] = 8

    run_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_by = models.CharField(max_length=60, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        abstract = True


class OutboxItem(Leased):
    """One row per entry and consumer (mail, index, webhook)."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="outbox")
    consumer = models.CharField(max_length=20)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "consumer"), name="outbox_once"),)
        indexes = (models.Index(fields=("run_after", "id"), name="outbox_waiting", condition=WAITING),)

    def __str__(self) -> str:
        return f"{self.consumer} of {self.entry_id}"


class ScheduledRun(Leased):
    """One slot of a schedule, run once however many workers there are."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="runs")
    slot = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("schedule", "slot"), name="scheduled_run_once"),)
        indexes = (models.Index(fields=("run_after", "id"), name="run_waiting", condition=WAITING),)

    def __str__(self) -> str:
        return f"{self.schedule_id} at {self.slot:%Y-%m-%d %H:%M}"


class Heartbeat(models.Model):
    """A worker that is alive: it writes here every few seconds."""

    worker = models.CharField(max_length=60, unique=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker


class SiteVersion(models.Model):
    """One row, bumped by a trigger on the journal: what the page cache compares (prototypes A)."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
