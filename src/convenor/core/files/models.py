"""Files and their versions. Bytes live under FILES_ROOT by random name and are served only through the access check."""

from __future__ import annotations

from django.db import models

from convenor.core.accounts.models import Person
from convenor.core.records.models import AnyKindQuerySet, Record


class StoredFile(models.Model):
    """A document attached to a record, visible as that record is."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="files")
    title = models.CharField(max_length=200)
    marking = models.CharField(max_length=40, blank=True)

    objects = AnyKindQuerySet["StoredFile"].as_manager()

    def __str__(self) -> str:
        return self.title


class FileVersion(models.Model):
    """One upload of a file. Never overwritten."""

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    stored_name = models.CharField(max_length=64, unique=True)
    original_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="uploads")
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("file", "number"), name="file_version_once"),)

    def __str__(self) -> str:
        return f"{self.file_id} v{self.number}"
