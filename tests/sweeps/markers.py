"""Planting a marker of its own in every text of every row that no stranger may read, and finding them again.

Nothing is listed by hand but what may be public and what cannot be overwritten: the models, fields and rows
come from Django, who may read a row from the row's own `visible_to`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, models, transaction

from convenor.core.accounts.models import Person
from convenor.core.files.models import FileVersion
from convenor.core.records.models import ScopedQuerySet, visible_filter
from convenor.core.records.registry import registry
from convenor.core.records.rules import Viewer
from tests.sweeps.asking import Answer
from tests.sweeps.marking_rules import (
    FREE,
    KEPT,
    ORIGINAL,
    PATHS,
    PUBLIC_ROWS,
    SHOWN_ANYWAY,
    SOUGHT,
    THIRD_PARTY,
    VOCABULARIES,
)
from tests.world import HIDDEN

MARKER: Final = re.compile(rb"zq[0-9a-z]{4}jx", re.IGNORECASE)
TEXTS: Final = (models.CharField, models.TextField, models.JSONField, models.GenericIPAddressField, models.BinaryField)
SHORTEST: Final = 10
"""Texts that stay as they are are looked for only when they are long enough to be told apart."""
DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a marker was planted. `people` may read it: it is about them."""

    model: str
    field: str
    pk: object
    people: frozenset[int]

    def __str__(self) -> str:
        return f"{self.model}.{self.field} of {self.pk}"


@dataclass
class Planted:
    """Everything that was planted: markers, and texts that are looked for as they are.

    The latter are what cannot be overwritten and belongs to its row alone (marking_rules.SOUGHT), and what hidden texts
    said before: they name their specimen, and a copy of one in a public row (a title made of another's name) shows
    that way.
    """

    markers: dict[str, Place] = field(default_factory=dict)
    kept: dict[str, Place] = field(default_factory=dict)
    unplanted: set[str] = field(default_factory=set)
    """Fields in which no row took a marker."""

    def found(self, texts: Iterator[bytes], *, asked: str = "", reader: int = 0) -> set[Place]:
        """The places whose marker stands in the texts, but for what the asker typed and what is about the reader."""
        seen: set[Place] = set()
        for text in texts:
            words = {word.decode().lower() for word in MARKER.findall(text)}
            seen |= {self.markers[word] for word in words if word in self.markers and word not in asked.lower()}
            seen |= {place for value, place in self._kept_in(text) if value.decode() not in asked}
        return {place for place in seen if reader not in place.people}

    def _kept_in(self, text: bytes) -> Iterator[tuple[bytes, Place]]:
        """Which of the kept texts stand in this one: thousands are sought at once, by how they begin."""
        for at in range(len(text) - SHORTEST + 1):
            for value, place in self.kept_by_start.get(text[at : at + SHORTEST], ()):
                if text.startswith(value, at):
                    yield value, place

    @cached_property
    def kept_by_start(self) -> dict[bytes, list[tuple[bytes, Place]]]:
        """The kept texts by their first bytes; all are planted by the time that anything is sought."""
        found: dict[bytes, list[tuple[bytes, Place]]] = {}
        for value, place in self.kept.items():
            word = value.encode()
            found.setdefault(word[:SHORTEST], []).append((word, place))
        return found


