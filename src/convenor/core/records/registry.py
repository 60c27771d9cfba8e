"""Where apps register what core must know about their kinds. Core calls callbacks; it never imports up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from convenor.core.records.retention import RetentionClass
from convenor.core.records.rules import Membership, Viewer
from convenor.kit.structs import struct

if TYPE_CHECKING:
    from convenor.core.records.models import Record

Row = Any
"""An instance of the kind's own model."""


def _nothing(row: Row) -> str:  # noqa: ARG001 - the shape of Kind.search_text
    return ""


@struct
class Panel:
    """A section one kind shows on another kind's page: a template with its context."""

    title: str
    template: str
    context: Mapping[str, Any]
    anchor: str = ""
    order: int = 50


@struct
class Action:
    """Something the viewer may do to a record from its page; greyed with its reason when not."""

    label: str
    url: str
    ok: bool = True
    reason: str = ""
    order: int = 50


@struct
class Kind:
    """Everything the shared parts need to know of one kind of record.

    `model` is "app_label.ModelName" with a `record` OneToOneField. `public_fields` is the allow-list
    of its text and file fields that strangers may read when its record is public; every other one is
    planted with a canary by the sweeps.
    """

    slug: str
    label: str
    label_plural: str
    prefix: str
    model: str
    url: Callable[[Row], str]
    public_fields: frozenset[str]
    retention: RetentionClass
    list_url: str = ""
    search_text: Callable[[Row], str] = _nothing
    icon: str = "record"
    related: tuple[str, ...] = ()
    """select_related paths that url and search_text need."""
    strict: bool = False
    """The rows' own `visible_to` asks for more than their record's visibility (an office is hidden with its
    organisation): then so does every door that reads records of any kind."""


PanelSource = Callable[["Record", Viewer], Iterable[Panel]]
ActionSource = Callable[["Record", Viewer], Iterable[Action]]
AudienceSource = Callable[[Sequence[int], datetime], Iterable[Membership]]


@dataclass
class Registry:
    kinds: dict[str, Kind] = field(default_factory=dict)
    panel_sources: dict[str, list[PanelSource]] = field(default_factory=dict)
    action_sources: dict[str, list[ActionSource]] = field(default_factory=dict)
    audience_sources: list[AudienceSource] = field(default_factory=list)
    public_fields: dict[str, frozenset[str]] = field(default_factory=dict)
    """Allow-lists of models that have no Record of their own, by "app_label.ModelName"."""

    def add_kind(self, kind: Kind) -> None:
        if kind.slug in self.kinds:
            raise ValueError(f"The kind {kind.slug} is registered twice.")
        self.kinds[kind.slug] = kind
        self.public_fields[kind.model] = kind.public_fields

    def add_public_fields(self, model: str, *names: str) -> None:
        """List the text fields of a part (a row without a Record) that may appear in public."""
        self.public_fields[model] = frozenset(names)

    def add_panels(self, kind: str, source: PanelSource) -> None:
        self.panel_sources.setdefault(kind, []).append(source)

    def add_actions(self, kind: str, source: ActionSource) -> None:
        self.action_sources.setdefault(kind, []).append(source)

    def add_audiences(self, source: AudienceSource) -> None:
        self.audience_sources.append(source)

    def kind(self, slug: str) -> Kind:
        return self.kinds[slug]

    def panels(self, record: Record, viewer: Viewer) -> list[Panel]:
        found = [panel for source in self.panel_sources.get(record.kind, ()) for panel in source(record, viewer)]
        return sorted(found, key=lambda panel: panel.order)

    def actions(self, record: Record, viewer: Viewer) -> list[Action]:
        found = [action for source in self.action_sources.get(record.kind, ()) for action in source(record, viewer)]
        return sorted(found, key=lambda action: action.order)

    def memberships(self, person_ids: Sequence[int], now: datetime) -> tuple[Membership, ...]:
        return tuple(m for source in self.audience_sources for m in source(person_ids, now))


registry = Registry()
