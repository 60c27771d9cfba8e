"""Tables made quickly: a new site, and each process of the tests, waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState


class TablesAtOnce(migrations.Migration):
    """A migration that only creates models: it draws their classes once, not all of them again for each.

    Django makes the class of a new model, and anew those of all models related to it, at each CreateModel: a hundred
    models, nearly all related through records, took four fifths of the time of a first start. Every operation may see
    the state after the last one here, since none changes what another made.
    """

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        others = [operation for operation in self.operations if not isinstance(operation, migrations.CreateModel)]
        if others or collect_sql or not schema_editor.atomic_migration:
            return super().apply(project_state, schema_editor, collect_sql)
        vars(project_state).pop("apps", None)
        self.mutate_state(project_state, preserve=False)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, project_state, project_state)
        return project_state
