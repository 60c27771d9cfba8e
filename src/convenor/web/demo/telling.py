"""Shared by the chapters of the story: the file, the cast by key, and days relative to today."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from dateutil.relativedelta import relativedelta
from django.utils.timezone import localdate

from convenor.core.accounts.models import Person
from convenor.core.records.rules import Viewer
from convenor.domain.directory.commands.people import PersonFacts, create_person
from convenor.domain.directory.models import Office, Organisation

Rows = list[dict[str, Any]]
STORY = Path(__file__).parent / "seeds" / "story.yaml"


@cache
def story() -> dict[str, Rows | dict[str, Rows]]:
    return yaml.safe_load(STORY.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@dataclass
class Telling:
    """Who tells it, when, and everybody met so far, by the story's own keys."""

    by: Viewer
    now: datetime
    organisations: dict[str, Organisation] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Any] = field(default_factory=dict)
    initiatives: dict[str, Any] = field(default_factory=dict)

    def rows(self, chapter: str) -> Rows:
        return story()[chapter]  # type: ignore[return-value]

    def day(self, ahead: int | str | None) -> date | None:
        """The day so many months from today, or so many days ("3d"); None stays not known."""
        if isinstance(ahead, str):
            return self.now.date() + timedelta(days=int(ahead.removesuffix("d")))
        return None if ahead is None else self.on(ahead)

    def on(self, months: int) -> date:
        """The day that many months from today."""
        day: date = self.now.date() + relativedelta(months=months)
        return day

    def local_day(self) -> date:
        """Today where the site is."""
        return localdate(self.now)

    def seats(self, group: str) -> Rows:
        return story()["seats"].get(group, [])  # type: ignore[union-attr]

    def person(self, name: str) -> Person:
        """Somebody fictitious, made when first named."""
        if name not in self.people:
            facts = PersonFacts(name=name, is_fictitious=True, about="A fictitious person of the demonstration.")
            self.people[name] = create_person(by=self.by, facts=facts, now=self.now)
        return self.people[name]
