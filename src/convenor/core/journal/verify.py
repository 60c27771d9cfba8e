"""Checking that nothing was rewritten: a database, or a public export with no database at all.

Finds what was altered, removed, inserted, reordered; and a cut tail or a whole rewrite against seals that somebody
kept elsewhere. Values that were erased as the law says leave everything valid, and an erasure nobody recorded does
not. What is not sealed yet cannot be checked: the report says how much that is.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from convenor.core.journal import rules
from convenor.core.journal.models import ChainLink, Entry, Seal, Value
from convenor.core.journal.rules import Fault, Sealed

CHUNK = 2000
SLOW_SEAL = timedelta(hours=1)
"""An entry older than this that is not numbered, while later ones are, was slipped in."""

CHAIN = "journal/chain.csv"
ENTRIES = "journal/entries.csv"
VALUES = "journal/values.csv"
SEALS = "journal/seals.txt"


@dataclass(slots=True)
class Report:
    """What `verify` found. Sound when there are no faults."""

    checked: int = 0
    head: str = rules.GENESIS
    unsealed: int = 0
    erased: int = 0
    seals: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.faults

    def lines(self) -> list[str]:
        """The report in sentences."""
        said = [f"{self.checked} entries in the chain, its head is {self.head}."]
        said.append(f"{self.seals} seals compared; {self.erased} values were erased by authority.")
        said.append(f"{self.unsealed} entries are not sealed yet.")
        said += [fault.text for fault in self.faults]
        said.append("The journal is sound." if self.sound else f"The journal is NOT sound: {len(self.faults)} faults.")
        return said


def check_database(kept: Iterable[Sealed] = ()) -> Report:
    """Recompute every digest and the whole chain from the rows, and hold it against the seals given and our own."""
    report = Report()
    own = [Sealed(number, head) for number, head in Seal.objects.order_by("number").values_list("number", "hash")]
    seals = [*own, *kept]
    report.seals = len(seals)
    report.faults += rules.check_chain(_followed(_links(), report), seals)
    told = _erasures_told()
    for entries in _chunks(Entry.objects.order_by("id")):
        for entry, values in entries:
            report.faults += _entry_faults(entry, values)
            report.faults += _erasure_faults(entry, values, told)
            report.erased += sum(value.erased_at is not None for value in values)
    report.faults += _slipped_in()
    report.unsealed = Entry.objects.filter(chain_link=None).count()
    return report


def _links() -> Iterator[tuple[int, str, str]]:
    rows = ChainLink.objects.order_by("number").values_list("number", "entry__digest", "hash")
    for number, digest, found in rows.iterator(CHUNK):
        yield number, digest or "", found


def _followed(links: Iterable[tuple[int, str, str]], report: Report) -> Iterator[tuple[int, str, str]]:
    """The links as they are, counted on the way."""
    for number, digest, found in links:
        report.checked += 1
        report.head = found
        yield number, digest, found


def _chunks(rows: Any) -> Iterator[list[tuple[Entry, list[Value]]]]:
    """All entries with their values, some thousand at a time."""
    last = 0
    while entries := list(rows.filter(id__gt=last)[:CHUNK]):
        last = entries[-1].pk
        values: dict[int, list[Value]] = {entry.pk: [] for entry in entries}
        for value in Value.objects.filter(entry__gte=entries[0].pk, entry__lte=last).order_by("id"):
            values[value.entry_id].append(value)
        yield [(entry, values[entry.pk]) for entry in entries]


def _entry_faults(entry: Entry, values: Sequence[Value]) -> Iterator[Fault]:
    found = rules.entry_digest(
        public_nonce=rules.public_nonce(entry.nonce),
        verb=entry.verb,
        record_id=entry.record_id,
        who=rules.who(entry.nonce, entry.actor_id, entry.on_behalf_of_id),
        at=rules.instant(entry.at),
        values=[value.digest for value in values],
    )
    if found != entry.digest:
        yield Fault(entry.pk, f"The entry with id {entry.pk} ({entry.verb}) was altered.")
    for value in values:
        if value.erased_at is None and _digest(value) != value.digest:
            yield Fault(entry.pk, f"The value “{value.field}” of the entry with id {entry.pk} was altered.")


def _digest(value: Value) -> str:
    return rules.value_digest(value.salt, value.field, value.before, value.after)


def _erasures_told() -> Mapping[int, set[str]]:
    """Entry id → the fields that a later entry says were erased."""
    told: dict[int, set[str]] = {}
    texts: dict[int, dict[str, str]] = {}
    rows = Value.objects.filter(entry__verb="journal.values-erased", field__in=("entry", "fields"))
    for pk, name, after in rows.values_list("entry_id", "field", "after"):
        texts.setdefault(pk, {})[name] = after or ""
    for each in texts.values():
        told.setdefault(int(each.get("entry") or 0), set()).update(json.loads(each.get("fields") or "[]"))
    return told


def _erasure_faults(entry: Entry, values: Sequence[Value], told: Mapping[int, set[str]]) -> Iterator[Fault]:
    for value in values:
        gone = value.erased_at is not None
        if gone and value.field not in told.get(entry.pk, ()):
            yield Fault(
                entry.pk, f"The value “{value.field}” of the entry with id {entry.pk} was erased without a record."
            )
        if gone and (value.before is not None or value.after is not None):
            yield Fault(
                entry.pk, f"The value “{value.field}” of the entry with id {entry.pk} was put back after erasure."
            )


def _slipped_in() -> Iterator[Fault]:
    """Entries that are not in the chain though later ones have been for long."""
    head = ChainLink.objects.select_related("entry").order_by("-number").first()
    if head is None:
        return
    since = head.entry.at - SLOW_SEAL
    for entry in Entry.objects.filter(chain_link=None, id__lt=head.entry_id, at__lt=since).order_by("id")[:20]:
        yield Fault(None, f"The entry with id {entry.pk} ({entry.verb}) is not in the chain, and later ones are.")


# -- the public export -------------------------------------------------------------------------------------------


def check_export(path: Path, kept: Iterable[Sealed] = ()) -> Report:
    """The same for a public export: the chain whole, each public entry's digest, each public value's.

    Needs nothing but the file. Raises ValueError, in a sentence, when it is not such an export.
    """
    report = Report()
    try:
        with zipfile.ZipFile(path) as archive:
            own = rules.parse_seals(archive.read(SEALS).decode(), "the export's seal")
            seals = [*own, *kept]
            report.seals = len(seals)
            links = [(int(row["number"]), row["entry"], row["hash"]) for row in _rows(archive, CHAIN)]
            report.faults += rules.check_chain(_followed(links, report), seals)
            report.faults += _public_faults(archive, {number: entry for number, entry, _hash in links}, report)
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not a public export of Convenor: {error}") from error
    return report


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    with archive.open(name) as raw:
        yield from csv.DictReader(io.TextIOWrapper(raw, "utf-8", newline=""))


def _public_faults(archive: zipfile.ZipFile, chain: Mapping[int, str], report: Report) -> Iterator[Fault]:
    values: dict[int, list[dict[str, str]]] = {}
    for row in _rows(archive, VALUES):
        values.setdefault(int(row["number"]), []).append(row)
    for row in _rows(archive, ENTRIES):
        number = int(row["number"])
        mine = values.pop(number, [])
        report.erased += sum(each["erased"] == "yes" for each in mine)
        if chain.get(number) != _row_digest(row, mine):
            yield Fault(number, f"Entry {number} ({row['verb']}) was altered.")
        for each in mine:
            if each["salt"] and _row_value_digest(each) != each["digest"]:
                yield Fault(number, f"The value “{each['field']}” of entry {number} was altered.")
    for number in values:
        yield Fault(number, f"There are values of entry {number}, and no such entry.")


def _row_digest(row: Mapping[str, str], values: Sequence[Mapping[str, str]]) -> str:
    return rules.entry_digest(
        public_nonce=row["nonce"],
        verb=row["verb"],
        record_id=int(row["record_id"]),
        who=row["who"],
        at=row["at"],
        values=[each["digest"] for each in values],
    )


def _row_value_digest(row: Mapping[str, str]) -> str:
    before, after = (json.loads(row[side]) for side in ("before", "after"))
    return rules.value_digest(row["salt"], row["field"], before, after)
