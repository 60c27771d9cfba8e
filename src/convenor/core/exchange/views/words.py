"""How states, outcomes and columns are said on the pages of uploads."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from convenor.core.exchange.declare import Column as UploadColumn
from convenor.core.exchange.declare import Resource, words
from convenor.core.exchange.models import ImportBatch, ImportRow
from convenor.kit.parts import State
from convenor.kit.tables import Column, Table

STATES: Final = {
    "sheet": (gettext_lazy("Sheet to choose"), "watch"),
    "columns": (gettext_lazy("Columns to choose"), "watch"),
    "reading": (gettext_lazy("Being checked"), "info"),
    "checked": (gettext_lazy("Checked, not loaded"), "watch"),
    "running": (gettext_lazy("Loading"), "info"),
    "done": (gettext_lazy("Loaded"), "good"),
    "undoing": (gettext_lazy("Being taken back"), "info"),
    "undone": (gettext_lazy("Taken back"), "neutral"),
}
OUTCOMES: Final = {
    "waiting": (gettext_lazy("To load"), "info"),
    "bad": (gettext_lazy("Wrong"), "bad"),
    "created": (gettext_lazy("Created"), "good"),
    "changed": (gettext_lazy("Changed"), "good"),
    "unchanged": (gettext_lazy("Unchanged"), "neutral"),
    "failed": (gettext_lazy("Refused"), "bad"),
    "undone": (gettext_lazy("Taken back"), "neutral"),
}


def state_of(batch: ImportBatch) -> State:
    """The state of an upload, as a tag."""
    word, tone = STATES[batch.state]
    return State(str(word), tone)


def outcome_of(row: ImportRow) -> State:
    """What became of a row, as a tag."""
    word, tone = OUTCOMES[row.outcome]
    return State(str(word), tone)


def sentence_of(batch: ImportBatch, counts: dict[str, int]) -> str:
    """Where an upload stands, in one sentence."""
    rows = sum(counts.values())
    if batch.state == ImportBatch.State.SHEET:
        return _("It has several sheets with rows: say which one is read.")
    if batch.state == ImportBatch.State.COLUMNS:
        return _("Its columns are called otherwise than ours: say which is which, and it is checked.")
    if batch.state == ImportBatch.State.READING:
        return _("It is still being checked; nothing can be loaded before that is done.")
    if batch.state == ImportBatch.State.CHECKED:
        said = ngettext("%(good)d of %(rows)d row can be loaded.", "%(good)d of %(rows)d rows can be loaded.", rows)
        return said % {"good": counts["waiting"], "rows": rows}
    if batch.state in (ImportBatch.State.RUNNING, ImportBatch.State.UNDOING):
        return _("%(left)d rows are still to do.") % {"left": left_of(batch, counts)}
    told = [f"{counts[name]:,} {str(OUTCOMES[name][0]).lower()}" for name in OUTCOMES if counts[name]]
    return _("%(rows)d rows: %(told)s.") % {"rows": rows, "told": ", ".join(told)}


def left_of(batch: ImportBatch, counts: dict[str, int]) -> int:
    """How many rows are still to load, or to take back."""
    if batch.state == ImportBatch.State.UNDOING:
        return counts["created"] + counts["changed"]
    return counts["waiting"]


def describe(resource: Resource) -> Table[UploadColumn]:
    """The columns of an upload, as a table."""
    columns: list[Column[UploadColumn]] = [
        Column("name", _("Column"), "name", priority=1),
        Column("required", _("Must be filled"), lambda item: is_needed(resource, item)),
        Column("description", _("What it holds"), "description"),
        Column("example", _("Example"), lambda item: item.example or None),
        Column("allowed", _("Takes"), lambda item: "; ".join(words(item.choices)) or None),
    ]
    rows = resource.importer.columns if resource.importer else ()
    return Table(columns=columns, rows=rows, caption=_("What the file may hold"))


def is_needed(resource: Resource, item: UploadColumn) -> bool:
    """Whether a row without this cell is wrong."""
    return item.required or (resource.importer is not None and item.name == resource.importer.source_id)
