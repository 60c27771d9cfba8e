"""`./convenor load FILE …`: an engagement model (YAML), a table for one of the lists, or several lists in one file.

With `--mapping`, files of another register (YAML, JSON, CSV) become lists first: docs/handbook says how.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from convenor.core.exchange import mapping
from convenor.core.exchange.commands import advance, check_upload, confirm, undo
from convenor.core.exchange.declare import lists, loadable, resources
from convenor.core.exchange.models import ImportBatch, ImportRow
from convenor.core.exchange.queries import outcomes
from convenor.core.exchange.several import SEVERAL, as_file
from convenor.core.records.rules import system
from convenor.domain.engagement.commands.load import load_model, over_caps
from convenor.domain.engagement.queries.loading import Plan, effect_rows, plan_load
from convenor.web.cli import databases, serve
from convenor.web.cli.faults import Trouble, say

Loader = Callable[[Path, argparse.Namespace, datetime], int]
"""Takes a file in and returns an exit code."""

SHOWN = 50


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    now = datetime.now(UTC)
    if databases.is_empty():
        serve.set_up()  # a site may begin with what is loaded into it
    if options.undo:
        return take_back(options.undo, now)
    if not options.files:
        raise Trouble("Say which file to load.")
    if options.mapping:
        return load_mapped(options, now)
    if len(options.files) > 1:
        raise Trouble("Several files are loaded together only with --mapping, which says what they are.")
    path: Path = options.files[0]
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        raise Trouble(f"{path.name} is not a kind of file that can be loaded: {', '.join(LOADERS)}.")
    return loader(path, options, now)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("./convenor load", description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE")
    parser.add_argument("--from", dest="since", type=date.fromisoformat, metavar="YYYY-MM-DD",
                        help="an engagement model: the day it is in force from (default: today)")  # fmt: skip
    parser.add_argument("--resource", choices=sorted(_importable()), help="a table: what its rows are")
    parser.add_argument(
        "--mapping",
        type=Path,
        metavar="MAPPING.yaml",
        help="the files are another register's: how they become lists of ours",
    )
    parser.add_argument("--source", default="", help="a table: the register or list it comes from")
    parser.add_argument("--sheet", default="", metavar="NAME",
                        help="a workbook: the sheet to read (default: the first that has rows)")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="say what would change and for whom; load nothing")
    parser.add_argument("--accept", default="", metavar="REASON",
                        help="an engagement model: why living groups may break one of its new rules")  # fmt: skip
    parser.add_argument("--undo", metavar="UPLOAD", help="take back an upload, by the number it was given")
    parser.add_argument("--without-bad", action="store_true", help="a table: load the good rows although some are bad")
    return parser


def _importable() -> list[str]:
    return [*(name for name, resource in resources.items() if resource.importer), *lists]


def load_yaml(path: Path, options: argparse.Namespace, now: datetime) -> int:
    """An engagement model becomes the version in force from a day; the same text again changes nothing."""
    if options.sheet:
        raise Trouble(f"{path.name} has no sheets to choose from: only a workbook (XLSX) has.")
    since = options.since or now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise Trouble(f"{path} is not text in UTF-8: {fault.reason} at byte {fault.start}.") from fault
    by = system(now, "Command line")
    if options.dry_run:
        return say_plan(plan_load(by, text, since), since)
    version = load_model(by=by, text=text, now=now, in_force_from=since, accept=options.accept)
    say(f"{version} is in force from {version.in_force_from}.")
    return 0


def say_plan(plan: Plan, since: date) -> int:
    """What loading would change, in sentences; nothing is written. 1 where it would be refused."""
    for problem in plan.problems:
        say(str(problem))
    if plan.value is None:
        return 1
    if plan.same and plan.latest:
        say(f"Version {plan.latest.number} says the same already. Nothing would change.")
        return 0
    say(f"Version {plan.number} of “{plan.value.name}”, in force from {since}:")
    for each in plan.differences:
        say(f"  {f'{each.about}: ' if each.about else ''}{each.text}")
        for word, words in (("Before", each.before), ("Now", each.after)):
            if words:
                say(f"    {word}: {words}")
    for row in effect_rows(plan):
        said = " → ".join(filter(None, (row.before, row.after)))
        say(f"  {row.group}{f' ({row.ref})' if row.ref else ''} {row.effect}: {row.rule}{f': {said}' if said else ''}")
    refused = over_caps(plan)
    for breach in refused:
        say(breach.text)
    if plan.to_accept:
        say("To load it although groups would break a rule, say why: --accept REASON.")
    say("Nothing was loaded.")
    return 1 if refused else 0


def load_table(path: Path, options: argparse.Namespace, now: datetime) -> int:
    """A table goes the way of every upload: all rows checked first, each bad one named; then loaded in chunks."""
    if not options.resource:
        raise Trouble(f"Say what the rows are: --resource {' | '.join(sorted(_importable()))}")
    source = options.source or path.name
    return _load(options, options.resource, path.name, source, path.read_bytes(), now, sheet=options.sheet)


def load_mapped(options: argparse.Namespace, now: datetime) -> int:
    """Files of another register go through the mapping, then the way of every upload of several lists."""
    mapped = mapping.read_mapping(options.mapping.name, _bytes(options.mapping))
    made = mapping.convert(mapped, {path.name: _bytes(path) for path in options.files}, options.sheet)
    name = f"{options.mapping.parent.name or options.mapping.stem}.json"
    source = options.source or mapped.source or mapped.name
    return _load(options, SEVERAL, name, source, as_file(made), now)


def take_back(token: str, now: datetime) -> int:
    """Take back what an upload made, while nobody has touched it since."""
    batch = ImportBatch.objects.filter(token=token).first()
    if batch is None:
        raise Trouble(f"There is no upload {token}.")
    batch = undo(by=system(now, "Command line"), batch=batch, now=now)
    batch = advance(batch=batch, now=now, seconds=float("inf"))
    kept = batch.rows.exclude(error="").filter(outcome__in=(ImportRow.Outcome.CREATED, ImportRow.Outcome.CHANGED))
    for row in kept.order_by("number")[:SHOWN]:
        say(f"Row {row.place or row.number}: {row.error}")
    say(f"Taken back: {outcomes(batch)['undone']:,} rows.")
    return 1 if kept.exists() else 0


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise Trouble(f"{path} cannot be read: {fault.strerror}.") from fault


def _load(
    options: argparse.Namespace, resource: str, name: str, source: str, content: bytes, now: datetime, sheet: str = ""
) -> int:
    by = system(now, "Command line")
    batch = check_upload(
        by=by, resource=loadable(resource), source=source, filename=name, content=content, now=now, sheet=sheet
    )
    say(f"Upload {batch.token}")
    for note in batch.notes:
        say(note)
    bad = _say_bad(batch, ImportRow.Outcome.BAD)
    if options.dry_run or (bad and not options.without_bad):
        say("Nothing was loaded." if options.dry_run else "Nothing was loaded: mend these rows, or say --without-bad.")
        return 1 if bad else 0
    batch = confirm(by=by, batch=batch, without_bad=options.without_bad, now=now)
    advance(batch=batch, now=now, seconds=float("inf"))
    refused = _say_bad(batch, ImportRow.Outcome.FAILED)
    counts = outcomes(batch)
    say(", ".join(f"{counts[each.value]:,} {each.label.lower()}" for each in ImportRow.Outcome if counts[each.value]))
    return 1 if refused else 0


def _say_bad(batch: ImportBatch, outcome: str) -> int:
    """Name the rows with this outcome and what is wrong with each; how many there are."""
    rows = batch.rows.filter(outcome=outcome).order_by("number")
    for row in rows[:SHOWN]:
        for column, text in row.faults or [["", row.error]]:
            say(f"{row.place or f'Row {row.number}'}{f', {column}' if column else ''}: {text}")
    count = rows.count()
    if count > SHOWN:
        say(f"… and {count - SHOWN:,} more rows.")
    return count


LOADERS: dict[str, Loader] = {
    ".yaml": load_yaml, ".yml": load_yaml, ".csv": load_table, ".xlsx": load_table, ".json": load_table,
}  # fmt: skip
"""By the ending of the file's name."""
