"""`./convenor export FILE`: everything that is public, as one zip, with what `verify` needs to prove it."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max

from convenor.core.exchange.declare import Resource, resources
from convenor.core.exchange.queries import stream
from convenor.core.exchange.schema import item_schema, public_fields, table_schema
from convenor.core.exchange.tabular import cells, csv_lines, heads
from convenor.core.files.commands import path_of
from convenor.core.files.models import FileVersion, StoredFile
from convenor.core.journal import exported, publish
from convenor.core.journal.commands import seal
from convenor.core.journal.models import Entry
from convenor.core.records.rules import Viewer, anonymous
from convenor.web.api.downloads import linked_lines
from convenor.web.cli.faults import say

README = """{name}: everything public, as of {at}

datapackage.json      what is here, by the Frictionless Data Package standard
data/*.csv            one table for each kind, UTF-8; data/*.schema.json says what each column means
data/*.jsonld         the same rows as linked data
files/                public files; files.csv says which record each belongs to
journal/              the whole chain of fingerprints, and the history of public records
SHA256SUMS            of every file in here: `sha256sum --check SHA256SUMS`

`./convenor verify THIS.zip --seals YOUR-COPY.txt` proves the journal against seals you kept.
The data is licensed CC BY 4.0 unless a schema says otherwise.
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./convenor export", description=__doc__)
    parser.add_argument("file", type=Path, help="where to write it, such as public.zip; replaced when it is there")
    options = parser.parse_args(arguments)
    rows = make(options.file, datetime.now(UTC))
    say(f"Wrote {rows:,} rows of {len(resources)} kinds to {options.file}.")
    return 0


def keep(now: datetime) -> bool:
    """Make the site's own export where it is missing, or holds what has been taken back since; whether it did."""
    path = settings.DATA / exported.FILE
    if exported.is_fresh(path):
        return False
    make(path, now)
    return True


def make(path: Path, now: datetime) -> int:
    """Write the export beside its place, then put it there; how many rows of data it holds."""
    while seal(now, whole=True):
        pass
    last = Entry.objects.aggregate(last=Max("id"))["last"] or 0
    viewer = anonymous(now)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", README.format(name=settings.SITE_NAME, at=now.isoformat(timespec="seconds")))
            rows = sum(_write_resource(archive, resource, viewer) for resource in resources.values())
            archive.writestr("datapackage.json", json.dumps(_package(now), ensure_ascii=False, indent=1))
            _write_files(archive, viewer)
            publish.add_to(archive, viewer)
            archive.comment = exported.comment(last)
        _add_sums(fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return rows


def _write_resource(archive: zipfile.ZipFile, resource: Resource, viewer: Viewer) -> int:
    fields = public_fields(resource)
    count = 0

    def lines() -> Iterator[list[object]]:
        nonlocal count
        yield heads(fields)  # type: ignore[misc]  # text is an object too
        for values in stream(resource, viewer, {}):
            count += 1
            yield cells(fields, values)

    _write(archive, f"data/{resource.name}.csv", csv_lines(lines()))
    _write(archive, f"data/{resource.name}.jsonld", linked_lines(resource, viewer, {}))
    archive.writestr(f"data/{resource.name}.schema.json", json.dumps(item_schema(resource), indent=1))
    return count


def _write(archive: zipfile.ZipFile, name: str, lines: Iterable[str]) -> None:
    with archive.open(name, "w", force_zip64=True) as raw:
        for text in lines:
            raw.write(text.encode())


def _package(now: datetime) -> dict[str, Any]:
    """Data Package (Frictionless): the tables, with what each column means."""
    tables = [
        {
            "name": resource.name,
            "path": f"data/{resource.name}.csv",
            "title": str(resource.label),
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": table_schema(resource),
        }
        for resource in resources.values()
    ]
    return {
        "name": "public",
        "title": f"{settings.SITE_NAME}: everything public",
        "homepage": settings.SITE_URL,
        "created": now.isoformat(timespec="seconds"),
        "profile": "tabular-data-package",
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": tables,
    }


def _write_files(archive: zipfile.ZipFile, viewer: Viewer) -> None:
    """Every version of every file of a record anybody may read, and the list of them."""
    list_ = io.StringIO()
    list_.writelines(csv_lines([("path", "ref", "title", "version", "media_type", "sha256")]))
    seen = FileVersion.objects.filter(file__in=StoredFile.objects.visible_to(viewer)).select_related("file__record")
    for version in seen.order_by("id").iterator():
        source = path_of(version.stored_name)
        if source.exists():
            name = f"files/{version.pk}/{version.original_name}"
            archive.write(source, name)
            row = (
                name,
                version.file.record.ref,
                version.file.title,
                version.number,
                version.media_type,
                version.sha256,
            )
            list_.writelines(csv_lines([row]))
    archive.writestr("files.csv", list_.getvalue())


def _add_sums(path: Path) -> None:
    """SHA256SUMS over all the others, in the form sha256sum reads."""
    lines = []
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for name in archive.namelist():
            with archive.open(name) as member:
                lines.append(f"{hashlib.file_digest(member, 'sha256').hexdigest()}  {name}\n")  # type: ignore[arg-type]
        archive.writestr("SHA256SUMS", "".join(lines))
