"""Files of another register through a mapping, and the mapping kept for the next time."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from convenor.core.exchange.commands.uploads import check_upload
from convenor.core.exchange.declare import loadable
from convenor.core.exchange.mapping import Files, convert, read_mapping
from convenor.core.exchange.models import ImportBatch, KeptMapping
from convenor.core.exchange.permissions import may_forget_mapping, may_load
from convenor.core.exchange.several import SEVERAL, as_file
from convenor.core.exchange.trees import read_text
from convenor.core.journal import commands as journal
from convenor.core.records.rules import Breach, Refused, Viewer

LONGEST_NAME: Final = 120


def check_mapped(
    *, by: Viewer, files: Files, mapping: tuple[str, bytes], source: str, now: datetime, sheet: str = ""
) -> ImportBatch:
    """Dry run of what the mapping (its file's name and what it holds) makes of the files; see `check_upload`.

    sheet: of the workbooks among the files, in place of what the mapping says.
    Refused at the field `mapping` where the mapping is wrong, at `file` where the files are.
    """
    may_load(by, loadable(SEVERAL)).require()
    name, content = mapping
    try:
        mapped = read_mapping(name, content)
    except Refused as no:
        raise Refused([Breach(each.code, each.text, "mapping") for each in no.breaches]) from no
    made = convert(mapped, files, sheet)
    called = (source.strip() or mapped.source or mapped.name)[:LONGEST_NAME]
    stem = name.rsplit(".", 1)[0]
    batch = check_upload(
        by=by, resource=loadable(SEVERAL), source=called, filename=f"{stem}.json", content=as_file(made), now=now
    )
    keep_mapping(by=by, name=name, content=content, source=called, now=now)
    return batch


def keep_mapping(*, by: Viewer, name: str, content: bytes, source: str, now: datetime) -> KeptMapping:
    """Keep the mapping of a register for the next time, in place of the one that was kept before."""
    may_load(by, loadable(SEVERAL)).require()
    text = read_text(name, content)
    with transaction.atomic():
        there = KeptMapping.objects.select_for_update().filter(source=source, resource="").first()
        if there is not None and (there.name, there.text) == (name[-LONGEST_NAME:], text):
            return there
        kept = there or KeptMapping(source=source)
        kept.name, kept.text, kept.by_id, kept.kept_at = name[-LONGEST_NAME:], text, by.person_id, now
        kept.save()
        changes = {"source": (None, source), "file": (there.name if there else None, kept.name)}
        journal.write(by=by, verb="upload.mapping-kept", record=None, now=now, changes=changes)
        return kept


def forget_mapping(*, by: Viewer, kept: KeptMapping, now: datetime) -> None:
    """Delete a kept mapping. What was loaded with it stays, and so does the mapping that each upload was read with."""
    with transaction.atomic():
        there = KeptMapping.objects.select_for_update().filter(pk=kept.pk).first()
        if there is None:
            return
        may_forget_mapping(by, there).require()
        said = {"source": there.source, "list": there.resource, "name": there.name}
        changes = {name: (value, None) for name, value in said.items() if value}
        there.delete()
        journal.write(by=by, verb="upload.mapping-deleted", record=None, now=now, changes=changes)
