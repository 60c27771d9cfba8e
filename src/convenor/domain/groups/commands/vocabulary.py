"""Loading the words for who chairs, from a YAML file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

import yaml
from django.db import transaction

from convenor.core.journal.commands import write
from convenor.core.records.rules import system
from convenor.domain.groups.models import ChairRole

SEEDS: Final = Path(__file__).parent.parent / "seeds" / "vocabulary.yaml"


def load_vocabulary(now: datetime, source: Path = SEEDS) -> int:
    """Add the chair roles that are not there yet; returns how many.

    Rows that are there are left as the site changed them. Safe to run again, by two at once.
    """
    words = yaml.safe_load(source.read_text(encoding="utf-8"))
    with transaction.atomic():
        added = sum(
            ChairRole.objects.get_or_create(
                slug=row["slug"], defaults={"name": row["name"], "leads": row["leads"], "order": order}
            )[1]
            for order, row in enumerate(words["chair_roles"], 1)
        )
        if added:
            changes = {"words": (None, added)}
            write(by=system(now), verb="vocabulary.loaded", record=None, now=now, changes=changes, public=("words",))
        return added
