"""Engagement models as typed, dated rules: the database form of the YAML that agencies share.

EngagementModel → ModelVersion (in force from–to) → LevelRules and TypeRules. Level and GroupType are the
lasting identities that groups point at; what they say on a day is in the version in force on that day.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from convenor.core.clock.models import Calendar
from convenor.core.records.models import M_co, Record, ScopedQuerySet
from convenor.domain.directory.models import Organisation, OrganisationKind, RoleClass, Segment


class EngagementModel(models.Model):
    record = models.OneToOneField(Record, models.PROTECT, related_name="engagement_model")
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(Organisation, models.PROTECT, related_name="engagement_models")
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, blank=True, related_name="engagement_models")

    objects = ScopedQuerySet["EngagementModel"].as_manager()

    def __str__(self) -> str:
        return self.name


class ModelPartQuerySet(ScopedQuerySet[M_co]):
    record_path = "model__record"


class ModelVersion(models.Model):
    """One text of a model. `in_force_to` is its last day; the YAML is kept as it was loaded."""

    model = models.ForeignKey(EngagementModel, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    in_force_from = models.DateField()
    in_force_to = models.DateField(null=True, blank=True)
    summary = models.TextField(blank=True)
    source = models.TextField(blank=True, help_text="Where the rules come from.")
    yaml = models.TextField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical YAML: the same text loads once.")
    loaded_at = models.DateTimeField()

    objects = ModelPartQuerySet["ModelVersion"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("model", "number"), name="model_version_once"),
            models.UniqueConstraint(fields=("model",), condition=Q(in_force_to=None), name="model_version_one_open"),
            models.CheckConstraint(
                condition=Q(in_force_to__isnull=True) | Q(in_force_to__gte=F("in_force_from")),
                name="model_version_ends_after_start",
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.number}"


class Level(models.Model):
    """A band of the model that lasts through its versions."""

    model = models.ForeignKey(EngagementModel, models.PROTECT, related_name="levels")
    slug = models.SlugField(max_length=60)

    objects = ModelPartQuerySet["Level"].as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("model", "slug"), name="level_once"),)

    def __str__(self) -> str:
        return self.slug


class LevelRules(models.Model):
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="levels")
    level = models.ForeignKey(Level, models.PROTECT, related_name="rules")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    motto = models.CharField(max_length=120, blank=True)
    purpose = models.TextField(blank=True)
    colour = models.CharField(
        max_length=12, choices=[(c, c) for c in ("strategic", "operational", "tactical", "informative")]
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "level"), name="level_rules_once"),)

    def __str__(self) -> str:
        return self.name


class GroupType(models.Model):
    """A type of group that lasts through the versions of its model; groups point at it."""

    model = models.ForeignKey(EngagementModel, models.PROTECT, related_name="group_types")
    slug = models.SlugField(max_length=60)

    objects = ModelPartQuerySet["GroupType"].as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("model", "slug"), name="group_type_once"),)

    def __str__(self) -> str:
        return self.slug


class TypeRulesQuerySet(ScopedQuerySet["TypeRules"]):
    record_path = "version__model__record"


class Counts(models.TextChoices):
    PERSONS = "persons", "people"
    ORGANISATIONS = "organisations", "organisations"


class TypeRules(models.Model):
    """What a type of group must be, in one version of the model: the typed rules (DESIGN section 5).

    Empty means that the model does not say. `rules.TypeRulesValue` is the same without a database.
    """

    class Lifespan(models.TextChoices):
        STANDING = "standing", "Standing"
        INITIATIVE = "initiative", "For an initiative"
        TASK = "task", "For one task"

    class Formation(models.TextChoices):
        APPOINTED = "appointed", "Appointed"
        INVITATION = "invitation", "By invitation"
        EXPRESSION = "expression-of-interest", "By expression of interest"
        NOMINATION = "nomination", "By published nomination"
        OPEN = "open", "Open to join"

    class Chairing(models.TextChoices):
        NONE = "none", "No chair"
        CHAIR = "chair", "One chair"
        CO_CHAIRS = "co-chairs", "Co-chairs"

    class QuorumOf(models.TextChoices):
        NONE = "none", "No quorum"
        FILLED = "filled", "Of the filled seats"
        ALL = "all", "Of all seats"

    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="types")
    group_type = models.ForeignKey(GroupType, models.PROTECT, related_name="rules")
    level = models.ForeignKey(LevelRules, models.CASCADE, related_name="types")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    name_plural = models.CharField(max_length=120)
    purpose = models.TextField()
    membership = models.TextField(blank=True, help_text="Who takes part, in the model's own words.")
    examples = models.CharField(max_length=300, blank=True)

    only_one = models.BooleanField(default=False, help_text="The type stands for one body, not for many.")
    lifespan = models.CharField(max_length=10, choices=Lifespan.choices, blank=True)
    formation = models.CharField(max_length=22, choices=Formation.choices, blank=True)
    parent_required = models.BooleanField(default=False)
    parent_types = models.ManyToManyField(GroupType, related_name="child_rules", blank=True)
    parent_approval = models.BooleanField(default=False)
    consults = models.ManyToManyField(GroupType, related_name="consulted_by_rules", blank=True)
    consults_about = models.CharField(
        max_length=120, blank=True, help_text="What it consults them on, without the “on”."
    )
    refers_to = models.ManyToManyField(GroupType, related_name="referred_by_rules", blank=True)

    total_minimum = models.PositiveSmallIntegerField(null=True, blank=True)
    total_maximum = models.PositiveSmallIntegerField(null=True, blank=True)
    total_counts = models.CharField(max_length=14, choices=Counts.choices, default=Counts.PERSONS)
    one_seat_per_organisation = models.BooleanField(default=False)
    eligible_roles = models.ManyToManyField(RoleClass, related_name="type_rules", blank=True)
    eligible_kinds = models.ManyToManyField(OrganisationKind, related_name="type_rules", blank=True)
    eligible_constituency = models.SlugField(
        max_length=40,
        blank=True,
        help_text="Eligibility and one seat per organisation bind only seats of this constituency; empty binds all.",
    )
    segments = models.ManyToManyField(Segment, related_name="type_rules", blank=True)
    segments_minimum = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Distinct segments seated.")

    must_deliver = models.BooleanField(default=False)
    closes_on_delivery = models.BooleanField(default=False)

    chairing = models.CharField(max_length=10, choices=Chairing.choices, blank=True)

    cadence_as_required = models.BooleanField(default=False)
    cadence_months = models.PositiveSmallIntegerField(null=True, blank=True)
    cadence_weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    cadence_tolerance_days = models.PositiveSmallIntegerField(default=0)
    longest_gap_months = models.PositiveSmallIntegerField(null=True, blank=True)

    quorum_of = models.CharField(max_length=6, choices=QuorumOf.choices, blank=True)
    quorum_number = models.PositiveSmallIntegerField(null=True, blank=True)
    quorum_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    quorum_includes_chair = models.BooleanField(default=False)
    proxy_counts = models.BooleanField(default=False)

    call_for_items_days = models.PositiveSmallIntegerField(null=True, blank=True)
    papers_due_days = models.PositiveSmallIntegerField(null=True, blank=True)
    papers_out_days = models.PositiveSmallIntegerField(null=True, blank=True)
    draft_minutes_days = models.PositiveSmallIntegerField(null=True, blank=True)
    outcomes_published_days = models.PositiveSmallIntegerField(null=True, blank=True)

    outputs = models.JSONField(default=list, help_text="Kinds of output allowed: advice, recommendation, decision …")
    publishes = models.CharField(
        max_length=10, choices=[("public", "In public"), ("members", "To members")], blank=True
    )
    highest_marking = models.CharField(max_length=40, blank=True)
    review_months = models.PositiveSmallIntegerField(null=True, blank=True)
    sunset_months = models.PositiveSmallIntegerField(null=True, blank=True)
    term_months = models.PositiveSmallIntegerField(null=True, blank=True)
    casual_vacancies = models.JSONField(default=list, help_text="How a seat is filled that falls vacant mid-term.")

    objects = TypeRulesQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("version", "group_type"), name="type_rules_once"),
            models.CheckConstraint(
                condition=Q(cadence_months=None, cadence_weeks=None)
                | Q(cadence_months=None, cadence_as_required=False)
                | Q(cadence_weeks=None, cadence_as_required=False),
                name="type_rules_one_cadence",
            ),
            models.CheckConstraint(
                condition=Q(total_minimum__isnull=True)
                | Q(total_maximum__isnull=True)
                | Q(total_maximum__gte=F("total_minimum")),
                name="type_rules_max_at_least_min",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ConstituencyRules(models.Model):
    """A side of the table with its own caps: “providers, up to 12 organisations”; “the agency's own”."""

    Counts = Counts

    rules = models.ForeignKey(TypeRules, models.CASCADE, related_name="constituencies")
    slug = models.SlugField(max_length=40)
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    minimum = models.PositiveSmallIntegerField(null=True, blank=True)
    maximum = models.PositiveSmallIntegerField(null=True, blank=True)
    counts = models.CharField(max_length=14, choices=Counts.choices, default=Counts.PERSONS)
    chairs = models.BooleanField(default=False, help_text="A chair or co-chair comes from this side.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("rules", "slug"), name="constituency_once"),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(maximum__isnull=True) | Q(maximum__gte=F("minimum")),
                name="constituency_max_at_least_min",
            ),
        )

    def __str__(self) -> str:
        return self.name


