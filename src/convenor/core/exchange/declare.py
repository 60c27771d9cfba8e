"""The declaration of a resource: what one kind of row looks like outside, in every format at once.

An app declares its resources in its own `resources.py` and adds them from `AppConfig.ready()`:

    organisations = Resource(
        kind="organisation",
        name="organisations",
        label="Organisations",
        description="Agencies, companies and associations that take part.",
        queryset=lambda viewer: Organisation.objects.visible_to(viewer).select_related("record", "parent"),
        key="slug",
        jsonld_type="org:Organization",
        fields=(
            *record_fields("organisation"),
            Field("name", "Name", "text", "name", "Its full legal name.", required=True, term="schema:name"),
            Field("parent", "Part of", "ref", "parent.record_id", "The organisation it belongs to."),
        ),
        filters=(Filter("segment", "Segment", "segments__slug", "Only those in this market segment."),),
        importer=Importer(...),
    )
    add(organisations)

From that come the API, CSV, XLSX, JSON-LD, JSON Schema, upload templates and the data dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import field
from datetime import datetime
from functools import reduce
from typing import Any, Final, Literal

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Prefetch

from convenor.core.records.models import Record, ScopedQuerySet
from convenor.core.records.registry import registry
from convenor.core.records.rules import Breach, Verdict, Viewer
from convenor.kit.structs import struct

FieldType = Literal["text", "texts", "integer", "decimal", "boolean", "date", "datetime", "ref", "refs", "url"]
"""`ref` and `refs`: `get` returns record ids, and the reader gets only those of records they may read."""

Choices = Mapping[str, str] | Callable[[], Mapping[str, str]] | None
"""value → label. A callable where the words are rows of the database."""

NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
RESOURCE_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")


_asked: ContextVar[dict[object, dict[str, str]] | None] = ContextVar("words_asked", default=None)


@contextmanager
def words_once() -> Iterator[None]:
    """While it lasts, each vocabulary is asked of the database once, however many fields take its words."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def words(choices: Choices) -> dict[str, str]:
    """The allowed values with their labels; empty where any value will do."""
    if not callable(choices):
        return dict(choices or {})
    known = _asked.get()
    if known is None:
        return dict(choices())
    if choices not in known:
        known[choices] = dict(choices())
    return dict(known[choices])


def _prepare_nothing(by: Viewer, now: datetime) -> None:  # noqa: ARG001 - the shape of Importer.prepare
    return None


def _prefetch_nothing(viewer: Viewer) -> Sequence[str]:  # noqa: ARG001 - the shape of Resource.prefetch
    return ()


def _is_officer(viewer: Viewer) -> bool:
    return viewer.is_system or viewer.reads_every_audience


@struct
class Field:
    """One column of a resource.

    get: a function of the row, or a dotted path ("parent.record_id"); None on the way gives None.
         For `ref` it returns a record id or None, for `refs` an iterable of record ids: who may not read
         that record never learns its ref. Never reach through another record's row with a text field.
         For `url` it returns a path of this site or a whole address.
    public: False for what only officers see (`Resource.sees_all`); strangers do not get the column.
    required: never empty (the schema says so).
    term: the JSON-LD term, "schema:name".
    """

    name: str
    label: str
    type: FieldType
    get: Callable[[Any], Any] | str
    description: str
    public: bool = True
    required: bool = False
    example: str = ""
    choices: Choices = None
    term: str = ""

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not a field name: small letters, digits and _.")

    def value(self, row: Any) -> Any:
        """What the row holds, not yet fit for any format."""
        return follow(row, self.get) if isinstance(self.get, str) else self.get(row)


@struct
class Filter:
    """Something lists can be narrowed by, in the address.

    lookup: the ORM path the value is compared with. For `ref` the path to a record id: the ref that was
            asked for is looked up through what the viewer may read, so filters tell nothing either.
    apply: instead of lookup, (rows, value) → rows.
    """

    name: str
    label: str
    lookup: str
    description: str
    type: Literal["text", "integer", "boolean", "date", "ref"] = "text"
    choices: Choices = None
    apply: Callable[[ScopedQuerySet[Any], Any], ScopedQuerySet[Any]] | None = None


@struct
class Column:
    """One column of an upload. `parse` receives its cell as stripped text, "" where the cell is empty.

    choices: the words it takes; people may also write the label, and `parse` gets the word.
    also: the list of an upload of several lists whose ids are words of this column too.
    many: the cell holds several, "a; b".
    """

    name: str
    label: str
    description: str
    required: bool = False
    example: str = ""
    choices: Choices = None
    many: bool = False
    also: str = ""


@struct
class Loading:
    """What `apply` and `undo` are told: who loads, when, and what this source row stands for already.

    record: the record this (source, source id) made before; None for the first time. It may have been
            withdrawn by an undo: `apply` then restores it.
    source: the name of the register the file comes from.
    reason: the sentence for the journal ("Loaded from the 2026 register, row 4.").
    """

    by: Viewer
    now: datetime
    record: Record | None
    source: str
    reason: str


@struct
class Loaded:
    """What became of one row. `undo` is whatever (JSON) the importer's own `undo` needs to take it back.

    record: None for a word of a vocabulary, which has none.
    """

    record: Record | None
    outcome: Literal["created", "changed", "unchanged"]
    undo: Mapping[str, Any] = field(default_factory=dict)


