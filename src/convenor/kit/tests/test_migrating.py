"""Tables made at once are those that Django's own way makes."""

from __future__ import annotations

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from convenor.kit.migrating import TablesAtOnce

THING = migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())])
PART = migrations.CreateModel(
    "Part",
    [("id", models.BigAutoField(primary_key=True)), ("of", models.ForeignKey("samples.Thing", models.CASCADE))],
    options={"constraints": [models.UniqueConstraint(fields=["of"], name="one_part")]},
)
LATER = migrations.AddField("Thing", "size", models.IntegerField(default=7))


def made_by(way: type[migrations.Migration], *operations: object) -> tuple[dict[str, object], set[str]]:
    """The columns and constraints of its tables, and the models of the state it leaves."""
    migration = type("Made", (way,), {"operations": list(operations)})("0001_initial", "samples")
    with connection.schema_editor() as editor:
        state = migration.apply(ProjectState(), editor)
    with connection.cursor() as cursor:
        found: dict[str, object] = {
            table: (
                [column.name for column in connection.introspection.get_table_description(cursor, table)],
                sorted(connection.introspection.get_constraints(cursor, table)),
            )
            for table in ("samples_part", "samples_thing")
        }
    with connection.schema_editor() as editor:
        for name in ("Part", "Thing"):
            editor.delete_model(state.apps.get_model("samples", name))
    return found, {name for _, name in state.models}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "operations", [(THING, PART), (PART, THING), (THING, PART, LATER)], ids=["in order", "ahead", "with another"]
)
def test_the_tables_are_the_same(operations: tuple[object, ...]) -> None:
    ours = made_by(TablesAtOnce, *operations)
    assert ours[1] == {"thing", "part"}
    if operations[0] is THING:
        assert ours == made_by(migrations.Migration, *operations)
