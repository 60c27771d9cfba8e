"""`./convenor export FILE`: everything that is public, as one zip, with what `verify` needs to prove it."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from convenor.core.exchange.declare import Resource, resources
from convenor.core.exchange.queries import stream
from convenor.core.exchange.schema import item_schema, public_fields
from convenor.core.exchange.tabular import cells, csv_lines, heads
from convenor.core.files.commands import path_of
from convenor.core.files.models import FileVersion, StoredFile
from convenor.core.journal import publish
from convenor.core.journal.commands import seal
from convenor.core.records.rules import Viewer, anonymous
from convenor.web.cli.faults import say

README = """{name}: everything public, as of {at}

data/*.csv            one table for each kind, UTF-8; data/*.schema.json says what each column means
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


def make(path: Path, now: datetime) -> int:
    """Write the export beside its place, then put it there; how many rows of data it holds."""
    while seal(now, whole=True):
        pass
    viewer = anonymous(now)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", README.format(name=settings.SITE_NAME, at=now.isoformat(timespec="seconds")))
            rows = sum(_write_resource(archive, resource, viewer) for resource in resources.values())
            _write_files(archive, viewer)
            publish.add_to(archive, viewer)
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

    with archive.open(f"data/{resource.name}.csv", "w", force_zip64=True) as raw:
        for text in csv_lines(lines()):
            raw.write(text.encode())
    archive.writestr(f"data/{resource.name}.schema.json", json.dumps(item_schema(resource), indent=1))
    return count


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
