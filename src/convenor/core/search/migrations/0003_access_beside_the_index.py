"""On SQLite: what decides who may read a document, as one number a row in a small table beside the index.

A join to the wide table of records costs as much again as the full-text query (bench/search.py). `audience` is 0 for
what is public, the audience for what is shown to one, -1 for what is sealed or withdrawn. Kept by triggers in the
transaction that changes the record; nobody else writes it. On PostgreSQL the documents carry it (0002).
"""

from __future__ import annotations

from django.db import migrations

AUDIENCE = "CASE WHEN state <> 'live' OR visibility = 'sealed' THEN -1 ELSE coalesce(audience_id, 0) END"
SQLITE = [
    "CREATE TABLE search_access (record_id integer PRIMARY KEY, audience integer NOT NULL, kind text NOT NULL)",
    f"""INSERT INTO search_access
        SELECT id, {AUDIENCE}, kind FROM records_record WHERE id IN (SELECT record_id FROM search_document)""",
    f"""CREATE TRIGGER search_access_added AFTER INSERT ON search_document BEGIN
          INSERT OR REPLACE INTO search_access SELECT id, {AUDIENCE}, kind FROM records_record WHERE id = new.record_id;
        END""",
    """CREATE TRIGGER search_access_removed AFTER DELETE ON search_document BEGIN
         DELETE FROM search_access WHERE record_id = old.record_id;
       END""",
    f"""CREATE TRIGGER search_access_changed AFTER UPDATE OF visibility, audience_id, state, kind ON records_record BEGIN
          UPDATE search_access SET (audience, kind) = (SELECT {AUDIENCE}, kind FROM records_record WHERE id = new.id)
          WHERE record_id = new.id;
        END""",
]
SQLITE_BACK = [
    "DROP TRIGGER search_access_added",
    "DROP TRIGGER search_access_removed",
    "DROP TRIGGER search_access_changed",
    "DROP TABLE search_access",
]


def _run(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "sqlite":
            for statement in statements:
                schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("search", "0002_full_text"), ("records", "0001_initial")]
    operations = [migrations.RunPython(_run(SQLITE), _run(SQLITE_BACK))]
