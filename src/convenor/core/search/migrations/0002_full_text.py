"""The full-text index itself, which each database does in its own way."""

from __future__ import annotations

from django.db import migrations

from convenor.core.search.rules import ACCENTS, SEPARATORS

SQLITE = [
    """CREATE VIRTUAL TABLE search_index USING fts5(
         title, body, ref, content='search_document', content_rowid='record_id',
         tokenize='porter unicode61 remove_diacritics 2', prefix='2 3')""",
    """CREATE TRIGGER search_document_added AFTER INSERT ON search_document BEGIN
         INSERT INTO search_index(rowid, title, body, ref) VALUES (new.record_id, new.title, new.body, new.ref);
       END""",
    """CREATE TRIGGER search_document_removed AFTER DELETE ON search_document BEGIN
         INSERT INTO search_index(search_index, rowid, title, body, ref)
         VALUES ('delete', old.record_id, old.title, old.body, old.ref);
       END""",
    """CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document
       WHEN old.title IS NOT new.title OR old.body IS NOT new.body OR old.ref IS NOT new.ref BEGIN
         INSERT INTO search_index(search_index, rowid, title, body, ref)
         VALUES ('delete', old.record_id, old.title, old.body, old.ref);
         INSERT INTO search_index(rowid, title, body, ref) VALUES (new.record_id, new.title, new.body, new.ref);
       END""",
]
SQLITE_BACK = [
    "DROP TRIGGER search_document_added",
    "DROP TRIGGER search_document_removed",
    "DROP TRIGGER search_document_changed",
    "DROP TABLE search_index",
]


def folded(column: str) -> str:
    """The column without accents and with words parted as FTS5 parts them; immutable, so it can be generated."""
    accented = "".join(map(chr, ACCENTS))
    plain = "".join(map(chr, ACCENTS.values()))
    parting = SEPARATORS.replace("'", "''")
    return f"translate({column}, '{accented}{parting}', '{plain}{' ' * len(SEPARATORS)}')"


POSTGRESQL = [
    f"""ALTER TABLE search_document ADD COLUMN words tsvector GENERATED ALWAYS AS (
          setweight(to_tsvector('english', {folded("title")}), 'A') ||
          setweight(to_tsvector('english', {folded("ref")}), 'A') ||
          setweight(to_tsvector('english', {folded("body")}), 'B')) STORED""",
    "CREATE INDEX search_document_words ON search_document USING gin (words) WITH (fastupdate = off)",
]
POSTGRESQL_BACK = ["ALTER TABLE search_document DROP COLUMN words"]


def _run(sqlite, postgresql):
    def run(apps, schema_editor):
        for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
            schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(_run(SQLITE, POSTGRESQL), _run(SQLITE_BACK, POSTGRESQL_BACK))]
