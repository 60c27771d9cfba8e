"""What the processes of the kill tests do: `python -m tests.kills.actors NAME ARGUMENTS`. Each prints JSON last."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convenor.settings")
django.setup()

from django.apps import apps  # noqa: E402 - the apps must be ready
from django.core.files.base import ContentFile  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from convenor.core.accounts.models import AccessRow, Person  # noqa: E402
from convenor.core.files import commands as files  # noqa: E402
from convenor.core.files.models import FileVersion  # noqa: E402
from convenor.core.journal import commands as journal  # noqa: E402
from convenor.core.journal.models import ChainLink, Entry, Heartbeat, Value  # noqa: E402
from convenor.core.journal.rules import parse_seals  # noqa: E402
from convenor.core.journal.verify import check_database  # noqa: E402
from convenor.core.notify import commands as notify  # noqa: E402
from convenor.core.notify.models import Message  # noqa: E402
from convenor.core.records import commands as records  # noqa: E402
from convenor.core.records.models import Record  # noqa: E402
from convenor.core.records.registry import registry  # noqa: E402
from convenor.core.records.rules import PUBLIC, SEALED, system  # noqa: E402
from tests.kills.harm import TAMPERINGS  # noqa: E402
from tests.kills.lists import lists_state, prepare_lists, take_lists_back, work_on_lists  # noqa: E402
from tests.tampering import untied  # noqa: E402
from tests.things import THING  # noqa: E402

registry.kinds["thing"] = THING


def now() -> datetime:
    return datetime.now(UTC)


# -- mail ------------------------------------------------------------------------------------------------------------


def queue_mail(open_to_all: int, private: int) -> int:
    """So many messages about a public record, then so many to persons about a sealed one they may read."""
    at, by = now(), system(now())
    with transaction.atomic():
        shown = records.create_record(kind="thing", title="Shown", now=at)
        sealed = records.create_record(kind="thing", title="Sealed", now=at, visibility=SEALED)
        journal.write(by=by, verb="thing.made", record=shown, now=at)
        given: dict[str, Any] = {"template": "due", "now": at, "context": {"late": 1, "soon": 0, "desk": "/"}}
        for n in range(open_to_all):
            notify.queue(to=f"reader{n}@convenor.example", subject=f"Notice {n}", record=shown, **given)
        for n in range(private):
            person = Person.objects.create(name=f"Person {n}", email=f"person{n}@convenor.example")
            AccessRow.objects.create(person=person, record=sealed, allow=True, starts_at=at, reason="Proxy")
            notify.queue(to=person, subject=f"Private {n}", record=sealed, **given)
    return Message.objects.count()


def take_access_away() -> int:
    """From everybody whose message has not been sent; how many."""
    with transaction.atomic():
        waiting = Message.objects.filter(person__isnull=False, sent_at=None).values_list("person_id", flat=True)
        return AccessRow.objects.filter(person__in=list(waiting)).update(ends_at=now())


def mail_states() -> dict[str, int]:
    rows = Message.objects.all()
    return {
        "sent": rows.exclude(sent_at=None).count(),
        "held": rows.filter(not_sent="No longer allowed.").count(),
        "done": rows.exclude(done_at=None).count(),
        "failed": rows.exclude(failed_at=None).count(),
        "bodies": rows.exclude(text="").count(),
        "most_attempts": max(rows.values_list("attempts", flat=True)),
    }


def beats() -> list[int]:
    """The process ids of the workers that show they live, oldest first."""
    rows = Heartbeat.objects.order_by("started_at").values_list("worker", flat=True)
    return [int(worker.split(":")[1]) for worker in rows]


# -- commands --------------------------------------------------------------------------------------------------------


def one_command(dice: random.Random) -> int:
    """A command such as the product has: lock, change, journal, commit. The id of its entry."""
    by, at = system(now()), now()
    with transaction.atomic():
        record = Record.objects.filter(kind="thing").order_by("?").first() if dice.random() < 0.6 else None
        if record is None:
            made = records.create_record(kind="thing", title=f"Thing {dice.random()}", now=at)
            changes: dict[str, journal.Change] = {"title": (None, made.title), "phone": (None, "0491 570 006")}
            return journal.write(by=by, verb="thing.created", record=made, now=at, changes=changes, public=["title"]).pk
        record = Record.objects.select_for_update().get(pk=record.pk)
        if dice.random() < 0.3:
            seen = SEALED if record.visibility == PUBLIC else PUBLIC
            records.show_to(record, now=at, visibility=seen)
            return journal.write(by=by, verb="thing.shown", record=record, now=at, changes={"to": (None, seen)}).pk
        before = record.title
        records.retitle(record, f"{before[:60]} again")
        changes = {"title": (before, record.title)}
        return journal.write(by=by, verb="thing.retitled", record=record, now=at, changes=changes, reason="Test").pk


def do_commands(count: int, seed: int) -> int:
    """So many commands one after the other; now and then one erases what an earlier entry says."""
    dice = random.Random(seed)  # noqa: S311 - a repeatable test
    for number in range(count):
        entry = Entry.objects.get(pk=one_command(dice))
        if number % 20 == 19:
            journal.erase_values(by=system(now()), entry=entry, fields=["phone", "reason"], authority="Test", now=now())
    return count


def seal_until_told() -> int:
    """Seal as the worker does, faster, until SIGTERM; how often there was something to seal."""
    told: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    sealed = 0
    while not told:
        sealed += journal.seal(now(), limit=50) is not None
        time.sleep(0.02)
    return sealed


def seal_all() -> dict[str, Any]:
    while journal.seal(now(), whole=True):
        pass
    numbers = list(ChainLink.objects.order_by("number").values_list("number", flat=True))
    gapless = numbers == list(range(1, len(numbers) + 1))
    return {"entries": Entry.objects.count(), "links": len(numbers), "gapless": gapless, "head": _head()}


def _head() -> str:
    last = ChainLink.objects.order_by("-number").first()
    return f"{last.number} {last.hash} kept" if last else ""


def what_verify_says(kept: str) -> dict[str, list[str]]:
    """Each harm done, looked at, and taken back: its name → the faults found. `kept` is a file of seals."""
    seals = parse_seals(Path(kept).read_text(), kept)
    found = {}
    for name, statements in TAMPERINGS.items():
        with transaction.atomic():
            for sql in statements:
                untied(sql)
            needed = seals if name == "cut tail, own seals too" else []
            found[name] = [fault.text for fault in check_database(needed).faults]
            transaction.set_rollback(True)
    return found


def do_harm(name: str) -> int:
    """For good."""
    for sql in TAMPERINGS[name]:
        untied(sql)
    return len(TAMPERINGS[name])


# -- SIGKILL under load ----------------------------------------------------------------------------------------------


def kill_writers(rounds: int, writers: int) -> dict[str, Any]:
    """Fork writers, let them write and acknowledge, SIGKILL them, look; again and again."""
    acknowledged: set[int] = set()
    damaged = 0
    for turn in range(rounds):
        connection.close()
        pipes = [_fork_writer(turn * 100 + number) for number in range(writers)]
        time.sleep(0.1 + random.random() * 0.3)  # noqa: S311 - when the axe falls
        for pid, _ in pipes:
            os.kill(pid, signal.SIGKILL)
        for pid, pipe in pipes:
            os.waitpid(pid, 0)
            with os.fdopen(pipe) as said:
                acknowledged |= {int(line) for line in said.read().split("\n")[:-1]}
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            damaged += cursor.fetchall() != [("ok",)]
    there = set(Entry.objects.values_list("pk", flat=True))
    return {"acknowledged": len(acknowledged), "lost": len(acknowledged - there), "damaged": damaged}


def _fork_writer(seed: int) -> tuple[int, int]:
    """Process id, and the pipe on which it names each entry once its command has committed."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    dice = random.Random(seed)  # noqa: S311 - a repeatable test
    while True:
        os.write(writer, b"%d\n" % one_command(dice))


