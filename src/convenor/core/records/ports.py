"""What records and accounts need of the apps above them: doors that those open from AppConfig.ready().

`accounts` stands below `journal` and must still journal each of its commands in the same transaction; an
erasure must reach every table that holds something about a person. Both go through here, so that nothing below
imports what stands above.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from convenor.core.records.rules import Viewer

if TYPE_CHECKING:
    from convenor.core.records.models import Record
    from convenor.kit.parts import Event


class JournalWriter(Protocol):
    """The shape of journal.commands.write."""

    def __call__(
        self,
        *,
        by: Viewer,
        verb: str,
        record: Record | None,
        now: datetime,
        changes: Mapping[str, tuple[Any, Any]] | None = None,
        public: Collection[str] = (),
        reason: str = "",
        on_behalf_of: int | None = None,
    ) -> object: ...


class Eraser(Protocol):
    """Takes what one app holds about a person out of it, inside the caller's transaction."""

    def __call__(self, *, by: Viewer, person_id: int, authority: str, now: datetime) -> None: ...


PersonalData = Callable[[Viewer, int], Any]
"""What one app holds about a person, as JSON can say it: for the reader, mostly the person themselves."""
NameClaim = Callable[[int], Iterable[str]]
"""Sentences saying why the public record must keep a person's name; none where it need not."""
PersonHistory = Callable[[Viewer, int], Sequence["Event"]]
"""What was done to a person's account, newest first, as this viewer may read it."""


@dataclass
class Ports:
    """Filled from AppConfig.ready(); see the types above for what each callback promises."""

    journal_writer: JournalWriter | None = None
    person_history: PersonHistory = lambda _viewer, _person_id: ()
    erasers: dict[str, Eraser] = field(default_factory=dict)
    personal_data: dict[str, PersonalData] = field(default_factory=dict)
    name_claims: dict[str, NameClaim] = field(default_factory=dict)


ports = Ports()


def write_entry(
    *,
    by: Viewer,
    verb: str,
    record: Record | None,
    now: datetime,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    public: Collection[str] = (),
    reason: str = "",
    on_behalf_of: int | None = None,
) -> object:
    """Append a journal entry from below the journal. Raises RuntimeError when no journal is installed."""
    if ports.journal_writer is None:
        raise RuntimeError("No journal is installed; commands cannot run without one.")
    return ports.journal_writer(
        by=by,
        verb=verb,
        record=record,
        now=now,
        changes=changes,
        public=public,
        reason=reason,
        on_behalf_of=on_behalf_of,
    )


def erase_traces(*, by: Viewer, person_id: int, authority: str, now: datetime) -> None:
    """Ask every app to take out what it holds about a person. Runs in the caller's transaction."""
    for eraser in ports.erasers.values():
        eraser(by=by, person_id=person_id, authority=authority, now=now)


def name_claims(person_id: int) -> list[str]:
    """Why the public record must keep this person's name; empty when it need not."""
    return [claim for source in ports.name_claims.values() for claim in source(person_id)]
