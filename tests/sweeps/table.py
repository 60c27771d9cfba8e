"""doors.csv: what each of the cast is answered at every address, as somebody reviewed it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from tests.world import ROLES

TABLE = Path(__file__).with_name("doors.csv")
HOW = (
    "Run REVIEW_DOORS=1 (or =new, for new addresses only) ./convenor test tests/sweeps/test_doors.py, and review the "
    "difference in tests/sweeps/doors.csv before you commit it: each cell is the status of GET and of an empty POST; "
    "“in” is a redirect to the sign-in page."
)

Key = tuple[str, str]
"""Route and specimen."""
Cells = Mapping[str, str]
"""Role → "200/405"."""


def reviewed() -> dict[Key, dict[str, str]]:
    """The committed table; empty where there is none."""
    if not TABLE.exists():
        return {}
    with TABLE.open(newline="", encoding="utf-8") as file:
        return {(row["route"], row["specimen"]): {role: row[role] for role in ROLES} for row in csv.DictReader(file)}


def write(found: Mapping[Key, Cells]) -> None:
    """Write the table for review, in the order of the addresses."""
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["route", "specimen", *ROLES])
        for (route, specimen), cells in found.items():
            rows.writerow([route, specimen, *(cells[role] for role in ROLES)])
