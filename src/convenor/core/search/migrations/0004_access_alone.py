"""Everything that decides who may read a document stands beside its words, on both databases.

`audience` is 0 for what is public, the audience for what is shown to one, -1 for what is sealed, -2 for what is
withdrawn; with `published_at` and `kind` it answers for every record but those of strict kinds (queries.py), so that
a search need not plan for the record and all that strict kinds ask. On SQLite it is search_access (0003), which gets
the date; on PostgreSQL the document's own columns (0002), of which one is made of three.
"""

from __future__ import annotations

from django.db import migrations

AUDIENCE = """CASE WHEN state <> 'live' THEN -2 WHEN visibility = 'sealed' THEN -1 ELSE coalesce(audience_id, 0) END"""
BEFORE = "CASE WHEN state <> 'live' OR visibility = 'sealed' THEN -1 ELSE coalesce(audience_id, 0) END"
DROPPED = [
    "DROP TRIGGER search_access_added",
    "DROP TRIGGER search_access_removed",
    "DROP TRIGGER search_access_changed",
    "DROP TABLE search_access",
]


def made(columns: dict[str, str]) -> list[str]:
    """The small table with these columns beside its key, filled and kept."""
    names, values = ", ".join(columns), ", ".join(columns.values())
    types = {"audience": "integer", "kind": "text", "published_at": "datetime"}
    declared = ", ".join(f"{name} {types[name]} NOT NULL" for name in columns)
    return [
        f"CREATE TABLE search_access (record_id integer PRIMARY KEY, {declared})",
        f"""INSERT INTO search_access (record_id, {names})
            SELECT id, {values} FROM records_record WHERE id IN (SELECT record_id FROM search_document)""",
        f"""CREATE TRIGGER search_access_added AFTER INSERT ON search_document BEGIN
              INSERT OR REPLACE INTO search_access (record_id, {names})
              SELECT id, {values} FROM records_record WHERE id = new.record_id;
            END""",
        """CREATE TRIGGER search_access_removed AFTER DELETE ON search_document BEGIN
             DELETE FROM search_access WHERE record_id = old.record_id;
           END""",
        f"""CREATE TRIGGER search_access_changed
            AFTER UPDATE OF visibility, audience_id, published_at, state, kind ON records_record BEGIN
              UPDATE search_access SET ({names}) = (SELECT {values} FROM records_record WHERE id = new.id)
              WHERE record_id = new.id;
            END""",
    ]


SQLITE = [*DROPPED, *made({"audience": AUDIENCE, "kind": "kind", "published_at": "published_at"})]
SQLITE_BACK = [*DROPPED, *made({"audience": BEFORE, "kind": "kind"})]
POSTGRESQL = [f"ALTER TABLE search_document ADD COLUMN audience bigint GENERATED ALWAYS AS ({AUDIENCE}) STORED"]
POSTGRESQL_BACK = ["ALTER TABLE search_document DROP COLUMN audience"]


def _run(sqlite, postgresql):
    def run(apps, schema_editor):
        for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
            schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("search", "0003_access_beside_the_index"), ("records", "0001_initial")]
    operations = [migrations.RunPython(_run(SQLITE, POSTGRESQL), _run(SQLITE_BACK, POSTGRESQL_BACK))]
