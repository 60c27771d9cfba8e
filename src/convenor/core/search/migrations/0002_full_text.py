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
    # What decides who may read a record, copied here by triggers in the transaction that changes it: a join to
    # 100,000 records would cost more than the search (bench/search.py). Nobody else writes these columns.
    """ALTER TABLE search_document
         ADD COLUMN visibility varchar(8), ADD COLUMN audience_id bigint,
         ADD COLUMN published_at timestamptz, ADD COLUMN state varchar(9)""",
    """CREATE FUNCTION search_document_access() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         SELECT r.visibility, r.audience_id, r.published_at, r.state, r.kind
         INTO STRICT new.visibility, new.audience_id, new.published_at, new.state, new.kind
         FROM records_record r WHERE r.id = new.record_id FOR SHARE;
         RETURN new;
       END $$""",
    """CREATE TRIGGER search_document_access BEFORE INSERT OR UPDATE ON search_document
       FOR EACH ROW EXECUTE FUNCTION search_document_access()""",
    """CREATE FUNCTION search_record_access() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         UPDATE search_document SET record_id = record_id WHERE record_id = new.id;
         RETURN NULL;
       END $$""",
    """CREATE TRIGGER search_record_access AFTER UPDATE OF visibility, audience_id, published_at, state, kind
       ON records_record FOR EACH ROW EXECUTE FUNCTION search_record_access()""",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER search_record_access ON records_record",
    "DROP FUNCTION search_record_access",
    "DROP TRIGGER search_document_access ON search_document",
    "DROP FUNCTION search_document_access",
    "ALTER TABLE search_document DROP COLUMN words, DROP COLUMN visibility, DROP COLUMN audience_id, "
    "DROP COLUMN published_at, DROP COLUMN state",
]


def _run(sqlite, postgresql):
    def run(apps, schema_editor):
        for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
            schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(_run(SQLITE, POSTGRESQL), _run(SQLITE_BACK, POSTGRESQL_BACK))]
