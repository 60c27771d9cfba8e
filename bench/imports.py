"""Loading the committees of a legislature while somebody else writes: seconds, and how long the other waited.

49 committees, 181 sub-committees, 528 people, 3,879 memberships, made up in the shape of the public lists of the United
States Congress; checked, loaded, loaded again (nothing changes), taken back. The bar: 60 s, nobody waits over 1 s.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from common import NOW, scratch_database

COMMITTEES, PARTS, PEOPLE, MEMBERSHIPS = 49, 181, 528, 3879
BAR_SECONDS, BAR_WAIT = 60.0, 1.0
MODEL = """
format: engagement-model/1
model: bench-legislature
name: A legislature
owner: Legislature of the Bench
levels:
  - level: committees
    name: Committees
    colour: strategic
    types:
      - type: bench-committee
        name: Committee
        purpose: Takes up a subject.
        seats: &seats
          constituencies:
            - {constituency: majority, name: Majority}
            - {constituency: minority, name: Minority}
  - level: parts
    name: Sub-committees
    colour: operational
    types:
      - type: bench-sub-committee
        name: Sub-committee
        purpose: Takes up a part.
        parents: {required: true, types: [bench-committee]}
        seats:
          constituencies:
            - {constituency: majority, name: Majority}
            - {constituency: minority, name: Minority}
""".replace(" &seats", "")


def main() -> int:
    if sys.argv[1:2] == ["--writer"]:
        return write(sys.argv[2])
    with scratch_database():
        _prepare()
        lists = _lists()
        took, waits = {}, {}
        for step in ("load", "load again", "take back"):
            with _writer() as waited:
                started, worked = time.perf_counter(), time.process_time()
                work = _take_back if step == "take back" else lambda: _load(lists)
                told = work()
                took[step], worked = time.perf_counter() - started, time.process_time() - worked
            waits[step] = waited()
            print(
                f"{step:12}{took[step]:7.1f} s ({worked:.1f} s of processor)   longest wait of another writer {waits[step]:5.2f} s   {told}"
            )
    good = took["load"] <= BAR_SECONDS and max(waits.values()) <= BAR_WAIT
    print(f"{MEMBERSHIPS:,} memberships: {'within' if good else 'OVER'} {BAR_SECONDS:.0f} s and {BAR_WAIT:.0f} s")
    return 0 if good else 1


def _prepare() -> None:
    from convenor.core.records.rules import system
    from convenor.domain.directory.commands.organisations import OrganisationFacts, create_organisation
    from convenor.domain.directory.commands.vocabulary import load_vocabulary as directory
    from convenor.domain.directory.models import OrganisationKind
    from convenor.domain.engagement.commands import load_model
    from convenor.domain.groups.commands.vocabulary import load_vocabulary

    load_vocabulary(NOW)
    directory(NOW)
    kind = OrganisationKind.objects.get(slug="foreign-government")
    facts = OrganisationFacts(name="Legislature of the Bench", kind=kind)
    create_organisation(by=system(NOW), facts=facts, now=NOW)
    load_model(by=system(NOW), text=MODEL, now=NOW, in_force_from=date(2020, 1, 1))


def _lists() -> dict[str, list[dict[str, str]]]:
    chance = random.Random(7)
    host = "Legislature of the Bench"
    groups = [
        {"id": f"C{n}", "name": f"Committee {n}", "type": "bench-committee", "host": host, "purpose": "A subject."}
        for n in range(COMMITTEES)
    ]
    groups += [
        {
            "id": f"S{n}", "name": f"Part {n}", "type": "bench-sub-committee", "host": host, "purpose": "A part.",
            "parent": f"C{n % COMMITTEES}",
        }
        for n in range(PARTS)
    ]  # fmt: skip
    people = [{"id": f"P{n}", "name": f"Imaginary Member {n}"} for n in range(PEOPLE)]
    seats: list[dict[str, str]] = []
    for number in range(MEMBERSHIPS):
        group = groups[number * len(groups) // MEMBERSHIPS]["id"]
        place = sum(1 for each in seats[-100:] if each["group"] == group)
        side = "majority" if chance.random() < 0.56 else "minority"
        seats.append({
            "id": f"M{number}", "group": group, "title": f"Place {place}", "basis": "individual", "constituency": side,
            "person": f"P{chance.randrange(PEOPLE)}", "order": str(place), "chairs_as": "chair" if place == 0 else "",
        })  # fmt: skip
    return {
        "people": people,
        "groups": groups,
        "seats": seats,
    }


def _load(lists: dict[str, Any]) -> str:
    from convenor.core.exchange.commands import advance, check_upload, confirm
    from convenor.core.exchange.declare import loadable
    from convenor.core.exchange.queries import outcomes
    from convenor.core.records.rules import system

    now = datetime.now(UTC)
    by = system(now)
    content = json.dumps(lists).encode()
    started = time.perf_counter()
    batch = check_upload(
        by=by, resource=loadable("several"), source="bench", filename="legislature.json", content=content, now=now
    )
    checked = time.perf_counter() - started
    batch = advance(batch=confirm(by=by, batch=batch, without_bad=False, now=now), now=now, seconds=3600)
    told = ", ".join(f"{number:,} {name}" for name, number in outcomes(batch).items() if number)
    return f"(check {checked:.1f} s) {told}"


def _take_back() -> str:
    from convenor.core.exchange.commands import advance, undo
    from convenor.core.exchange.models import ImportBatch
    from convenor.core.exchange.queries import outcomes
    from convenor.core.records.rules import system

    now = datetime.now(UTC)
    first = ImportBatch.objects.order_by("pk")[0]
    batch = advance(batch=undo(by=system(now), batch=first, now=now), now=now, seconds=3600)
    kept = Counter(batch.rows.exclude(error="").values_list("error", flat=True)).most_common(3)
    told = ", ".join(f"{number:,} {name}" for name, number in outcomes(batch).items() if number)
    return f"{told} {kept or ''}"


@contextmanager
def _writer() -> Iterator[Callable[[], float]]:
    """Another process that writes all the time; afterwards, how long it waited at most."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    other = subprocess.Popen(
        [sys.executable, __file__, "--writer", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if other.stdout is None or other.stdin is None:
        raise RuntimeError("The other writer has no pipes.")
    other.stdout.readline()
    found = [0.0]
    try:
        yield lambda: found[0]
    finally:
        other.stdin.close()
        found[0] = float(other.stdout.readline() or "inf")
        other.wait()


def write(name: str) -> int:
    """The other writer: a small command every 50 ms until its input ends; prints the longest it took."""
    import select

    from common import setup

    setup()
    from django.db import connection

    from convenor.core.records.rules import system
    from convenor.domain.groups.commands.initiatives import InitiativeFacts, create_initiative

    connection.settings_dict["NAME"] = name
    longest, number = 0.0, 0
    create_initiative(by=system(NOW), facts=InitiativeFacts(f"Warm-up {time.time()}"), now=NOW)
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0.05)[0]:
        number += 1
        started = time.perf_counter()
        create_initiative(by=system(NOW), facts=InitiativeFacts(f"Other work {time.time()}"), now=NOW)
        longest = max(longest, time.perf_counter() - started)
    print(longest, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