def mark_changes(count: int) -> int:
    """So many public changes at uneven intervals; each with its number and the time it was committed."""
    dice = random.Random(2)  # noqa: S311 - a repeatable test
    for number in range(count):
        with transaction.atomic():
            made = records.create_record(kind="thing", title=f"mark {number}", now=now())
            journal.write(by=system(now()), verb="thing.created", record=made, now=now())
        print(number, time.time(), flush=True)
        time.sleep(0.2 + dice.random())
    return count


# -- backup ----------------------------------------------------------------------------------------------------------


def write_until_told() -> int:
    """Commands and uploads without end; prints the id of each entry that is committed, until killed."""
    dice = random.Random(1)  # noqa: S311 - a repeatable test
    while True:
        print(one_command(dice), flush=True)
        if dice.random() < 0.3:
            received = files.receive(ContentFile(os.urandom(2000).hex().encode(), "note.txt"))
            with transaction.atomic():
                record = Record.objects.filter(kind="thing").earliest("id")
                files.store_file(by=system(now()), record=record, title="Note", received=received, now=now())


def entry_ids() -> list[int]:
    return list(Entry.objects.order_by("id").values_list("id", flat=True))


def picture() -> dict[str, Any]:
    """A fingerprint of every row of every table, and whether each file's bytes are there as they were."""
    tables = {}
    for model in apps.get_models():
        rows = model._default_manager.order_by("pk").values_list()
        tables[model._meta.db_table] = hashlib.sha256(json.dumps(list(rows), default=str).encode()).hexdigest()
    wrong = 0
    for version in FileVersion.objects.all():
        with suppress(FileNotFoundError):
            if hashlib.sha256(files.path_of(version.stored_name).read_bytes()).hexdigest() == version.sha256:
                continue
        wrong += 1
    counts = {"entries": Entry.objects.count(), "values": Value.objects.count(), "files": FileVersion.objects.count()}
    return {"tables": tables, "wrong_files": wrong, **counts}


ACTORS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        queue_mail, take_access_away, mail_states, beats, do_commands, seal_until_told, seal_all, what_verify_says,
        do_harm, kill_writers, mark_changes, write_until_told, entry_ids, picture, prepare_lists, work_on_lists,
        take_lists_back, lists_state,
    )
}  # fmt: skip

if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    print(json.dumps(ACTORS[name](*(int(each) if each.isdecimal() else each for each in arguments))))
