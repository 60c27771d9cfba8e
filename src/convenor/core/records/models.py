"""The cold row behind everything public, linkable or followed, and the links between such rows."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from convenor.core.records import rules
from convenor.core.records.registry import registry
from convenor.core.records.rules import Viewer
from convenor.core.records.since import Since

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class Audience(models.Model):
    """A named set of people who may read what is shown to it. Who is in it is computed, never stored here.

    `key` is written by the app that owns it ("group:12:members"); sources registered in
    records.registry turn a person into memberships.
    """

    key = models.CharField(max_length=80, unique=True)
    label = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.label


class Visibility(models.TextChoices):
    PUBLIC = rules.PUBLIC, "Public"
    AUDIENCE = rules.AUDIENCE, "Its audience"
    SEALED = rules.SEALED, "Sealed"


class Disclosure(models.TextChoices):
    NOTHING = rules.DISCLOSE_NOTHING, "Nothing"
    EXISTENCE = rules.DISCLOSE_EXISTENCE, "That it exists, and why it is withheld"
    TITLE = rules.DISCLOSE_TITLE, "Its title, and why it is withheld"


class State(models.TextChoices):
    LIVE = rules.LIVE, "Live"
    WITHDRAWN = rules.WITHDRAWN, "Withdrawn"


def visible_filter(viewer: Viewer, path: str = "") -> Q:
    """The one condition every read passes: see records.rules. `path` leads from a row to its Record."""
    at = f"{path}__" if path else ""
    if viewer.is_system:
        return Q()
    if viewer.reads_every_audience:
        seen = ~Q(**{f"{at}visibility": rules.SEALED})
    else:
        seen = Q(**{f"{at}visibility": rules.PUBLIC}) | _audience_filter(viewer, at)
    if viewer.allowed:
        seen |= Q(**{f"{at}pk__in": sorted(viewer.allowed)})
    if viewer.denied:
        seen &= ~Q(**{f"{at}pk__in": sorted(viewer.denied)})
    return seen


def _audience_filter(viewer: Viewer, at: str) -> Q:
    seen = Q()
    shown = Q(**{f"{at}visibility": rules.AUDIENCE})
    if whole := viewer.reads_whole:
        seen |= shown & Q(**{f"{at}audience_id__in": whole})
    if later := viewer.reads_since:
        since = Since(f"{at}audience_id", later)
        seen |= shown & Q(**{f"{at}audience_id__in": [pk for pk, _ in later], f"{at}published_at__gte": since})
    return seen


def readable_filter(viewer: Viewer, path: str = "") -> Q:
    """visible_filter where the record may be of any kind: what a strict kind asks of its own rows is asked here too."""
    seen = visible_filter(viewer, path)
    if viewer.is_system:
        return seen
    at = f"{path}__" if path else ""
    strict = [kind for kind in registry.kinds.values() if kind.strict]
    own = ~Q(**{f"{at}kind__in": [kind.slug for kind in strict]})  # first: for most rows that is the end of it
    for kind in strict:
        rows: ScopedQuerySet[Any] = apps.get_model(kind.model)._default_manager.all()
        there = Exists(rows.visible_to(viewer).filter(record=OuterRef(f"{at}pk")))
        own |= Q(**{f"{at}kind": kind.slug}) & Q(there)
    return seen & own


class ScopedQuerySet(models.QuerySet[M_co]):
    """A queryset that knows the path to the Record its rows are visible through."""

    record_path = "record"
    any_kind = False
    """Whether those records may be of any kind, so that the strict ones are asked as well."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Only the rows this viewer may read. Every door uses it."""
        condition = readable_filter if self.any_kind else visible_filter
        return self.filter(condition(viewer, self.record_path))

    def live(self) -> Self:
        """Leave out what was withdrawn (it keeps its page, and leaves the lists)."""
        path = f"{self.record_path}__" if self.record_path else ""
        return self.filter(**{f"{path}state": rules.LIVE})


class RecordQuerySet(ScopedQuerySet[M_co]):
    record_path = ""
    any_kind = True


class AnyKindQuerySet(ScopedQuerySet[M_co]):
    """Rows that may belong to a record of any kind: files, deadlines, what the index holds."""

    any_kind = True