def text_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of a model that can hold words: no choices, no keys of other rows."""
    return [field for field in model._meta.local_fields if isinstance(field, TEXTS) and not _chosen(field)]


def unlisted() -> list[str]:
    """Models with words whose public fields nobody has listed."""
    known = {*registry.public_fields, *THIRD_PARTY}
    return sorted(
        model._meta.label for model in apps.get_models() if text_fields(model) and model._meta.label not in known
    )


def plant(viewer: Viewer) -> Planted:
    """Put a marker in every text of every row, but where the field is public and the row is for everybody."""
    planted = Planted()
    for model in apps.get_models():
        if model._meta.label not in FREE:
            _plant_model(planted, model, viewer)
    return planted


def _plant_model(planted: Planted, model: type[models.Model], viewer: Viewer) -> None:
    shown = public_keys(model, viewer)
    for column in text_fields(model):
        name = f"{model._meta.label}.{column.name}"
        open_rows = _open_rows(model, column.name, shown)
        took = False
        for row in model._base_manager.order_by("pk"):
            took |= open_rows is None or row.pk in open_rows or _plant_row(planted, row, column, name)
        if not took:
            planted.unplanted.add(name)


def _open_rows(model: type[models.Model], name: str, shown: set[Any] | None) -> set[Any] | None:
    """Keys of the rows in which strangers may read this field; None for all."""
    rows = model._base_manager.all()
    anyway = SHOWN_ANYWAY.get(f"{model._meta.label}.{name}")
    listed = name in registry.public_fields.get(model._meta.label, frozenset())
    if model._meta.label == "journal.Value" and anyway is not None:
        return set(rows.filter(anyway, pk__in=shown or ()).values_list("pk", flat=True))
    extra = set(rows.filter(anyway).values_list("pk", flat=True)) if anyway is not None else set()
    if listed and shown is None:
        return None
    return extra | (shown or set() if listed else set())


def _plant_row(planted: Planted, row: models.Model, column: models.Field[Any, Any], name: str) -> bool:
    place = Place(row._meta.label, column.name, row.pk, about(row))
    value = getattr(row, column.attname)
    if name in KEPT:
        return True
    if name in SOUGHT:
        if isinstance(value, str) and len(value) >= SHORTEST:
            planted.kept[value] = place
        return True
    if value is None and not isinstance(column, models.JSONField):
        return False
    marker = _next(len(planted.markers))
    if isinstance(value, str) and len(value) >= SHORTEST and any(word in value for word in HIDDEN):
        planted.kept[value] = place
    try:
        with transaction.atomic():
            row._meta.model._base_manager.filter(pk=row.pk).update(**{column.name: _marked(column, value, marker)})
    except IntegrityError:
        return False
    planted.markers[marker] = place
    if isinstance(row, FileVersion) and column.name == "stored_name":
        _plant_file(row, marker)
    return True


def _plant_file(row: FileVersion, marker: str) -> None:
    path = Path(settings.FILES_ROOT) / marker
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"The words of a file, {marker}.")


def _marked(column: models.Field[Any, Any], value: Any, marker: str) -> Any:
    if isinstance(column, models.EmailField):
        return f"{marker}@canary.example"
    if isinstance(column, models.URLField):
        return f"https://{marker}.example/"
    if isinstance(column, models.JSONField):
        return _deep(value, marker)
    if isinstance(column, models.BinaryField):
        return b"name\n" + marker.encode() + b"\n"
    return marker


def _deep(value: Any, marker: str) -> Any:
    """The same shape with the marker for every text in it; a marker alone where there was none."""
    if isinstance(value, Mapping):
        return {key: _deep(inner, marker) for key, inner in value.items()} or {"canary": marker}
    if isinstance(value, list):
        return [_deep(inner, marker) for inner in value] or [marker]
    return marker if isinstance(value, str) or value is None else value


def _next(number: int) -> str:
    digits = ""
    for _ in range(4):
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return f"zq{digits}jx"


def public_keys(model: type[models.Model], viewer: Viewer) -> set[Any] | None:
    """Keys of the rows that this viewer may read; None for all (the words of a vocabulary)."""
    label = model._meta.label
    rows = model._base_manager.all()
    if label in VOCABULARIES:
        return None
    if label in PUBLIC_ROWS:
        return set(rows.filter(PUBLIC_ROWS[label](viewer)).values_list("pk", flat=True))
    if label in PATHS:
        return set(rows.filter(visible_filter(viewer, PATHS[label])).values_list("pk", flat=True))
    scoped = getattr(model, "objects", model._default_manager).all()
    if isinstance(scoped, ScopedQuerySet):
        return set(scoped.visible_to(viewer).values_list("pk", flat=True))
    return set()


def unplaced() -> list[str]:
    """Models with public fields of whose rows nobody can say whether strangers may read them."""
    known = {*VOCABULARIES, *PUBLIC_ROWS, *PATHS}
    scoped = {
        model._meta.label
        for model in apps.get_models()
        if isinstance(getattr(model, "objects", model._default_manager).all(), ScopedQuerySet)
    }
    return sorted(label for label, names in registry.public_fields.items() if names and label not in known | scoped)


def about(row: models.Model) -> frozenset[int]:
    """The people a row is about: who may read it because it is theirs."""
    if isinstance(row, Person):
        return frozenset({row.pk})
    keys = [field.attname for field in row._meta.fields if field.is_relation and field.related_model is Person]
    found = {getattr(row, key) for key in keys}
    path = ORIGINAL.get(row._meta.label)
    if path:
        found |= set(row._meta.model._base_manager.filter(pk=row.pk).values_list(path, flat=True))
    return frozenset(pk for pk in found if pk is not None)


def _chosen(column: models.Field[Any, Any]) -> bool:
    return bool(column.choices) or column.is_relation


def texts_of(answer: Answer) -> Iterator[bytes]:
    """All the words of an answer: its headers, its body, and what is packed in it."""
    yield "\n".join(f"{name}: {value}" for name, value in answer.headers.items()).encode()
    yield from unpacked(answer.body)


def unpacked(body: bytes) -> Iterator[bytes]:
    """A body, and everything in it where it is a zip (an export, a workbook), however deep."""
    if not body.startswith(b"PK\x03\x04"):
        yield body
        return
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        for name in packed.namelist():
            yield name.encode()
            yield from unpacked(packed.read(name))
