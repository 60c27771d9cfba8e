"""Uploads: a batch, the file it came in, its rows, and where each loaded thing came from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from convenor.core.accounts.models import Person
from convenor.core.records.models import Record


class ImportBatch(models.Model):
    """One uploaded file on its way: checked, loaded in chunks, perhaps taken back again."""

    class State(models.TextChoices):
        SHEET = "sheet", "Sheet to choose"
        COLUMNS = "columns", "Columns to choose"
        READING = "reading", "Being checked"
        CHECKED = "checked", "Checked"
        RUNNING = "running", "Loading"
        DONE = "done", "Loaded"
        UNDOING = "undoing", "Being taken back"
        UNDONE = "undone", "Taken back"

    token = models.CharField(max_length=32, unique=True, help_text="128 random bits: its address.")
    resource = models.CharField(max_length=60)
    source = models.CharField(max_length=120, help_text="The register the file comes from.")
    filename = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="import_batches")
    acting = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", help_text="Who had it loaded, or taken back."
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.READING)
    sheet = models.TextField(
        blank=True, help_text="Which sheet of a workbook is read; empty: the first that has rows, or no workbook."
    )
    mapping = models.TextField(
        blank=True,
        help_text="Which column of the file is which of ours, and what is the same for every row, as a mapping; empty: "
        "they are called so.",
    )
    wrong_values = models.JSONField(
        default=list,
        help_text="[column, sentence] for what is the same for every row, and wrong in each that was tried.",
    )
    checked_from = models.DateTimeField(null=True, help_text="When the check began, if not with the upload.")
    notes = models.JSONField(default=list, help_text="What the reader of the file had to decide, in sentences.")
    moments = models.JSONField(
        default=list, help_text="“person at time” of each chunk, to tell its entries from others'."
    )
    caretaker_reason = models.CharField(
        max_length=300, blank=True, help_text="Why its rows could not wait for the end of a caretaker period."
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "import batches"
        indexes = (
            models.Index(fields=("by", "-id"), name="batch_of_person"),
            models.Index(fields=("id",), name="batch_moving", condition=Q(state__in=("running", "undoing"))),
        )

    def __str__(self) -> str:
        return f"{self.filename} into {self.resource}"


class ImportFile(models.Model):
    """The file as it was uploaded, so that nothing is lost when rows are bad. In the database, so backups hold it."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.batch_id)


class ImportRow(models.Model):
    """One row of the file and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", "To load"
        BAD = "bad", "Wrong"
        CREATED = "created", "Created"
        CHANGED = "changed", "Changed"
        UNCHANGED = "unchanged", "Unchanged"
        FAILED = "failed", "Refused"
        UNDONE = "undone", "Taken back"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="As the spreadsheet numbers it; the heading is row 1.")
    resource = models.CharField(max_length=60, blank=True, help_text="In an upload of several lists: of which.")
    place = models.CharField(max_length=200, blank=True, help_text="Where it stands in the file, if not by its number.")
    source_id = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    data = models.JSONField()
    outcome = models.CharField(max_length=9, choices=Outcome.choices, default=Outcome.WAITING)
    record = models.ForeignKey(Record, models.PROTECT, null=True, related_name="import_rows")
    error = models.TextField(blank=True)
    faults = models.JSONField(default=list, help_text="[column, sentence] for each thing that is wrong.")
    undo = models.JSONField(default=dict)
    hash_before = models.CharField(max_length=64, blank=True)
    last_entry = models.BigIntegerField(null=True, help_text="The record's newest journal entry when it was loaded.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("batch", "number"), name="import_row_once"),)
        indexes = (models.Index(fields=("batch", "outcome", "number"), name="import_row_outcome"),)

    def __str__(self) -> str:
        return f"row {self.number}: {self.outcome}"


class KeptMapping(models.Model):
    """How files of a register become lists of ours: the mapping used last, kept for the next time.

    One that somebody made by choosing columns is of one list, and for files with the same headings.
    """

    source = models.CharField(max_length=120, help_text="The register.")
    resource = models.CharField(max_length=60, blank=True, help_text="The list; empty: the mapping says which.")
    headings = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the headings it is for.")
    name = models.CharField(max_length=120, help_text="The name of the file it came in, or what it is called.")
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="kept_mappings")
    kept_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "resource", "headings"), name="kept_mapping_once"),)

    def __str__(self) -> str:
        return f"{self.name} of {self.source}"


class ActAnswer(models.Model):
    """What a program was answered when it had something done under a key of its own, so that asking twice does it once.

    Kept for a day (rules.ANSWER_KEPT).
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="act_answers")
    key_hash = models.CharField(max_length=64, help_text="SHA-256 of the key it was sent under.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the address and the body.")
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "key_hash"), name="act_answer_once"),)
        indexes = (models.Index(fields=("at",), name="act_answer_age"),)

    def __str__(self) -> str:
        return f"answer of {self.at:%Y-%m-%d %H:%M} to {self.person_id}"


class Origin(models.Model):
    """Which record stands for a row of somebody else's register, and what that row said last."""

    resource = models.CharField(max_length=60)
    source = models.CharField(max_length=120)
    source_id = models.CharField(max_length=200)
    record = models.ForeignKey(Record, models.PROTECT, null=True, related_name="origins")
    content_hash = models.CharField(max_length=64, blank=True, help_text="Empty once it was taken back.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("resource", "source", "source_id"), name="origin_once"),)

    def __str__(self) -> str:
        return f"{self.source}: {self.source_id}"
