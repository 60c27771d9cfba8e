"""What the journal says about one person: for accounts, which stands below and asks through records.ports.

Every entry about a person carries the value "person" with their key; that is how they are found.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from convenor.core.journal import commands, mentions
from convenor.core.journal.models import Entry, Value
from convenor.core.records.ports import ports
from convenor.core.records.rules import Viewer
from convenor.kit.parts import Event

PERSON = "person"
PERSONAL = ("name", "email", "reason")
"""Fields whose text is the person's own data; the rest of an entry says what was done, and stays."""
HISTORY_LIMIT = 200


def register() -> None:
    """Open the doors that records.ports names."""
    ports.journal_writer = commands.write
    ports.person_history = history
    ports.erasers["journal"] = erase
    ports.personal_data["journal"] = held_about


def history(viewer: Viewer, person_id: int) -> Sequence[Event]:
    """What was done to a person's account, newest first; nothing for those who may not manage people."""
    if not viewer.reads_every_audience:
        return ()
    rows = _about(person_id).select_related("actor").order_by("-id")[:HISTORY_LIMIT]
    return [_event(entry) for entry in rows]


def erase(*, by: Viewer, person_id: int, authority: str, now: datetime) -> None:
    """Erase the personal values of every entry about a person; the digests stay, so the chain still verifies."""
    for entry in _about(person_id):
        fields = [value.field for value in entry.shown if value.field in PERSONAL and value.erased_at is None]  # type: ignore[attr-defined]
        if fields:
            commands.erase_values(by=by, entry=entry, fields=fields, authority=authority, now=now)


def held_about(viewer: Viewer, person_id: int) -> list[dict[str, Any]]:
    """The entries about a person, and those they wrote, without what these say of others.

    No value and no ref of a record that the reader may not know of: that somebody was shut out of it is told, not
    out of what.
    """
    rows = list(_about(person_id).order_by("id"))
    withheld = mentions.withheld(viewer, (value for row in rows for value in row.shown))  # type: ignore[attr-defined]
    about = [{"verb": row.verb, "at": row.at, "values": _texts(row, withheld)} for row in rows]
    wrote = Entry.objects.filter(actor_id=person_id).order_by("id")
    seen = set(wrote.visible_to(viewer).values_list("pk", flat=True))
    written = [
        {"verb": verb, "at": at, "record__ref": ref if pk in seen else None}
        for pk, verb, at, ref in wrote.values_list("pk", "verb", "at", "record__ref")
    ]
    return [{"about": about, "written": written}]


def _about(person_id: int) -> QuerySet[Entry]:
    key = str(person_id)
    found = Value.objects.filter(Q(before=key) | Q(after=key), field=PERSON).values("entry_id")
    values = Prefetch("values", Value.objects.order_by("id"), to_attr="shown")
    return Entry.objects.filter(pk__in=found).prefetch_related(values)


def _texts(entry: Entry, withheld: Collection[int]) -> dict[str, list[str | None]]:
    shown: list[Value] = entry.shown  # type: ignore[attr-defined]
    return {value.field: [value.before, value.after] for value in shown if value.pk not in withheld}


def _event(entry: Entry) -> Event:
    said = [_say(value) for value in entry.shown if value.field != PERSON]  # type: ignore[attr-defined]
    who = entry.actor.name if entry.actor else ""
    return Event(entry.at, entry.verb.replace(".", ": ").replace("-", " "), who, "; ".join(filter(None, said)))


def _say(value: Value) -> str:
    if value.erased_at is not None:
        return f"{value.field} (erased)"
    pair = [text for text in (value.before, value.after) if text]
    return f"{value.field.replace('_', ' ')}: {' → '.join(pair)}" if pair else ""
