"""What the commands of the directory share: checking fields, readable addresses, what changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify

from convenor.core.journal.commands import Change, write
from convenor.core.records.commands import audience, keep_address, show_to
from convenor.core.records.models import Address, Record
from convenor.core.records.rules import AUDIENCE, DISCLOSE_NOTHING, Breach, Viewer, refuse_if
from convenor.domain.directory import rules
from convenor.domain.directory.queries.shared import local_day

__all__ = ["local_day"]

CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What neither XML (feeds) nor PostgreSQL can hold."""

SECRETARIAT_AUDIENCE: Final = "duty:secretariat"


def refuse_bad_fields(row: models.Model, *, but: Collection[str] = ()) -> None:
    """Refuse what the columns cannot hold (too long, not an address, not a choice), in Django's own sentences.

    Foreign keys are left to the database; they come as rows, not as keys.
    """
    related = {field.name for field in row._meta.fields if field.is_relation}
    try:
        row.clean_fields(exclude={*related, *but})
    except ValidationError as error:
        refuse_if(Breach("field", " ".join(texts), name) for name, texts in error.message_dict.items())
    refuse_if(
        Breach("field", "Control characters cannot be stored.", field.name)
        for field in row._meta.fields
        if CONTROLS.search(str(getattr(row, field.attname, "")))
    )


def new_slug(model: type[models.Model], kind: str, name: str, record: Record | None = None, length: int = 120) -> str:
    """A free address for a name. Former addresses of others stay theirs; one's own may be taken again."""
    start = slugify(name)[: length - 5].strip("-") or "unnamed"
    rows = model._default_manager.filter(slug__startswith=start)
    former = Address.objects.filter(kind=kind, slug__startswith=start)
    if record is not None:
        rows, former = rows.exclude(record=record), former.exclude(record=record)
    taken = {*rows.values_list("slug", flat=True), *former.values_list("slug", flat=True)}
    return rules.free_slug(name, taken, length)


def change_slug(row: Any, kind: str, name: str, now: datetime, length: int = 120) -> None:
    """Give a row the address of its new name and keep the old one; the caller saves."""
    slug = new_slug(type(row), kind, name, row.record, length)
    if slug != row.slug:
        keep_address(row.record, row.slug, now)
        row.slug = slug


def set_values(row: models.Model, values: Mapping[str, Any]) -> dict[str, Change]:
    """Set what differs and say what did: {field: (before, after)}, related rows by their names."""
    changed: dict[str, Change] = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            changed[name] = (plain(before), plain(value))
            setattr(row, name, value)
    return changed


def all_new(values: Mapping[str, Any]) -> dict[str, Change]:
    """What a creation writes in the journal: everything that was given."""
    return {name: (None, plain(value)) for name, value in values.items() if value not in (None, "", ())}


def plain(value: Any) -> Any:
    """A value as the journal keeps it: what has a record of its own by its ref, so that who may not read that
    record reads nothing of it in this one's history either; rows of vocabularies by their names."""
    if isinstance(value, models.Model):
        return value.record.ref if hasattr(value, "record") else str(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def note(
    by: Viewer,
    verb: str,
    record: Record,
    now: datetime,
    changes: Mapping[str, Change] | None = None,
    reason: str = "",
    private: Collection[str] = (),
) -> None:
    """A journal entry whose fields strangers may read, but for `private`."""
    public = {*(changes or {}), "reason"} - set(private)
    write(by=by, verb=verb, record=record, now=now, changes=changes, public=public, reason=reason)


def show_to_secretariat(record: Record, now: datetime, *, reason: str, disclosure: str = DISCLOSE_NOTHING) -> None:
    """Withhold a record from all but the secretariat; `disclosure` says what others may still know."""
    readers = audience(SECRETARIAT_AUDIENCE, "Secretariat")
    show_to(record, now=now, visibility=AUDIENCE, audience=readers, disclosure=disclosure, withheld_reason=reason)
