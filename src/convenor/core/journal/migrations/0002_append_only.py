"""Triggers that hold the journal append-only, and bump the site's version after each entry (prototypes A)."""

from django.db import migrations

FROZEN = ("journal_entry", "journal_chainlink", "journal_seal")

SQLITE_FORBID = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'The journal is append-only.'); END;
"""
SQLITE_BUMP = """
CREATE TRIGGER journal_bump AFTER INSERT ON journal_entry
BEGIN
  INSERT INTO journal_siteversion(id, number) VALUES (1, 1)
  ON CONFLICT(id) DO UPDATE SET number = number + 1;
END;
"""
POSTGRES = """
CREATE FUNCTION journal_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'The journal is append-only.'; END $$;
CREATE FUNCTION journal_bump() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('convenor.bumped', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
    PERFORM set_config('convenor.bumped', pg_current_xact_id()::text, true);
    INSERT INTO journal_siteversion(id, number) VALUES (1, 1)
    ON CONFLICT (id) DO UPDATE SET number = journal_siteversion.number + 1;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_bump AFTER INSERT ON journal_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_bump();
"""
POSTGRES_FORBID = """
CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION journal_forbid();
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        statements = [SQLITE_FORBID.format(table=table, verb=verb) for table in FROZEN for verb in ("UPDATE", "DELETE")]
        statements.append(SQLITE_BUMP)
    else:
        statements = [POSTGRES, *(POSTGRES_FORBID.format(table=table) for table in FROZEN)]
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop, elidable=False)]
