"""The journal's part of the public export: the whole chain, and of public records what `verify` needs to check it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import F

from convenor.core.journal import mentions, rules
from convenor.core.journal.models import ChainLink, Entry, Seal, Value
from convenor.core.journal.verify import CHAIN, CHUNK, ENTRIES, SEALS, VALUES
from convenor.core.records.models import readable_filter
from convenor.core.records.rules import Viewer


def add_to(archive: zipfile.ZipFile, viewer: Viewer) -> None:
    """Write chain.csv, entries.csv, values.csv and seals.txt. `viewer` is anybody: only the public reads exports."""
    _write(archive, CHAIN, ("number", "entry", "hash"), _links())
    _write(archive, ENTRIES, ("number", "ref", "record_id", "verb", "at", "who", "nonce"), _entries(viewer))
    head = ("number", "field", "before", "after", "salt", "digest", "erased")
    _write(archive, VALUES, head, _values(viewer))
    lines = (rules.seal_line(seal.number, seal.hash, seal.at) for seal in Seal.objects.order_by("number"))
    archive.writestr(SEALS, "".join(f"{line}\n" for line in lines))


def _links() -> Iterator[tuple[Any, ...]]:
    rows = ChainLink.objects.order_by("number").values_list("number", "entry__digest", "hash")
    yield from rows.iterator(CHUNK)


def _public(viewer: Viewer) -> Any:
    """Entries a stranger may read: sealed ones, of records they may read, since those were shown."""
    rows = Entry.objects.filter(readable_filter(viewer, "record"), record__isnull=False, chain_link__isnull=False)
    return rows.filter(at__gte=F("record__published_at"))


def _entries(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    rows = _public(viewer).select_related("chain_link", "record").order_by("chain_link__number")
    for entry in rows.iterator(CHUNK):
        yield (
            entry.chain_link.number,
            entry.record.ref,
            entry.record_id,
            entry.verb,
            rules.instant(entry.at),
            rules.who(entry.nonce, entry.actor_id, entry.on_behalf_of_id),
            rules.public_nonce(entry.nonce),
        )


def _values(viewer: Viewer) -> Iterator[tuple[Any, ...]]:
    """Public values with their salt; of the others the digest only, without so much as the field's name.

    A value that names a record strangers may not read is no public one.
    """
    rows = Value.objects.filter(entry__in=_public(viewer)).order_by("entry__chain_link__number", "id")
    every = rows.annotate(number=F("entry__chain_link__number")).iterator(CHUNK)
    while chunk := list(islice(every, CHUNK)):
        withheld = mentions.withheld(viewer, (value for value in chunk if value.public))
        for value in chunk:
            yield value.number, *_told(value, public=value.public and value.pk not in withheld)


def _told(value: Value, *, public: bool) -> tuple[str, ...]:
    erased = "yes" if value.erased_at else ""
    if public and not erased:
        return value.field, json.dumps(value.before), json.dumps(value.after), value.salt, value.digest, ""
    return value.field if public else "", "", "", "", value.digest, erased


def _write(archive: zipfile.ZipFile, name: str, head: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    with archive.open(name, "w", force_zip64=True) as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
