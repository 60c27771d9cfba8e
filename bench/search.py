"""Search of 100,000 documents against the raw full-text query: `python bench/search.py` (DATABASE_URL as ever).

The raw query is the same match, ranked, 20 rows, with no thought of who may read them. Ours adds access, counts
by kind, the rows themselves and their snippets. The bar is twice the raw query.
"""

from __future__ import annotations

import random
from typing import Any

from common import best_together, make_records, scratch_database, viewers

DOCUMENTS = 100_000
WORDS = 4_000
QUERIES = {
    "common word (70 %)": "government",
    "two words": "digital service",
    "middling word": "w300",
    "rare word": "w3900",
    "phrase": '"digital service"',
    "nothing": "absent",
}


def main() -> None:
    with scratch_database():
        from django.db import connection

        ids = make_records(DOCUMENTS, ["note", "series", "minute", "advice", "group"])
        fill(ids)
        print(f"{connection.vendor}: {DOCUMENTS:,} documents. Milliseconds, best of 9.")
        print("Of each viewer: the whole of search(), the database's part, and its ratio to the raw query.")
        print(f"{'query':22}{'found':>8}{'raw':>9}" + "".join(f"{name:>27}" for name in viewers()))
        for name, text in QUERIES.items():
            print(line(name, text))


def line(name: str, text: str) -> str:
    """One query, raw and as each viewer: the whole of `search`, and the database's part of it."""
    from convenor.core.search.queries import search

    works = [lambda: run_raw(text), *(lambda viewer=viewer: search(viewer, text) for viewer in viewers().values())]
    (raw, _), *ours = best_together(works)
    shown = "".join(f"{whole:>12.1f}{database:>7.1f} ({database / raw:.2f}x)" for whole, database in ours)
    return f"{name:22}{len(count_raw(text)):>8}{raw:>9.1f}{shown}"


def fill(ids: list[int]) -> None:
    """Documents of about 110 words; the commonest stands in 70 of 100."""
    from django.db import connection

    from convenor.core.records.models import Record
    from convenor.core.search.models import Document

    chance = random.Random(2)
    weights = [1 / (n + 10) for n in range(WORDS)]
    kinds = dict(Record.objects.values_list("pk", "kind"))

    def document(pk: int) -> Document:
        words = [f"w{n}" for n in chance.choices(range(WORDS), weights, k=100)]
        words += ["government"] * (chance.random() < 0.7) + ["digital", "service"] * (chance.random() < 0.05)
        words += ["digital"] * (chance.random() < 0.3) + ["services"] * (chance.random() < 0.3)
        chance.shuffle(words) if chance.random() < 0.9 else None
        title = " ".join(words[:6])
        return Document(pk=pk, ref=f"BENCH-{pk}", kind=kinds[pk], title=title, body=" ".join(words), url=f"/r/{pk}")

    Document.objects.bulk_create((document(pk) for pk in ids), batch_size=2000)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO search_index(search_index) VALUES ('optimize')")
            cursor.execute("ANALYZE")
        else:
            cursor.execute("VACUUM ANALYZE")


def raw_sql(text: str) -> tuple[str, list[Any]]:
    """The plain full-text query of the database."""
    from django.db import connection

    from convenor.core.search import rules

    terms = rules.read_query(text)
    if connection.vendor == "sqlite":
        return (
            "SELECT rowid, bm25(search_index, 8.0, 1.0, 8.0) AS rank FROM search_index "
            "WHERE search_index MATCH %s ORDER BY rank LIMIT 20"
        ), [rules.fts5(terms)]
    query, params = rules.tsquery(terms)
    return (
        f"SELECT record_id, ts_rank(words, {query}) AS rank FROM search_document "
        f"WHERE words @@ ({query}) ORDER BY rank DESC LIMIT 20"
    ), [*params, *params]


def run_raw(text: str) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(*raw_sql(text))
        return cursor.fetchall()


def count_raw(text: str) -> list[Any]:
    from django.db import connection

    sql, params = raw_sql(text)
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("LIMIT 20", "LIMIT 1000000"), params)
        return cursor.fetchall()


if __name__ == "__main__":
    main()
