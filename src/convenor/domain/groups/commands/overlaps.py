"""The nightly comparison of all groups, kept so that a page need not do it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from convenor.domain.groups.models import Overlap
from convenor.domain.groups.queries.overlaps import KINDS, measure

MOST: Final = 5000
"""Pairs kept, the most alike first: nobody reads further."""


def compare_all(now: datetime) -> None:
    """Work out anew which groups are much alike. Run it as often as you like; it changes no record."""
    found = sorted(measure(now), key=lambda each: (-max(each.percent.values()), each.pair))[:MOST]
    rows = [
        Overlap(
            first_id=each.pair[0],
            second_id=each.pair[1],
            **{kind: each.percent.get(kind, 0) for kind in KINDS},
            strength=max(each.percent.values()),
            at=now,
        )
        for each in found
    ]
    with transaction.atomic():
        Overlap.objects.all().delete()
        Overlap.objects.bulk_create(rows, batch_size=500)
