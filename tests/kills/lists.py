"""What the processes do that load and take back an upload of several lists, until they are killed."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any, Final

from convenor.core.exchange import jobs
from convenor.core.exchange.commands import check_upload, confirm, loading, undo
from convenor.core.exchange.declare import loadable
from convenor.core.exchange.models import ImportBatch
from convenor.core.exchange.queries import outcomes
from convenor.core.journal.models import Entry
from convenor.core.records.models import Record
from convenor.core.records.rules import system
from convenor.domain.directory.commands.organisations import OrganisationFacts, create_organisation
from convenor.domain.directory.commands.vocabulary import load_vocabulary as directory_words
from convenor.domain.directory.models import OrganisationKind
from convenor.domain.engagement.commands import load_model
from convenor.domain.groups.commands.vocabulary import load_vocabulary
from convenor.domain.groups.models import Appointment, Chairing, Seat

HOST: Final = "Assembly of the Test"
PEOPLE, GROUPS, SEATS = 30, 6, 90
MODEL: Final = f"""
format: engagement-model/1
model: test-assembly
name: An assembly
owner: {HOST}
levels:
  - level: committees
    name: Committees
    colour: strategic
    types:
      - type: test-committee
        name: Committee
        purpose: Takes up a subject.
        seats:
          constituencies:
            - {{constituency: members, name: Members}}
"""


def prepare_lists() -> str:
    """A site with a model, and a checked and confirmed upload of people, groups and seats; its token."""
    now = datetime.now(UTC)
    by = system(now)
    directory_words(now)
    load_vocabulary(now)
    facts = OrganisationFacts(name=HOST, kind=OrganisationKind.objects.get(slug="foreign-government"))
    create_organisation(by=by, facts=facts, now=now)
    load_model(by=by, text=MODEL, now=now, in_force_from=date(2020, 1, 1))
    content = json.dumps(_lists()).encode()
    batch = check_upload(
        by=by, resource=loadable("several"), source="test", filename="a.json", content=content, now=now
    )
    return confirm(by=by, batch=batch, without_bad=False, now=now).token


def _lists() -> dict[str, list[dict[str, str]]]:
    seats = [
        {
            "id": f"M{number}", "group": f"C{number % GROUPS}", "title": f"Place {number // GROUPS}",
            "basis": "individual", "constituency": "members", "person": f"P{number % PEOPLE}",
            "chairs_as": "" if number // GROUPS else "chair",
        }
        for number in range(SEATS)
    ]  # fmt: skip
    return {
        "people": [{"id": f"P{number}", "name": f"Imaginary Member {number}"} for number in range(PEOPLE)],
        "groups": [
            {"id": f"C{n}", "name": f"Committee {n}", "type": "test-committee", "host": HOST, "purpose": "A subject."}
            for n in range(GROUPS)
        ],
        "seats": seats,
    }


def work_on_lists() -> dict[str, Any]:
    """Chunk after chunk, as the worker does it but of few rows; prints each, until there is no more or it is killed."""
    patched: Any = loading
    patched.CHUNK, patched.CHUNK_SECONDS, patched.BREATH = 4, 0.01, 0.0
    print("begins", flush=True)
    while jobs.next_chunk(datetime.now(UTC)):
        print("chunk", flush=True)
    return lists_state()


def take_lists_back() -> str:
    """Begin to take the upload back."""
    now = datetime.now(UTC)
    return undo(by=system(now), batch=ImportBatch.objects.get(), now=now).state


def lists_state() -> dict[str, Any]:
    """How far it is, and what is there."""
    batch = ImportBatch.objects.get()
    kinds = Record.objects.filter(state="live", kind__in=("person", "profile", "group")).values_list("kind", "title")
    verbs = Counter(Entry.objects.values_list("verb", flat=True))
    asked = ("group.created", "group.seat-added", "group.person-appointed", "group.chair-started", "group.seat-struck")
    return {
        "state": batch.state,
        "rows": {name: number for name, number in outcomes(batch).items() if number},
        "live": len(kinds),
        "different": len(set(kinds)),
        "seats": Seat.objects.count(),
        "places": len(set(Seat.objects.values_list("group_id", "title"))),
        "appointments": Appointment.objects.count(),
        "chairings": Chairing.objects.count(),
        "verbs": {verb: verbs[verb] for verb in asked},
    }
