"""Lists of 200,000 records: `python bench/records.py` (DATABASE_URL as ever). The bar is 20 ms in the database."""

from __future__ import annotations

from typing import Any

from common import best_together, make_records, scratch_database, viewers

RECORDS = 200_000
KINDS = ["group", "organisation", "office", "profile", "model", "partnership", "contact", "meeting"]


def main() -> None:
    with scratch_database():
        from django.db import connection

        make_records(RECORDS, KINDS)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
        print(f"{connection.vendor}: {RECORDS:,} records. Milliseconds, best of 9: whole, and in the database.")
        for name, viewer in viewers().items():
            works = lists(viewer)
            for (what, _), (whole, database) in zip(works.items(), best_together(list(works.values())), strict=True):
                print(f"{name:14}{what:34}{whole:8.1f}{database:8.1f}")


def lists(viewer: Any) -> dict[str, Any]:
    """The lists that pages make."""
    from convenor.core.records.models import Record

    visible = Record.objects.visible_to(viewer).live()
    newest = visible.order_by("-published_at", "-id")
    groups = visible.filter(kind="group")
    return {
        "50 newest of all kinds": lambda: list(newest[:50]),
        "50 newest of one kind": lambda: list(newest.filter(kind="group")[:50]),
        "50 of one kind, page 100": lambda: list(newest.filter(kind="group")[5000:5050]),
        "how many of one kind": groups.count,
        "50 of one kind by key (API)": lambda: list(groups.filter(pk__gt=100_000).order_by("pk")[:51]),
    }


if __name__ == "__main__":
    main()