class Record(models.Model):
    """One cold row for every thing that is public, linkable or followed (DESIGN section 4).

    Written only on create, retitle, visibility and state: no counters, no JSON, about ten columns.
    """

    Visibility = Visibility
    Disclosure = Disclosure
    State = State

    ref = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC)
    audience = models.ForeignKey(Audience, models.PROTECT, null=True, blank=True, related_name="records")
    disclosure = models.CharField(max_length=9, choices=Disclosure.choices, default=Disclosure.NOTHING)
    withheld_reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.LIVE)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(help_text="When it was first shown to those who may read it now.")

    objects = RecordQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                "kind",
                "state",
                models.F("published_at").desc(),
                models.F("id").desc(),
                "visibility",
                "audience",
                name="record_kind_newest",
            ),
            models.Index(
                "state",
                models.F("published_at").desc(),
                models.F("id").desc(),
                "visibility",
                "audience",
                name="record_newest",
            ),
            models.Index("kind", "state", "title", name="record_kind_by_title"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(visibility="audience", audience__isnull=False)
                | (~Q(visibility="audience") & Q(audience__isnull=True)),
                name="record_audience_iff_audience_visibility",
            ),
            models.CheckConstraint(
                condition=Q(visibility__in=("public", "audience", "sealed")), name="record_visibility_known"
            ),
            models.CheckConstraint(condition=Q(state__in=("live", "withdrawn")), name="record_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def is_public(self) -> bool:
        return self.visibility == rules.PUBLIC


class RefCounter(models.Model):
    """The last number given for a prefix and year. Gaps are fine, repeats are not."""

    prefix = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("prefix", "year"), name="ref_counter_once"),)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}-{self.last:03d}"


class Address(models.Model):
    """A former address (kind + slug) or ref that keeps leading to a record for ever."""

    kind = models.CharField(max_length=40)
    slug = models.CharField(max_length=120)
    record = models.ForeignKey(Record, models.PROTECT, related_name="former_addresses")
    until = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "slug"), name="address_once"),)

    def __str__(self) -> str:
        return f"{self.kind}/{self.slug}"


class Relation(models.Model):
    """A word for how two records are joined: "advises", "adopted as", "set up from"."""

    slug = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=80, help_text="Read from source to target: “set up from”.")
    inverse_label = models.CharField(max_length=80, help_text="Read from target to source: “set up”.")

    def __str__(self) -> str:
        return self.label


class RelationKinds(models.Model):
    """Which kinds a relation may join."""

    relation = models.ForeignKey(Relation, models.CASCADE, related_name="kinds")
    source_kind = models.CharField(max_length=40)
    target_kind = models.CharField(max_length=40)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("relation", "source_kind", "target_kind"), name="relation_kinds_once"),
        )

    def __str__(self) -> str:
        return f"{self.source_kind} → {self.target_kind}"


class Link(models.Model):
    """source → target. Who made it stands in the journal; here only when."""

    source = models.ForeignKey(Record, models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Record, models.PROTECT, related_name="links_in")
    relation = models.ForeignKey(Relation, models.PROTECT, related_name="links")
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("source", "target", "relation"), name="link_once"),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="link_not_to_itself"),
        )

    def __str__(self) -> str:
        return f"{self.source_id} {self.relation_id} {self.target_id}"


class Freeze(models.Model):
    """Nothing that belongs to records of a kind is destroyed from a day until it is lifted (Archives Act 1983 s 24).

    A dated row: never deleted, and changed once, when it is lifted. Who did it stands in the journal.
    """

    kind = models.CharField(max_length=40)
    starts_on = models.DateField()
    reason = models.CharField(max_length=300)
    authority = models.CharField(max_length=120, help_text="The reference of the notice or instruction.")
    set_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind",), condition=Q(lifted_at=None), name="freeze_one_open_of_a_kind"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lift_reason="") | (Q(lifted_at__isnull=False) & ~Q(lift_reason="")),
                name="freeze_lifted_with_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} from {self.starts_on}"


class CaretakerPeriod(models.Model):
    """From when to when the site keeps to caretaker conventions. A dated row: never deleted, changed once, to end it.

    `ended_at` ends it at once, before or without a last day. Who did what stands in the journal.
    """

    begins_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, help_text="Everybody reads it on every page while the period lasts.")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("begins_on",), condition=Q(ended_at=None), name="caretaker_begins_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("begins_on")),
                name="caretaker_ends_after_beginning",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="caretaker_ended_with_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.begins_on} – {self.ends_on or ''}"

    @property
    def facts(self) -> rules.CaretakerFacts:
        """As the rules read it."""
        return rules.CaretakerFacts(self.begins_on, self.ends_on, self.note)


def record_columns(record: Record) -> dict[str, Any]:
    """What the journal keeps of a record when it changes."""
    return {
        "title": record.title,
        "visibility": record.visibility,
        "audience": record.audience.key if record.audience else None,
        "disclosure": record.disclosure,
        "withheld_reason": record.withheld_reason,
        "state": record.state,
    }
