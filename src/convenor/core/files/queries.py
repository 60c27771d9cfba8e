"""Reading files."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from convenor.core.files.models import FileVersion, StoredFile
from convenor.core.records.models import Record, ScopedQuerySet
from convenor.core.records.rules import Viewer


def access_version(viewer: Viewer, pk: int) -> FileVersion:
    """One version of a file whose record the viewer may read, or 404."""
    versions = FileVersion.objects.filter(pk=pk, file__in=StoredFile.objects.visible_to(viewer))
    found = versions.select_related("file__record").first()
    if found is None:
        raise Http404
    return found


def files_of(viewer: Viewer, record: Record) -> ScopedQuerySet[StoredFile]:
    """The files of a record with their versions, newest version first, as `newest_first`. Two queries."""
    newest: QuerySet[FileVersion] = FileVersion.objects.order_by("-number")
    rows = StoredFile.objects.filter(record=record).order_by("title", "id")
    return rows.prefetch_related(Prefetch("versions", newest, to_attr="newest_first")).visible_to(viewer)
