"""Loading the words the directory starts with, from a YAML file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml
from django.db import transaction

from convenor.core.journal.commands import write
from convenor.core.records.commands import define_relation
from convenor.core.records.rules import system
from convenor.domain.directory import rules
from convenor.domain.directory.models import OrganisationKind, RoleClass, Segment

SEEDS: Final = Path(__file__).parent.parent / "seeds" / "vocabulary.yaml"


def load_vocabulary(now: datetime, source: Path = SEEDS) -> int:
    """Add the organisation kinds, role classes, segments and relations that are not there yet; returns how many.

    Rows that are there are left as the site changed them. Safe to run again, by two at once.
    """
    words = yaml.safe_load(source.read_text(encoding="utf-8"))
    with transaction.atomic():
        added = sum(
            (
                *(_kind(row, order) for order, row in enumerate(words["organisation_kinds"], 1)),
                *(_role(row) for row in words["role_classes"]),
                *(_segment(row) for row in words["segments"]),
            )
        )
        for row in words["relations"]:
            define_relation(row["slug"], row["label"], row["inverse"], [(a, b) for a, b in row["joins"]])
        define_relation(rules.SUCCEEDED_BY, "succeeded by", "successor of", [("organisation", "organisation")])
        if added:
            changes = {"words": (None, added)}
            write(by=system(now), verb="vocabulary.loaded", record=None, now=now, changes=changes, public=("words",))
        return added


def _kind(row: dict[str, Any], order: int) -> bool:
    given = {"name": row["name"], "name_plural": row["plural"], "sector": row["sector"], "order": order}
    return OrganisationKind.objects.get_or_create(slug=row["slug"], defaults=given)[1]


def _role(row: dict[str, Any]) -> bool:
    return RoleClass.objects.get_or_create(slug=row["slug"], defaults={"name": row["name"]})[1]


def _segment(row: dict[str, Any]) -> bool:
    given = {"name": row["name"], "description": row.get("description", "")}
    return Segment.objects.get_or_create(slug=row["slug"], defaults=given)[1]