class NamedPlace(models.Model):
    """A place the model names: one of the Digital 10's ten portfolios. Seats of the type are set up from them."""

    rules = models.ForeignKey(TypeRules, models.CASCADE, related_name="named_places")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    organisation_name = models.CharField(max_length=200, blank=True)
    constituency = models.SlugField(max_length=40, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("rules", "order"), name="named_place_once"),)

    def __str__(self) -> str:
        return self.title


class DraftPartQuerySet(ScopedQuerySet[M_co]):
    record_path = "draft__model__record"


class ModelDraft(models.Model):
    """A next version in the making. Its text is that of its last save; no save is ever written over."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        USED = "used", "Put in force"
        DROPPED = "dropped", "Dropped"

    model = models.ForeignKey(EngagementModel, models.PROTECT, related_name="drafts")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120, help_text="What it is to change.")
    based_on = models.ForeignKey(ModelVersion, models.PROTECT, related_name="drafts")
    became = models.ForeignKey(ModelVersion, models.PROTECT, null=True, blank=True, related_name="made_from")
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    started_at = models.DateTimeField()

    objects = ModelPartQuerySet["ModelDraft"].as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("model", "number"), name="model_draft_once"),)

    def __str__(self) -> str:
        return self.name


class DraftSave(models.Model):
    """The whole text of a draft as it was saved once. Rows are added, never changed."""

    draft = models.ForeignKey(ModelDraft, models.PROTECT, related_name="saves")
    number = models.PositiveIntegerField()
    yaml = models.TextField()
    saved_at = models.DateTimeField()

    objects = DraftPartQuerySet["DraftSave"].as_manager()

    class Meta:
        # the backstop behind the lock: two who saved over the same text give the same number
        constraints = (models.UniqueConstraint(fields=("draft", "number"), name="draft_save_once"),)

    def __str__(self) -> str:
        return f"{self.draft} {self.number}"