@struct
class Importer:
    """How rows of an upload become commands of the app. Exchange does files, dry run, chunks and undo.

    columns: what the file holds. `source_id` names the one that identifies a row in its source.
    prepare: made once per dry run or chunk and handed to each `parse` (vocabularies, names → keys).
    parse: (row, prepared) → the app's own dataclass, or the list of what is wrong with it, each Breach
           with the column's name as `field`. Reads only.
    apply: (parsed, loading) → Loaded. Calls commands only; may raise Refused.
    undo: (loaded, loading) → None. Calls commands only; may raise Refused. Called newest row first, and
          only while nobody touched the record since.
    may: who may load. The commands ask again for each row.
    foresee: (rows, loading): reads at once what the next rows will ask for, and keeps it (`kit.once`), so that
          each row need not. Optional; what it did not find, a row looks for itself.
    recall: (what `undo` will be given of the next rows): the same for taking back. Optional.
    """

    columns: Sequence[Column]
    source_id: str
    parse: Callable[[Mapping[str, str], Any], Any]
    apply: Callable[[Any, Loading], Loaded]
    undo: Callable[[Loaded, Loading], None]
    may: Callable[[Viewer], Verdict]
    prepare: Callable[[Viewer, datetime], Any] = _prepare_nothing
    foresee: Callable[[Sequence[Mapping[str, str]], Loading], None] | None = None
    recall: Callable[[Sequence[Mapping[str, Any]]], None] | None = None

    def __post_init__(self) -> None:
        if self.columns and self.source_id not in {column.name for column in self.columns}:
            raise ValueError(f"The source id {self.source_id!r} is not one of the columns.")


@struct
class Resource:
    """One kind of row, as the outside sees it.

    kind: the registered kind (for a part without a Record of its own: the kind it is shown with).
    name: its place in addresses, plural: /api/v1/<name>/.
    queryset: what the viewer may read, ending with visible_to, with every join the fields need.
              Lists and exports show `.live()` of it; a detail also shows what was withdrawn.
    key: ORM path of the stable public key ("slug", "record__ref"); empty: no page of its own.
    prefetch: what `refs` and `texts` need, made for the viewer.
    sees_all: who also gets the fields that are not public.
    """

    kind: str
    name: str
    label: str
    description: str
    fields: Sequence[Field]
    queryset: Callable[[Viewer], ScopedQuerySet[Any]]
    key: str = "record__ref"
    filters: Sequence[Filter] = ()
    prefetch: Callable[[Viewer], Sequence[str | Prefetch[Any]]] = _prefetch_nothing
    jsonld_type: str = "schema:Thing"
    importer: Importer | None = None
    sees_all: Callable[[Viewer], bool] = _is_officer
    licence: str = "CC-BY-4.0"

    def __post_init__(self) -> None:
        if not RESOURCE_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is not a resource name: small letters, digits and -.")
        names = [item.name for item in self.fields]
        if len(set(names)) != len(names):
            raise ValueError(f"The resource {self.name} has two fields of one name.")

    def fields_for(self, viewer: Viewer) -> list[Field]:
        """The fields this viewer gets."""
        everything = self.sees_all(viewer)
        return [item for item in self.fields if item.public or everything]

    def key_of(self, row: Any) -> str:
        """The row's public key, as addresses write it."""
        return str(follow(row, self.key.replace("__", "."))) if self.key else ""


def record_fields(kind: str, path: str = "record") -> tuple[Field, ...]:
    """What every row with a Record of its own begins with: ref, page, state and when it was published."""
    return (
        Field("ref", "Reference", "text", f"{path}.ref", "Stable for ever; /r/<ref> leads to it.", required=True,
              example="ORG-2019-014", term="schema:identifier"),
        Field("url", "Page", "url", lambda row: registry.kind(kind).url(row), "Where people read it.", required=True,
              term="schema:url"),
        Field("state", "State", "text", f"{path}.state", "Live, or withdrawn.", required=True, example="live",
              choices={"live": "Live", "withdrawn": "Withdrawn"}),
        Field("published_at", "Published", "datetime", f"{path}.published_at",
              "When it was first shown to those who may read it now.", required=True, term="schema:datePublished"),
    )  # fmt: skip


def breach(column: str, text: str, code: str = "cell") -> Breach:
    """One thing that is wrong with a cell of an upload, in a sentence."""
    return Breach(code, text, column)


resources: dict[str, Resource] = {}
"""Every resource by name, in the order the apps added them."""

lists: dict[str, Resource] = {}
"""What is only loaded and never listed: vocabularies, several lists in one file."""


def loadable(name: str) -> Resource:
    """The resource whose rows may come in by this name; KeyError where there is none."""
    return resources[name] if name in resources else lists[name]


def add_list(resource: Resource) -> Resource:
    """Register what is only loaded; from AppConfig.ready of the app it belongs to."""
    if resource.name in resources or resource.name in lists:
        raise ValueError(f"The list {resource.name} is registered twice.")
    lists[resource.name] = resource
    return resource


def add(resource: Resource) -> Resource:
    """Register a resource; from AppConfig.ready of the app it belongs to."""
    if resource.name in resources:
        raise ValueError(f"The resource {resource.name} is registered twice.")
    resources[resource.name] = resource
    return resource


def follow(row: Any, path: str) -> Any:
    """The value at a dotted path; None where a step is missing."""
    try:
        return reduce(lambda at, step: None if at is None else getattr(at, step), path.split("."), row)
    except ObjectDoesNotExist:
        return None
