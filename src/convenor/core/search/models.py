"""The words of each record, as the full-text index reads them.

Migration 0002 adds what Django cannot declare: on SQLite an FTS5 table over this one, kept by triggers; on
PostgreSQL a generated tsvector and its GIN index. Who may read a document is decided by its record, inside
each query (queries.py); nothing here is copied from the record that decides it.
"""

from __future__ import annotations

from django.db import models

from convenor.core.records.models import AnyKindQuerySet, Record


class Document(models.Model):
    """What can be found of one record. Rebuilt from the kinds at any time (`commands.rebuild`)."""

    record = models.OneToOneField(Record, models.CASCADE, primary_key=True, related_name="search_document")
    ref = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300)

    objects = AnyKindQuerySet["Document"].as_manager()

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"
